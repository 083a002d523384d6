"""Parses durations and times as users type them: "1h30m", "in half an hour", "tomorrow at 9", «αύριο στις 9».

A time of day is resolved on its own date, by the clock of the server's time zone on that date. A duration is a span of
real time: "in 12 hours" is 12 hours later, also when the clocks change in between.
"""

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone

from ting.commands import time_words as vocabulary
from ting.commands.lexer import ArgumentError, plain_signs
from ting.commands.time_phrases import DayAfter, MonthsAfter, Phrase, read_phrase
from ting.core.normalization import normalized

MAX_DURATION = timedelta(days=3660)
MAX_PHRASE_CHARS = 60
MAX_WORDS = 10
DAWN, NOON = 5 * 60, 12 * 60  # in minutes


class PastTime(ArgumentError):
    """The text is a time, but one in the past."""

    def __init__(self) -> None:
        super().__init__("This time is in the past. Write a later one, like 18:30, in 20 minutes or tomorrow at 9.")


def duration(text: str) -> timedelta:
    """A duration such as "90s", "1h 30m", "half an hour" or «20 λεπτά». Raises `ArgumentError`."""
    words = plain(text).split()
    seconds, count = _leading_span(words)
    if count < len(words) or not words:
        raise ArgumentError(f'"{_short(text)}" is not a valid duration: write it like 90s, 20m, 1h30m or 2d.')
    if not 0 < seconds <= MAX_DURATION.total_seconds():
        raise ArgumentError(f'"{_short(text)}" is not a duration of more than zero and at most ten years.')
    return timedelta(seconds=seconds)


def moment(text: str, now: datetime) -> datetime:
    """A point in time after `now`, in the time zone of `now`. Raises `ArgumentError`, `PastTime`."""
    words = plain(text).split()
    if len(text) > MAX_PHRASE_CHARS:
        raise ArgumentError(f'"{_short(text)}" is too long to be a time.')
    utc_now = now.astimezone(UTC)  # Python compares times of the same time zone by what the clock shows
    prefix, count = _after(words)
    if count and count == len(words):
        return _in_zone(utc_now + duration(" ".join(_without_suffix(words[prefix:]))), now)
    words = " ".join(words).replace("t", " ", 1).split() if _is_iso_time(words) else words
    phrase = read_phrase(words)
    if phrase is None or phrase.word_count < len(words):
        raise ArgumentError(
            f'"{_short(text)}" is not a valid time: write it like 18:30, in 20 minutes or tomorrow at 9.'
        )
    try:
        found = next((instant for instant in _instants(phrase, now) if instant > utc_now), None)
    except (OverflowError, ValueError):  # the first and the last days that Python knows
        raise ArgumentError(f'"{_short(text)}" is not a time that the server can reach.') from None
    if found is None:
        raise PastTime
    return _in_zone(found, now)


def duration_words(words: Sequence[str]) -> int:
    """How many of these words are a duration that the text begins with. "20m 5 eggs" begins with one word."""
    return _leading_span([plain(word) for word in words])[1]


def moment_words(words: Sequence[str]) -> int:
    """How many of these words are a time that the text begins with. A duration at the beginning ends the time."""
    written = [plain(word) for word in words]
    phrase = read_phrase(written)
    is_date = phrase is not None and phrase.word_count > 1 and written[1].rstrip(",") in vocabulary.MONTHS
    count = 0 if is_date else _after(written)[1]  # «1η» is a day, but «1η Ιουλίου» a date
    return count or (phrase.word_count if phrase else 0)


