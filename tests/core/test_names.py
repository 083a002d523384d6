"""Validation and comparison of user names and channel names."""

import hashlib
import json
import re
import runpy
import sys
import unicodedata
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.documentation import ROOT, javascript
from ting.core import conversation_ids, names
from ting.core.errors import BadConversation, BadName
from ting.web.assets import ClientBundle
from ting.web.routes import routes

ALLOWED_SYMBOLS = ".,/?~!@#$%^&*()-_=+[]{}\\|'\"`;:"


@pytest.mark.parametrize("symbol", ALLOWED_SYMBOLS)
def test_every_allowed_symbol_can_be_repeated_in_a_name(symbol: str) -> None:
    assert names.user_name(2 * symbol + "." + symbol) == 2 * symbol + "." + symbol


@pytest.mark.parametrize(
    "name",
    ["ada", "Ada", "A1", "0", "x" * 20, "Ελένη", "Οδυσσεύς", "ἀλήθεια", "José", "Żółć", "straße", "Ðorđe"],
)
def test_a_name_of_latin_or_greek_letters_is_unchanged(name: str) -> None:
    assert names.user_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        " ",
        "ada bob",
        " ada",
        "ada\n",
        "ada\t",
        "ada\0",
        "ada\x7f",
        "ada\u00a0",
        "a\u200bda",
        "\u202eada",
        "<ada>",
        "<",
        ">",
        "ada😀",
        "Ада",
        "艾达",
        "ada²",
        "٣",
        "µ",
        "Ⅷ",
        "x\u0301",
        "ａｄａ",
        "\ud800",
        "x" * 21,
    ],
)
def test_a_name_with_other_characters_is_refused(name: str) -> None:
    with pytest.raises(BadName) as refusal:
        names.user_name(name)

    assert refusal.value.field == "name"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", "at least one character"),
        ("x" * 21, "at most 20 characters; this one has 21"),
        ("ada bob", "cannot contain a space"),
        ("ada<", 'cannot contain "<"'),
        ("ada\x07", "cannot contain U+0007"),
    ],
)
def test_a_refusal_says_what_is_wrong_with_the_name(name: str, expected: str) -> None:
    with pytest.raises(BadName, match=re.escape(expected)):
        names.user_name(name)


def test_a_letter_with_a_combining_accent_counts_as_one_character() -> None:
    assert names.user_name("e\u0301" * 20) == "é" * 20


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ada", "ADA"),
        ("José", "jose"),
        ("José", "Jose\u0301"),
        ("Ελένη", "ελενη"),
        ("Οδυσσεύς", "ΟΔΥΣΣΕΥΣ"),
        ("οδυσσευς", "οδυσσευσ"),
        ("ἀλήθεια", "αληθεια"),
        ("straße", "STRASSE"),
        ("ᾳ", "αι"),
    ],
)
def test_comparison_ignores_case_accents_and_the_final_sigma(first: str, second: str) -> None:
    assert is_same_name(first, second)


LOOK_ALIKES = """
    ada αda  ada Αda  ada aԁa  bob b0b  bob bοb  paul ρaul  paul pau1  paul pauI  paul PAUL  Ivan lvan  Ivan 1van
    mario rnario  Tom Τom  TOM ΤΟΜ  Kate Κate  KATE ΚΑΤΕ  Bob Βob  BOB ΒΟΒ  Zoe Ζoe  ZOE ΖΟΕ  Xenia Χenia  XENIA ΧΕΝΙΑ
    Yves Υves  Maria Μaria  MAPIA ΜΑΡΙΑ  Nick Νick  nick νick  vick νick  NIKOS ΝΙΚΟS  Helen Ηelen  HELEN ΗΕLΕΝ
    Eva Εva  EVA ΕVΑ  Anna Αnna  ANNA ΑΝΝΑ  Oto Οto  OTO ΟΤΟ  oto οto  Peter Ρeter  PETER ΡΕΤΕR  Hans Ηans
    happy ΗΑΡΡΥ  HAPPY ΗΑΡΡΥ  iris ιris  uma υma  yiannis γiannis  kate κate  alpha αlphα  omen οmen  rob rοb
    Νίκος Nίκος  Νίκος ΝΙΚΟΣ  νικος ΝΙΚΟΣ  ΝΙΚΟΣ NIKOΣ  ΜΑΡΙΑ MAPIA  ΑΝΝΑ AΝΝA  Έλενα Eλενα  ΕΛΕΝΑ EΛENA
    José Jose  Zoë ZOE  straße STRASSE  o'neil o`neil  x0 xO  x0 xο  l1 II  lO 10  ΆΝΝΑ anna
"""


