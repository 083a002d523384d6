"""Pictures of a lively conversation, for the README and for a look at every size and light.

python -m tests.browser.take_screenshots DIRECTORY
"""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect, sync_playwright

from tests.browser import chromium
from tests.browser.conftest import PHONE, enter, say, write
from tests.browser.devices import DESKTOP, leave
from tests.browser.seen import message, messages, speak
from tests.browser.serving import RunningTing
from tests.browser.talks import TALKS, Talk, files, landscape
from tests.browser.test_files import bring

HOUR_OF_TALK = 11
SHOWN = ["age", "place", "last_seen"]
PHONE_SIZE: ViewportSize = {"width": 390, "height": 844}


def timezone() -> str:
    """Where it is late in the morning at the moment. Etc/GMT-2 is two hours before Greenwich."""
    ahead = (HOUR_OF_TALK - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


class Photographer:
    """Lets people talk, and takes pictures as the first of them."""

    def __init__(self, browser: Browser, ting: RunningTing, directory: Path) -> None:
        self._browser = browser
        self._ting = ting
        self._url = ting.url
        self._directory = directory

    def first_screen(self, locale: str) -> None:
        """Pictures of the way in."""
        page = self._device(locale).new_page()
        page.goto("/parea")
        expect(page.locator("#nickname")).to_be_focused()
        self._take(page, f"enter-{locale}")
        page.set_viewport_size(PHONE_SIZE)
        self._take(page, f"enter-phone-{locale}")
        page.context.close()

    def talk(self, talk: Talk, locale: str) -> None:
        """Pictures of a conversation."""
        pages = {name: enter(self._device(locale), name, talk.channel) for name in talk.people}
        me = pages[talk.people[0]]
        self._promote(talk.people[0])
        self._talk_elsewhere(talk, pages)
        self._speak(talk, pages)
        self._take(me, f"desktop-{locale}")
        phone = self._phone_of(me, locale)
        self._take(phone, f"phone-{locale}")
        self._open_everything(me, f"desktop-{locale}", talk)
        self._open_everything(phone, f"phone-{locale}", talk)
        self._go_everywhere(me, f"desktop-{locale}", talk)
        self._go_everywhere(phone, f"phone-{locale}", talk)
        self._work(talk, pages)
        for page, size in ((me, "desktop"), (phone, "phone")):
            self._look_closely(page, f"{size}-{locale}", talk)
            self._compose(page, f"{size}-{locale}", talk)
            self._settle(page, f"{size}-{locale}", talk)
        for page in (phone, *pages.values()):
            leave(page.context)
            page.context.close()

    def _promote(self, name: str) -> None:
        """Somebody who keeps order sees more: as the operator would."""
        program = [sys.executable, "-m", "ting", "user", "role", name, "admin"]
        subprocess.run([*program, "--data", str(self._ting.directory / "data")], check=True, stdout=subprocess.DEVNULL)

    def _device(self, locale: str, **options: Any) -> BrowserContext:
        settings = {"viewport": DESKTOP, "reduced_motion": "reduce", "timezone_id": timezone(), **options}
        return self._browser.new_context(base_url=self._url, locale=locale, **settings)

    def _phone_of(self, page: Page, locale: str) -> Page:
        """Another device of the same person."""
        state = page.context.storage_state()
        touch = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
        phone = self._device(locale, storage_state=state, **touch).new_page()
        phone.goto(page.url)
        expect(phone.locator("[data-ghost]")).to_be_in_viewport()
        return phone

    def _talk_elsewhere(self, talk: Talk, pages: dict[str, Page]) -> None:
        """There are other conversations in the list, with something new in them."""
        me, other = pages[talk.people[0]], pages[talk.people[1]]
        other.context.request.patch("/api/me", data={"birth_date": "1996-02-01", "place": "Αθήνα", "shown": SHOWN})
        for path, topic, _ in talk.others:
            me.goto(path)
            me.context.request.patch(f"/api/channels{path}", data={"topic": topic})
            me.locator("#composer-text").fill("…")
            expect(me.locator(f'#list-entries [data-conversation="#{path[1:]}"]')).to_be_visible()
            me.locator("#composer-text").fill("")
        me.goto(talk.channel)
        for path, _, text in talk.others:
            speak(other.context, f"#{path[1:]}", text)
        other.goto(f"/u/{quote(talk.people[0])}")
        for line in talk.private:
            say(other, line)
        other.goto(talk.channel)
        expect(me.locator("#list-entries .badge.of-interest:visible")).to_have_count(2)

    def _speak(self, talk: Talk, pages: dict[str, Page]) -> None:
        me = pages[talk.people[0]]
        me.context.request.patch(f"/api/channels{talk.channel}", data={"topic": talk.topic})
        for name, line in talk.lines:
            write(pages[name], line)
            expect(messages(me).filter(has_text=line.removeprefix("/me "))).to_be_visible()
        wrong, right = talk.correction
        me.context.request.patch(f"/api/messages/{message(me, wrong).get_attribute('data-id')}", data={"text": right})
        expect(me.locator(".edited")).to_be_visible()
        name, begun = talk.typing
        pages[name].locator("#composer-text").fill(begun)
        expect(me.locator("[data-ghost] .text")).to_have_text(begun)

    def _open_everything(self, page: Page, name: str, talk: Talk) -> None:
        """What does not show by itself: menus, panels, the drawer, the editor, the question before deleting."""
        page.locator("#typing-choice").click()
        self._take(page, f"{name}-typing-panel")
        page.keyboard.press("Escape")
        if page.locator(".people-button").is_visible():
            page.locator(".people-button").click()
            self._take(page, f"{name}-people")
            page.keyboard.press("Escape")
        mine = message(page, talk.correction[1])
        mine.locator("[aria-haspopup=menu]").click()
        self._take(page, f"{name}-menu")
        page.get_by_role("menuitem").last.click()
        self._take(page, f"{name}-delete")
        page.keyboard.press("Escape")
        mine.locator("[aria-haspopup=menu]").click()
        page.get_by_role("menuitem").nth(-2).click()
        self._take(page, f"{name}-editor")
        page.keyboard.press("Escape")

    def _go_everywhere(self, page: Page, name: str, talk: Talk) -> None:
        """The list and its box, the search, the directory, a private."""
        if page.locator(".list-button").is_visible():
            page.locator(".list-button").click()
            self._take(page, f"{name}-list")
        else:
            page.keyboard.press("Control+k")
        page.locator("#switcher").fill(talk.others[0][0][1:3])
        expect(page.locator("#switcher-options [data-kind=create]")).to_be_visible()
        self._take(page, f"{name}-switcher")
        page.keyboard.press("Escape")
        page.goto("/channels")
        expect(page.locator(".directory li").first).to_be_visible()
        self._take(page, f"{name}-channels")
        page.goto(f"/search?q={quote(talk.search)}&in=")
        expect(page.locator(".hit mark").first).to_be_visible()
        self._take(page, f"{name}-search")
        page.goto(f"/u/{quote(talk.people[1])}")
        expect(page.locator("#private-line")).to_contain_text("Αθήνα")
        self._take(page, f"{name}-private")

    def _work(self, talk: Talk, pages: dict[str, Page]) -> None:
        """A channel with all that a message can have: shape, an answer, reactions, a picture."""
        me, *others = (pages[name] for name in talk.people)
        for page in (me, *others[:3]):
            page.goto(talk.workshop)
        for name, line in talk.shaped:
            page = pages[name]
            page.goto(talk.workshop)
            write(page, line)
            expect(messages(me)).to_have_count(talk.shaped.index((name, line)) + 1)
        last = messages(me).last
        last.hover()
        last.get_by_role("button").nth(1).click()
        say(me, talk.answer)
        painter = pages[talk.people[1]]
        content = list(landscape())
        bring(painter, "drop", {"name": talk.files[1], "type": "image/png", "bytes": content})
        expect(painter.locator(".attachment[data-state=stored]")).to_have_count(1)
        say(painter, talk.view)
        for page, emoji in ((me, "heart_eyes"), (others[1], "heart_eyes"), (others[2], "thumbsup")):
            self._react(page, message(page, talk.view), emoji)
        expect(message(me, talk.view).locator(".reaction")).to_have_count(2)

    def _react(self, page: Page, line: Locator, emoji: str) -> None:
        line.hover()
        line.locator(".message-bar button").first.click()
        page.locator(".emoji-search").press_sequentially(emoji)
        page.locator(".emoji-body button").first.click()

    def _look_closely(self, page: Page, name: str, talk: Talk) -> None:
        """What people make of messages, a picture by itself, and somebody's card."""
        page.goto(talk.workshop)
        picture = message(page, talk.view).locator(".picture")
        expect(picture.locator("img")).to_be_in_viewport()
        page.wait_for_function(
            "() => [...document.querySelectorAll('.picture img')].every((seen) => seen.naturalWidth)"
        )
        self._take(page, f"{name}-shaped")
        picture.click()
        self._take(page, f"{name}-viewer")
        page.keyboard.press("Escape")
        message(page, talk.view).locator("[data-card]").first.click()
        self._take(page, f"{name}-card")
        page.keyboard.press("Escape")

    def _compose(self, page: Page, name: str, talk: Talk) -> None:
        """What comes up while one writes."""
        composer = page.locator("#composer-text")
        for kind, begun in (("mention", talk.half_a_name), ("emoji", talk.half_an_emoji), ("command", "/r")):
            composer.fill(begun[:-1])
            composer.press_sequentially(begun[-1])
            expect(page.locator("[role=listbox] [role=option]:visible").first).to_be_visible()
            self._take(page, f"{name}-complete-{kind}")
        composer.fill("")
        bring(page, "dragenter", *files(talk))
        self._take(page, f"{name}-drop")
        bring(page, "drop", *files(talk))
        expect(page.locator(".attachment[data-state=stored]")).to_have_count(len(talk.files))
        self._take(page, f"{name}-attachments")
        for _ in talk.files:
            page.locator(".attachment button").last.click()
        if page.locator(".emoji-button").is_visible():
            page.locator(".emoji-button").click()
            self._take(page, f"{name}-picker")
            page.keyboard.press("Escape")

    def _settle(self, page: Page, name: str, talk: Talk) -> None:
        """The whole page of settings, as an admin has it."""
        page.goto("/settings")
        expect(page.locator("#plugins li").first).to_be_attached()
        page.wait_for_load_state("networkidle")
        self._take(page, f"{name}-settings", full_page=True)

    def _take(self, page: Page, name: str, **options: Any) -> None:
        for light in ("light", "dark"):
            page.emulate_media(color_scheme=light)
            page.screenshot(path=self._directory / f"{name}-{light}.png", **options)


def main(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    ting = RunningTing()
    ting.start()
    try:
        with sync_playwright() as playwright:
            photographer = Photographer(chromium.launch(playwright), ting, directory)
            for locale, talk in TALKS.items():
                photographer.first_screen(locale)
                photographer.talk(talk, locale)
    finally:
        ting.remove()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
