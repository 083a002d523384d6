"""Pictures of all that Ting shows, by day and by night, on desktop and phone: for the documentation, and for a look.

python -m tests.browser.take_screenshots DIRECTORY [en|el]...
"""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.conftest import PHONE, become
from tests.browser.devices import DESKTOP
from tests.browser.page_state import message, messages, resource
from tests.browser.sample_talks import TALKS, UNRULY, UNRULY_TOPIC, Line, Talk, landscape
from tests.browser.screenshot_tour import Tour
from tests.browser.serving import RunningTing, serving
from tests.browser.steps import take_steps
from tests.browser.websocket_tap import Wire
from tests.client import message_id

HOUR_OF_TALK = 11
SHOWN = ["age", "place", "last_seen"]
PASSWORD = "the plane tree"
TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}

# Reactions come by websocket alone.
REACT = """(commands) => new Promise((done) => {
    const socket = new WebSocket(location.origin.replace("http", "ws") + "/api/socket", "ting.v1");
    let left = commands.length;
    socket.onmessage = ({ data }) => {
        const { type } = JSON.parse(data);
        if (type === "welcome") for (const command of commands) socket.send(JSON.stringify(command));
        if (type === "ack" || type === "error") left -= 1;
        if (left === 0) done(socket.close());
    };
})"""


