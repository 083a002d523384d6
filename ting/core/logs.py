"""The log: one line per record on standard error, with level and client. It never contains message texts or tokens."""

import logging
import re
import sys
from contextvars import ContextVar

# The client of the current request or websocket, like "ada #12".
current_client: ContextVar[str] = ContextVar("current_client", default="-")


# The end of PyMongo's error messages. It quotes the document that MongoDB refused, with all its texts.
_FULL_ERROR = re.compile(r", full error: .*")


class OneLineFormatter(logging.Formatter):
    """Writes each record, with its traceback, as one line, so that a line of systemd's journal is a whole record."""

    def format(self, record: logging.LogRecord) -> str:
        record.client = current_client.get()
        return _FULL_ERROR.sub(", and more", super().format(record)).replace("\n", " | ")


def configure(level: str) -> None:
    """Log to standard error. A terminal gets timestamps; systemd adds its own."""
    handler = logging.StreamHandler(sys.stderr)
    when = "%(asctime)s " if sys.stderr.isatty() else ""
    handler.setFormatter(OneLineFormatter(f"{when}%(levelname)s %(name)s [%(client)s] %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("pymongo").setLevel(logging.WARNING)
