"""Arguments: texts that match the usage are accepted, all others are refused with a reason."""

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from datetime import timedelta
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.commands.fake_scene import ADA, BOB, FakeScene
from ting.commands import ArgumentError, Channel, Context, Converter, Duration, Option, Pattern, Range, Rest, Time, User
from ting.commands.arguments import Signature
from ting.commands.converters import Scene
from ting.commands.lexer import QUOTES, plain_signs
from ting.commands.runtime.completion import complete

Result = TypeVar("Result")


class Colour(Enum):
    RED = "red"
    DARK_BLUE = 2


class CardConverter(Converter[int]):
    """A playing card, as its number."""

    async def convert(self, text: str, ctx: Scene) -> int:
        if text not in ("ace", "king of hearts"):
            raise ArgumentError("No such card.")
        return len(text)

    async def complete(self, text: str, ctx: Scene) -> list[Option | str]:
        return [card for card in ("ace", "king of hearts") if card.startswith(text)]


async def roll(
    ctx: Context,
    dice: Annotated[str, Pattern(r"\d*d\d+")] = "1d6",
    *,
    to: User | None = None,
    loud: bool = False,
    sort: bool = True,
) -> None: ...
async def every_kind(
    ctx: Context,
    whole: Annotated[int, Range(-5, 5)],
    decimal: float,
    choice: Literal["on", "off"],
    colour: Colour,
    who: User,
    where: Channel,
    card: Annotated[int, CardConverter()],
    how_long: Duration,
    sure: bool,
) -> None: ...
async def remind(ctx: Context, when: Duration | Time, what: Rest) -> None: ...
async def send(ctx: Context, who: User, *words: str, times: int) -> None: ...


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine in a loop of its own. `asyncio.run` would also reset the current loop of other tests."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def values(function: Callable[..., Any], text: str) -> dict[str, Any]:
    """Return the values that a function would be called with, by parameter name."""
    parsing = Signature.of(function).parse(text, FakeScene())
    with pytest.raises(StopIteration) as ended:
        parsing.send(None)  # nothing here waits; an event loop for each example would be slow
    call = ended.value.value
    bound = inspect.signature(function).bind(None, *call.positional, **call.keywords)
    bound.apply_defaults()
    return {name: value for name, value in bound.arguments.items() if name != "ctx"}


def error_of(function: Callable[..., Any], text: str) -> str:
    """Return the error message for wrong arguments."""
    with pytest.raises(ArgumentError) as caught:
        values(function, text)
    return caught.value.message


@pytest.mark.parametrize(
    ("function", "usage"),
    [
        (roll, "[dice] [--to <user>] [--loud] [--no-sort]"),
        (
            every_kind,
            "<whole> <decimal> <on|off> <red|dark-blue> <who> <where> <card> <how-long> <yes|no>",
        ),
        (remind, "<when> <what…>"),
        (send, "<who> [words …] --times <number>"),
    ],
)
def test_the_usage_follows_from_the_signature(function: Callable[..., Any], usage: str) -> None:
    assert Signature.of(function).usage == usage


def test_every_kind_of_argument_gets_its_value() -> None:
    assert values(every_kind, "−3 2,5 ON dark-blue @bob #Music ace 1h30m ναι") == {
        "whole": -3,
        "decimal": 2.5,
        "choice": "on",
        "colour": Colour.DARK_BLUE,
        "who": BOB,
        "where": Channel("#music"),
        "card": 3,
        "how_long": timedelta(minutes=90),
        "sure": True,
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("2d6", {"dice": "2d6"}),
        ("--to bob 2d6", {"dice": "2d6", "to": BOB}),
        ("2d6 --to=bob --loud", {"dice": "2d6", "to": BOB, "loud": True}),
        ("—to bob", {"to": BOB}),
        ("–-to “bob” --no-sort", {"to": BOB, "sort": False}),
        ("--to «ada» -- 2d6", {"dice": "2d6", "to": ADA}),
    ],
)
def test_options_may_come_anywhere(text: str, expected: dict[str, Any]) -> None:
    assert values(roll, text) == {"dice": "1d6", "to": None, "loud": False, "sort": True} | expected


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("six", r'<dice>: "six" does not match \d*d\d+.'),
        ("2d6 3d6", 'Unexpected argument: "3d6".'),
        ("--to", "--to needs a value."),
        ("--to eve", '--to: There is no user named "eve".'),
        ("--loud --loud", "--loud is given twice."),
        ("--loud=yes", "--loud does not take a value."),
        (
            "--sort",
            "There is no option --sort. The options are: --to, --loud, --no-sort. "
            "Put -- before text that starts with --.",
        ),
        ('"2d6', 'The quotation mark " is not closed.'),
    ],
)
def test_arguments_that_do_not_match_the_usage_are_refused_with_the_reason(text: str, error: str) -> None:
    assert error_of(roll, text) == error


