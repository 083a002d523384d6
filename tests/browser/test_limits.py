"""Errors about sizes name the limit of this server."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ContextMaker, enter
from tests.browser.drag_and_drop import dispatch_files
from tests.browser.serving import ServerProcess, run_server

SMALL = {"TING_LIMITS_AVATAR_BYTES": "200000", "TING_LIMITS_FILE_BYTES": "2000"}


@pytest.fixture(scope="module")
def ting() -> Iterator[ServerProcess]:
    """A server with other limits than the default."""
    with run_server(settings=SMALL) as running:
        yield running


@pytest.mark.parametrize(
    ("locale", "limit"), [pytest.param("en", "at most", marks=pytest.mark.slow), ("el", "επιτρέπονται έως")]
)
def test_sizes_and_their_limits_are_named(new_context: ContextMaker, room: str, locale: str, limit: str) -> None:
    page = enter(new_context(locale=locale), "ada", room)
    for name, count in (("small.txt", 3), ("large.txt", 2001)):
        file = {"name": name, "type": "text/plain", "bytes": [65] * count}
        dispatch_files(page, "drop", file, target=".conversation")
    attachments = page.locator(".attachment")
    expect(attachments).to_have_count(2)

    expect(attachments.first.locator(".file-size")).to_have_text("3 bytes")
    expect(attachments.last.locator(".error")).to_contain_text(f"{limit} 2 kB.")
    for button in page.locator(".attachment .icon-button").all()[::-1]:
        button.click()
    page.goto("/settings#avatar")
    expect(page.locator("#avatar .hint")).to_contain_text("200 kB")
    dispatch_files(page, "drop", {"name": "me.png", "type": "image/png", "bytes": [0] * 200_001}, target="#avatar")
    expect(page.locator("#avatar-error")).to_contain_text(f"{limit} 200 kB.")
