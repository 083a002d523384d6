"""Devices of users: browser contexts that are reused by one test after another.

A reused page loads in a third of the time, because the browser has its files in the cache and its process running.
"""

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.browser.websocket_tap import WebSocketTap

DESKTOP = {"width": 1280, "height": 800}
IDLE_PATH = "/healthz"


@dataclass(frozen=True)
class Device:
    context: BrowserContext
    kind: str
    options: dict[str, Any]
    disposable: bool = False
    tap: WebSocketTap | None = None


class Devices:
    """A pool of browser contexts, which are reset before reuse. `errors` are the exceptions in their pages."""

    def __init__(self, browser: Browser) -> None:
        self.errors: list[str] = []
        self._browser = browser
        self._free: dict[str, list[Device]] = {}
        self._lent: list[Device] = []

    def lend(self, **options: Any) -> BrowserContext:
        """Get a context with these options."""
        return self._lend(f"plain {json.dumps(options)}", options, lambda context: None).context

    def lend_with_tap(self, **options: Any) -> tuple[BrowserContext, WebSocketTap]:
        """Get a context whose websockets the test controls."""
        device = self._lend(f"wired {json.dumps(options)}", options, WebSocketTap)
        assert device.tap
        return device.context, device.tap

    def lend_without_page(self, **options: Any) -> BrowserContext:
        """Get a context without pages. They have their own pool, so that contexts with pages stay free for others."""
        return self._lend(f"unseen {json.dumps(options)}", options, lambda context: None).context

    def lend_disposable(self, **options: Any) -> BrowserContext:
        """Get a context that is closed after the test, so the test can change it permanently."""
        self._lent.append(Device(self._make(options), "", options, disposable=True))
        return self._lent[-1].context

    def _lend(
        self, kind: str, options: dict[str, Any], make_tap: Callable[[BrowserContext], WebSocketTap | None]
    ) -> Device:
        free = self._free.get(kind)
        if free:
            device = free.pop()
        else:
            context = self._make(options)
            device = Device(context, kind, options, tap=make_tap(context))
        self._lent.append(device)
        return device

    def take_back(self) -> None:
        """Sign out all users of the test, and reset or close their contexts."""
        for device in self._lent:
            sign_out(device.context)
        for device in self._lent:
            if device.disposable or not reset(device):
                device.context.close()
            else:
                self._free.setdefault(device.kind, []).append(device)
        self._lent.clear()
        self.errors.clear()

    def _make(self, options: dict[str, Any]) -> BrowserContext:
        context = self._browser.new_context(**options)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.set_default_timeout(15_000)
        return context


def new_page(context: BrowserContext) -> Page:
    """A page of a context: an idle one of an earlier test, or a new one."""
    return next((page for page in context.pages if page.url.endswith(IDLE_PATH)), None) or context.new_page()


def sign_out(context: BrowserContext) -> None:
    """End the session, so that the name is free for the next test."""
    context.set_offline(False)
    with contextlib.suppress(Error):
        context.request.delete("/api/session")


def reset(device: Device) -> bool:
    """Reset a device to one idle page without stored data. Return whether it can be reused."""
    context, url = device.context, device.options["base_url"]
    if not context.pages:
        context.clear_cookies()
        return True
    page, *others = context.pages
    try:
        if device.tap:
            device.tap.reset()
        for other in others:
            other.close()
        context.unroute_all(behavior="ignoreErrors")
        page.unroute_all(behavior="ignoreErrors")
        page.emulate_media(color_scheme=device.options.get("color_scheme", "null"))
        page.set_viewport_size(device.options["viewport"])
        page.goto(url + IDLE_PATH)
        page.evaluate("sessionStorage.clear()")
        devtools = context.new_cdp_session(page)
        devtools.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": "all"})
        devtools.send("Page.resetNavigationHistory")
        devtools.detach()
    except Error:
        return False
    return True
