"""Durations and times, in English and Greek: what they mean, where they end, and what they are when clocks change."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commands.fake_scene import FakeScene
from tests.commands.test_arguments import values
from ting.commands import ArgumentError, Context, Duration, Rest, Time, times

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)  # a Wednesday
ATHENS = ZoneInfo("Europe/Athens")


async def remind(ctx: Context, when: Duration | Time, what: Rest) -> None: ...
async def at(ctx: Context, when: Time) -> None: ...


@pytest.fixture
def athens(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set the time zone of the system."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Athens")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("18:30", datetime(2026, 11, 25, 18, 30)),
        ("2:59", datetime(2026, 11, 26, 2, 59)),
        ("in 20 minutes", datetime(2026, 11, 25, 3, 20)),
        ("in half an hour", datetime(2026, 11, 25, 3, 30)),
        ("in an hour and a half", datetime(2026, 11, 25, 4, 30)),
        ("in a quarter of an hour", datetime(2026, 11, 25, 3, 15)),
        ("20 minutes from now", datetime(2026, 11, 25, 3, 20)),
        ("tomorrow at 9", datetime(2026, 11, 26, 9)),
        ("tomorrow", datetime(2026, 11, 26, 3)),
        ("tomorrow evening", datetime(2026, 11, 26, 18)),
        ("the day after tomorrow at 8am", datetime(2026, 11, 27, 8)),
        ("tonight at 9", datetime(2026, 11, 25, 21)),
        ("tonight at 1", datetime(2026, 11, 26, 1)),
        ("friday at 6 pm", datetime(2026, 11, 27, 18)),
        ("on Friday, 4 December 2026 at 9:15 p.m.", datetime(2026, 12, 4, 21, 15)),
        ("wednesday at 9", datetime(2026, 11, 25, 9)),
        ("next wednesday at 9", datetime(2026, 12, 2, 9)),
        ("wednesday", datetime(2026, 12, 2)),
        ("next week", datetime(2026, 12, 2, 3)),
        ("next month", datetime(2026, 12, 25, 3)),
        ("in 3 months", datetime(2027, 2, 25, 3)),
        ("1 July at 9", datetime(2027, 7, 1, 9)),
        ("July 1st 9am", datetime(2027, 7, 1, 9)),
        ("25 november at 4:00", datetime(2026, 11, 25, 4)),
        ("29 feb", datetime(2028, 2, 29)),
        ("24/12", datetime(2026, 12, 24)),
        ("24.12.2026 18:00", datetime(2026, 12, 24, 18)),
        ("2026–12–24", datetime(2026, 12, 24)),
        ("2026-12-24T18:00", datetime(2026, 12, 24, 18)),
        ("on the 5th at noon", datetime(2026, 12, 5, 12)),
        ("half past 4", datetime(2026, 11, 25, 4, 30)),
        ("12am", datetime(2026, 11, 26)),
        ("12pm", datetime(2026, 11, 25, 12)),
        ("αύριο στις 9", datetime(2026, 11, 26, 9)),
        ("ΑΥΡΙΟ ΣΤΙΣ 9", datetime(2026, 11, 26, 9)),
        ("μεθαύριο", datetime(2026, 11, 27, 3)),
        ("μεθαύριο στις 9 το βράδυ", datetime(2026, 11, 27, 21)),
        ("απόψε στις 9", datetime(2026, 11, 25, 21)),
        ("το πρωί", datetime(2026, 11, 25, 9)),
        ("την Παρασκευή στις 18:00", datetime(2026, 11, 27, 18)),
        ("στις 9 και μισή", datetime(2026, 11, 25, 9, 30)),
        ("1η Ιουλίου στις 9 π.μ.", datetime(2027, 7, 1, 9)),
        ("σε 20 λεπτά", datetime(2026, 11, 25, 3, 20)),
        ("σε μισή ώρα", datetime(2026, 11, 25, 3, 30)),
        ("σε μιάμιση ώρα", datetime(2026, 11, 25, 4, 30)),
        ("μετά από δύο ώρες", datetime(2026, 11, 25, 5)),
        ("σε έναν μήνα", None),
        ("σε ένα μήνα", datetime(2026, 12, 25, 3)),
    ],
)
def test_times_are_parsed_in_english_and_greek(text: str, when: datetime | None) -> None:
    if when is None:
        with pytest.raises(ArgumentError, match="is not a valid time"):
            times.moment(text, NOW)
    else:
        assert times.moment(text, NOW) == when.replace(tzinfo=UTC)
        assert values(at, text) == {"when": when.replace(tzinfo=FakeScene.now.tzinfo)}


@pytest.mark.parametrize("day", [datetime(2026, 11, 30), datetime(2026, 12, 31), datetime(2027, 2, 28)])
@pytest.mark.parametrize(
    ("text", "hour"), [("9pm", 21), ("21:00", 21), ("midnight", 0), ("μεσάνυχτα", 0), ("21:52", 21)]
)
def test_on_the_last_day_of_a_month_a_time_of_day_is_the_next_one(day: datetime, text: str, hour: int) -> None:
    now = day.replace(hour=21, minute=53, tzinfo=UTC)

    found = times.moment(text, now)

    assert timedelta() < found - now <= timedelta(days=1)
    assert found.hour == hour


@pytest.mark.parametrize(
    "text", ["yesterday", "χθες", "2001-01-01", "1 january 2026", "today at 2", "25/11/2026 02:59"]
)
def test_a_time_in_the_past_is_refused(text: str) -> None:
    with pytest.raises(ArgumentError, match=r"This time is in the past\. Write a later one"):
        times.moment(text, NOW)


@pytest.mark.parametrize(
    "text", ["31 april", "30 feb", "at 25", "9:60", "13am", "tomorrow yesterday", "9", "may", "", "1/13", "0/5", "in"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ArgumentError, match="is not a valid time"):
        times.moment(text, NOW)


@pytest.mark.usefixtures("athens")
@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31 at midnight"])
def test_the_ends_of_the_calendar_are_refused(text: str) -> None:
    with pytest.raises(ArgumentError, match=r"in the past|can reach"):
        times.moment(text, NOW.astimezone())


@pytest.mark.parametrize(
    ("text", "when", "what"),
    [
        ("20m 5 eggs", timedelta(minutes=20), "5 eggs"),
        ("5m may is late", timedelta(minutes=5), "may is late"),
        ("10m in the oven", timedelta(minutes=10), "in the oven"),
        ("20m 5 m sprint", timedelta(minutes=20), "5 m sprint"),
        ("2 hours and 5 eggs", timedelta(hours=2), "and 5 eggs"),
        ("1 hour and 30 minutes  and  cake", timedelta(minutes=90), "and  cake"),
        ("half an hour an hour ago", timedelta(minutes=30), "an hour ago"),
        ("μισή ώρα 5 αυγά", timedelta(minutes=30), "5 αυγά"),
        ("in 20m at the office", datetime(2026, 11, 25, 3, 20), "at the office"),
        ("tomorrow 5 km run", datetime(2026, 11, 26, 3), "5 km run"),
        ("tomorrow at the office", datetime(2026, 11, 26, 3), "at the office"),
        ("tomorrow at 9 9 eggs", datetime(2026, 11, 26, 9), "9 eggs"),
        ("18:30 tomorrow's cake", datetime(2026, 11, 25, 18, 30), "tomorrow's cake"),
        ("1η Ιουλίου γενέθλια", datetime(2027, 7, 1), "γενέθλια"),
        ("1η γενέθλια", timedelta(days=1), "γενέθλια"),
        ("may 5 is late", datetime(2027, 5, 5), "is late"),
        ("αύριο στις 9 το πρωί το γάλα", datetime(2026, 11, 26, 9), "το γάλα"),
        ("“tomorrow at 9” “in the morning”", datetime(2026, 11, 26, 9), "“in the morning”"),
    ],
)
def test_a_time_ends_before_the_text_and_the_text_is_kept_whole(text: str, when: object, what: str) -> None:
    wanted = when.replace(tzinfo=UTC) if isinstance(when, datetime) else when

    assert values(remind, text) == {"when": wanted, "what": what}


WORDS = "20m 5 eggs may in the at 9 tomorrow 1 hour and half an july friday pm next"


@given(st.lists(st.sampled_from(WORDS.split())))
def test_any_words_are_a_valid_time_as_far_as_they_are_taken(words: list[str]) -> None:
    count = times.moment_words(words)

    assert 0 <= count <= len(words)
    if count:
        try:
            assert times.moment(" ".join(words[:count]), NOW) > NOW
        except times.PastTime:
            assert "9" in words


@pytest.mark.usefixtures("athens")
@pytest.mark.parametrize("zone", [None, ATHENS])
@pytest.mark.parametrize(
    ("now", "text", "shown"),
    [
        (datetime(2026, 10, 24, 23, 30), "tomorrow at 9", "2026-10-25T09:00:00+02:00"),
        (datetime(2026, 10, 24, 23, 30), "in 12 hours", "2026-10-25T10:30:00+02:00"),
        (datetime(2026, 10, 24, 23, 30), "in 1 day", "2026-10-25T22:30:00+02:00"),
        (datetime(2026, 10, 24, 23, 30), "tomorrow", "2026-10-25T23:30:00+02:00"),
        (datetime(2027, 3, 27, 23, 30), "tomorrow at 9", "2027-03-28T09:00:00+03:00"),
        (datetime(2027, 3, 27, 23, 30), "in 12 hours", "2027-03-28T12:30:00+03:00"),
        (datetime(2027, 3, 27, 23, 30), "3:30", "2027-03-28T04:30:00+03:00"),
        (datetime(2026, 12, 1, 12, 0), "1 July at 9", "2027-07-01T09:00:00+03:00"),
        (datetime(2026, 10, 25, 3, 40), "3:30", "2026-10-25T03:30:00+02:00"),
    ],
)
def test_a_time_of_day_is_that_of_its_own_date(zone: ZoneInfo | None, now: datetime, text: str, shown: str) -> None:
    local = now.replace(tzinfo=zone) if zone else now.astimezone()

    found = times.moment(text, local)

    assert found.isoformat() == shown
