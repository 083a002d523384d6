"""Checks that user content in a page is only text: no markup, scripts, styles or requests."""

from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request

# All elements that a message can contain, with all attributes they can have.
LINES = """() => {
    const TEXT_PARTS = "a, strong, em, del, code, pre, blockquote, ul, ol, li, .doer, .doer *, .mark, .emoji,"
        + " .mention, .code-block, .language, .copy, .copy *";
    const shared = ["class", "dir", "style", "title", "hidden", "role", "tabindex", "lang", "id", "data-control"];
    const allowed = {
        ARTICLE: ["data-id", "data-seq", "data-key", "data-deleted", "data-pending", "data-refused", "aria-label",
            "aria-labelledby", "data-ghost", "data-letters", "data-own", "aria-hidden"],
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
    for (const element of document.querySelectorAll("#timeline article, #timeline article *, .private-line *")) {
        const attributes = allowed[element.tagName];
        if (!attributes) strange.push(`<${element.tagName}> in ${element.textContent.slice(0, 80)}`);
        for (const { name, value } of attributes ? element.attributes : [])
            if (![...attributes, ...shared].includes(name)) strange.push(`<${element.tagName} ${name}="${value}">`);
        // Parts of a message that name it.
        if (element.id && !/^((author|time|file|text)-|new-messages$|crowd$)/.test(element.id))
            strange.push(`id ${element.id}`);
        if (element.tagName === "IMG" && !isOurs(element)) strange.push(`an image from ${element.src}`);
        const style = element.style?.cssText;
        if (style && !/^--hue: [\\d.]+;$/.test(style)) strange.push(style);
    }
    for (const element of document.querySelectorAll(".text *"))
        if (!element.matches(TEXT_PARTS)) strange.push(`<${element.tagName}> in a text`);
    return strange;
}"""

# The document around the messages: scripts, styles and embedded content, which must not change.
DOCUMENT = """() => {
    const count = (selector) => document.querySelectorAll(selector).length;
    const handlers = [...document.querySelectorAll("*")].flatMap((element) =>
        [...element.attributes].filter(({ name }) => name.startsWith("on"))
            .map(({ name }) => `${element.tagName} ${name}`));
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

UNCHANGED = {
    "scripts": 1,
    "styles": 0,
    "foreign": 0,
    "heads": 0,
    "forms": 0,
    "handlers": [],
    "stylesheets": 1,
    "pwned": None,
}


class PageWatch:
    """Records dialogs, console errors and foreign requests in pages of a context. No text should cause any."""

    def __init__(self, context: BrowserContext, own_url: str) -> None:
        """`context` must be disposable, because the listeners cannot be removed."""
        assert not context.pages
        self.incidents: list[str] = []
        self._own_url = own_url
        context.on("dialog", self._dialog)
        context.on("console", self._console)
        context.on("request", self._request)

    def _dialog(self, dialog: Dialog) -> None:
        self.incidents.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.incidents.append(message.text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith(self._own_url):
            self.incidents.append(request.url)


def assert_only_text(page: Page) -> None:
    """Check that user content on this page is only text and safe links."""
    assert page.evaluate(LINES) == []
    assert page.evaluate(DOCUMENT) == UNCHANGED
    for link in page.evaluate(LINKS):
        assert_harmless(link)


def assert_harmless(link: dict[str, Any]) -> None:
    """Check that a link leads to a channel, or to an external URL that gets neither a referrer nor the opener."""
    if link["channel"]:
        assert link["local"] and link["written"].startswith("/"), link
        return
    assert link["protocol"] in ("http:", "https:", "mailto:"), link
    assert {"noopener", "nofollow"} <= set(link["rel"].split()), link
    assert link["target"] == "_blank", link
