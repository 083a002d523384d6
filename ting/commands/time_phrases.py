"""Reads phrases like "tomorrow at 9" or «την Παρασκευή στις 6 μ.μ.»: a day, a time of day, or both.

A phrase ends before the first word that is no word of time, so that a text can follow it: "tomorrow 5 km run" is
"tomorrow" and a text.
"""

import calendar
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from ting.commands import time_words as vocabulary

MAX_YEARS = 8  # from one 29 February to the next, at most
MONTHS_PER_YEAR = 12


class Day(Protocol):
    """The day that a phrase names."""

    def dates(self, today: date) -> Iterator[date]:
        """The dates that it can mean, in order: the first one that is not over is meant."""


@dataclass(frozen=True)
class DayAfter:
    """A number of days after today. Without a time of day, the present one is meant; "tonight" has its own hour."""

    days: int
    tonight_hour: int | None = None

    def dates(self, today: date) -> Iterator[date]:
        yield today + timedelta(days=self.days)


@dataclass(frozen=True)
class MonthsAfter:
    """A number of months after today; the last day of that month if it is shorter."""

    months: int

    def dates(self, today: date) -> Iterator[date]:
        years, month = divmod(today.month - 1 + self.months, MONTHS_PER_YEAR)
        if today.year + years <= date.max.year:
            last = calendar.monthrange(today.year + years, month + 1)[1]
            yield date(today.year + years, month + 1, min(today.day, last))


@dataclass(frozen=True)
class Weekday:
    """The next such day of the week: today counts, unless the phrase has "next"."""

    weekday: int
    after_today: bool = False

    def dates(self, today: date) -> Iterator[date]:
        first = (self.weekday - today.weekday()) % 7
        for days in (first, first + 7):
            if days or not self.after_today:
                yield today + timedelta(days=days)


@dataclass(frozen=True)
class DayOfYear:
    """A date, with or without a year. Without a month, the next such day of a month."""

    day: int
    month: int | None = None
    year: int | None = None

    def dates(self, today: date) -> Iterator[date]:
        years = [self.year] if self.year else range(today.year, today.year + MAX_YEARS + 1)
        for year in years:
            for month in [self.month] if self.month else range(1, MONTHS_PER_YEAR + 1):
                if self.day <= calendar.monthrange(year, month)[1]:
                    yield date(year, month, self.day)

    @property
    def exists(self) -> bool:
        longest = calendar.monthrange(self.year or 2024, self.month or 1)[1]  # 2024 is a leap year
        return 1 <= self.day <= longest


@dataclass(frozen=True)
class Phrase:
    """A day and a time of day, in minutes from the beginning of the day; None if the phrase does not have it."""

    day: Day | None
    minutes: int | None
    word_count: int


def read_phrase(words: Sequence[str]) -> Phrase | None:
    """The phrase that these words begin with, in lower case and without accents; None if there is none."""
    return _Reader(words).read()


