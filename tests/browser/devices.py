"""Devices of people: browser contexts that are lent to one test after another.

A page that has been here before is loaded in a third of the time, since the browser has its files and its process.
"""

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.browser.websocket_tap import Wire

DESKTOP = {"width": 1280, "height": 800}
WAITING = "/healthz"


@dataclass(frozen=True)
class Device:
    context: BrowserContext
    kind: str
    options: dict[str, Any]
    once: bool = False
    wire: Wire | None = None


class Devices:
    """Lends contexts as good as new. `faults` are the exceptions in their pages."""

    def __init__(self, browser: Browser) -> None:
        self.faults: list[str] = []
        self._browser = browser
        self._free: dict[str, list[Device]] = {}
        self._lent: list[Device] = []

    def lend(self, **options: Any) -> BrowserContext:
        """A context with these options."""
        return self._lend(f"plain {json.dumps(options)}", options, lambda context: None).context

    def lend_wired(self, **options: Any) -> tuple[BrowserContext, Wire]:
        """One whose websockets are in the hands of the test."""
        device = self._lend(f"wired {json.dumps(options)}", options, Wire)
        assert device.wire
        return device.context, device.wire

    def lend_unseen(self, **options: Any) -> BrowserContext:
        """One for somebody without pages. Those who have pages need not wait for them then."""
        return self._lend(f"unseen {json.dumps(options)}", options, lambda context: None).context

    def lend_once(self, **options: Any) -> BrowserContext:
        """One that may be changed for good."""
        self._lent.append(Device(self._make(options), "", options, once=True))
        return self._lent[-1].context

    def _lend(self, kind: str, options: dict[str, Any], wire: Callable[[BrowserContext], Wire | None]) -> Device:
        kept = self._free.get(kind)
        if kept:
            device = kept.pop()
        else:
            context = self._make(options)
            device = Device(context, kind, options, wire=wire(context))
        self._lent.append(device)
        return device

    def take_back(self) -> None:
        """Everybody leaves, and nothing of them stays."""
        for device in self._lent:
            leave(device.context)
        for device in self._lent:
            if device.once or not cleaned(device):
                device.context.close()
            else:
                self._free.setdefault(device.kind, []).append(device)
        self._lent.clear()
        self.faults.clear()

    def _make(self, options: dict[str, Any]) -> BrowserContext:
        context = self._browser.new_context(**options)
        context.on("weberror", lambda error: self.faults.append(str(error.error)))
        context.set_default_timeout(15_000)
        return context


def new_page(context: BrowserContext) -> Page:
    """A page of a device: one that waits since an earlier test, or another one."""
    return next((page for page in context.pages if page.url.endswith(WAITING)), None) or context.new_page()


def leave(context: BrowserContext) -> None:
    """End the session, so that the next test finds the name free."""
    context.set_offline(False)
    with contextlib.suppress(Error):
        context.request.delete("/api/session")


def cleaned(device: Device) -> bool:
    """Make a device as good as new, with one page that waits; whether that went well."""
    context, url = device.context, device.options["base_url"]
    if not context.pages:
        context.clear_cookies()
        return True
    page, *others = context.pages
    try:
        if device.wire:
            device.wire.reset()
        for other in others:
            other.close()
        context.unroute_all(behavior="ignoreErrors")
        page.unroute_all(behavior="ignoreErrors")
        page.emulate_media(color_scheme=device.options.get("color_scheme", "null"))
        page.set_viewport_size(device.options["viewport"])
        page.goto(url + WAITING)
        page.evaluate("sessionStorage.clear()")
        browser = context.new_cdp_session(page)
        browser.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": "all"})
        browser.send("Page.resetNavigationHistory")
        browser.detach()
    except Error:
        return False
    return True
