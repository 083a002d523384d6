"""The first screen: registration and sign-in."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.account_steps import open_account_menu
from tests.browser.conftest import ContextMaker, enter
from tests.browser.devices import new_page
from tests.browser.inspection import PageWatch
from tests.browser.page_state import overflowing
from tests.browser.serving import ServerProcess


def top(element: Locator) -> float:
    box = element.bounding_box()
    assert box
    return box["y"]


def open_first_screen(new_context: ContextMaker, path: str = "/", locale: str = "en") -> Page:
    """Open the first screen as a visitor."""
    page = new_page(new_context(locale=locale))
    page.goto(path)
    expect(page.locator("#nickname")).to_be_focused()
    return page


def test_a_reload_keeps_the_session(new_context: ContextMaker) -> None:
    ada = enter(new_context(), "ada")

    ada.reload()

    expect(ada.locator("#people .person-name")).to_have_text(["ada"])
    expect(ada.locator("#people .you")).to_be_visible()
    expect(ada.locator("#enter")).to_have_count(0)


@pytest.mark.parametrize("cookie", [None, "expired"])
def test_a_newcomer_sees_no_error_in_the_console(
    new_context: ContextMaker, ting: ServerProcess, cookie: str | None
) -> None:
    context = new_context.disposable()
    watch, failed = PageWatch(context, ting.url), []
    context.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
    if cookie:
        context.add_cookies([{"name": "ting_session", "value": cookie, "url": ting.url}])
    page = new_page(context)

    page.goto("/")

    expect(page.locator("#nickname")).to_be_focused()
    page.wait_for_load_state("networkidle")
    assert (failed, watch.incidents) == ([], [])
    page.locator("#nickname").fill("ada")
    page.locator("#nickname").press("Enter")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    assert (failed, watch.incidents) == ([], [])


def test_a_taken_name_is_refused_above_the_field(new_context: ContextMaker) -> None:
    enter(new_context(), "ada")
    eve = open_first_screen(new_context)
    error = eve.locator("#enter-error")

    for name in ("ada", "ADA", "ádà"):
        eve.locator("#nickname").fill(name)
        expect(error).to_be_empty()
        eve.locator("#nickname").press("Enter")

        expect(error).to_have_text("This nickname is already taken. Please choose another one.")
        assert top(error) < top(eve.locator("#nickname"))
        expect(eve.locator("#nickname")).to_be_focused()
        expect(eve.locator("#nickname")).to_have_attribute("aria-invalid", "true")


def test_after_a_taken_name_another_one_works(new_context: ContextMaker) -> None:
    enter(new_context(), "ada")
    eve = open_first_screen(new_context)
    eve.locator("#nickname").fill("ada")
    eve.locator("#nickname").press("Enter")
    expect(eve.locator("#enter-error")).not_to_be_empty()

    eve.locator("#nickname").fill("eve")
    expect(eve.locator("#enter-error")).to_be_empty()
    eve.get_by_role("button", name="Join").click()

    expect(eve.locator("#composer-text")).to_be_focused()


def test_a_bad_name_is_refused_above_the_field(new_context: ContextMaker) -> None:
    page = open_first_screen(new_context)
    error = page.locator("#enter-error")
    bad_characters = "Only Latin and Greek letters, digits and common symbols, without spaces."

    for name, text in {
        "": "Please choose a nickname.",
        "x" * 21: "This nickname is too long: at most 20 characters.",
        "ada lovelace": bad_characters,
        "<ada>": bad_characters,
        "ада": bad_characters,
    }.items():
        page.locator("#nickname").fill(name)
        page.locator("#nickname").press("Enter")

        expect(error).to_have_text(text)
        assert top(error) < top(page.locator("#nickname"))
        expect(page.locator("#nickname")).to_have_attribute("aria-invalid", "true")


def test_a_name_refused_only_by_the_server_is_refused_above_the_field(new_context: ContextMaker) -> None:
    page = open_first_screen(new_context)
    page.route("**/api/session", lambda route: route.fulfill(status=400, json={"error": {"code": "bad_name"}}))

    page.locator("#nickname").fill("ada")
    page.locator("#nickname").press("Enter")

    expect(page.locator("#enter-error")).to_have_text(
        "A nickname must have 1 to 20 letters, digits or symbols, without spaces."
    )


def test_a_user_who_signed_out_can_register_again(new_context: ContextMaker) -> None:
    context, bob = new_context(), enter(new_context(), "bob")
    ada = enter(context, "ada")
    expect(bob.locator("#people li[data-user]")).to_have_count(2)

    ada.locator("#switcher").fill("ti")
    open_account_menu(ada)
    ada.locator("#leave").click()
    ada.locator("#confirm-leave").click()
    ada.locator("#come-back").click()

    expect(ada.locator("#nickname")).to_be_focused()
    expect(bob.locator("#people li[data-user]")).to_have_count(1)
    ada.locator("#nickname").fill("eve")
    ada.locator("#nickname").press("Enter")
    expect(bob.locator("#people li[data-user]")).to_have_count(2)
    expect(ada.locator("#switcher")).to_have_value("")


@pytest.mark.parametrize(
    ("locale", "language", "label", "button"),
    [
        pytest.param("en-GB", "en", "Your nickname", "Join", marks=pytest.mark.slow),
        ("el-GR", "el", "Το ψευδώνυμό σας", "Συμμετοχή"),
        ("fr-FR", "en", "Your nickname", "Join"),
    ],
)
def test_the_language_is_that_of_the_browser(
    new_context: ContextMaker, locale: str, language: str, label: str, button: str
) -> None:
    page = open_first_screen(new_context, locale=locale)

    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_label(label)).to_be_visible()
    expect(page.get_by_role("button", name=button)).to_be_visible()


def test_a_language_chosen_on_the_first_screen_is_kept(new_context: ContextMaker, ting: ServerProcess) -> None:
    invitation = ting.read_first_link().partition("#")[2]
    page = open_first_screen(new_context, f"/parea#{invitation}", "el")
    notice = page.locator("#enter-notice")
    expect(notice).to_contain_text("Επιλέξτε")
    expect(page.get_by_role("button", name="Ελληνικά")).to_have_attribute("aria-pressed", "true")

    page.locator("#nickname").fill("Eleni")
    page.get_by_role("button", name="English").click()

    expect(page.locator(".enter-channel")).to_have_text("You are about to join #parea.")
    expect(notice).to_contain_text("Choose a nickname")
    assert page.url.endswith("/parea")
    expect(page.locator("#nickname")).to_have_value("Eleni")
    page.locator("#password").fill("correct horse")
    page.locator("#repeat-password").fill("correct horse")
    with page.expect_response(lambda answer: answer.request.method == "PATCH") as response:
        page.locator("#nickname").press("Enter")
    assert (response.value.json()["language"], response.value.json()["role"]) == ("en", "admin")
    page.reload()
    expect(page.locator("#composer-text")).to_have_attribute("placeholder", "Message #parea")


def test_an_expired_invitation_does_not_prevent_open_registration(new_context: ContextMaker) -> None:
    page = open_first_screen(new_context, "/#invitation=0ld")
    expect(page.locator("#enter-notice")).to_have_text("This invitation is used up, has expired or was revoked.")

    page.locator("#nickname").fill("ada")
    page.locator("#nickname").press("Enter")

    expect(page.locator("#composer-text")).to_be_focused()


def test_a_greek_browser_gets_a_greek_interface(new_context: ContextMaker) -> None:
    page = open_first_screen(new_context, "/parea", "el")
    expect(page.locator(".enter-channel")).to_have_text("Πρόκειται να μπείτε στο #parea.")

    page.locator("#nickname").fill("Ελένη")
    page.locator("#nickname").press("Enter")

    expect(page.locator("#composer-text")).to_have_attribute("placeholder", "Μήνυμα στο #parea")
    expect(page.locator("#timeline-state")).to_have_text("Δεν υπάρχουν ακόμα μηνύματα στο #parea. Γράψτε το πρώτο!")
    expect(page.locator("#people-title")).to_have_text("1 άτομο σε σύνδεση")


@pytest.mark.parametrize("locale", [pytest.param("en", marks=pytest.mark.slow), "el"])
def test_the_first_screen_fits_a_narrow_phone(new_context: ContextMaker, locale: str) -> None:
    page = open_first_screen(new_context, "/a-long-channel-name", locale)
    page.locator("#nickname").press("Enter")

    page.set_viewport_size({"width": 320, "height": 480})

    assert overflowing(page) == []
