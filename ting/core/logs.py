"""The log: standard error, one line each, with level and whoever it is about; never a message's text or a token."""

import logging
import re
import sys
from contextvars import ContextVar

# Who is asking, in the context of a request or a websocket: "ada #12".
current_client: ContextVar[str] = ContextVar("asking", default="-")


# MongoDB quotes what it was told to store, and PyMongo appends all of that to its complaints.
_QUOTED = re.compile(r", full error: .*")


class OneLineFormatter(logging.Formatter):
    """A record on one line, stack traces included, so that a line of the journal is always a whole record."""

    def format(self, record: logging.LogRecord) -> str:
        record.asking = current_client.get()
        return _QUOTED.sub(", and more", super().format(record)).replace("\n", " | ")


def configure(level: str) -> None:
    """Send everything to standard error. systemd adds the time; at a terminal it is shown."""
    handler = logging.StreamHandler(sys.stderr)
    when = "%(asctime)s " if sys.stderr.isatty() else ""
    handler.setFormatter(OneLineFormatter(f"{when}%(levelname)s %(name)s [%(asking)s] %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("pymongo").setLevel(logging.WARNING)
