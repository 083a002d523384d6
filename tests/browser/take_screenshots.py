"""Takes screenshots of the whole interface, in both themes, on desktop and phone, for the documentation and reviews.

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
from tests.browser.conftest import PHONE, register
from tests.browser.devices import DESKTOP
from tests.browser.page_state import conversation_url, message, messages
from tests.browser.sample_talks import TALKS, UNUSUAL, UNUSUAL_TOPIC, Line, Talk, landscape
from tests.browser.screenshot_tour import Tour
from tests.browser.serving import ServerProcess, run_server
from tests.browser.steps import take_screenshots
from tests.browser.websocket_tap import WebSocketTap
from tests.client import message_id

LOCAL_HOUR = 11
SHOWN = ["age", "place", "last_seen"]
PASSWORD = "the plane tree"
TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}

# Reactions can only be sent over a websocket.
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
    """A timezone in which it is now late morning. Note that Etc/GMT-2 is two hours ahead of UTC."""
    ahead = (LOCAL_HOUR - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


class ScreenshotTaker:
    """Fills conversations in one language, and takes screenshots as the first user."""

    def __init__(self, browser: Browser, ting: ServerProcess, directory: Path, locale: str) -> None:
        self._browser = browser
        self._ting = ting
        self._directory = directory
        self._locale = locale
        self._talk: Talk = TALKS[locale]
        self._people: dict[str, Page] = {}

    def take_all(self) -> None:
        """Take all screenshots."""
        talk = self._talk
        take_screenshots(self._device, self._directory)
        self._take_first_screen(DESKTOP, "desktop")
        self._take_first_screen(PHONE, "phone")
        own = self._device()
        tap = WebSocketTap(own)
        self._register_admin(own)
        self._people = {talk.me: self._open(own)}
        for name in talk.people[1:]:
            context = self._device()
            register(context, name)
            self._people[name] = self._open(context)
        self._fill_other_conversations()
        self._fill_conversation()
        self._moderate()
        self._tour(self._people[talk.me], tap, "desktop")
        phone = self._device(storage_state=own.storage_state(), **TOUCH)
        phone_tap = WebSocketTap(phone)
        self._tour(self._open(phone), phone_tap, "phone")

    def _tour(self, page: Page, tap: WebSocketTap, device_name: str) -> None:
        self._type(page)
        Tour(page, tap, self._talk, self._directory, f"{device_name}-{self._locale}").take_all()

    def _device(self, **options: Any) -> BrowserContext:
        settings = {"viewport": DESKTOP, "reduced_motion": "reduce", "timezone_id": timezone(), **options}
        return self._browser.new_context(base_url=self._ting.url, locale=self._locale, **settings)

    def _take_first_screen(self, size: Any, device_name: str) -> None:
        page = self._device(viewport=size).new_page()
        page.goto(self._talk.channel)
        expect(page.locator("#nickname")).to_be_focused()
        Tour.take_in_both_schemes(page, self._directory, f"{device_name}-{self._locale}-enter")
        page.context.close()

    def _register_admin(self, device: BrowserContext) -> None:
        invitation = self._ting.read_first_link().partition("=")[2]
        body = {"name": self._talk.me, "password": PASSWORD, "create": True, "invitation": invitation}
        answer = device.request.post("/api/session", data=body)
        assert answer.status == 201, answer.text()
        device.request.patch("/api/me", data={"share_typing": "letters"})

    def _open(self, device: BrowserContext) -> Page:
        page = device.new_page()
        self._go(page, self._talk.channel)
        return page

    @staticmethod
    def _go(page: Page, path: str) -> None:
        page.goto(path)
        expect(page.locator("#connection")).to_have_attribute("data-state", "live")

    def _post_lines(self, conversation: str, lines: tuple[Line, ...]) -> None:
        """Send lines through the REST API, with their replies, files and reactions."""
        ids: dict[str, str] = {}
        for line in lines:
            context, id = self._people[line.author].context, message_id()
            body = {"id": id, "text": line.text}
            if line.to:
                body["reply_to"] = next(known for text, known in ids.items() if line.to in text)
            if line.picture:
                body["file"] = self._upload(context, conversation, line.picture)
            answer = context.request.post(conversation_url(conversation, "messages"), data=body)
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
            reactions = [
                (ids[line.text], emoji) for line in lines for reactor, emoji in line.reactions if reactor == name
            ]
            requests = [
                {"type": "react", "ref": ref, "id": id, "emoji": emoji, "on": True}
                for ref, (id, emoji) in enumerate(reactions, 1)
            ]
            if requests:
                page.evaluate(REACT, requests)

    def _fill_other_conversations(self) -> None:
        """Fill the list with other conversations that have unread messages."""
        talk, me = self._talk, self._people[self._talk.me]
        other = self._people[talk.people[1]]
        profile = {"birth_date": "1996-02-01", "place": talk.place, "shown": SHOWN}
        other.context.request.patch("/api/me", data=profile)
        for path, topic, text in talk.others:
            me.context.request.patch(f"/api/conversations/{quote('#' + path[1:], safe='')}", data={"pinned": False})
            if topic:
                me.context.request.patch(f"/api/channels{path}", data={"topic": topic})
            self._post_lines(f"#{path[1:]}", (Line(talk.people[1], text),))
        answer = me.context.request.post("/api/conversations", data={"user": talk.people[1]})
        self._post_lines(answer.json()["conversation"], talk.direct)
        expect(me.locator("#list-entries .badge.of-interest:visible")).to_have_count(2)
        me.context.request.patch("/api/channels/unruly", data={"topic": UNUSUAL_TOPIC})

    def _fill_conversation(self) -> None:
        talk, me = self._talk, self._people[self._talk.me]
        me.context.request.patch(f"/api/channels{talk.channel}", data={"topic": talk.topic})
        self._post_lines(f"#{talk.channel[1:]}", talk.lines)
        expect(messages(me)).to_have_count(len(talk.lines))
        wrong, right = talk.correction
        me.context.request.patch(f"/api/messages/{message(me, wrong).get_attribute('data-id')}", data={"text": right})
        expect(me.locator(".edited")).to_be_visible()
        names = dict(zip(("Maria", "Jonas", "Ελένη", "dim.k", "Wren", "Thanos"), talk.people, strict=True))
        self._post_lines("#unruly", tuple(self._with_author(names, line) for line in UNUSUAL))

    def _type(self, page: Page) -> None:
        """Type the drafts again, because idle drafts are hidden after a while."""
        for name, draft in self._talk.typing:
            self._people[name].locator("#composer-text").fill(draft[:-1])
            self._people[name].locator("#composer-text").fill(draft)
            expect(page.locator("[data-ghost] .text", has_text=draft)).to_be_visible()

    @staticmethod
    def _with_author(names: dict[str, str], line: Line) -> Line:
        reactions = tuple((names[name], emoji) for name, emoji in line.reactions)
        return replace(line, author=names[line.author], reactions=reactions)

    def _moderate(self) -> None:
        """Ban users with a reason, and create an invitation."""
        request = self._people[self._talk.me].context.request
        for name, reason, days in zip(self._talk.troublemakers, self._talk.reasons, (None, 7), strict=True):
            context = self._device()
            register(context, name)
            context.close()
            answer = request.post(f"/api/users/{quote(name)}/ban", data={"reason": reason, "days": days})
            assert answer.ok, answer.text()
        answer = request.post("/api/invitations", data={"uses": 10, "days": 14})
        assert answer.ok, answer.text()


def main(directory: Path, locales: list[str]) -> None:
    """Take screenshots in these languages, each with its own server."""
    directory.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for locale in locales:
            with run_server() as ting:
                ScreenshotTaker(browser, ting, directory, locale).take_all()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or [*TALKS])
