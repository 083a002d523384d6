"""What a message's text may be, and what the database knows of a token."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ting.core.models import MAX_TEXT_CHARS, message_text, session_id

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)


@pytest.mark.parametrize(
    "text", ["a", " a ", "a\nb", "a\tb", "😀", "👨‍👩‍👧", "γειά", "<b>", "{{ x }}", "\u202ea", "x" * 4000, "😀" * 4000]
)
def test_a_text_is_kept_as_it_was_written(text: str) -> None:
    assert message_text(text) == text


@pytest.mark.parametrize(("entered", "kept"), [("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\r\r\nb", "a\n\nb")])
def test_line_ends_become_one_kind(entered: str, kept: str) -> None:
    assert message_text(entered) == kept


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t ", "\u00a0", "x" * 4001, "a\0", "a\x1b[0m", "a\x7f", "\ud83d", "a\x0c"]
)
def test_what_cannot_be_a_text_is_refused(text: str) -> None:
    assert message_text(text) is None


def test_characters_are_counted_after_line_ends_were_joined() -> None:
    assert message_text("\r\n" * 1999 + "ab") is not None
    assert len("\r\n" * 2100 + "ab") > MAX_TEXT_CHARS
    assert message_text("\r\n" * 2100 + "ab") is not None


@given(ANY_TEXT)
@example("\x85")
def test_a_kept_text_is_stable_and_can_be_stored_and_sent(text: str) -> None:
    kept = message_text(text)
    if kept is None:
        return
    assert message_text(kept) == kept
    assert kept.strip()
    assert kept.encode().decode() == kept
    assert not {character for character in kept if ord(character) < 32} - {"\n", "\t"}


@given(ANY_TEXT)
def test_only_control_characters_surrogates_and_emptiness_are_refused(text: str) -> None:
    harmless = not any(unicodedata.category(character) in ("Cc", "Cs") for character in text)

    if harmless and text.strip():
        assert message_text(text) == text


def test_a_session_is_known_by_the_sha_256_of_its_token() -> None:
    # FIPS 180-4, the one-block example.
    assert session_id("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
