"""The log: one bounded line per record, without texts of users, and without what a stranger sent."""

import configparser
import io
import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pymongo import InsertOne
from pymongo.errors import BulkWriteError, WriteError

from tests.documentation import ROOT
from ting.core import logs
from ting.core.logs import LogLimits, OneLineFormatter
from ting.store.database import Database

FILTER = ROOT / "config" / "fail2ban.conf"
REFUSAL = "Refused at the door: wrong_password from 6.6.6.6"


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Log:
    """What is written for the records of a logger."""

    def __init__(self) -> None:
        self.stream, self.clock = io.StringIO(), Clock()
        limits = LogLimits(line_chars=400, repetitions=3, refusals=5)
        self.handler = logs.handler(self.stream, limits, self.clock)

    def write(self, name: str, level: int, message: str, *args: object, per: str | None = None) -> None:
        record = logging.LogRecord(name, level, __file__, 1, message, args, None)
        if per is not None:
            record.per = per
        self.handler.handle(record)

    @property
    def lines(self) -> list[str]:
        return self.stream.getvalue().splitlines()


@pytest.fixture
def log() -> Iterator[Log]:
    log = Log()
    yield log
    log.handler.close()


@pytest.mark.gen_test
async def test_documents_that_the_database_refuses_are_not_quoted(database: Database) -> None:
    messages, secret = database.collection("messages"), {"_id": "x", "text": "Meet me at the old mill."}
    lines = []
    for write in (messages.insert_one(secret), messages.bulk_write([InsertOne(secret)])):
        try:
            await write
        except (WriteError, BulkWriteError):
            record = logging.LogRecord("ting", logging.ERROR, __file__, 1, "Error %s", ("17",), sys.exc_info())
            lines.append(OneLineFormatter("%(levelname)s %(message)s").format(record))

    assert [line.partition(" | ")[0] for line in lines] == ["ERROR Error 17"] * 2
    for line in lines:
        assert "Error" in line.rpartition(" | ")[2]  # the kind of error is logged
        assert "mill" not in line
        assert "\n" not in line


@pytest.mark.parametrize("character", ["\n", "\r", "\x1b", "\x00", "\x85", "\u2028", "\u202e", "\u200b", "\ud800"])
def test_no_character_begins_a_line_or_controls_a_terminal(log: Log, character: str) -> None:
    log.write("ting", logging.WARNING, "From %s", f"a{character}b Γιώργος")

    assert len(log.lines) == 1
    assert character not in log.lines[0]
    assert "Γιώργος" in log.lines[0]


def test_a_line_has_a_bounded_length_and_keeps_both_ends(log: Log) -> None:
    log.write("ting", logging.WARNING, "begins %s ends", "x" * 100_000)

    assert len(log.lines[0]) == 400
    assert log.lines[0].startswith("WARNING ting [-] begins xxx")
    assert " more characters " in log.lines[0]
    assert log.lines[0].endswith("xxx ends")


def test_an_exception_does_not_quote_at_length_what_it_is_about() -> None:
    try:
        os.environ["secret " * 10_000]
    except KeyError:
        record = logging.LogRecord("ting", logging.ERROR, __file__, 1, "Error", (), sys.exc_info())
    line = OneLineFormatter("%(message)s").format(record)

    assert line.count("secret") < 100
    assert "KeyError" in line


@pytest.mark.parametrize(
    ("template", "values", "expected"),
    [
        ("Malformed HTTP message from %s: %s", ("secret", ValueError(REFUSAL)), "from …: ValueError"),
        (f"Unsatisfiable read, closing connection: {REFUSAL}", (), "Unsatisfiable read, closing connection"),
        ("Write error on %s: %s", (7, OSError(REFUSAL)), "Write error on 7: OSError"),
        ("Invalid cookie %r", (REFUSAL,), "Invalid cookie …"),
    ],
)
def test_the_http_library_logs_nothing_of_a_request(
    log: Log, template: str, values: tuple[object, ...], expected: str
) -> None:
    log.write("tornado.general", logging.WARNING, template, *values)

    assert log.lines[0].endswith(expected)
    assert "secret" not in log.lines[0]
    assert "Refused" not in log.lines[0]


