"""Takes screenshots of all parts of the interface, in the light and the dark theme."""

from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, Route, expect

from tests.browser.appearance import COLOR_SCHEMES
from tests.browser.page_state import message, messages, until
from tests.browser.sample_talks import Talk, landscape
from tests.browser.websocket_tap import WebSocketTap

SECTIONS = (
    "avatar", "password", "profile", "looks", "typing", "notifications", "devices", "tokens", "ignored", "invitations",
    "bans", "audit", "plugins", "data",
)  # fmt: skip
IMAGES_LOADED = """() => [...document.querySelectorAll("#timeline img, .viewer img")].every((image) => {
    const { top, bottom } = image.getBoundingClientRect();
    return image.complete || !image.checkVisibility() || bottom < 0 || top > innerHeight;
})"""


class Tour:
    """Screenshots of one user's page on one device."""

    def __init__(self, page: Page, tap: WebSocketTap, talk: Talk, directory: Path, name: str) -> None:
        self._page = page
        self._tap = tap
        self._talk = talk
        self._directory = directory
        self._name = name
        self._held: list[Route] = []

    def take_all(self) -> None:
        self._conversation()
        self._messages()
        self._composer()
        self._other_pages()
        self._unusual_content()
        self._settings()
        self._offline()

    @staticmethod
    def take_in_both_schemes(page: Page, directory: Path, name: str) -> None:
        for scheme in COLOR_SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=directory / f"{name}-{scheme}.png")

    def _take(self, stop: str) -> None:
        self.take_in_both_schemes(self._page, self._directory, f"{self._name}-{stop}")

    def _take_scrolled(self, stop: str, part: float) -> None:
        """Scroll to this fraction of the history first."""
        self._page.locator("#timeline").evaluate("(all, part) => all.scrollTo(0, all.scrollHeight * part)", part)
        until(self._page, lambda: self._page.evaluate(IMAGES_LOADED))
        self._take(stop)

    def _escape(self) -> None:
        self._page.keyboard.press("Escape")

    def _go(self, path: str) -> None:
        self._page.goto(path)
        expect(self._page.locator("#connection")).to_have_attribute("data-state", "live")

    def _conversation(self) -> None:
        """The conversation at its end and beginning, the roster, the list and the switcher."""
        page = self._page
        expect(page.locator("[data-ghost]").last).to_be_in_viewport()
        self._take_scrolled("conversation", 1)
        self._take_scrolled("beginning", 0)
        if page.locator(".people-button").is_visible():
            page.locator(".people-button").click()
            self._take("people")
            self._escape()
        if page.locator(".list-button").is_visible():
            page.locator(".list-button").click()
            self._take("list")
        else:
            page.keyboard.press("Control+k")
        page.locator("#switcher").fill(self._talk.others[0][0][1:3])
        expect(page.locator("#switcher-options [data-kind=create]")).to_be_visible()
        self._take("switcher")
        self._escape()
        self._escape()

    def _messages(self) -> None:
        """The menu of a message, deleting and editing it, the emoji picker, its author's card, its image."""
        page, mine = self._page, message(self._page, self._talk.correction[1])
        mine.locator("[aria-haspopup=menu]").click()
        self._take("menu")
        page.get_by_role("menuitem").last.click()
        self._take("delete")
        self._escape()
        mine.locator("[aria-haspopup=menu]").click()
        page.get_by_role("menuitem").nth(-2).click()
        expect(page.locator(".edit-text")).to_be_focused()
        self._take("editor")
        self._escape()
        mine.locator("[aria-haspopup=menu]").click()
        page.get_by_role("menuitem").nth(1).click()
        expect(page.locator(".emoji-picker .emoji-grid button").first).to_be_visible()
        self._take("emoji")
        page.locator(".emoji-search").fill(self._talk.emoji)
        expect(page.locator(".emoji-picker [data-group=found]").first).to_be_visible()
        self._take("emoji-search")
        page.locator(".emoji-search").fill("")
        self._escape()
        expect(page.locator(".emoji-picker")).to_have_count(0)
        message(page, self._talk.lines[0].text).locator(".author [data-card]").click()
        expect(page.locator("#card .card-acts .button").first).to_be_visible()
        self._take("card")
        page.locator("#card .button.risky").last.click()
        expect(page.locator(".card-form")).to_be_visible()
        self._take("card-ban")
        self._escape()
        page.locator("#timeline .picture").last.click()
        until(page, lambda: page.evaluate(IMAGES_LOADED))
        self._take("viewer")
        self._escape()

    def _composer(self) -> None:
        """The composer: completion, an unknown command, files, the typing settings."""
        page = self._page
        area = page.locator("#composer-text")
        for stop, text in (("commands", "/"), ("arguments", "/remind "), ("mention", f"@{self._talk.people[1][0]}")):
            area.fill("")
            area.press_sequentially(text)
            expect(page.locator(":is(#completion, .completion-hint):visible").first).to_be_visible()
            self._take(stop)
        area.fill("/vlaa")
        area.press("Escape")
        page.locator(".send-button").click()
        expect(page.locator("#unknown-command")).to_be_visible()
        self._take("unknown-command")
        area.fill("")
        self._files()
        page.locator("#typing-choice").click()
        self._take("typing-panel")
        self._escape()

    def _files(self) -> None:
        """One uploaded file and one upload in progress, with a caption."""
        page = self._page
        page.route("**/api/files?*name=map*", self._hold)
        files = [
            {"name": "hymettus.png", "mimeType": "image/png", "buffer": landscape(480, 320)},
            {"name": "map.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 " * 90_000},
        ]
        page.locator("input[type=file][multiple]").set_input_files(files)  # type: ignore[arg-type]
        page.locator("#composer-text").fill(self._talk.caption)
        expect(page.locator(".attachment[data-state=stored]")).to_have_count(1)
        self._take("files")
        for button in page.locator(".attachment .icon-button").all()[::-1]:
            button.click()
        page.unroute_all(behavior="ignoreErrors")
        page.locator("#composer-text").fill("")

    def _hold(self, route: Route) -> None:
        self._held.append(route)

    def _other_pages(self) -> None:
        """The directory, the search, a direct conversation, an empty channel."""
        page = self._page
        page.goto("/channels")
        expect(page.locator(".directory li").first).to_be_visible()
        self._take("channels")
        page.goto(f"/search?q={quote(self._talk.search)}&in=")
        expect(page.locator(".hit mark").first).to_be_visible()
        self._take("search")
        page.locator(".search-filters summary").click()
        self._take("search-filters")
        self._go(f"/u/{quote(self._talk.people[1])}")
        expect(page.locator("#private-line")).to_contain_text(self._talk.place)
        expect(message(page, self._talk.direct[-1].text)).to_be_visible()
        self._take("private")
        self._go("/empty")
        expect(page.locator("#timeline-state")).to_have_attribute("data-state", "empty")
        self._take("empty")

    def _unusual_content(self) -> None:
        """Long words, URLs and topics, other scripts, all kinds of formatting."""
        page = self._page
        self._go("/unruly")
        expect(messages(page).last).to_be_visible()
        self._take_scrolled("unruly", 0)
        self._take_scrolled("unruly-end", 1)
        size = page.viewport_size
        assert size
        page.set_viewport_size({"width": 320, "height": 568})
        self._take_scrolled("unruly-320", 0)
        page.set_viewport_size(size)

    def _settings(self) -> None:
        for part in SECTIONS:
            self._page.goto(f"/settings#{part}")
            expect(self._page.locator(f"#{part}")).to_be_in_viewport()
            self._page.wait_for_load_state("networkidle")
            self._take(f"settings-{part}")

    def _offline(self) -> None:
        """Writing without a connection."""
        self._go(self._talk.channel)
        self._tap.cut()
        expect(self._page.locator("#connection-banner")).to_be_visible()
        self._page.locator("#composer-text").fill(self._talk.lines[3].text)
        self._page.locator(".send-button").click()
        expect(self._page.locator("#timeline article[data-pending]")).to_be_visible()
        self._take("offline")
