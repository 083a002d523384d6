"""Which hosts and origins are those of this server.

A page of another site can make a browser send requests here under a name of its own (DNS rebinding). `Host` and
`Origin` then agree, so the names must be known: those of the settings, and the address on which the server listens.
"""

import ipaddress
import socket

from ting.core.origins import host_and_port, origin_of, origin_or_none
from ting.core.settings import Settings

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Site:
    """The names of a server."""

    def __init__(self, settings: Settings) -> None:
        self._origins = {*settings.origins}
        self._hosts = {str(host) for host in settings.hosts}
        self._is_reached_by_any_address = settings.address in ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
        if settings.public_url:
            own = origin_of(settings.public_url)
            self._origins.add(own)
            self._hosts.add(own.host)
        self._hosts |= self._listening(settings.address)

    def has_host(self, host: str) -> bool:
        """Whether a request with this `Host` header is for this server. The port does not matter."""
        try:
            name = host_and_port(host.lower())[0].removesuffix(".")
        except ValueError:
            return False
        # No site can make a browser send an address as the name of the site's own host.
        return name in self._hosts or (self._is_reached_by_any_address and _is_address(name))

    def is_own_origin(self, origin: str, scheme: str, host: str) -> bool:
        """Whether an `Origin` header is that of our own pages, for a request by this scheme with this `Host`."""
        sent = origin_or_none(origin)
        return sent is not None and (sent in self._origins or sent == origin_or_none(f"{scheme}://{host}"))

    def _listening(self, address: str) -> set[str]:
        """The names under which this machine can be reached at an address."""
        if self._is_reached_by_any_address:
            machine = socket.gethostname().lower()
            return {*LOOPBACK_NAMES, machine, f"{machine}.local"}
        name = f"[{address}]" if ":" in address else address.lower()
        is_local = name in LOOPBACK_NAMES or (_is_address(name) and ipaddress.ip_address(name.strip("[]")).is_loopback)
        return {name, *LOOPBACK_NAMES} if is_local else {name}


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
