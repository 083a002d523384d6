"""A walk through everything that somebody can see, with a picture at every stop, by day and by night."""

from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, Route, expect

from tests.browser.appearance import LIGHTS
from tests.browser.page_state import message, messages, until
from tests.browser.sample_talks import Talk, landscape
from tests.browser.websocket_tap import Wire

PARTS = (
    "avatar", "password", "profile", "looks", "typing", "notifications", "devices", "tokens", "ignored", "invitations",
    "bans", "audit", "plugins", "data",
)  # fmt: skip
COMPLETE = """() => [...document.querySelectorAll("#timeline img, .viewer img")].every((image) => {
    const { top, bottom } = image.getBoundingClientRect();
    return image.complete || !image.checkVisibility() || bottom < 0 || top > innerHeight;
})"""


class Tour:
    """Pictures as one person on one device sees things."""

    def __init__(self, page: Page, wire: Wire, talk: Talk, directory: Path, name: str) -> None:
        self._page = page
        self._wire = wire
        self._talk = talk
        self._directory = directory
        self._name = name
        self._held: list[Route] = []

    def take(self) -> None:
        self._conversation()
        self._messages()
        self._writing()
        self._elsewhere()
        self._unruly()
        self._settings()
        self._offline()

    @staticmethod
    def photograph(page: Page, directory: Path, name: str) -> None:
        for light in LIGHTS:
            page.emulate_media(color_scheme=light)
            page.screenshot(path=directory / f"{name}-{light}.png")

    def _shoot(self, stop: str) -> None:
        self.photograph(self._page, self._directory, f"{self._name}-{stop}")

    def _shoot_at(self, stop: str, part: float) -> None:
        """With this part of the history above."""
        self._page.locator("#timeline").evaluate("(all, part) => all.scrollTo(0, all.scrollHeight * part)", part)
        until(self._page, lambda: self._page.evaluate(COMPLETE))
        self._shoot(stop)

    def _escape(self) -> None:
        self._page.keyboard.press("Escape")

    def _go(self, path: str) -> None:
        self._page.goto(path)
        expect(self._page.locator("#connection")).to_have_attribute("data-state", "live")

    def _conversation(self) -> None:
        """The conversation, at its end and at its beginning; who is here; where one may go."""
        page = self._page
        expect(page.locator("[data-ghost]").last).to_be_in_viewport()
        self._shoot_at("conversation", 1)
        self._shoot_at("beginning", 0)
        if page.locator(".people-button").is_visible():
            page.locator(".people-button").click()
            self._shoot("people")
            self._escape()
        if page.locator(".list-button").is_visible():
            page.locator(".list-button").click()
            self._shoot("list")
        else:
            page.keyboard.press("Control+k")
        page.locator("#switcher").fill(self._talk.others[0][0][1:3])
        expect(page.locator("#switcher-options [data-kind=create]")).to_be_visible()
        self._shoot("switcher")
        self._escape()
        self._escape()

    def _messages(self) -> None:
        """What can be done with a message: its menu, its author, its picture; editing, deleting."""
        page, mine = self._page, message(self._page, self._talk.correction[1])
        mine.locator("[aria-haspopup=menu]").click()
        self._shoot("menu")
        page.get_by_role("menuitem").last.click()
        self._shoot("delete")
        self._escape()
        mine.locator("[aria-haspopup=menu]").click()
        page.get_by_role("menuitem").nth(-2).click()
        expect(page.locator(".edit-text")).to_be_focused()
        self._shoot("editor")
        self._escape()
        mine.locator("[aria-haspopup=menu]").click()
        page.get_by_role("menuitem").nth(1).click()
        expect(page.locator(".emoji-picker .emoji-grid button").first).to_be_visible()
        self._shoot("emoji")
        page.locator(".emoji-search").fill(self._talk.emoji)
        expect(page.locator(".emoji-picker [data-group=found]")).to_be_visible()
        self._shoot("emoji-search")
        page.locator(".emoji-search").fill("")
        self._escape()
        expect(page.locator(".emoji-picker")).to_have_count(0)
        message(page, self._talk.lines[0].text).locator(".author [data-card]").click()
        expect(page.locator("#card .card-acts .button").first).to_be_visible()
        self._shoot("card")
        page.locator("#card .button.risky").last.click()
        expect(page.locator(".card-form")).to_be_visible()
        self._shoot("card-ban")
        self._escape()
        page.locator("#timeline .picture").last.click()
        until(page, lambda: page.evaluate(COMPLETE))
        self._shoot("viewer")
        self._escape()

    def _writing(self) -> None:
        """What helps one to write: commands, names, emoji, files, an answer, what others see."""
        page = self._page
        area = page.locator("#composer-text")
        for stop, text in (("commands", "/"), ("arguments", "/remind "), ("mention", f"@{self._talk.people[1][0]}")):
            area.fill("")
            area.press_sequentially(text)
            expect(page.locator(":is(#completion, .completion-hint):visible").first).to_be_visible()
            self._shoot(stop)
        area.fill("/vlaa")
        area.press("Escape")
        page.locator(".send-button").click()
        expect(page.locator("#unknown-command")).to_be_visible()
        self._shoot("unknown-command")
        area.fill("")
        self._files()
        page.locator("#typing-choice").click()
        self._shoot("typing-panel")
        self._escape()

    def _files(self) -> None:
        """One file is there, one is on its way, and what they carry is written."""
        page = self._page
        page.route("**/api/files?*name=map*", self._hold)
        files = [
            {"name": "hymettus.png", "mimeType": "image/png", "buffer": landscape(480, 320)},
            {"name": "map.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 " * 90_000},
        ]
        page.locator("input[type=file][multiple]").set_input_files(files)  # type: ignore[arg-type]
        page.locator("#composer-text").fill(self._talk.caption)
        expect(page.locator(".attachment[data-state=stored]")).to_have_count(1)
        self._shoot("files")
        for button in page.locator(".attachment .icon-button").all()[::-1]:
            button.click()
        page.unroute_all(behavior="ignoreErrors")
        page.locator("#composer-text").fill("")

    def _hold(self, route: Route) -> None:
        self._held.append(route)

    def _elsewhere(self) -> None:
        """The directory, the search, a private, a channel without a word."""
        page = self._page
        page.goto("/channels")
        expect(page.locator(".directory li").first).to_be_visible()
        self._shoot("channels")
        page.goto(f"/search?q={quote(self._talk.search)}&in=")
        expect(page.locator(".hit mark").first).to_be_visible()
        self._shoot("search")
        page.locator(".search-filters summary").click()
        self._shoot("search-filters")
        self._go(f"/u/{quote(self._talk.people[1])}")
        expect(page.locator("#private-line")).to_contain_text(self._talk.place)
        expect(message(page, self._talk.private[-1].text)).to_be_visible()
        self._shoot("private")
        self._go("/empty")
        expect(page.locator("#timeline-state")).to_have_attribute("data-state", "empty")
        self._shoot("empty")

    def _unruly(self) -> None:
        """Words, addresses and topics that are too long, other scripts, all kinds of marks."""
        page = self._page
        self._go("/unruly")
        expect(messages(page).last).to_be_visible()
        self._shoot_at("unruly", 0)
        self._shoot_at("unruly-end", 1)
        size = page.viewport_size
        assert size
        page.set_viewport_size({"width": 320, "height": 568})
        self._shoot_at("unruly-320", 0)
        page.set_viewport_size(size)

    def _settings(self) -> None:
        for part in PARTS:
            self._page.goto(f"/settings#{part}")
            expect(self._page.locator(f"#{part}")).to_be_in_viewport()
            self._page.wait_for_load_state("networkidle")
            self._shoot(f"settings-{part}")

    def _offline(self) -> None:
        """Without a network one goes on writing."""
        self._go(self._talk.channel)
        self._wire.cut()
        expect(self._page.locator("#connection-banner")).to_be_visible()
        self._page.locator("#composer-text").fill(self._talk.lines[3].text)
        self._page.locator(".send-button").click()
        expect(self._page.locator("#timeline article[data-pending]")).to_be_visible()
        self._shoot("offline")
