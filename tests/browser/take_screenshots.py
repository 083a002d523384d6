"""Pictures of a lively conversation, for the README and for a look at every size and light.

python -m tests.browser.take_screenshots DIRECTORY
"""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests.browser import chromium
from tests.browser.conftest import PHONE, enter, say, write
from tests.browser.devices import DESKTOP, leave
from tests.browser.seen import message, messages, speak
from tests.browser.serving import RunningTing

HOUR_OF_TALK = 11
SHOWN = ["age", "place", "last_seen"]
PHONE_SIZE: ViewportSize = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Talk:
    """What is said in one language."""

    channel: str
    topic: str
    people: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]
    correction: tuple[str, str]
    typing: tuple[str, str]
    others: tuple[tuple[str, str, str], ...]
    private: tuple[str, ...]
    search: str


ENGLISH = Talk(
    channel="/ting",
    topic="Saturday's walk: Hymettus, and something to eat afterwards",
    people=("Maria", "Jonas", "Ελένη", "dim.k", "Thanos", "Wren"),
    lines=(
        ("Jonas", "Morning! Are we still on for Saturday?"),
        ("Maria", "Yes! The forecast says sun from nine o'clock on."),
        ("Ελένη", "Καλημέρα σε όλους! Θα έρθω κι εγώ, μαζί με τον αδελφό μου."),
        ("Maria", "Τέλεια, Ελένη! Πόσα άτομα είμαστε τώρα;"),
        ("dim.k", "Seven, with Eleni's brother. I reserved a table for two o'clock, right under the big plane tree."),
        ("Wren", "This path has shade nearly all the way up:"),
        ("Wren", "https://www.openstreetmap.org/#map=14/37.9601/23.8021"),
        ("Maria", "Looks lovely. Meet at the monastery at half past nine?"),
        ("Thanos", "/me brings the koulouria"),
    ),
    correction=("half past nine", "Looks lovely. Meet at the monastery at a quarter to ten?"),
    typing=("Ελένη", "Και μετά μπάνιο στη θά"),
    others=(
        ("/music", "What we listen to", "@Maria, the choir sings on Friday at eight"),
        ("/kitchen", "Recipes, and what became of them", "The lemons are ripe again."),
        ("/books", "", "Page 120, and I still trust nobody."),
    ),
    private=("Can you bring the map?", "And the thermos!"),
    search="choir",
)

GREEK = Talk(
    channel="/parea",
    topic="Σάββατο στον Υμηττό, και μετά φαγητό",
    people=("Μαρία", "Γιάννης", "Ελένη", "Νίκος_Π", "Sofia", "άλκης"),
    lines=(
        ("Γιάννης", "Καλημέρα! Ισχύει το Σάββατο;"),
        ("Μαρία", "Ναι! Από τις εννιά και μετά βγάζει ήλιο."),
        ("Sofia", "Good morning everybody! May I bring my cousin? She is here from Porto until Sunday."),
        ("Μαρία", "Και βέβαια! Όσο περισσότεροι, τόσο το καλύτερο."),
        ("Νίκος_Π", "Με την ξαδέλφη γινόμαστε επτά. Έκλεισα τραπέζι για τις δύο, κάτω από τον πλάτανο."),
        ("Ελένη", "Αυτό το μονοπάτι έχει σκιά σχεδόν ως πάνω:"),
        ("Ελένη", "https://www.openstreetmap.org/#map=14/37.9601/23.8021"),
        ("Μαρία", "Ωραίο φαίνεται. Εννιά και μισή στο μοναστήρι;"),
        ("άλκης", "/me φέρνει τα κουλούρια"),
    ),
    correction=("Εννιά και μισή", "Ωραίο φαίνεται. Δέκα παρά τέταρτο στο μοναστήρι;"),
    typing=("Sofia", "And afterwards a swim in the s"),
    others=(
        ("/mousiki", "Τι ακούμε", "@Μαρία, η χορωδία τραγουδάει την Παρασκευή στις οκτώ"),
        ("/kouzina", "Συνταγές, και τι απέγιναν", "Ωρίμασαν πάλι τα λεμόνια."),
        ("/vivlia", "", "Σελίδα 120, και ακόμη δεν εμπιστεύομαι κανέναν."),
    ),
    private=("Θα φέρεις τον χάρτη;", "Και το θερμός!"),
    search="χορωδια",
)


TALKS = {"en": ENGLISH, "el": GREEK}


def timezone() -> str:
    """Where it is late in the morning at the moment. Etc/GMT-2 is two hours before Greenwich."""
    ahead = (HOUR_OF_TALK - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


class Photographer:
    """Lets people talk, and takes pictures as the first of them."""

    def __init__(self, browser: Browser, url: str, directory: Path) -> None:
        self._browser = browser
        self._url = url
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
        self._talk_elsewhere(talk, pages)
        self._speak(talk, pages)
        self._take(me, f"desktop-{locale}")
        phone = self._phone_of(me, locale)
        self._take(phone, f"phone-{locale}")
        self._open_everything(me, f"desktop-{locale}", talk)
        self._open_everything(phone, f"phone-{locale}", talk)
        self._go_everywhere(me, f"desktop-{locale}", talk)
        self._go_everywhere(phone, f"phone-{locale}", talk)
        for page in (phone, *pages.values()):
            leave(page.context)
            page.context.close()

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

    def _take(self, page: Page, name: str) -> None:
        for light in ("light", "dark"):
            page.emulate_media(color_scheme=light)
            page.screenshot(path=self._directory / f"{name}-{light}.png")


def main(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    ting = RunningTing()
    ting.start()
    try:
        with sync_playwright() as playwright:
            photographer = Photographer(chromium.launch(playwright), ting.url, directory)
            for locale, talk in TALKS.items():
                photographer.first_screen(locale)
                photographer.talk(talk, locale)
    finally:
        ting.remove()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
