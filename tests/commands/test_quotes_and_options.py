"""Quotation marks and dashes of any kind, options anywhere, and completions that are read back as what they offer."""

from typing import Annotated, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.commands.fake_scene import FakeScene
from tests.commands.test_arguments import error_of, run, values
from ting.commands import Context, Duration, Pattern, Rest, User
from ting.commands.arguments import Signature
from ting.commands.lexer import Lexer, as_one_word
from ting.commands.runtime.completion import complete
from ting.core.models import Person
from ting.core.names import NAME_SYMBOLS


async def poll(ctx: Context, question: str, *options: str, ends: Duration | None = None) -> None: ...
async def note(ctx: Context, when: Duration, what: Rest = "", *, here: bool = False, days: int = 0) -> None: ...
async def send(ctx: Context, who: User, text: Rest = "", *, loud: bool = False) -> None: ...
async def plain(ctx: Context, text: Rest) -> None: ...
async def dice(ctx: Context, roll: Annotated[str, Pattern(r"\d+d\d+([+-]\d+)?")]) -> None: ...
async def shade(ctx: Context, colour: Literal["dark-blue", "light grey"], sure: bool = True) -> None: ...


@pytest.mark.parametrize(
    "marks",
    [
        "''",
        "‘’",
        "’’",
        "‘'",
        "‚‘",
        "‚’",
        '""',
        "“”",
        "„“",
        "””",
        "«»",
        "»«",
        "‹›",
        "›‹",
        "「」",
        "『』",
        "＂＂",
        "〝〟",
    ],
)
def test_quotes_of_any_kind_hold_words_together(marks: str) -> None:
    text = "{0}Lunch today?{1} pizza {0}fish and chips{1} --ends={0}1 hour{1}".format(*marks)

    found = values(poll, text)

    assert (found["question"], found["options"]) == ("Lunch today?", ("pizza", "fish and chips"))
    assert found["ends"].total_seconds() == 3600


def test_apostrophes_are_no_quotation_marks() -> None:
    assert values(poll, "it's don’t σ' αγαπώ 'tis ’n")["options"] == ("don’t", "σ'", "αγαπώ", "'tis", "’n")
    assert values(poll, "'it's fine' ‘don’t know’") == {
        "question": "it's fine",
        "options": ("don’t know",),
        "ends": None,
    }


@pytest.mark.parametrize("minus", "-−–—‐‑－")
def test_signs_are_made_plain_where_a_text_must_have_a_form(minus: str) -> None:
    assert values(dice, f"1d6{minus}1") == {"roll": "1d6-1"}
    assert values(shade, f"DARK{minus}blue") == {"colour": "dark-blue", "sure": True}
    assert values(shade, "light  grey no") == {"colour": "light grey", "sure": False}
    assert values(plain, f"it’s {minus} so") == {"text": f"it’s {minus} so"}


@pytest.mark.parametrize(
    ("text", "what", "here", "days"),
    [
        ("20m tea --here", "tea", True, 0),
        ("20m --here tea", "tea", True, 0),
        ("--here 20m tea", "tea", True, 0),
        ("20m tea —here  and cake --days 3", "tea and cake", True, 3),
        ("20m --days=2 tea\n  --here\n and cake", "tea\n  and cake", True, 2),
        ("20m -- tea --here", "tea --here", False, 0),
        ("20m tea -- --here", "tea --here", False, 0),
        ("20m --here -- tea --days 3", "tea --days 3", True, 0),
        ("20m tea -- and — cake", "tea -- and — cake", False, 0),
        ("20m run make --jobs 4 --here --silent", "run make --jobs 4 --silent", True, 0),
        ('20m write "--here" and ‘--days 3’', 'write "--here" and ‘--days 3’', False, 0),
        ('20m 5" screens --here', '5" screens', True, 0),
        ('20m "unclosed --here', '"unclosed', True, 0),
        ("20m --here", "", True, 0),
    ],
)
def test_options_may_be_within_the_rest_of_the_text(text: str, what: str, here: bool, days: int) -> None:
    found = values(note, text)

    assert (found["what"], found["here"], found["days"]) == (what, here, days)


