"""Messages, names and topics stay text: they run and load nothing, and do not break the layout."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import payloads
from tests.browser.account_steps import open_account_menu
from tests.browser.conftest import ContextMaker, enter, enter_without_page, send_message
from tests.browser.devices import new_page
from tests.browser.inspection import PageWatch, assert_only_text
from tests.browser.page_state import conversation_of, message, messages, overflowing, post, post_messages, texts, until
from tests.browser.serving import ServerProcess
from tests.browser.websocket_tap import WebSocketTap
from ting.core.text import clean_text

MAX_SHARED_CHARS = 200  # a longer pasted text is shared only after the next keystroke
WIDTHS = (320, 390, 1280)


def assert_fits(page: Page) -> None:
    """Check that the page does not scroll sideways, at any width."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert overflowing(page) == [], width


def test_messages_stay_text(new_context: ContextMaker, ting: ServerProcess, room: str) -> None:
    context, mallory = new_context.disposable(), enter_without_page(new_context.without_page(), "mallory", room)
    watch = PageWatch(context, ting.url)
    ada = enter(context, "ada", room)
    post(mallory, "An honest word")

    post(mallory, *payloads.MESSAGES)
    stored = [clean_text(text) for text in payloads.MESSAGES]

    expect(messages(ada)).to_have_count(len(payloads.MESSAGES) + 1)
    assert texts(ada)[1:] == stored
    assert_only_text(ada)
    ada.reload()
    expect(messages(ada)).to_have_count(len(payloads.MESSAGES) + 1)
    assert texts(ada)[1:] == stored
    assert_only_text(ada)
    expect(ada).to_have_title(f"#{room[1:]} · Ting")
    assert_fits(ada)
    assert watch.incidents == []


def test_own_messages_stay_text(new_context: ContextMaker, ting: ServerProcess, room: str) -> None:
    context = new_context.disposable()
    watch = PageWatch(context, ting.url)
    ada = enter(context, "ada", room)

    for text in payloads.MARKUP:
        ada.locator("#composer-text").fill(text)
        ada.locator("#composer-text").press("Enter")

    expect(messages(ada)).to_have_count(len(payloads.MARKUP))
    assert texts(ada) == payloads.MARKUP
    assert_only_text(ada)
    assert_fits(ada)
    assert watch.incidents == []


def test_an_edit_stays_text(new_context: ContextMaker, room: str) -> None:
    ada, mallory = enter(new_context(), "ada", room), enter_without_page(new_context.without_page(), "mallory", room)
    [id] = post(mallory, "harmless")

    for text in payloads.MARKUP[:8]:
        mallory.context.request.patch(f"/api/messages/{id}", data={"text": text})
        expect(messages(ada).locator(".text")).to_have_text(text)

    assert_only_text(ada)


def test_drafts_stay_text(new_context: ContextMaker, ting: ServerProcess, room: str) -> None:
    context, mallory = new_context.disposable(), enter(new_context(), "mallory", room)
    watch = PageWatch(context, ting.url)
    ada = enter(context, "ada", room)
    ghost = ada.locator("#timeline article[data-ghost]")

    for text in [text for text in payloads.MARKUP if len(text) < MAX_SHARED_CHARS]:
        mallory.locator("#composer-text").fill(text)
        expect(ghost.locator(".text")).to_have_js_property("textContent", text)
        expect(ghost.locator(".text *")).to_have_count(0)

    assert_only_text(ada)
    assert watch.incidents == []


def test_actions_stay_text(new_context: ContextMaker, room: str) -> None:
    ada, mallory = enter(new_context(), "ada", room), enter_without_page(new_context.without_page(), "mallory", room)

    post(mallory, *(f"/me {text}" for text in payloads.MARKUP))

    expect(ada.locator("article.action")).to_have_count(len(payloads.MARKUP))
    assert texts(ada) == [f"* mallory {text}" for text in payloads.MARKUP]
    assert_only_text(ada)


def test_topics_stay_text(new_context: ContextMaker, ting: ServerProcess, room: str) -> None:
    context, mallory = new_context.disposable(), enter_without_page(new_context.without_page(), "mallory", room)
    watch = PageWatch(context, ting.url)
    ada = enter(context, "ada", room)

    for topic in payloads.TOPICS:
        answer = mallory.context.request.patch(f"/api/channels/{room[1:]}", data={"topic": topic})
        assert answer.status == 200, answer.text()
        expect(ada.locator("#topic")).to_have_js_property("textContent", topic)
        expect(ada.locator("#topic > *")).to_have_count(0)

    assert len(payloads.TOPICS) > 30
    assert_only_text(ada)
    expect(ada).to_have_title(f"#{room[1:]} · Ting")
    assert_fits(ada)
    ada.reload()
    expect(ada.locator("#topic")).not_to_be_empty()
    assert_only_text(ada)
    assert watch.incidents == []


