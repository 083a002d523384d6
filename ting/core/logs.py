"""The log: one line per record on standard error, with level and client. It never contains message texts or tokens.

What strangers cause is bounded: a line has a limited length, and of lines of one kind only some are written in a
minute; the rest are counted. What a library says about a request is logged without what the request contained.
"""

import logging
import math
import re
import sys
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TextIO

# The client of the current request or websocket, like "ada #12".
current_client: ContextVar[str] = ContextVar("current_client", default="-")

WINDOW_S = 60.0
MAX_KINDS = 1_000  # of lines counted at a time; further ones count as one kind
MAX_ERROR_LINE_CHARS = 300  # the text of an exception can quote what a client sent
HTTP_LIBRARY = "tornado"

# The end of PyMongo's error messages. It quotes the document that MongoDB refused, with all its texts.
_FULL_ERROR = re.compile(r", full error: .*")
_PLACEHOLDER = re.compile(r"%[-+ #0-9.]*[a-zA-Z]")


@dataclass(frozen=True)
class LogLimits:
    """How much is logged: characters of a line, lines of one kind in a minute, refusals of all clients in a minute."""

    line_chars: int = 8_000
    repetitions: int = 60
    refusals: int = 1_000


class OneLineFormatter(logging.Formatter):
    """Writes each record, with its traceback, as one line, so that a line of systemd's journal is a whole record."""

    def __init__(self, format: str, max_chars: int = LogLimits.line_chars) -> None:
        super().__init__(format)
        self._max_chars = max_chars

    def format(self, record: logging.LogRecord) -> str:
        record.client = current_client.get()
        line = _FULL_ERROR.sub(", and more", super().format(record)).replace("\n", " | ")
        return shortened(printable(line), self._max_chars)

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name in `logging`
        lines = super().formatException(ei).split("\n")  # type: ignore[arg-type]
        return "\n".join(shortened(line, MAX_ERROR_LINE_CHARS) for line in lines)


def printable(text: str) -> str:
    """The text with control characters, line separators and invisible characters escaped."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def shortened(text: str, max_chars: int) -> str:
    """The text, without its middle if it is too long: a traceback says at its end what happened."""
    if len(text) <= max_chars:
        return text
    note = f" … {len(text) - max_chars} more characters … "
    end = max(0, max_chars - len(note)) // 4
    return text[: max(0, max_chars - len(note) - end)] + note + text[len(text) - end :]


def without_request(record: logging.LogRecord) -> bool:
    """A filter. Removes from records of the HTTP library what they quote of a request.

    Numbers, the kinds of exceptions and the address of the connection stay.
    """
    if record.name.partition(".")[0] == HTTP_LIBRARY:
        template = str(record.msg)
        if record.args:
            values = iter(record.args if isinstance(record.args, tuple) else [record.args])
            record.msg = _PLACEHOLDER.sub(lambda _: _harmless(next(values, "")), template)
        else:
            record.msg = template.partition(":")[0]
        record.args = ()
    return True


def _harmless(value: object) -> str:
    """The part of a value that the client did not choose."""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, BaseException):
        return type(value).__name__
    return str(getattr(value, "remote_ip", "…"))  # the context of a connection, by the address of its socket


class BoundedHandler(logging.StreamHandler[TextIO]):
    """Writes records to a stream, and of records of one kind only some in a minute. The others are counted.

    Records are of one kind if they have the same template. With the attribute `per`, like the address of a client,
    those with another value are of another kind. Records at the level debug are not counted: that level is for
    looking closely.
    """

    def __init__(self, stream: TextIO, limits: LogLimits, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream)
        self._limits = limits
        self._clock = clock
        self._kinds: dict[tuple[object, ...], _Kind] = {}
        self._next_end = math.inf
        self._timer: threading.Timer | None = None

    def emit(self, record: logging.LogRecord) -> None:
        self._end_windows(self._clock())
        if record.levelno <= logging.DEBUG or self._is_written(record):
            super().emit(record)

    def report(self) -> None:
        """Write how many records were left out in the minutes that are over."""
        self.acquire()
        try:
            self._timer = None
            self._end_windows(self._clock())
            self._start_timer()
        finally:
            self.release()

    def close(self) -> None:
        self.acquire()
        try:
            if self._timer is not None:
                self._timer.cancel()
            self._end_windows(math.inf)
        finally:
            self.release()
        super().close()

    def _is_written(self, record: logging.LogRecord) -> bool:
        """Count a record, and return whether it is within the limit of its kind."""
        template, per = (record.name, record.levelno, str(record.msg)), getattr(record, "per", None)
        if per is None:
            return self._count(template, record, self._limits.repetitions)
        return self._count((*template, per), record, self._limits.repetitions) and self._count(
            template, record, self._limits.refusals
        )

    def _count(self, key: tuple[object, ...], record: logging.LogRecord, limit: int) -> bool:
        if key not in self._kinds and len(self._kinds) >= MAX_KINDS:
            key = ("other",)
        kind = self._kinds.get(key)
        if kind is None:
            ends = self._clock() + WINDOW_S
            self._next_end = min(self._next_end, ends)
            kind = self._kinds[key] = _Kind(ends, record.name, record.levelno, str(record.msg))
        kind.count += 1
        if kind.count > limit:
            kind.left_out += 1
            self._start_timer()
        return kind.count <= limit

    def _end_windows(self, now: float) -> None:
        if now < self._next_end:
            return
        for key in [key for key, kind in self._kinds.items() if kind.ends <= now]:
            kind = self._kinds.pop(key)
            if kind.left_out:
                super().emit(kind.summary())
        self._next_end = min((kind.ends for kind in self._kinds.values()), default=math.inf)

    def _start_timer(self) -> None:
        """Report in a minute, also if nothing else is logged until then."""
        if self._timer is None and any(kind.left_out for kind in self._kinds.values()):
            self._timer = threading.Timer(WINDOW_S, self.report)
            self._timer.daemon = True
            self._timer.start()


@dataclass
class _Kind:
    """Records of one kind within a minute."""

    ends: float
    name: str
    level: int
    template: str
    count: int = 0
    left_out: int = 0

    def summary(self) -> logging.LogRecord:
        text = f'{self.left_out} more like "{shortened(self.template, 200)}" within a minute'
        return logging.LogRecord(self.name, self.level, "", 0, text, (), None)


def handler(stream: TextIO, limits: LogLimits, clock: Callable[[], float] = time.monotonic) -> logging.Handler:
    """A handler that writes bounded lines to a stream. A terminal gets timestamps; systemd adds its own."""
    bounded = BoundedHandler(stream, limits, clock)
    when = "%(asctime)s " if stream.isatty() else ""
    bounded.setFormatter(OneLineFormatter(f"{when}%(levelname)s %(name)s [%(client)s] %(message)s", limits.line_chars))
    bounded.addFilter(without_request)
    return bounded


def configure(level: str, limits: LogLimits | None = None) -> None:
    """Log to standard error."""
    logging.basicConfig(level=level.upper(), handlers=[handler(sys.stderr, limits or LogLimits())], force=True)
    logging.getLogger("pymongo").setLevel(logging.WARNING)
