"""Origins and host names, as browsers send them in `Origin` and `Host`, and as operators write them in the settings."""

import re
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"\[[0-9a-f:.]{2,45}\]|[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?", re.ASCII)
_ORIGIN = re.compile(r"(https?)://([^/?#@\s\\]+)", re.ASCII | re.IGNORECASE)


class HostName:
    """The name of a host, or its address: lower case, without a port and without the dot of the root."""

    def __init__(self, text: str) -> None:
        """Raises `ValueError`. A name in other letters than a to z gets its form in the DNS (RFC 5891)."""
        self.name = _host_name(text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HostName) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"HostName({self.name!r})"

    def __str__(self) -> str:
        return self.name


class Origin:
    """A scheme, a host and a port (RFC 6454), like "https://chat.example.org". The default port is left out."""

    def __init__(self, text: str) -> None:
        """Raises `ValueError` for other texts, also for a URL with a path, which no `Origin` has."""
        match = _ORIGIN.fullmatch(text)
        if match is None:
            raise ValueError("An origin must look like https://chat.example.org.")
        self.scheme = match[1].lower()
        host, self.port = host_and_port(match[2])
        self.host = _host_name(host)
        if self.port == DEFAULT_PORTS[self.scheme]:
            self.port = None

    @classmethod
    def configured(cls, text: str) -> "Origin":
        """As an operator writes it, with or without a slash at the end. Raises `ValueError`, with the right value."""
        try:
            return cls(text.removesuffix("/"))
        except ValueError:
            raise ValueError(_meant_origin(text)) from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Origin) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __repr__(self) -> str:
        return f"Origin({str(self)!r})"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}" + ("" if self.port is None else f":{self.port}")


def origin_of(url: str) -> Origin:
    """The origin of a URL. Raises `ValueError`."""
    parts = urlsplit(url)
    return Origin(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}")


def origin_or_none(text: str) -> Origin | None:
    """The origin that a browser sent; None for "null" and for everything that is none."""
    try:
        return Origin(text)
    except ValueError:
        return None


def host_and_port(text: str) -> tuple[str, int | None]:
    """Split "host:port". Raises `ValueError` for a port that is none."""
    host, found, port = text.rpartition(":")
    if not found or text.endswith("]"):
        return text, None
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65535):
        raise ValueError("A port must be a number from 0 to 65535.")
    return host, int(port)


def _host_name(text: str) -> str:
    name = text.removesuffix(".").lower()
    if not name.isascii():
        name = name.encode("idna").decode("ascii")
    if _HOST.fullmatch(name) is None:
        raise ValueError("This is not the name of a host.")
    return name


def _meant_origin(text: str) -> str:
    """The origin that an operator probably meant, or "" if there is none."""
    with_scheme = text if "://" in text else f"https://{text}"
    try:
        return str(origin_of(with_scheme))
    except ValueError:
        return ""
