"""The fixture `chat` comes with Ting: a chat without a server and without a database."""

import pytest
import ting_tea

from ting.commands import Plugin
from ting.testing import Chat


@pytest.fixture
def chat_plugins() -> list[Plugin]:
    return [ting_tea.plugin]


@pytest.fixture
def chat_config() -> dict[str, dict[str, int]]:
    return {"tea": {"cups": 3}}


def test_tea_is_ready_in_time_even_after_a_restart(chat: Chat) -> None:
    assert chat.as_("ann").run("/tea mint 2").replies == ["The kettle is on."]
    chat.restart()

    assert chat.advance("5m").said == []
    assert chat.advance("1m").said == ["2 of mint tea, the 2. in all"]


def test_it_steeps_as_long_as_one_likes(chat: Chat) -> None:
    chat.as_("ann").run("/tea --steep 30s")

    assert chat.advance("30s").said == ["1 of green tea, the 1. in all"]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("/tea coffee", '"coffee" is not one of: green, black, mint.'),
        ("/tea mint 4", "The pot holds 3 cups."),
        ("/tea mint 0", "0 is out of range: it must be at least 1 and at most 12."),
        ("/tea --steep 1s", "must be at least 0:00:10"),
    ],
)
def test_what_makes_no_tea_is_refused(chat: Chat, typed: str, wrong: str) -> None:
    error = chat.as_("ann").run(typed).error

    assert wrong in error
    assert error.endswith("Usage: /tea [green|black|mint] [cups] [--steep <duration>]")


def test_the_pot_is_washed_once_a_day(chat: Chat) -> None:
    ann = chat.as_("ann")
    ann.run("/tea black")
    chat.advance("10m")
    assert ann.run("/teas").replies == ["black: 1"]

    chat.advance("1d")

    assert ann.run("/teas").replies == ["No tea was made yet."]