@pytest.mark.parametrize(("first", "second"), [pair.split() for pair in re.split(r"  +|\n *", LOOK_ALIKES.strip())])
def test_names_that_look_the_same_are_the_same_name(first: str, second: str) -> None:
    assert is_same_name(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ada", "adam"),
        ("ada", "a.da"),
        ("Νίκος", "Νίκη"),
        ("Μαρία", "Μάριος"),
        ("anna", "anne"),
        ("n", "m"),
    ],
)
def test_names_that_look_different_are_different_names(first: str, second: str) -> None:
    assert not is_same_name(first, second)


@pytest.mark.parametrize(
    "name", ["admin", "Admin", "ΑDΜΙΝ", "adm1n", "ting", "TlNG", "system", "all", "here", "Everyone", "boss"]
)
def test_names_that_look_like_reserved_ones_are_reserved(name: str) -> None:
    assert names.is_reserved(name, ["Boss"])


def test_other_names_are_not_reserved() -> None:
    assert not any(names.is_reserved(name, ["Boss"]) for name in ("ada", "administrator", "tingo", "bos"))


def is_same_name(first: str, second: str) -> bool:
    return not set(names.name_keys(first)).isdisjoint(names.name_keys(second))


def test_comparison_ignores_the_case_of_every_letter() -> None:
    letters = [letter for letter in map(chr, range(sys.maxunicode + 1)) if names.is_name_character(letter)]
    differing = [
        letter
        for letter in letters
        if not all(is_same_name(letter, form) for form in (letter.upper(), letter.lower(), letter.title()))
    ]

    assert len(letters) > 1000
    assert differing == []


@given(st.text(max_size=25))
def test_any_text_is_a_valid_name_or_refused(text: str) -> None:
    try:
        name = names.user_name(text)
    except BadName:
        return
    assert 1 <= len(name) <= 20
    assert names.user_name(name) == name


@pytest.mark.parametrize(
    ("entered", "expected"),
    [
        ("ting", "ting"),
        ("Ting", "ting"),
        ("a", "a"),
        ("x" * 20, "x" * 20),
        ("a_b-c.d", "a_b-c.d"),
        ("Μουσική", "μουσική"),
        ("ΜΟΥΣΕΙΟΣ", "μουσειος"),
        ("Cafe\u0301", "café"),
        ("ｍｕｓｉｃ", "music"),
        ("\u212a", "k"),
        ("Музыка", "музыка"),
        ("音楽", "音楽"),
        ("संगीत", "संगीत"),
        ("موسيقى", "موسيقى"),
        ("e\u0301" * 20, "é" * 20),
    ],
)
def test_a_channel_name_is_lowercased(entered: str, expected: str) -> None:
    assert names.channel_name(entered) == expected
    assert conversation_ids.channel_id(entered) == conversation_ids.parse_channel_id(f"#{entered}") == f"#{expected}"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x" * 21,
        "a b",
        "a/b",
        "a#b",
        "ting\n",
        "%41",
        "<b>",
        "a\0",
        "\ud800",
        "μ!",
        "a\u200bb",
        "\u3164",
        "\u0301a",
        "😀",
        "a\u202eb",
        "½",
        "a\u00a0b",
        "·",
        "\ue000",
    ],
)
def test_a_channel_name_with_other_characters_is_refused(name: str) -> None:
    with pytest.raises(BadConversation) as refusal:
        names.channel_name(name)

    assert refusal.value.field == "conversation"


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("#αγορά", "#αγορα", True),
        ("#музыка", "#музыkа", True),
        ("#ting", "#tіng", True),
        ("#cafe", "#café", True),
        ("#αγορά", "#αγορά", False),
        ("#μουσική", "#music", False),
        ("#l1", "#ll", False),
        ("#αγορά", "@ada~bob", False),
    ],
)
def test_channel_names_that_look_alike_are_recognized(first: str, second: str, alike: bool) -> None:
    names_of = conversation_ids.Lookalikes
    assert names_of(first).include(names_of(second)) == names_of(second).include(names_of(first)) == alike


@pytest.mark.parametrize("name", [*sorted(names.RESERVED_CHANNELS), "API", "Static"])
def test_a_reserved_channel_name_is_refused_in_any_case(name: str) -> None:
    with pytest.raises(BadConversation, match="cannot be a channel name"):
        names.channel_name(name)


