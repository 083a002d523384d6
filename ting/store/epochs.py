"""Epochs of the database: which history a cursor of a client belongs to.

Each start of a server begins an epoch, with an id that was never used before, and every version of a message is stored
with the number of its epoch. A cursor is the id of an epoch and a seq. Restoring a backup takes the database back to
an earlier state; what is written after that has a later epoch. So a cursor from before the restore is recognised,
however far the history has gone on since:

* its epoch began after the backup was made: the database does not know the id;
* its epoch is known, but its seq is above the head: these changes were lost;
* its epoch is known, but the newest change up to its seq is from a later epoch: the change it knew was replaced.
"""

import logging
import secrets

from ting.core.errors import OtherEpoch
from ting.core.models import Milliseconds
from ting.store.reading import Document
from ting.store.validation import is_valid

MAX_KEPT = 1_000  # ids of earlier epochs; a client with an older one loads its history anew
TIME_DIGITS = 12  # hexadecimal
RANDOM_BYTES = 5
ID_SCHEMA = {"bsonType": "string", "pattern": f"^[0-9a-f]{{{TIME_DIGITS + 2 * RANDOM_BYTES}}}$"}
CHAIN_ID = "epochs"

logger = logging.getLogger(__name__)


class Epochs:
    """The ids of the current epoch and of earlier ones, oldest first. An id begins with the number of its epoch."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._number = 0

    @property
    def current(self) -> str:
        """The id of the epoch that this server began; "" before that."""
        return self._ids[-1] if self._ids else ""

    @property
    def number(self) -> int:
        """The number of the current epoch; 0 before it began. Numbers rise."""
        return self._number

    def begin(self, stored: Document | None, now: Milliseconds) -> str:
        """Begin an epoch after those of the stored chain. Return its id."""
        ids = (stored or {}).get("ids", [])
        known = [id for id in ids if is_valid(ID_SCHEMA, id)] if isinstance(ids, list) else []
        if known != ids:
            logger.error("The document %s of the collection meta is broken: clients load their history anew", CHAIN_ID)
        self._number = max(now, _number(known[-1]) + 1) if known else now
        new = f"{self._number:0{TIME_DIGITS}x}{secrets.token_hex(RANDOM_BYTES)}"
        self._ids = [*known, new][-MAX_KEPT:]
        return new

    @property
    def chain(self) -> Document:
        """The document that stores the ids."""
        return {"_id": CHAIN_ID, "ids": self._ids}

    def number_of(self, epoch: str) -> int:
        """The number of an epoch. Raises `OtherEpoch` if the database does not know its id."""
        if epoch not in self._ids:
            raise OtherEpoch
        return _number(epoch)


def _number(epoch: str) -> int:
    return int(epoch[:TIME_DIGITS], 16)
