"""Images and files: dropping, pasting, choosing, cancelling, viewing, retrying."""

import re

from playwright.sync_api import Route, expect

from tests.browser.conftest import ContextMaker, enter
from tests.browser.drag_and_drop import animation_file, dispatch_files, png_file
from tests.browser.page_state import message, messages, until

THUMBNAILS = "() => [...document.querySelectorAll('.thumbnail')].map(({ naturalWidth }) => naturalWidth)"
# Returns which of these object URLs can still be loaded.
READABLE = """(urls) => Promise.all(urls.map((url) => new Promise((resolve) => {
    const picture = new Image();
    picture.onload = () => resolve(true);
    picture.onerror = () => resolve(false);
    picture.src = url;
})))"""


def hold(held: list[Route], route: Route) -> None:
    """Delay a request."""
    held.append(route)


def test_three_images_are_dropped_and_one_is_cancelled(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)
    held: list[Route] = []
    ada.route("**/api/files?*name=two*", lambda route: hold(held, route))
    composer = ada.locator("#composer-text")
    composer.fill("From the ")
    images = [png_file("one.png", "red"), png_file("two.png", "green"), png_file("three.png", "blue", (300, 900))]

    dispatch_files(ada, "dragenter", *images)
    expect(ada.locator(".drop-overlay")).to_be_visible()
    dispatch_files(ada, "drop", *images)
    expect(ada.locator(".drop-overlay")).to_be_hidden()
    composer.press_sequentially("beach")
    expect(composer).to_have_value("From the beach")
    expect(ada.locator(".attachment")).to_have_count(3)
    until(ada, lambda: held)
    expect(ada.locator(".attachment progress")).to_have_count(2)
    until(ada, lambda: ada.evaluate(THUMBNAILS) == [640, 640, 300])
    blobs = ada.locator(".thumbnail").evaluate_all("(pictures) => pictures.map(({ src }) => src)")
    ada.get_by_role("button", name="Remove two.png").click()
    expect(ada.locator(".attachment[data-state=stored]")).to_have_count(2)
    composer.press("Enter")

    expect(messages(bob).locator(".picture img")).to_have_count(2)
    expect(messages(bob).first.locator(".text")).to_have_text("From the beach")
    expect(ada.locator(".attachment")).to_have_count(0)
    assert ada.evaluate(READABLE, blobs) == [False] * 3
    until(bob, lambda: bob.evaluate("[...document.querySelectorAll('.picture img')].every((i) => i.naturalWidth > 0)"))
    box = messages(bob).locator(".picture img").nth(1).bounding_box()
    assert box and abs(box["height"] / box["width"] - 3) < 0.05

    messages(bob).locator(".picture").first.click()
    viewer = bob.locator("dialog.viewer")
    expect(viewer.locator(".viewer-name")).to_have_text("one.png")
    viewer.get_by_role("button", name="Next image").press("Enter")
    expect(viewer.locator(".viewer-name")).to_have_text("three.png")
    expect(viewer.get_by_role("button", name="Next image")).to_be_hidden()
    expect(viewer.get_by_role("button", name="Previous image")).to_be_focused()
    bob.keyboard.press("ArrowLeft")
    expect(viewer.locator(".viewer-name")).to_have_text("one.png")
    bob.keyboard.press("Escape")
    expect(viewer).to_have_count(0)


def test_a_file_is_pasted_and_downloaded(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)

    dispatch_files(ada, "paste", {"name": "notes.txt", "type": "text/plain", "bytes": list(b"remember the milk")})
    expect(ada.locator(".attachment[data-state=stored]")).to_have_count(1)
    ada.locator("#composer-text").press("Enter")

    card = messages(bob).locator(".file-card")
    expect(card).to_contain_text("notes.txt")
    expect(card).to_contain_text("17 byte")
    with bob.expect_download() as download:
        card.click()
    assert download.value.path().read_text() == "remember the milk"


def test_a_file_that_is_too_large_is_refused_before_the_upload(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    uploads: list[str] = []
    ada.on("request", lambda request: uploads.append(request.url) if "/api/files" in request.url else None)

    ada.evaluate(
        """() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(26214401)], "film.mp4", { type: "video/mp4" }));
            const drop = new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer });
            document.querySelector("#composer-text").dispatchEvent(drop);
        }"""
    )

    expect(ada.locator(".attachment .error")).to_be_visible()
    ada.get_by_role("button", name="Remove film.mp4").click()
    expect(ada.locator(".attachment")).to_have_count(0)
    assert uploads == []


def test_a_failed_upload_can_be_retried(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    ada.route("**/api/files?*", lambda route: route.abort())
    dispatch_files(ada, "drop", png_file("one.png", "red"))
    ada.locator("#composer-text").fill("Here")
    ada.locator("#composer-text").press("Enter")

    ada.unroute("**/api/files?*")
    ada.locator(".attachment").get_by_role("button", name="Try again").click()

    expect(message(ada, "Here").locator(".picture")).to_be_visible()


def test_an_animation_moves_and_can_be_stopped(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    bob = enter(new_context(reduced_motion="no-preference"), "bob", room)
    dispatch_files(ada, "drop", animation_file("wave.gif"))
    expect(ada.locator(".attachment[data-state=stored]")).to_have_count(1)
    ada.locator("#composer-text").press("Enter")

    still, moving = messages(ada).locator(".animation img"), messages(bob).locator(".animation img")
    expect(still).to_have_attribute("src", re.compile("/preview$"))  # she prefers reduced motion
    expect(moving).to_have_attribute("src", re.compile("/wave.gif$"))
    for page in (ada, bob):
        page.wait_for_function("() => document.querySelector('.animation img').naturalWidth === 60")

    ada.get_by_role("button", name="Play the animation: wave.gif").press("Enter")
    expect(still).to_have_attribute("src", re.compile("/wave.gif$"))
    expect(ada.get_by_role("button", name="Pause the animation: wave.gif")).to_be_focused()
    bob.get_by_role("button", name="Pause the animation: wave.gif").click()
    expect(moving).to_have_attribute("src", re.compile("/preview$"))


def test_a_very_narrow_picture_can_be_seen_and_opened(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    dispatch_files(ada, "drop", png_file("line.png", "red", (65_000, 10)))
    expect(ada.locator(".attachment[data-state=stored]")).to_have_count(1)
    ada.locator("#composer-text").press("Enter")

    picture = messages(ada).locator(".picture")
    until(ada, lambda: picture.locator("img").evaluate("(image) => image.naturalWidth") == 1280)
    box = picture.bounding_box()
    assert box
    assert box["height"] >= 16
    picture.click()
    viewed = ada.locator("dialog.viewer img").bounding_box()
    assert viewed
    assert viewed["height"] >= 16
