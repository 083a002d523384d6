"""The files of the browser client as they are sent: read once, packed, and style sheets with all that they import.

Their path changes with their contents: browsers may keep them for good, and a page never runs with the files of another
version, whatever becomes of them on the disk.
"""

import gzip
import hashlib
import posixpath
import re
from collections.abc import Mapping
from functools import cached_property
from importlib.resources import files
from pathlib import Path

NOT_SERVED = frozenset({".py", ".pyc"})
PAGE = "index.html"
CONTENT_TYPES = {
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
CSS_IMPORT = re.compile(rb'@import url\("([^"]+)"\);\n?')
JS_IMPORT = re.compile(rb'^(?:import|export)\b[^;"(]*"(\.[^"]+)"', re.MULTILINE)


class Asset:
    """One file as it is sent."""

    def __init__(self, name: str, body: bytes) -> None:
        self.type = CONTENT_TYPES.get(posixpath.splitext(name)[1], "application/octet-stream")
        self.body = body

    @cached_property
    def etag(self) -> str:
        """Weak (RFC 9110, 8.8.1): packed or not, it means the same."""
        return f'W/"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    @cached_property
    def packed(self) -> bytes:
        """By gzip. Made when somebody first asks."""
        return gzip.compress(self.body, compresslevel=6, mtime=0)


class ClientBundle:
    """The browser client, as it is when the server starts."""

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory or Path(str(files("ting.static")))
        contents = read(self.directory)
        page = contents.pop(PAGE)
        self.prefix = f"/static/{version(contents)}/"
        self.assets = {name: Asset(name, with_imports(name, contents)) for name in contents}
        self.page = Asset(PAGE, self._page(page.decode(), preloaded(page, contents)).encode())

    def _page(self, page: str, modules: list[str]) -> str:
        """index.html; every module of the start is named in it, so that a browser fetches them all at once."""
        links = "".join(f'<link rel="modulepreload" href="/static/{module}">\n' for module in modules)
        return page.replace("</head>", links + "</head>").replace("/static/", self.prefix)


def read(directory: Path) -> dict[str, bytes]:
    """What is served, by path."""
    found = (file for file in sorted(directory.rglob("*")) if file.suffix not in NOT_SERVED and file.is_file())
    return {file.relative_to(directory).as_posix(): file.read_bytes() for file in found}


def version(contents: Mapping[str, bytes]) -> str:
    """Another one for other names or contents."""
    digest = hashlib.sha256()
    for name, body in contents.items():
        digest.update(name.encode() + b"\0" + body + b"\0")
    return digest.hexdigest()[:16]


def with_imports(name: str, contents: Mapping[str, bytes]) -> bytes:
    """A style sheet with those that it imports in their places: one answer instead of one after another."""
    if not name.endswith(".css"):
        return contents[name]
    return CSS_IMPORT.sub(lambda found: with_imports(relative_to(name, found[1]), contents), contents[name])


def preloaded(page: bytes, contents: Mapping[str, bytes]) -> list[str]:
    """The modules that a page starts with: those that it names, and what they import."""
    found: list[str] = []
    waiting = [name.decode() for name in re.findall(rb'<script [^>]*src="/static/([^"]+)"', page)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.append(name)
            waiting += [relative_to(name, imported) for imported in JS_IMPORT.findall(contents[name])]
    return sorted(found)


def relative_to(name: str, relative: bytes) -> str:
    """Where a relative path in a file leads."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), relative.decode()))