def timezone() -> str:
    """Where it is late in the morning at the moment. Etc/GMT-2 is two hours before Greenwich."""
    ahead = (HOUR_OF_TALK - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


class Photographer:
    """Lets people talk in one language, and takes pictures as the first of them."""

    def __init__(self, browser: Browser, ting: RunningTing, directory: Path, locale: str) -> None:
        self._browser = browser
        self._ting = ting
        self._directory = directory
        self._locale = locale
        self._talk: Talk = TALKS[locale]
        self._people: dict[str, Page] = {}

    def take_all(self) -> None:
        """Every picture."""
        talk = self._talk
        take_steps(self._device, self._directory)
        self._take_first_screen(DESKTOP, "desktop")
        self._take_first_screen(PHONE, "phone")
        own = self._device()
        wire = Wire(own)
        self._become_admin(own)
        self._people = {talk.me: self._come_in(own)}
        for name in talk.people[1:]:
            context = self._device()
            become(context, name)
            self._people[name] = self._come_in(context)
        self._talk_elsewhere()
        self._talk_here()
        self._keep_order()
        self._tour(self._people[talk.me], wire, "desktop")
        phone = self._device(storage_state=own.storage_state(), **TOUCH)
        phone_wire = Wire(phone)
        self._tour(self._come_in(phone), phone_wire, "phone")

    def _tour(self, page: Page, wire: Wire, kind: str) -> None:
        self._type(page)
        Tour(page, wire, self._talk, self._directory, f"{kind}-{self._locale}").take()

    def _device(self, **options: Any) -> BrowserContext:
        settings = {"viewport": DESKTOP, "reduced_motion": "reduce", "timezone_id": timezone(), **options}
        return self._browser.new_context(base_url=self._ting.url, locale=self._locale, **settings)

    def _take_first_screen(self, size: Any, kind: str) -> None:
        page = self._device(viewport=size).new_page()
        page.goto(self._talk.channel)
        expect(page.locator("#nickname")).to_be_focused()
        Tour.photograph(page, self._directory, f"{kind}-{self._locale}-enter")
        page.context.close()

    def _become_admin(self, device: BrowserContext) -> None:
        invitation = self._ting.read_first_link().partition("=")[2]
        body = {"name": self._talk.me, "password": PASSWORD, "create": True, "invitation": invitation}
        answer = device.request.post("/api/session", data=body)
        assert answer.status == 201, answer.text()
        device.request.patch("/api/me", data={"share_typing": "letters"})

    def _come_in(self, device: BrowserContext) -> Page:
        page = device.new_page()
        self._go(page, self._talk.channel)
        return page

    @staticmethod
    def _go(page: Page, path: str) -> None:
        page.goto(path)
        expect(page.locator("#connection")).to_have_attribute("data-state", "live")

    def _say(self, conversation: str, lines: tuple[Line, ...]) -> None:
        """Through the REST API; a reader can look up in order what was said."""
        ids: dict[str, str] = {}
        for line in lines:
            context, id = self._people[line.author].context, message_id()
            body = {"id": id, "text": line.text}
            if line.to:
                body["reply_to"] = next(known for text, known in ids.items() if line.to in text)
            if line.picture:
                body["file"] = self._upload(context, conversation, line.picture)
            answer = context.request.post(resource(conversation, "messages"), data=body)
            assert answer.status == 201, answer.text()
            ids[line.text] = id
        self._react(lines, ids)

    def _upload(self, context: BrowserContext, conversation: str, name: str) -> str:
        size = (360, 900) if name.startswith("tall") else (960, 480)
        where = f"/api/files?conversation={quote(conversation, safe='')}&name={quote(name)}"
        answer = context.request.post(where, data=landscape(*size))
        assert answer.status == 201, answer.text()
        return str(answer.json()["file"]["id"])

    def _react(self, lines: tuple[Line, ...], ids: dict[str, str]) -> None:
        for name, page in self._people.items():
            emoji = [(ids[line.text], one) for line in lines for reactor, one in line.reactions if reactor == name]
            commands = [
                {"type": "react", "ref": ref, "id": id, "emoji": one, "on": True}
                for ref, (id, one) in enumerate(emoji, 1)
            ]
            if commands:
                page.evaluate(REACT, commands)

    def _talk_elsewhere(self) -> None:
        """There are other conversations in the list, with something new in them."""
        talk, me = self._talk, self._people[self._talk.me]
        other = self._people[talk.people[1]]
        profile = {"birth_date": "1996-02-01", "place": talk.place, "shown": SHOWN}
        other.context.request.patch("/api/me", data=profile)
        for path, topic, text in talk.others:
            me.context.request.patch(f"/api/conversations/{quote('#' + path[1:], safe='')}", data={"pinned": False})
            if topic:
                me.context.request.patch(f"/api/channels{path}", data={"topic": topic})
            self._say(f"#{path[1:]}", (Line(talk.people[1], text),))
        answer = me.context.request.post("/api/conversations", data={"user": talk.people[1]})
        self._say(answer.json()["conversation"], talk.private)
        expect(me.locator("#list-entries .badge.of-interest:visible")).to_have_count(2)
        me.context.request.patch("/api/channels/unruly", data={"topic": UNRULY_TOPIC})

    def _talk_here(self) -> None:
        talk, me = self._talk, self._people[self._talk.me]
        me.context.request.patch(f"/api/channels{talk.channel}", data={"topic": talk.topic})
        self._say(f"#{talk.channel[1:]}", talk.lines)
        expect(messages(me)).to_have_count(len(talk.lines))
        wrong, right = talk.correction
        me.context.request.patch(f"/api/messages/{message(me, wrong).get_attribute('data-id')}", data={"text": right})
        expect(me.locator(".edited")).to_be_visible()
        speaker = dict(zip(("Maria", "Jonas", "Ελένη", "dim.k", "Wren", "Thanos"), talk.people, strict=True))
        self._say("#unruly", tuple(self._in_their_words(speaker, line) for line in UNRULY))

    def _type(self, page: Page) -> None:
        """Whoever is silent for a while is not seen typing any more."""
        for name, begun in self._talk.typing:
            self._people[name].locator("#composer-text").fill(begun[:-1])
            self._people[name].locator("#composer-text").fill(begun)
            expect(page.locator("[data-ghost] .text", has_text=begun)).to_be_visible()

    @staticmethod
    def _in_their_words(speaker: dict[str, str], line: Line) -> Line:
        reactions = tuple((speaker[name], emoji) for name, emoji in line.reactions)
        return replace(line, author=speaker[line.author], reactions=reactions)

    def _keep_order(self) -> None:
        """Somebody had to be shown the door, with a reason; and friends are invited."""
        request = self._people[self._talk.me].context.request
        for name, reason, days in zip(self._talk.troublemakers, self._talk.reasons, (None, 7), strict=True):
            context = self._device()
            become(context, name)
            context.close()
            answer = request.post(f"/api/users/{quote(name)}/ban", data={"reason": reason, "days": days})
            assert answer.ok, answer.text()
        answer = request.post("/api/invitations", data={"uses": 10, "days": 14})
        assert answer.ok, answer.text()


def main(directory: Path, locales: list[str]) -> None:
    """Take pictures in these languages, each on a server of its own."""
    directory.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for locale in locales:
            with serving() as ting:
                Photographer(browser, ting, directory, locale).take_all()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or [*TALKS])
