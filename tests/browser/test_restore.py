"""A backup is restored while pages are open: they drop the history that the server does not have any more."""

import shutil

from playwright.sync_api import expect

from tests.browser.conftest import ContextMaker, enter, send_message, submit
from tests.browser.page_state import expect_texts, pending, post, stored_messages
from tests.browser.serving import ServerProcess


def test_an_open_page_shows_the_restored_history_though_its_head_is_higher(
    new_context: ContextMaker, ting: ServerProcess, room: str
) -> None:
    (context, tap), bob = new_context.with_tap(), enter(new_context(), "bob", room)
    ada = enter(context, "ada", room)
    send_message(ada, "kept")
    data, backup = ting.directory / "data", ting.directory / "backup"
    ting.stop()
    shutil.copytree(data, backup, ignore=shutil.ignore_patterns("*.sock"))
    ting.start()
    for page in (ada, bob):
        expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    post(bob, "lost one", "lost two")
    expect_texts(ada, ["kept", "lost one", "lost two"])

    tap.cut()
    submit(ada, "written meanwhile")
    ada.locator("#composer-text").fill("and half a sentence")
    ting.stop()
    shutil.rmtree(data)
    backup.rename(data)
    ting.start()
    restored = ["kept", "after one", "after two", "after three"]
    post(bob, *restored[1:])
    expect_texts(bob, restored)  # a page that was connected when the server stopped
    tap.reconnect()

    expect_texts(ada, [*restored, "written meanwhile"])
    expect(pending(ada)).to_have_count(0)
    expect(ada.locator("#composer-text")).to_have_value("and half a sentence")
    assert [message["text"] for message in stored_messages(ada)] == [*restored, "written meanwhile"]
