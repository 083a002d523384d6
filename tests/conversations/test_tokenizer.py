"""Which words match, in any script, and where in a text they are."""

import itertools
import sys
import unicodedata
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ting.conversations.tokenizer import MAX_DENSE_LETTERS, MAX_LETTERS, MAX_PAIRS, highlight, index_tokens, terms


def marked(text: str, query: str) -> list[str]:
    """Return the marked parts of a text."""
    return [text[start:end] for start, end in highlight(text, terms(query))]


@pytest.mark.parametrize(
    ("text", "query", "parts"),
    [
        ("Καλημέρα, Οδυσσέα!", "καλημερα οδυσσεα", ["Καλημέρα", "Οδυσσέα"]),
        ("Ο Οδυσσεύς", "ΟΔΥΣΣΕΥΣ", ["Οδυσσεύς"]),  # a final sigma is a sigma
        ("ΘΑΛΑΣΣΑ", "θάλασσα", ["ΘΑΛΑΣΣΑ"]),
        ("Καλησπέρα", "καλη", ["Καλη"]),
        ("Crème brûlée, naïve", "creme brulee naive", ["Crème", "brûlée", "naïve"]),
        ("e\u0301te\u0301", "été", ["e\u0301te\u0301"]),  # written with combining marks
        ("Straße", "STRASSE", ["Straße"]),
        ("Straße", "stras", ["Straß"]),
        ("ﬁnance", "fin", ["ﬁn"]),  # one character that is two letters
        ("Ｈｅｌｌｏ", "hello", ["Ｈｅｌｌｏ"]),
        ("one two one", "one", ["one", "one"]),
        ("a cat", "a", ["a"]),  # a single letter is a whole word
        ("日本語を話す", "日本語", ["日本語"]),
        ("日本語を話す", "語", ["語"]),
        ("我爱北京天安门", "北京", ["北京"]),
        ("ｶﾀｶﾅ", "カタ", ["ｶﾀ"]),
        ("iPhone手机", "手机 iph", ["iPh", "手机"]),
        ("สวัสดีครับ", "ครับ", ["ครับ"]),
        ("हिन्दी में", "हिन्दी", ["हिन्दी"]),
        ("안녕하세요", "안녕", ["안녕"]),
        ("❤️ you", "you", ["you"]),
        ("😀 smile", "smile", ["smile"]),  # offsets are code points, not UTF-16
        ("می‌خواهم", "میخواهم", ["می‌خواهم"]),
        ("1,000.50 €", "1 000", ["1", "000"]),
    ],
)
def test_the_matching_parts_of_a_text_are_marked(text: str, query: str, parts: list[str]) -> None:
    assert marked(text, query) == parts
    assert all(is_indexed(text, token) for term in terms(query) for token in term.tokens)


def is_indexed(text: str, token: tuple[str, bool]) -> bool:
    """Return whether the index finds the text by this token."""
    word, is_prefix = token
    return any(indexed == word or (is_prefix and indexed.startswith(word)) for indexed in index_tokens(text))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("cats", "at"),
        ("a cat", "c"),
        ("one two", "one three"),
        ("日本と本語", "日本語"),  # both pairs are there, but not together
        ("", "one"),
        ("…", "one"),
    ],
)
def test_a_text_that_does_not_match_is_not_found(text: str, query: str) -> None:
    assert marked(text, query) == []


@pytest.mark.parametrize("query", ["", " ", "…", "❤️", "#", "\u200b", "'\"", "\u0301", "\ufe0f"])
def test_a_query_without_a_word_has_no_terms(query: str) -> None:
    assert terms(query) == []


@given(st.text(max_size=60))
def test_a_text_is_found_by_its_own_words_in_any_case_and_normalization(text: str) -> None:
    for query in (text, text.upper(), unicodedata.normalize("NFD", text)):
        wanted = terms(query)
        assert all(is_indexed(text, token) for term in terms(text) for token in term.tokens)
        if terms(text) == wanted and wanted:
            spans = highlight(text, wanted)
            assert spans
            assert all(0 <= start < end <= len(text) for start, end in spans)
            assert all(earlier[1] < later[0] for earlier, later in itertools.pairwise(spans))


def steps(work: Callable[[], object]) -> int:
    """The number of functions that are called, written in Python or C. Does not depend on the machine."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


HOSTILE = [
    "ﷺ",
    "ﷺ ",
    "㌖",
    "㈝",
    "日",
    "日本",
    "a",
    "a ",
    "ab ",
    "ﬃ",
    "ß",
    "\u0301",
    "a\u0301",
    "\u200d",
    "가",
    "𝔸 ",
    "ا",
]
MANY_TERMS = "a ab abc b 日 日日 日本 本 ا キ"


@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize("query", ["ﷺ" * 200, "日" * 200, "㌖" * 200, "a", "ab", "キロメートル", MANY_TERMS])
def test_the_steps_for_a_text_are_proportional_to_its_length(unit: str, query: str) -> None:
    texts = [unit * (length // len(unit)) for length in (2000, 4000)]
    wanted = terms(query)
    each = [
        wanted,
        *([term] for term in wanted if highlight(texts[0], [term])),
        [term for term in wanted if highlight(texts[0], [term])],
    ]
    for some in each:
        highlight(texts[1], some)  # afterwards, the letters are cached
        half, whole = [steps(partial(highlight, text, some)) for text in texts]
        assert whole <= 2 * half + 50
        assert whole <= (len(some) + 4) * MAX_LETTERS * len(texts[1])
    half, whole = [steps(partial(index_tokens, text)) for text in texts]
    assert whole <= 2 * half + 50


@given(st.text(st.sampled_from("".join(HOSTILE)) | st.characters(), max_size=200))
def test_the_number_of_tokens_is_bounded_by_the_length(text: str) -> None:
    assert len(index_tokens(text)) <= MAX_LETTERS * len(text)
    for term in terms(text):
        assert len(term.tokens) <= MAX_PAIRS
        assert len(term.letters) <= MAX_DENSE_LETTERS
    assert sum(len(term.letters) for term in terms(text)) <= MAX_LETTERS * len(text)


@pytest.mark.parametrize("character", ["ﷺ", "ﷻ"])
def test_a_character_that_is_a_sentence_is_found_as_itself(character: str) -> None:
    assert marked(f"a {character} b", character) == [character]


@given(st.text(st.sampled_from("日本語"), max_size=30), st.text(st.sampled_from("日本語 "), min_size=1, max_size=8))
def test_all_occurrences_of_dense_terms_are_marked(text: str, query: str) -> None:
    wanted = terms(query)
    expected: set[int] = set()
    for term in wanted:
        starts = [start for start in range(len(text)) if text.startswith(term.letters, start)]
        if not starts:
            assert highlight(text, wanted) == []
            return
        expected.update(place for start in starts for place in range(start, start + len(term.letters)))
    assert {place for start, end in highlight(text, wanted) for place in range(start, end)} == expected