@pytest.mark.parametrize("conversation", ["", "ting", "##ting", "#", " #ting", "#ting "])
def test_an_invalid_channel_id_is_refused(conversation: str) -> None:
    with pytest.raises(BadConversation):
        conversation_ids.parse_channel_id(conversation)


def test_the_first_segments_of_all_urls_are_reserved() -> None:
    patterns = [route.regex.pattern for route in routes(cast(Any, None), ClientBundle())]
    first_segments = {match[1] for pattern in patterns if (match := re.match(r"/([a-z.]+)(?:/|\$)", pattern))}
    (excluded,) = re.findall(r"\(\?!\(\?:(.*?)\)\$\)", " ".join(patterns))
    not_channels = {name.replace("\\", "") for name in excluded.split("|")}

    assert first_segments >= {"api", "healthz", "readyz", "static", "u"}
    assert not_channels == names.RESERVED_CHANNELS
    assert first_segments <= names.RESERVED_CHANNELS


def test_the_browser_reserves_the_same_channel_names() -> None:
    candidates = [*sorted(names.RESERVED_CHANNELS), "ting", "music", "x" * 20, "x" * 21, "TING", "a b", ""]
    candidates += ["Μουσική", "ΜΟΥΣΕΙΟΣ", "Cafe\u0301", "ｍｕｓｉｃ", "音楽", "संगीत"]
    candidates += ["\u0301a", "a\u200bb", "\u3164", "½", "😀", "İx"]

    ids = javascript("base/names.js", f"({candidates!r}).map(module.channelId)")

    for candidate, found in zip(candidates, ids, strict=True):
        try:
            assert found == conversation_ids.channel_id(candidate)
        except BadConversation:
            assert found is None


def test_the_keys_of_stored_names_do_not_change() -> None:
    # The keys of all users are in the database. This is the digest of those of each letter and symbol that Unicode 3.2
    # had, so that it does not depend on the version of Python.
    characters = [chr(code) for code in range(0x21, 0x3000)]
    in_names = [
        character
        for character in characters
        if names.is_name_character(character)
        and (character.isascii() or re.match(r"(LATIN|GREEK) ", unicodedata.ucd_3_2_0.name(character, "")))
    ]
    assert len(in_names) == 1059
    keys = repr([names.name_keys(character) for character in in_names])
    assert hashlib.sha256(keys.encode()).hexdigest() == (
        "f32eefc7aa787d09e3986929e8c3b1eb61eb468f7cfa94c76cd368f8abe2e0c3"
    )


CONFUSABLES = """\
# Version: 13.0.0
0430 ;\t0061 ;\tMA\t# ( а → a ) CYRILLIC SMALL LETTER A → LATIN SMALL LETTER A
03B1 ;\t0061 ;\tMA\t# ( α → a ) GREEK SMALL LETTER ALPHA → LATIN SMALL LETTER A
006D ;\t0072 006E ;\tMA\t# ( m → rn )
0072 006E ;\t0069 ;\tMA\t# no single character
05D0 ;\t0069 ;\tMA\t# ( \u200eא\u200e → i )
0132 ;\t006C 004A ;\tMA\t#* ( Ĳ → lJ )
0269 ;\t0069 ;\tMA\t# ( ɩ → i )
"""


def test_the_table_of_lookalikes_is_made_from_the_data_of_unicode() -> None:
    made = runpy.run_path(str(ROOT / "tools" / "make-confusables.py"))

    assert made["prototypes"](CONFUSABLES) == {"a": ["α", "а"], "i": ["ɩ", "א"], "lJ": ["Ĳ"], "rn": ["m"]}


def test_the_licence_of_the_table_comes_with_it() -> None:
    directory = ROOT / "ting" / "core"
    assert "confusables.LICENSE" in (directory / "confusables.txt").read_text(encoding="utf-8")
    assert "SPDX-License-Identifier: Unicode-3.0" in (directory / "confusables.LICENSE").read_text(encoding="utf-8")


def test_the_client_folds_the_letters_of_names_in_the_same_way() -> None:
    letters = [chr(code) for code in range(0x20000) if names.is_name_character(chr(code))]
    letters += [unicodedata.normalize("NFD", letter) for letter in letters]

    assert len(letters) > 2000
    assert javascript("text/fold.js", f"{json.dumps(letters)}.map(module.fold)") == [
        names.fold(letter) for letter in letters
    ]
