"""The rules for texts that users enter."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ting.core.errors import BadText
from ting.core.models import MAX_TEXT_CHARS
from ting.core.text import check_draft, check_text, clean_line, clean_text, is_visible

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)
TEXTS = json.loads(Path(__file__).parent.with_name("texts.json").read_text())


@pytest.mark.parametrize(
    "text", ["a", " a ", "a\nb", "a\tb", "👨‍👩‍👧", "γειά", "<b>", "\u202ea", "x" * 4000, "😀" * 4000]
)
def test_a_valid_text_is_stored_unchanged(text: str) -> None:
    assert check_text(text) == text


@pytest.mark.parametrize(("entered", "stored"), TEXTS["clean"])
def test_line_ends_become_newlines_and_other_controls_are_removed(entered: str, stored: str) -> None:
    assert clean_text(entered) == stored
    assert check_text(entered) == stored


@pytest.mark.parametrize("text", TEXTS["visible"])
def test_a_text_with_a_visible_character_is_accepted(text: str) -> None:
    assert check_text(text) == text
    assert is_visible(text)


@pytest.mark.parametrize("text", [*TEXTS["invisible"], "\0", "\x1b\u200b"])
def test_a_text_without_a_visible_character_is_empty(text: str) -> None:
    with pytest.raises(BadText, match=r"is empty|has no visible character"):
        check_text(text)
    assert check_text(text, may_be_empty=True) == ""
    assert clean_line(text) == ""


def test_a_text_that_is_too_long_is_refused_with_its_length() -> None:
    with pytest.raises(BadText, match="this one has 4001 characters"):
        check_text("x" * 4001)


@pytest.mark.parametrize("text", ["\ud83d", "a\udc00b"])
def test_half_of_a_surrogate_pair_is_refused_with_its_reason(text: str) -> None:
    with pytest.raises(BadText, match="half of a character"):
        check_text(text)
    with pytest.raises(BadText, match="half of a character"):
        check_draft(text)
    assert clean_line(text) is None


def test_characters_are_counted_after_the_text_is_cleaned() -> None:
    entered = "\r\n" * 2100 + "\0" * 4000 + "ab"
    assert len(check_text(entered)) < MAX_TEXT_CHARS < len(entered)


def test_a_draft_may_be_empty_and_is_cleaned_as_its_message_will_be() -> None:
    assert check_draft("") == ""
    assert check_draft(" \u200b") == " \u200b"
    assert check_draft("a\x0bb\x1b") == check_text("a\x0bb\x1b")


@pytest.mark.parametrize(("entered", "line"), [("  a \n b\x0bc ", "a b c"), ("a\0b", "ab"), ("\u3164", "")])
def test_a_line_has_no_line_ends_controls_or_outer_spaces(entered: str, line: str) -> None:
    assert clean_line(entered) == line


@given(ANY_TEXT)
@example("\x85")
def test_a_stored_text_is_stable_visible_and_can_be_encoded(text: str) -> None:
    try:
        stored = check_text(text)
    except BadText:
        return
    assert check_text(stored) == stored
    assert stored.strip()
    assert stored.encode().decode() == stored
    assert not {character for character in stored if ord(character) < 32} - {"\n", "\t"}
