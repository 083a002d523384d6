"""The files of the browser client: read once at start-up, compressed, with imported style sheets inlined.

The URL prefix changes with the contents, so browsers can cache files permanently. A page never runs with files of
another version, even if the files on disk change while the server runs.
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
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
CSS_IMPORT = re.compile(rb'@import url\("([^"]+)"\);\n?')
JS_IMPORT = re.compile(rb'^(?:import|export)\b[^;"(]*"(\.[^"]+)"', re.MULTILINE)


class Asset:
    """A file of the client, ready to send."""

    def __init__(self, name: str, body: bytes) -> None:
        self.type = CONTENT_TYPES.get(posixpath.splitext(name)[1], "application/octet-stream")
        self.body = body

    @cached_property
    def etag(self) -> str:
        """The ETag. It is weak (RFC 9110, 8.8.1) because compressed and plain responses share it."""
        return f'W/"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    @cached_property
    def gzipped(self) -> bytes:
        """The body compressed with gzip, created at the first request."""
        return gzip.compress(self.body, compresslevel=6, mtime=0)


class ClientBundle:
    """The files of the browser client, as read when the server starts."""

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory or Path(str(files("ting.static")))
        contents = read_files(self.directory)
        page = contents.pop(PAGE)
        self.prefix = f"/static/{version(contents)}/"
        self.assets = {name: Asset(name, inline_imports(name, contents)) for name in contents}
        self.page = Asset(PAGE, self._page(page.decode(), modules_to_preload(page, contents)).encode())

    def _page(self, page: str, modules: list[str]) -> str:
        """`index.html` with a preload link for every initial module, so that browsers fetch them in parallel."""
        links = "".join(f'<link rel="modulepreload" href="/static/{module}">\n' for module in modules)
        return page.replace("</head>", links + "</head>").replace("/static/", self.prefix)


def read_files(directory: Path) -> dict[str, bytes]:
    """The contents of all served files, by path."""
    served = (file for file in sorted(directory.rglob("*")) if file.suffix not in NOT_SERVED and file.is_file())
    return {file.relative_to(directory).as_posix(): file.read_bytes() for file in served}


def version(contents: Mapping[str, bytes]) -> str:
    """A hash over the names and contents of all files."""
    digest = hashlib.sha256()
    for name, body in contents.items():
        digest.update(name.encode() + b"\0" + body + b"\0")
    return digest.hexdigest()[:16]


def inline_imports(name: str, contents: Mapping[str, bytes]) -> bytes:
    """The contents of a file; in a style sheet, imports are replaced by the imported files, to save round trips."""
    if not name.endswith(".css"):
        return contents[name]
    return CSS_IMPORT.sub(lambda match: inline_imports(resolve(name, match[1]), contents), contents[name])


def modules_to_preload(page: bytes, contents: Mapping[str, bytes]) -> list[str]:
    """The modules that a page loads at start: its scripts and everything they import statically."""
    modules: list[str] = []
    pending = [name.decode() for name in re.findall(rb'<script [^>]*src="/static/([^"]+)"', page)]
    while pending:
        name = pending.pop()
        if name not in modules:
            modules.append(name)
            pending += [resolve(name, imported) for imported in JS_IMPORT.findall(contents[name])]
    return sorted(modules)


def resolve(name: str, relative: bytes) -> str:
    """Resolve a relative path found in the file `name`."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), relative.decode()))