def plain(text: str) -> str:
    """A text in lower case without accents: «λεπτά» and «λεπτα» become the same word."""
    decomposed = normalized("NFD", plain_signs(text).lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _after(words: Sequence[str]) -> tuple[int, int]:
    """How many words "in" has, as in "in 20 minutes", and how many the whole span; 0 if there is no span."""
    prefix = _phrase_words(words, 0, vocabulary.AFTER)
    _, count = _leading_span(words[prefix:])
    if not count:
        return 0, 0
    return prefix, prefix + count + _phrase_words(words, prefix + count, vocabulary.FROM_NOW)


def _without_suffix(words: Sequence[str]) -> Sequence[str]:
    return words[: _leading_span(words)[1]]


def _leading_span(words: Sequence[str]) -> tuple[float, int]:
    """The seconds of the duration that the words begin with, and how many words it has.

    Its units descend: "1h 30m" is one duration, but "20m 5 m" begins with the duration "20m".
    """
    seconds, at, smallest = 0.0, 0, float("inf")
    while at < len(words):
        start = at + (at > 0 and words[at] in vocabulary.AND)
        found = _span_part(words, start, smallest)
        if found is None:
            break
        part_s, smallest, at = found
        seconds += part_s
        half = _phrase_words(words, at, vocabulary.HALF_MORE)
        if half:
            seconds, at = seconds + smallest / 2, at + half
    return seconds, at


def _span_part(words: Sequence[str], at: int, below: float) -> tuple[float, float, int] | None:
    """One part of a duration: its seconds, those of its smallest unit, and the index of the word after it."""
    for span, span_s in vocabulary.SPANS.items():
        if _phrase_words(words, at, [span]) and span_s < below:
            return span_s, span_s, at + len(span.split())
    if at == len(words):
        return None
    parts = vocabulary.SPAN_PART.findall(words[at])
    end = at + 1
    if not parts or vocabulary.SPAN_PART.sub("", words[at]):
        unit = words[at + 1].rstrip(".,") if at + 1 < len(words) else ""
        parts, end = [(words[at], unit)], at + 2
    seconds = 0.0
    for number, unit in parts:
        unit_s = vocabulary.UNITS.get(unit)
        count = _number(number)
        if unit_s is None or count is None or unit_s >= below:
            return None
        seconds, below = seconds + count * unit_s, unit_s
    return seconds, below, end


def _number(written: str) -> float | None:
    if vocabulary.NUMBER.fullmatch(written):
        return float(written.replace(",", "."))
    return vocabulary.NUMBERS.get(written)


def _phrase_words(words: Sequence[str], at: int, phrases: Collection[str]) -> int:
    """How many words the longest of these phrases has that begins at a word; 0 if none does."""
    lengths = [len(parts) for parts in map(str.split, phrases) if list(words[at : at + len(parts)]) == parts]
    return max(lengths, default=0)


def _is_iso_time(words: Sequence[str]) -> bool:
    return len(words) == 1 and vocabulary.ISO_TIME.fullmatch(words[0]) is not None


def _instants(phrase: Phrase, now: datetime) -> Iterator[datetime]:
    """The instants that a phrase can mean, in order."""
    today = now.date()
    for day in phrase.day.dates(today) if phrase.day else _following(today):
        wall = datetime.combine(day, time()) + _time_of_day(phrase, now)
        yield from _on_the_clock(wall, now)


def _following(today: date) -> Iterator[date]:
    """The dates on which the next time of day can be."""
    yield from (today + timedelta(days=days) for days in range(3))


def _time_of_day(phrase: Phrase, now: datetime) -> timedelta:
    tonight = phrase.day.tonight_hour if isinstance(phrase.day, DayAfter) else None
    if phrase.minutes is not None:
        later = 0 if tonight is None or phrase.minutes >= NOON else NOON if phrase.minutes >= DAWN else 2 * NOON
        return timedelta(minutes=phrase.minutes + later)  # "tonight at 9" is 21:00
    if tonight is not None:
        return timedelta(hours=tonight)
    if isinstance(phrase.day, DayAfter | MonthsAfter):
        return timedelta(hours=now.hour, minutes=now.minute, seconds=now.second)
    return timedelta()


def _on_the_clock(wall: datetime, now: datetime) -> Iterator[datetime]:
    """The instants, in UTC, at which a clock shows this: two if it is set back then, a later one if it skips it."""
    instants = {_in_utc(wall.replace(fold=fold), now) for fold in (0, 1)}
    shown = [instant for instant in instants if _in_zone(instant, now).replace(tzinfo=None, fold=0) == wall]
    yield from sorted(shown) or [max(instants)]


def _in_utc(local: datetime, now: datetime) -> datetime:
    """A local time without a time zone: Python takes that of the system, unless it gets another one."""
    return (local if _is_system_zone(now) else local.replace(tzinfo=now.tzinfo)).astimezone(UTC)


def _in_zone(instant: datetime, now: datetime) -> datetime:
    """The instant as the clock shows it on its own date."""
    return instant.astimezone(None if _is_system_zone(now) else now.tzinfo)


def _is_system_zone(now: datetime) -> bool:
    """Whether `now` is in the time zone of the system. `astimezone()` returns only the offset at that moment."""
    return isinstance(now.tzinfo, timezone) and now.utcoffset() == now.astimezone().utcoffset()


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
