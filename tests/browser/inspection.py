"""Looks at a page for anything that a text could have become besides text."""

from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request

# All that is ever in a line, with all the attributes that it may have.
LINES = """() => {
    const TEXT_PARTS = "a, strong, em, del, code, pre, blockquote, ul, ol, li, .doer, .doer *, .mark, .emoji,"
        + " .mention, .code-block, .language, .copy, .copy *";
    const shared = ["class", "dir", "style", "title", "hidden", "role", "tabindex", "lang"];
    const allowed = {
        ARTICLE: ["data-id", "data-seq", "data-key", "data-deleted", "data-pending", "data-refused", "aria-label",
            "aria-live", "data-ghost", "data-letters", "data-own", "aria-hidden"],
        ASIDE: ["data-key"], DIV: [], SPAN: ["aria-hidden", "data-language", "data-card"], BDI: [], P: [], BR: [],
        TIME: ["datetime"],
        A: ["href", "target", "rel"], STRONG: [], EM: [], DEL: [], CODE: [], PRE: [], BLOCKQUOTE: [],
        UL: [], OL: [], LI: ["value"],
        BUTTON: ["type", "aria-label", "aria-haspopup", "aria-expanded", "aria-pressed"],
        svg: ["viewBox", "aria-hidden", "focusable", "width", "height"],
        path: ["d"], circle: ["cx", "cy", "r"], line: ["x1", "x2", "y1", "y2"],
        rect: ["x", "y", "width", "height", "rx"],
        polyline: ["points"], g: [], IMG: ["src", "alt", "loading", "decoding", "draggable"],
    };
    const isOurs = (image) => image.src.startsWith(`${location.origin}/api/users/`) && image.closest(".avatar");
    const strange = [];
    for (const seen of document.querySelectorAll("#timeline article, #timeline article *, .private-line *")) {
        const attributes = allowed[seen.tagName];
        if (!attributes) strange.push(`<${seen.tagName}> in ${seen.textContent.slice(0, 80)}`);
        for (const { name, value } of attributes ? seen.attributes : [])
            if (![...attributes, ...shared].includes(name)) strange.push(`<${seen.tagName} ${name}="${value}">`);
        if (seen.tagName === "IMG" && !isOurs(seen)) strange.push(`a picture from ${seen.src}`);
        if (seen.style?.cssText && !/^--hue: [\\d.]+;$/.test(seen.style.cssText)) strange.push(seen.style.cssText);
    }
    for (const seen of document.querySelectorAll(".text *"))
        if (!seen.matches(TEXT_PARTS)) strange.push(`<${seen.tagName}> in a text`);
    return strange;
}"""

# The document around the lines: nothing that loads, runs or restyles but what the page came with.
DOCUMENT = """() => {
    const count = (selector) => document.querySelectorAll(selector).length;
    const handlers = [...document.querySelectorAll("*")].flatMap((seen) =>
        [...seen.attributes].filter(({ name }) => name.startsWith("on")).map(({ name }) => `${seen.tagName} ${name}`));
    return {
        scripts: count("script"), styles: count("style"),
        foreign: count("iframe, object, embed, base, img:not(.avatar > img), video, audio"),
        heads: count("head > :not(link, meta, title, script)"), forms: count("form[action]"), handlers,
        stylesheets: document.styleSheets.length, pwned: window.pwned ?? null,
    };
}"""

LINKS = """() => [...document.querySelectorAll("#timeline a")].map((a) => ({
    written: a.getAttribute("href"), protocol: a.protocol, rel: a.rel, target: a.target,
    local: a.origin === location.origin, channel: a.classList.contains("channel-link"),
}))"""

UNTOUCHED = {
    "scripts": 1,
    "styles": 0,
    "foreign": 0,
    "heads": 0,
    "forms": 0,
    "handlers": [],
    "stylesheets": 1,
    "pwned": None,
}


class Watch:
    """Writes down what a page of this device does that no text should make it do."""

    def __init__(self, context: BrowserContext, own: str) -> None:
        """Of a device that is used once: it is watched for good."""
        assert not context.pages
        self.seen: list[str] = []
        self._own = own
        context.on("dialog", self._dialog)
        context.on("console", self._console)
        context.on("request", self._request)

    def _dialog(self, dialog: Dialog) -> None:
        self.seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.seen.append(said.text)

    def _request(self, asked: Request) -> None:
        if not asked.url.startswith(self._own):
            self.seen.append(asked.url)


def assert_only_text(page: Page) -> None:
    """No text on this page became anything but text and harmless links."""
    assert page.evaluate(LINES) == []
    assert page.evaluate(DOCUMENT) == UNTOUCHED
    for link in page.evaluate(LINKS):
        assert_harmless(link)


def assert_harmless(link: dict[str, Any]) -> None:
    """A channel of this chat, or an address outside that learns nothing of us."""
    if link["channel"]:
        assert link["local"] and link["written"].startswith("/"), link
        return
    assert link["protocol"] in ("http:", "https:", "mailto:"), link
    assert {"noopener", "nofollow"} <= set(link["rel"].split()), link
    assert link["target"] == "_blank", link
