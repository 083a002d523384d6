"""The browser client: one page, and its files under a path that changes with their contents.

Files may therefore be kept by browsers for good, and a page never runs with the files of another version.
"""

import hashlib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from tornado.web import HTTPError, StaticFileHandler

from ting.errors import NotFound
from ting.handlers.base import Access, Handler, Parts

KEPT_S = 365 * 24 * 3600
NOT_SERVED = frozenset({".py", ".pyc", ".html"})
CONTENT_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}


class Client:
    """The files of the browser client, as they are when the server starts."""

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory or Path(str(files("ting.static")))
        self.prefix = f"/static/{self._version()}/"
        self.page = self._page().encode()

    def _files(self) -> Iterator[Path]:
        for file in sorted(self.directory.rglob("*")):
            if file.is_file() and file.suffix not in NOT_SERVED:
                yield file

    def _version(self) -> str:
        digest = hashlib.sha256()
        for file in self._files():
            digest.update(str(file.relative_to(self.directory)).encode() + b"\0" + file.read_bytes() + b"\0")
        return digest.hexdigest()[:16]

    def _page(self) -> str:
        """index.html; every module is named in it, so that a browser fetches them all at once."""
        page = (self.directory / "index.html").read_text()
        modules = [file.relative_to(self.directory) for file in self._files() if file.suffix == ".js"]
        links = "".join(f'<link rel="modulepreload" href="/static/{module.as_posix()}">\n' for module in modules)
        return page.replace("</head>", links + "</head>").replace("/static/", self.prefix)


class PageHandler(Handler):
    """`/`, `/{channel}` and whatever else the client makes a page of."""

    access = Access.ANYBODY

    def initialize(self, parts: Parts, client: Client) -> None:  # type: ignore[override]
        super().initialize(parts)
        self._client = client
        self._is_readable = True

    def decode_argument(self, value: bytes, name: str | None = None) -> str:
        try:
            return super().decode_argument(value, name)
        except HTTPError:
            self._is_readable = False
            return ""

    async def get(self, *_: str) -> None:
        """The page; an address that is no text (not UTF-8) leads to the beginning."""
        if not self._is_readable:
            self.redirect("/")
            return
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(self._client.page)

    head = get


class AssetHandler(Handler, StaticFileHandler):
    """`/static/{version}/...`."""

    access = Access.ANYBODY

    def initialize(self, parts: Parts, path: str) -> None:  # type: ignore[override]
        Handler.initialize(self, parts)
        StaticFileHandler.initialize(self, path)

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:
        try:
            path = super().validate_absolute_path(root, absolute_path)
        except ValueError:  # a zero character, which no path has
            raise NotFound from None
        if path is not None and Path(path).suffix in NOT_SERVED:
            raise NotFound
        return path

    def get_content_type(self) -> str:
        suffix = Path(str(self.absolute_path)).suffix
        return CONTENT_TYPES.get(suffix, "application/octet-stream")

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", f"public, max-age={KEPT_S}, immutable")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        # Tornado forbids directories and what is outside of its own: for us there is nothing.
        Handler.write_error(self, 404 if status_code == 403 else status_code, **kwargs)
