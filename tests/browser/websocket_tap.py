"""Lets a test control the websockets between the pages of a context and the server."""

import contextlib
import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Error, WebSocketRoute

Frame = dict[str, Any]

NETWORK_ONLINE = "window.dispatchEvent(new Event('online'))"


def deliver_unchanged(frame: Frame) -> list[Frame]:
    """Deliver a frame as the server sent it."""
    return [frame]


def no_answer(_frame: Frame) -> Frame | None:
    """Let the server answer."""
    return None


class WebSocketTap:
    """Interrupts connections, records requests, answers them instead of the server, and changes events.

    `sent` has the frames that were forwarded to the server. `on_request` gets each frame of a page. If it returns an
    answer, the frame is not forwarded. `on_event` returns the frames to deliver instead of a frame of the server.
    """

    def __init__(self, context: BrowserContext) -> None:
        """`context` must not have pages yet. The tap cannot be removed from it."""
        assert not context.pages
        self._context = context
        self.reset()
        context.route_web_socket(re.compile(r"/api/socket$"), self._connect)

    def reset(self) -> None:
        """Reset to the initial state."""
        self.sent: list[Frame] = []
        self.on_request: Callable[[Frame], Frame | None] = no_answer
        self.on_event: Callable[[Frame], list[Frame]] = deliver_unchanged
        self._is_cut = False
        self._routes: list[WebSocketRoute] = []
        self._pages: list[WebSocketRoute] = []
        self._frozen: set[WebSocketRoute] = set()

    def cut(self) -> None:
        """Close all connections, and prevent new ones."""
        self._is_cut = True
        for end in self._routes:
            with contextlib.suppress(Error):
                end.close()
        self._routes.clear()
        self._pages.clear()

    def reconnect(self) -> None:
        """Allow connections, and notify the pages that the network is online."""
        self.allow_connections()
        for page in self._context.pages:
            page.evaluate(NETWORK_ONLINE)

    def allow_connections(self) -> None:
        """Allow connections, without notifying the pages."""
        self._is_cut = False

    def freeze(self) -> None:
        """Silently drop all frames on the current connections."""
        self._frozen.update(self._pages)

    def push(self, frame: Frame) -> None:
        """Send a frame to the newest connection as if it came from the server."""
        self._pages[-1].send(json.dumps(frame))

    def sent_texts(self) -> list[str]:
        """The texts of the messages that were forwarded, in order."""
        return [str(frame["text"]) for frame in self.sent if frame["type"] == "send"]

    def _connect(self, page: WebSocketRoute) -> None:
        if self._is_cut:
            page.close()
            return
        server = page.connect_to_server()
        self._routes += [page, server]
        self._pages.append(page)
        page.on_message(lambda text: self._forward(json.loads(text), page, server))
        server.on_message(lambda text: self._deliver(json.loads(text), page))

    def _forward(self, frame: Frame, page: WebSocketRoute, server: WebSocketRoute) -> None:
        if page in self._frozen:
            return
        if answer := self.on_request(frame):
            page.send(json.dumps({"ref": frame.get("ref"), **answer}))
            return
        self.sent.append(frame)
        server.send(json.dumps(frame))

    def _deliver(self, frame: Frame, page: WebSocketRoute) -> None:
        if page in self._frozen:
            return
        for delivered in self.on_event(frame):
            page.send(json.dumps(delivered))
