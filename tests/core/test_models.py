"""Validation of message texts, and hashes of session tokens."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ting.core.models import MAX_TEXT_CHARS, message_text, session_id

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)


@pytest.mark.parametrize(
    "text", ["a", " a ", "a\nb", "a\tb", "😀", "👨‍👩‍👧", "γειά", "<b>", "{{ x }}", "\u202ea", "x" * 4000, "😀" * 4000]
)
def test_a_valid_text_is_stored_unchanged(text: str) -> None:
    assert message_text(text) == text


@pytest.mark.parametrize(("entered", "stored"), [("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\r\r\nb", "a\n\nb")])
def test_line_ends_are_normalized(entered: str, stored: str) -> None:
    assert message_text(entered) == stored


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t ", "\u00a0", "x" * 4001, "a\0", "a\x1b[0m", "a\x7f", "\ud83d", "a\x0c"]
)
def test_an_invalid_text_is_refused(text: str) -> None:
    assert message_text(text) is None


def test_characters_are_counted_after_line_ends_are_normalized() -> None:
    assert message_text("\r\n" * 1999 + "ab") is not None
    assert len("\r\n" * 2100 + "ab") > MAX_TEXT_CHARS
    assert message_text("\r\n" * 2100 + "ab") is not None


@given(ANY_TEXT)
@example("\x85")
def test_a_stored_text_is_stable_and_can_be_encoded(text: str) -> None:
    stored = message_text(text)
    if stored is None:
        return
    assert message_text(stored) == stored
    assert stored.strip()
    assert stored.encode().decode() == stored
    assert not {character for character in stored if ord(character) < 32} - {"\n", "\t"}


@given(ANY_TEXT)
def test_only_control_characters_surrogates_and_empty_texts_are_refused(text: str) -> None:
    harmless = not any(unicodedata.category(character) in ("Cc", "Cs") for character in text)

    if harmless and text.strip():
        assert message_text(text) == text


def test_a_session_id_is_the_sha_256_of_its_token() -> None:
    # FIPS 180-4, the one-block example.
    assert session_id("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
