"""The websockets between the pages of one device and the server, in the hands of a test."""

import contextlib
import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Error, WebSocketRoute

Frame = dict[str, Any]

NETWORK_IS_BACK = "window.dispatchEvent(new Event('online'))"


def as_it_is(frame: Frame) -> list[Frame]:
    """A frame arrives as it was sent."""
    return [frame]


def no_answer(_frame: Frame) -> Frame | None:
    """Nobody answers in the server's place."""
    return None


class Wire:
    """Cut and mend it, see what a page sends, answer in the server's place, change what arrives.

    `sent` has the frames that were let through to the server. `answer` is asked about each frame of a page: what it
    gives is the answer, and the server never sees the frame. `arrival` says which frames a frame of the server becomes.
    """

    def __init__(self, context: BrowserContext) -> None:
        """Of a device without pages: it is wired for good."""
        assert not context.pages
        self._context = context
        self.reset()
        context.route_web_socket(re.compile(r"/api/socket$"), self._connect)

    def reset(self) -> None:
        """As if nothing had been."""
        self.sent: list[Frame] = []
        self.answer: Callable[[Frame], Frame | None] = no_answer
        self.arrival: Callable[[Frame], list[Frame]] = as_it_is
        self._is_cut = False
        self._ends: list[WebSocketRoute] = []
        self._pages: list[WebSocketRoute] = []
        self._frozen: set[WebSocketRoute] = set()

    def cut(self) -> None:
        """Every connection breaks, and there are no new ones."""
        self._is_cut = True
        for end in self._ends:
            with contextlib.suppress(Error):
                end.close()
        self._ends.clear()
        self._pages.clear()

    def mend(self) -> None:
        """There are connections again, and the browser says so."""
        self.heal()
        for page in self._context.pages:
            page.evaluate(NETWORK_IS_BACK)

    def heal(self) -> None:
        """There are connections again, and nobody says so."""
        self._is_cut = False

    def freeze(self) -> None:
        """Nothing passes on the connections that there are now, and nothing tells."""
        self._frozen.update(self._pages)

    def push(self, frame: Frame) -> None:
        """Say something to the newest connection as if it came from the server."""
        self._pages[-1].send(json.dumps(frame))

    def sends(self) -> list[str]:
        """The texts of the messages that were let through, in order."""
        return [str(frame["text"]) for frame in self.sent if frame["type"] == "send"]

    def _connect(self, page: WebSocketRoute) -> None:
        if self._is_cut:
            page.close()
            return
        server = page.connect_to_server()
        self._ends += [page, server]
        self._pages.append(page)
        page.on_message(lambda text: self._forward(json.loads(text), page, server))
        server.on_message(lambda text: self._deliver(json.loads(text), page))

    def _forward(self, frame: Frame, page: WebSocketRoute, server: WebSocketRoute) -> None:
        if page in self._frozen:
            return
        if answer := self.answer(frame):
            page.send(json.dumps({"ref": frame.get("ref"), **answer}))
            return
        self.sent.append(frame)
        server.send(json.dumps(frame))

    def _deliver(self, frame: Frame, page: WebSocketRoute) -> None:
        if page in self._frozen:
            return
        for arriving in self.arrival(frame):
            page.send(json.dumps(arriving))
