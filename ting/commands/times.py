"""Parses durations and times as users type them: "1h30m", "in 20 minutes", "tomorrow at 9", «αύριο στις 9».

Durations are parsed here. Calendar dates and times of day are parsed by dateparser, in English and Greek.
"""

import importlib
import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any

from ting.commands.lexer import ArgumentError
from ting.core.normalization import normalized

UNITS: dict[str, float] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "δ", "δευτ", "δευτερολεπτο", "δευτερολεπτα"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "λ", "λεπτο", "λεπτα"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "ω", "ωρα", "ωρες"), 3600),
    **dict.fromkeys(("d", "day", "days", "η", "μερα", "μερες", "ημερα", "ημερες"), 86_400),
    **dict.fromkeys(("w", "week", "weeks", "ε", "εβδομαδα", "εβδομαδες"), 7 * 86_400),
}
MAX_DURATION = timedelta(days=3660)
MAX_PHRASE_CHARS = 60
LANGUAGES = ["en", "el"]
_PART = re.compile(r"(\d{1,9}(?:[.,]\d{1,3})?)\s*([^\W\d_]+)[\s,]*(?:and\s+|και\s+)?")
_AFTER = re.compile(r"(?:in|after|σε|μετα απο)\s+(.*)", re.DOTALL)
_CLOCK = re.compile(r"\b(?:at|στις|στη|στην|στο)\s+(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|πμ|μμ|π\.μ\.|μ\.μ\.)?(?=\s|$)")
_HALF_OF_DAY = {"am": "am", "pm": "pm", "πμ": "am", "μμ": "pm", "π.μ.": "am", "μ.μ.": "pm"}
_FILLER = re.compile(r"\b(?:on|the|την|το|τη|τον|στις)\s+")


def duration(text: str) -> timedelta:
    """A duration such as "90s", "1h 30m", "2 days" or «20 λεπτά». Raises `ArgumentError`."""
    written = plain(text.strip())
    seconds, at = 0.0, 0
    while at < len(written):
        part = _PART.match(written, at)
        if part is None or part[2] not in UNITS:
            raise ArgumentError(f'"{_short(text)}" is not a valid duration: write it like 90s, 20m, 1h30m or 2d.')
        seconds += float(part[1].replace(",", ".")) * UNITS[part[2]]
        at = part.end()
    if not 0 < seconds <= MAX_DURATION.total_seconds():
        raise ArgumentError(f'"{_short(text)}" is not a duration of more than zero and at most ten years.')
    return timedelta(seconds=seconds)


def moment(text: str, now: datetime) -> datetime:
    """A point in time, in the time zone of `now`. Ambiguous times are in the future. Raises `ArgumentError`.

    Call it in a thread: the first call loads dateparser and its languages, which takes about 0.3 s.
    """
    written = plain(text.strip())
    if len(written) > MAX_PHRASE_CHARS:
        raise ArgumentError(f'"{_short(text)}" is too long to be a time.')
    after = _AFTER.fullmatch(written)
    try:
        return now + duration(after[1] if after else written)
    except ArgumentError:
        found = None if written.isdigit() else _calendar(written, now)
    if found is None:
        raise ArgumentError(
            f'"{_short(text)}" is not a valid time: write it like 18:30, in 20 minutes or tomorrow at 9.'
        )
    return found


def _calendar(written: str, now: datetime) -> datetime | None:
    clocked = _FILLER.sub("", _CLOCK.sub(_as_clock, written))
    parser = importlib.import_module("dateparser.date")  # imported here, since most servers never need it
    found: Any = parser.DateDataParser(
        languages=LANGUAGES,
        settings={
            "PREFER_DATES_FROM": "future",
            "RELATIVE_BASE": now.replace(tzinfo=None),
            "RETURN_AS_TIMEZONE_AWARE": False,
            "DATE_ORDER": "DMY",
        },
    ).get_date_data(clocked)["date_obj"]
    return found.replace(tzinfo=now.tzinfo) if found else None


def _as_clock(clock: re.Match[str]) -> str:
    half = _HALF_OF_DAY.get(clock[3] or "", "")
    return f"{clock[1]}:{clock[2] or '00'} {half}".strip()


def plain(text: str) -> str:
    """A text in lower case without accents: «λεπτά» and «λεπτα» become the same word."""
    decomposed = normalized("NFD", text.lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