class _Reader:
    def __init__(self, words: Sequence[str]) -> None:
        self._words = [word.rstrip(",") for word in words]
        self._at = 0

    def read(self) -> Phrase | None:
        day: Day | None = None
        minutes: int | None = None
        while True:
            start = self._at
            if day is None and (found := self._day()) is not None:
                day = found
                continue
            self._at = start
            if minutes is None and (clock := self._clock()) is not None:
                minutes = clock
                continue
            self._at = start
            break
        return Phrase(day, minutes, self._at) if self._at else None

    def _day(self) -> Day | None:
        if (named := self._one_of(vocabulary.DAYS)) is not None:
            return DayAfter(vocabulary.DAYS[named], vocabulary.TONIGHT_HOUR if named in vocabulary.TONIGHT else None)
        if (after := self._months_after()) is not None:
            return after
        article = self._one_of(vocabulary.ARTICLES)
        is_next = self._word(vocabulary.NEXT) is not None
        if is_next and (unit := self._one_of([*vocabulary.MONTH_UNITS, *vocabulary.WEEK])):
            return DayAfter(7) if unit in vocabulary.WEEK else MonthsAfter(vocabulary.MONTH_UNITS[unit])
        if not is_next:
            self._word(vocabulary.THIS)
        if (weekday := self._word(vocabulary.WEEKDAYS)) is not None:
            date_after = self._date(None) if not is_next else None
            return date_after or Weekday(vocabulary.WEEKDAYS[weekday], is_next)
        return None if is_next else self._date(article)

    def _months_after(self) -> Day | None:
        """Read "in 2 months" or «σε ένα χρόνο»."""
        start = self._at
        if self._one_of(vocabulary.AFTER) and self._at + 1 < len(self._words):
            written = self._words[self._at]
            count = int(written) if vocabulary.HOUR.fullmatch(written) else vocabulary.NUMBERS.get(written, 0)
            self._at += 1
            unit = self._word(vocabulary.MONTH_UNITS)
            if unit and count >= 1 and count == int(count):
                return MonthsAfter(int(count) * vocabulary.MONTH_UNITS[unit])
        self._at = start
        return None

    def _date(self, article: str | None) -> Day | None:
        start = self._at
        found = self._numeric_date(article) or self._month_first() or self._day_first(article)
        if found is None or not found.exists:
            self._at = start
            return None
        return found

    def _numeric_date(self, article: str | None) -> DayOfYear | None:
        word = self._peek()
        if iso := vocabulary.ISO_DATE.fullmatch(word):
            return self._taken(_date_of(iso[3], iso[2], iso[1]))
        written = vocabulary.NUMERIC_DATE.fullmatch(word)
        if written is None or (article in vocabulary.AT and written[2] == "." and int(written[1]) < 24):
            return None  # «στις 9.10» is a time of day
        return self._taken(_date_of(written[1], written[3], written[4]))

    def _month_first(self) -> DayOfYear | None:
        month = self._word(vocabulary.MONTHS)
        day = vocabulary.DAY_OF_MONTH.fullmatch(self._peek()) if month else None
        if month is None or day is None:
            return None
        self._at += 1
        return DayOfYear(int(day[1]), vocabulary.MONTHS[month], self._year())

    def _day_first(self, article: str | None) -> DayOfYear | None:
        day = vocabulary.DAY_OF_MONTH.fullmatch(self._peek())
        if day is None:
            return None
        self._at += 1
        self._word({"of"})
        month = self._word(vocabulary.MONTHS)
        if month is not None:
            return DayOfYear(int(day[1]), vocabulary.MONTHS[month], self._year())
        return DayOfYear(int(day[1])) if day[2] and article in vocabulary.ORDINAL_ARTICLES else None

    def _year(self) -> int | None:
        if not vocabulary.YEAR.fullmatch(self._peek()):
            return None
        self._at += 1
        return int(self._words[self._at - 1])

    def _clock(self) -> int | None:
        prefix = self._one_of(vocabulary.AT)
        if (near := self._one_of(vocabulary.PAST_OR_TO)) is not None:
            hour = self._hour()
            return None if hour is None else hour * 60 + vocabulary.PAST_OR_TO[near]
        written = vocabulary.CLOCK.fullmatch(self._peek())
        if written is None:
            if prefix is None:
                self._one_of(vocabulary.IN_THE)
            part = self._word(vocabulary.PARTS_OF_DAY)
            return None if part is None else vocabulary.PARTS_OF_DAY[part] * 60
        self._at += 1
        hour, minute = int(written[1]), int(written[3] or 0)
        more = self._one_of(vocabulary.MINUTES_MORE) if prefix and not written[3] else None
        half = self._half_of_day(written[4])
        is_clock = prefix or half or written[2] or self._word(vocabulary.OCLOCK)
        value = _hour_of(hour, half)
        if not is_clock or value is None or minute > 59 or (value == 24 and minute):
            return None
        return value * 60 + minute + (vocabulary.MINUTES_MORE[more] if more else 0)

    def _hour(self) -> int | None:
        written = self._peek()
        if not vocabulary.HOUR.fullmatch(written) or not 1 <= int(written) <= 23:
            return None
        self._at += 1
        return _hour_of(int(written), self._half_of_day(None))

    def _half_of_day(self, written: str | None) -> str | None:
        """Read "pm" or "in the evening": "am", "pm", "night" (am after midnight, or pm), or None."""
        start = self._at
        half = written or self._word(vocabulary.AM | vocabulary.PM)
        if half is not None:
            return "am" if half in vocabulary.AM else "pm"
        if self._one_of(vocabulary.IN_THE):
            part = self._word(vocabulary.PARTS_OF_DAY)
            if part is not None and part not in ("midnight", "μεσανυχτα"):
                is_night = vocabulary.PARTS_OF_DAY[part] > 18
                return "am" if part in vocabulary.MORNINGS else "night" if is_night else "pm"
        self._at = start
        return None

    def _peek(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def _word(self, words: Collection[str]) -> str | None:
        """Read one of these words."""
        word = self._peek()
        if not word or word not in words:
            return None
        self._at += 1
        return word

    def _one_of(self, phrases: Collection[str] | Mapping[str, object]) -> str | None:
        """Read the longest of these phrases, which can have several words."""
        for phrase in sorted(phrases, key=len, reverse=True):
            parts = phrase.split()
            if self._words[self._at : self._at + len(parts)] == parts:
                self._at += len(parts)
                return phrase
        return None

    def _taken(self, found: DayOfYear | None) -> DayOfYear | None:
        self._at += found is not None
        return found


def _date_of(day: str, month: str, year: str | None) -> DayOfYear | None:
    full = None if year is None else int(year) + (2000 if len(year) == 2 else 0)
    if not 1 <= int(month) <= MONTHS_PER_YEAR or full == 0:
        return None
    return DayOfYear(int(day), int(month), full)


def _hour_of(hour: int, half: str | None) -> int | None:
    """The hour of the day, from 0 to 24; None if there is no such hour."""
    if half is None:
        return hour if hour <= 24 else None
    if not 1 <= hour <= 12:
        return hour if half != "am" and 12 < hour <= 24 else None
    is_am = half == "am" or (half == "night" and (hour < 6 or hour == 12))
    if half == "night" and hour == 12:
        return 24
    return hour % 12 + (0 if is_am else 12)
