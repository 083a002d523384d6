"""Which parts of a text are code or addresses."""

import re
import sys
from types import FrameType
from typing import Any

import pytest

from tests.documentation import javascript
from ting.conversations import verbatim
from ting.conversations.verbatim import SPACELESS, without_verbatim

PARTS = [
    "`",
    "``a`",
    "```\n",
    "```a\n",
    "a```\n",
    "````\n```\n",
    "https://",
    "https://a ",
    "xhttps://",
    ":mailto:**",
    "_",
]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a `b` ``c ` d`` e", "a" + 15 * " " + "e"),
        ("```\na\n``` b", "```\na\n``` b"),
        ("```\na\n```\nb", "   \n \n   \nb"),
        ("```js\na```\nb", "     \n    \nb"),
        ("````\n```\n````\nb", "    \n   \n    \nb"),
        ("see https://a.example/b_(c), d", "see" + 26 * " " + "d"),
        ("x_https://a b", "x_https://a b"),
        ("看https://a.example。b", "看" + 17 * " " + "。b"),
        ("\\`a`", "\\`a`"),
    ],
)
def test_code_and_addresses_are_blanked_and_all_else_stays_in_its_place(text: str, left: str) -> None:
    assert without_verbatim(text) == left
    assert len(left) == len(text)


def steps(text: str) -> int:
    """How many lines of the module are run for a text."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        if frame.f_code.co_filename != verbatim.__file__:
            return None
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        without_verbatim(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("part", PARTS)
def test_a_text_of_twice_the_length_takes_twice_the_steps(part: str) -> None:
    short, long = part * (1000 // len(part)), part * (4000 // len(part))
    assert steps(long) <= 4.2 * steps(short) + 50


def test_the_client_knows_the_same_scripts_without_spaces() -> None:
    theirs = javascript("text/verbatim.js", "module.SPACELESS")

    assert re.sub(r"\\u\{?([0-9a-f]+)\}?", lambda match: chr(int(match[1], 16)), theirs) == SPACELESS
