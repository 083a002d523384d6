"""Unicode normalization, and that no text of a client is normalized in quadratic time."""

import unicodedata
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ting.accounts import passwords
from ting.commands import times
from ting.commands.lexer import ArgumentError
from ting.conversations import mentions, tokenizer
from ting.core import conversation_ids, names
from ting.core.errors import Refused
from ting.core.normalization import MAX_MARKS, Form, normalized
from ting.files.attachments import sanitize_name
from ting.files.initials import initials

MARKS = "\u0301\u0323"  # in the wrong order
FORMS: list[Form] = ["NFC", "NFD", "NFKC", "NFKD"]


@pytest.mark.parametrize("form", FORMS)
@given(text=st.text())
def test_a_text_is_normalized_as_by_the_standard_library(form: Form, text: str) -> None:
    assert normalized(form, text) == unicodedata.normalize(form, text)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("marks", [MAX_MARKS - 1, MAX_MARKS, MAX_MARKS + 1, 10 * MAX_MARKS])
def test_the_characters_of_a_long_run_of_marks_are_kept(form: Form, marks: int) -> None:
    text = "x" + (MARKS * marks)[:marks] + "y"

    assert sorted(unicodedata.normalize("NFD", normalized(form, text))) == sorted(text)


USES: dict[str, Callable[[str], object]] = {
    "user name": names.user_name,
    "keys": names.name_keys,
    "channels": conversation_ids.channel_prefix,
    "mentions": lambda text: list(mentions.candidates("@ada " + text)),
    "index": tokenizer.index_tokens,
    "query": tokenizer.terms,
    "file": sanitize_name,
    "initials": initials,
    "duration": times.duration,
    "password": passwords._composed,
}


@pytest.mark.parametrize("use", USES)
def test_only_short_runs_of_marks_are_sorted(use: str, monkeypatch: pytest.MonkeyPatch) -> None:
    longest, normalize = 0, unicodedata.normalize

    def recording(form: Form, text: str) -> str:
        nonlocal longest
        run = 0
        for character in text:
            run = run + 1 if unicodedata.combining(character) else 0
            longest = max(longest, run)
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", recording)
    with suppress(Refused, ArgumentError):
        USES[use]("a" + MARKS * 1000)

    assert longest <= MAX_MARKS


@pytest.mark.parametrize("text", ["ﷺ" * 10_000, "a" * 10_000, "日" * 10_000])
def test_a_text_that_is_too_long_to_be_a_name_is_not_compared(text: str) -> None:
    assert names.name_keys(text) == []
    assert len(conversation_ids.channel_prefix(text)) < 20 * names.MAX_ENTERED_CHARS