def test_a_missing_argument_is_named() -> None:
    assert error_of(remind, "20m") == "<what> is missing."
    assert error_of(send, "bob hello") == "--times is missing."


def test_several_words_are_one_value_in_quotes_or_if_they_convert_to_one() -> None:
    assert values(send, 'bob "good morning" «καλή μέρα» it\'s "a \\"b\\"" --times 2')["words"] == (
        "good morning",
        "καλή μέρα",
        "it's",
        'a "b"',
    )
    assert values(remind, "1 hour 30 minutes  buy  milk ") == {"when": timedelta(minutes=90), "what": "buy  milk"}
    assert values(remind, "tomorrow at 9 --call “Bob")["what"] == "--call “Bob"


def test_signatures_that_cannot_be_typed_are_refused_with_the_reason() -> None:
    async def no_context() -> None: ...
    async def mapping(ctx: Context, x: dict[str, str]) -> None: ...
    async def after_rest(ctx: Context, x: Rest, y: str) -> None: ...
    async def anything(ctx: Context, **x: str) -> None: ...
    async def mixed(ctx: Context, x: Annotated[str, Range(1, 2)]) -> None: ...

    for function, reason in (
        (no_context, "the first parameter must be the Context"),
        (mapping, '"x" has the unsupported type dict'),
        (after_rest, "no parameter can follow the Rest"),
        (anything, "is not supported: use plain parameters"),
        (mixed, "Pattern is for text, Range is for numbers"),
    ):
        with pytest.raises(TypeError, match=reason):
            Signature.of(function)


words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=8)
typed = {
    "whole": st.integers(-5, 5),
    "decimal": st.decimals(-100, 100, places=3).map(float),
    "choice": st.sampled_from(["on", "off"]),
    "colour": st.sampled_from(Colour),
    "who": st.sampled_from([ADA, BOB]),
    "where": st.from_regex(r"\A[a-z0-9_-]{2,9}\Z").filter(lambda name: name not in ("api", "files", "static")),
    "card": st.just("ace"),
    "how_long": st.integers(1, 10_000),
    "sure": st.booleans(),
}


@settings(max_examples=50)
@given(st.fixed_dictionaries(typed), st.sampled_from(['"{}"', "“{}”", "„{}“", "«{}»", "{}"]), st.sampled_from(" \n\t"))
def test_arguments_that_match_the_usage_are_accepted(wanted: dict[str, Any], quotes: str, space: str) -> None:
    written = {
        **{name: str(value) for name, value in wanted.items()},
        "decimal": f"{wanted['decimal']:.3f}",
        "colour": "RED" if wanted["colour"] is Colour.RED else "Dark-Blue",
        "who": wanted["who"].name,
        "how_long": f"{wanted['how_long']}s",
        "sure": "yes" if wanted["sure"] else "no",
    }
    ordered = [quotes.format(written[name]) for name in typed]
    text = space.join(ordered)

    assert values(every_kind, text) == wanted | {
        "where": Channel("#" + wanted["where"]),
        "card": 3,
        "how_long": timedelta(seconds=wanted["how_long"]),
    }
    assert "Unexpected argument" in error_of(every_kind, text + " more")
    assert "is missing" in error_of(every_kind, space.join(ordered[:-1]))


@settings(max_examples=50)
@given(st.lists(words.filter(lambda word: word[0] not in QUOTES and not plain_signs(word).startswith("-"))))
def test_plain_words_are_not_changed(typed_words: list[str]) -> None:
    assert values(send, " ".join(["bob", *typed_words, "--times 1"]))["words"] == tuple(typed_words)


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["--to", "—", '"', "“", "\\", " ", "=", "2d6", "1h", "9"])).map("".join)
)
@example("--to=")
@example("—")
@example('--to="')
@example("\x00")
@example("9" * 5000)
def test_any_input_is_either_accepted_or_refused_with_a_short_message(text: str) -> None:
    for function in (roll, every_kind, send):
        try:
            values(function, text)
        except ArgumentError as error:
            assert 0 < len(error.message) < 500


@pytest.mark.parametrize(
    ("function", "text", "options"),
    [
        (roll, "--", ["--to", "--loud", "--no-sort"]),
        (roll, "--to @", ["@ada", "@bob"]),
        (roll, "2d6 --to b", ["bob"]),
        (every_kind, "1 2 o", ["on", "off"]),
        (every_kind, "1 2 on r", ["red"]),
        (every_kind, "1 2 on red ada #m k", ['"king of hearts"']),
        (every_kind, '1 2 on red ada #m "king o', ['"king of hearts"']),
        (send, "bob ", []),
    ],
)
def test_completion_offers_the_options_at_the_caret(
    function: Callable[..., Any], text: str, options: list[str]
) -> None:
    found = run(complete(Signature.of(function), text, len(text), FakeScene()))

    assert [option.value for option in found.options] == options
    assert text[found.start :] in ("", "--", "@", "b", "o", "r", "k", '"king o')