def test_repetitions_are_counted(log: Log) -> None:
    for number in range(1_000):
        log.write("ting", logging.WARNING, "Number %d", number)
    log.write("ting", logging.WARNING, "Something else")
    log.clock.now = 60.0
    log.write("ting", logging.WARNING, "Number %d", 1_000)

    assert [line.partition("] ")[2] for line in log.lines] == [
        *("Number 0", "Number 1", "Number 2", "Something else"),
        *('997 more like "Number %d" within a minute', "Number 1000"),
    ]


def test_repetitions_are_reported_without_a_further_record(log: Log) -> None:
    for _ in range(4):
        log.write("ting", logging.WARNING, "Again")

    log.handler.close()

    assert log.lines[-1].endswith('1 more like "Again" within a minute')


def test_one_address_cannot_hide_the_refusals_of_another_and_all_are_bounded(log: Log) -> None:
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3"):
        for _ in range(100):
            log.write("ting.web.api.session", logging.INFO, "Refused at the door: %s", address, per=address)

    written = [line.rpartition(" ")[2] for line in log.lines]
    assert written == ["192.0.2.1"] * 3 + ["192.0.2.2"] * 2


def test_many_kinds_of_lines_are_bounded_together(log: Log) -> None:
    for number in range(10_000):
        log.write("ting", logging.WARNING, f"Number {number}")

    assert len(log.lines) <= logs.MAX_KINDS + 3


def failregex() -> str:
    """The regular expression of the filter that Ting ships."""
    parser = configparser.RawConfigParser()
    parser.read(FILTER)
    return parser["Definition"]["failregex"]


def matched_by_engine(lines: list[str], _: Path) -> list[str]:
    """The lines that match, by the engine that fail2ban uses and its pattern for an address."""
    pattern = re.compile(failregex().replace("<HOST>", r"(?:::f{4,6}:)?(?P<host>[\w\-.^_]*\w|\[?[0-9a-f:]+\]?)"))
    return [line for line in lines if pattern.search(line)]


def matched_by_fail2ban(lines: list[str], directory: Path) -> list[str]:
    """The lines that match, by fail2ban itself, if it is installed."""
    program = shutil.which("fail2ban-regex")
    if program is None:
        pytest.skip("fail2ban is not installed")
    file = directory / "log"
    file.write_text("".join(f"2026-01-31T10:00:00 {line}\n" for line in lines))
    command = [program, "--print-all-matched", "--print-no-missed", str(file), str(FILTER)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [line for line in lines if f"|  2026-01-31T10:00:00 {line}\n" in done.stdout]


@pytest.mark.parametrize("matched", [matched_by_engine, matched_by_fail2ban])
def test_the_fail2ban_filter_matches_refusals_and_nothing_that_a_stranger_can_cause(
    tmp_path: Path, matched: Callable[[list[str], Path], list[str]]
) -> None:
    line = f"INFO ting.web.api.session [-] {REFUSAL}"
    refusals = [
        f"chat ting[12]: {line}",
        f"chat ting[12]: {line.replace('6.6.6.6', '2001:db8::7')}",
        f"chat ting[12]: {line.replace('wrong_password', 'too_many')}",
    ]
    others = [
        f"chat ting[12]: {line.replace('wrong_password', 'unknown_name')}",
        f"chat ting[12]: {line} and more",
        f"chat ting[12]: INFO tornado.general [-] Malformed HTTP message from 192.0.2.1: {REFUSAL}",
        f"chat ting[12]: INFO tornado.general [-] Malformed {line}",
        f"chat ting[12]: DEBUG ting.web.routes [-] GET /{line}",
        f"chat ting[12]: WARNING ting.web.handler [{line}] Error",
        f"chat ting[12]: WARNING ting.x [-] Error chat ting[12]: {line}",
        f'chat ting[12]: INFO ting.web.api.session [-] 9 more like "{REFUSAL}" within a minute',
        f"chat sshd[12]: {line}",
    ]

    assert matched([*refusals, *others], tmp_path) == refusals