def test_wrong_options_within_the_rest_of_the_text_are_refused() -> None:
    assert error_of(note, "20m tea --days") == "--days needs a value."
    assert error_of(note, "20m tea --days many") == '--days: "many" is not a whole number.'
    assert error_of(note, "20m tea --here --here") == "--here is given twice."


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
@example("'tis")
@example("--here")
@example("a\u00a0b\\")
@example('"“”\\"')
def test_a_completion_is_read_back_as_its_value(value: str) -> None:
    reader = Lexer(as_one_word(value) + " it's John's “x” 'y'")
    word = reader.take()

    assert (word.text, word.option, word.ends_options) == (value, None, False)


class Crowd(FakeScene):
    """Users whose names are hard to type."""

    def __init__(self, *names: str) -> None:
        self.here = [Person(f"{name}-id", name) for name in names]

    async def find_user(self, name: str) -> Person | None:
        return next((person for person in self.here if person.name == name), None)


def converted(scene: Crowd, text: str) -> Person:
    bound = run(Signature.of(send).parse(text, scene))
    person: Person = bound.positional[0]
    return person


def test_the_exact_name_comes_first() -> None:
    scene = Crowd("bob", "@bob", "ann", "o'brien")

    assert converted(scene, "@bob secret").name == "@bob"
    assert converted(scene, "bob secret").name == "bob"
    assert converted(scene, "@@bob secret").name == "@bob"
    assert converted(scene, "@ann secret").name == "ann"
    assert converted(scene, "@o’brien secret").name == "o'brien"


@pytest.mark.parametrize("typed", ["", "@"])
def test_what_completion_offers_means_the_same_user(typed: str) -> None:
    names = ["bob", "@bob", "@@bob", "--to", "--loud", "--", "'a", "b'", '"', '"q"', "\\", "a\\", "@", "@'x'"]
    for group in (names, *([symbol, f"{symbol}a", f"a{symbol}"] for symbol in sorted(NAME_SYMBOLS))):
        scene = Crowd(*group)
        found = run(complete(Signature.of(send), typed, len(typed), scene))

        meant = [converted(scene, f"{option.value} it's John's").name for option in found.options]

        assert meant == group


@pytest.mark.parametrize(
    ("text", "options", "start"),
    [
        ("20m tea --h", ["--here"], 8),
        ("20m —", ["--here", "--days"], 4),
        ("20m -- --h", [], 7),
        ("--here ", [], 7),
        ("1 hour 30 minutes --d", ["--days"], 18),
    ],
)
def test_options_are_completed_until_they_end(text: str, options: list[str], start: int) -> None:
    found = run(complete(Signature.of(note), text, len(text), FakeScene()))

    assert ([option.value for option in found.options], found.start) == (options, start)


def test_a_choice_of_several_words_has_one_place() -> None:
    for text in ("light grey y", "dark-blue y", '"light grey" y'):
        found = run(complete(Signature.of(shade), text, len(text), FakeScene()))
        assert [option.value for option in found.options] == ["yes"]


async def give(ctx: Context, how_long: Duration, *, to: User | None = None, loud: bool = False) -> None: ...


@pytest.mark.parametrize(
    ("text", "options", "start"),
    [
        ("1 hour --to=b", ["bob"], 12),
        ('1h --to="b', ["bob"], 8),
        ("1h --TO b", ["bob"], 8),
        ("1h --loud ", [], 10),
        ("1h --loud=", [], 10),
    ],
)
def test_the_value_of_an_option_is_completed_and_a_flag_has_none(text: str, options: list[str], start: int) -> None:
    found = run(complete(Signature.of(give), text, len(text), FakeScene()))

    assert ([option.value for option in found.options], found.start) == (options, start)


def test_a_long_text_of_open_quotes_is_read_in_a_single_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    checks = 0
    closes = Lexer._closes

    def counted(self: Lexer, opening: str, at: int) -> bool:
        nonlocal checks
        checks += 1
        return closes(self, opening, at)

    monkeypatch.setattr(Lexer, "_closes", counted)

    values(note, "20m " + "“a 'b -- --here-not " * 200)
    values(poll, "q " + "'b " * 1300)

    assert checks < 10 * 4_000