def test_names_stay_text(new_context: ContextMaker, ting: ServerProcess, room: str) -> None:
    context = new_context.disposable()
    watch = PageWatch(context, ting.url)
    ada = enter(context, "ada", room)

    for name in payloads.NAMES:
        context = new_context.without_page()
        context.request.post("/api/session", data={"name": name})
        post_messages(context, conversation_of(ada), "/me is here", "and speaks")

    expect(messages(ada)).to_have_count(2 * len(payloads.NAMES))
    assert ada.locator("article.other .author bdi").all_text_contents() == payloads.NAMES
    assert ada.locator("article.action .doer bdi").all_text_contents() == payloads.NAMES
    assert_only_text(ada)
    assert_fits(ada)
    assert watch.incidents == []


def test_a_name_of_symbols_stays_text_for_its_owner(new_context: ContextMaker, room: str) -> None:
    name = payloads.NAMES[0]
    page = enter(new_context(), name, room)
    expect(page.locator("#people .person-name")).to_have_text(name)

    send_message(page, "It is me")
    open_account_menu(page)

    expect(page.locator("#leave")).to_have_text(f"Sign out ({name})")
    assert_only_text(page)


def test_frames_of_a_faulty_server_stay_text(new_context: ContextMaker, ting: ServerProcess, room: str) -> None:
    context = new_context.disposable()
    watch, tap = PageWatch(context, ting.url), WebSocketTap(context)
    ada = enter(context, "ada", room)
    authors = [{"id": f"<b>{name}", "name": name} for name in payloads.FORBIDDEN_NAMES]
    conversation = conversation_of(ada)
    expect(ada.locator("#people li")).to_have_count(1)

    tap.push({"type": "presence", "conversation": conversation, "came": authors, "went": []})
    for number, author in enumerate(authors, 1):
        tap.push(_message(conversation, number, author))
    tap.push({"type": "notice", "conversation": conversation, "text": payloads.MARKUP[3]})

    expect(ada.locator("#people li")).to_have_count(len(authors) + 1)
    expect(ada.locator(".private-line p")).to_have_text(payloads.MARKUP[3])
    expect(ada.locator("article.other")).to_have_count(len(authors))
    assert_only_text(ada)
    assert_fits(ada)
    assert watch.incidents == []


def _message(conversation: str, number: int, author: dict[str, str]) -> dict[str, object]:
    return {
        "type": "message",
        "id": f'"><script>{payloads.SCRIPT}</script>{number}',
        "conversation": conversation,
        "seq": number,
        "first": number,
        "position": number,
        "author": author,
        "kind": '"><img src=x>',
        "text": payloads.MARKUP[0],
        "started": 0,
        "sent": 0,
    }


@pytest.mark.parametrize(
    "path",
    [
        "/?q=<script>window.pwned=1</script>",
        "/#<img src=x onerror=window.pwned=1>",
        "/<script>window.pwned=1<%2Fscript>",
        "/javascript:window.pwned=1",
    ],
)
def test_a_url_stays_text(new_context: ContextMaker, path: str) -> None:
    page = new_page(new_context())

    page.goto(path)

    expect(page.locator("#nickname")).to_be_visible()
    assert_only_text(page)


def test_right_to_left_text_stays_in_its_bubble(new_context: ContextMaker, room: str) -> None:
    ada, mallory = enter(new_context(), "ada", room), enter_without_page(new_context.without_page(), "mallory", room)
    post(mallory, payloads.LAYOUT_BREAKERS[0], "plain")
    expect(messages(ada)).to_have_count(2)

    times = messages(ada).locator("time").all_inner_texts()
    for line in messages(ada).all():
        # Each paragraph has its own direction, and the time, which floats, is in none of them.
        assert line.locator(".bubble").evaluate("(bubble) => getComputedStyle(bubble).unicodeBidi") == "plaintext"
        assert line.locator(".meta").evaluate("(meta) => getComputedStyle(meta).float") != "none"

    assert all(re.fullmatch(r"\d{1,2}:\d\d.[AP]M", time) for time in times), times
    assert message(ada, "plain").locator(".author").count() == 1


def test_the_page_forbids_inline_scripts(new_context: ContextMaker) -> None:
    page = new_page(new_context())
    answer = page.goto("/")
    assert answer
    rules = dict(rule.strip().partition(" ")[::2] for rule in answer.headers["content-security-policy"].split(";"))

    assert rules["default-src"] == "'self'"
    assert rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert "unsafe" not in str(rules)
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.append("window.pwned = 1");
            document.head.append(script);
            const link = document.createElement("a");
            link.setAttribute("href", "javascript:window.pwned=1");
            document.body.append(link);
            link.click();
        }"""
    )
    logged: list[str] = []
    page.on("console", lambda message: logged.append(message.text))
    page.evaluate("setTimeout(() => console.log('after the click'), 100)")
    until(page, lambda: logged)
    assert page.evaluate("window.pwned ?? null") is None
