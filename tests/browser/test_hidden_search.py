"""The search follows the user's lists only while it is shown."""

from playwright.sync_api import expect

from tests.browser.conftest import ContextMaker, enter, enter_without_page
from tests.browser.page_state import conversation_of, message, post, wait_for_hits

# Counts the reads of the user's conversations and persons by the search.
COUNT_READS = """async () => {
    const { ConversationList } = await import(MODULES + "lists/conversation-list.js");
    const { PersonDirectory } = await import(MODULES + "lists/person-directory.js");
    window.reads = window.listReads = 0;
    const count = () => { if (new Error().stack.includes("/view/search/")) window.reads += 1; };
    const all = Object.getOwnPropertyDescriptor(ConversationList.prototype, "all");
    const { current } = PersonDirectory.prototype;
    Object.defineProperty(ConversationList.prototype, "all", {
        get() { count(); window.listReads += 1; return all.get.call(this); },
    });
    PersonDirectory.prototype.current = function (person) { count(); return current.call(this, person); };
}"""


def test_a_hidden_search_reads_nothing_when_lists_change(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context.disposable(), "ada", room), enter_without_page(new_context(), "bob", room)
    post(ada, "so that the room is in the list")
    post(bob, "before")
    wait_for_hits(ada, conversation_of(ada), "before", 1)
    ada.locator("#search-here").click()
    ada.locator("#search-words").fill("before")
    ada.keyboard.press("Enter")
    expect(ada.locator(".hit")).to_have_count(1)
    ada.locator(".screen-back:visible").click()
    modules = ada.evaluate("document.querySelector('script[type=module]').src").replace("main.js", "model/")
    ada.evaluate(COUNT_READS.replace("MODULES", repr(modules)))

    post(bob, *map(str, range(20)))
    for pinned in (True, False, True):
        ada.context.request.patch(f"/api/conversations/%23{room[1:]}", data={"pinned": pinned})
    expect(message(ada, "19")).to_be_visible()
    ada.wait_for_function("window.listReads >= 3")
    assert ada.evaluate("window.reads") == 0

    ada.go_back()
    expect(ada.locator(".hit")).to_have_count(1)
    assert ada.evaluate("window.reads") > 0
