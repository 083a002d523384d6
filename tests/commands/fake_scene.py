"""A context for tests of arguments: a caller, two users, and a fixed time."""

from collections.abc import Sequence
from datetime import UTC, datetime

from ting.core.models import Person

ADA, BOB = Person("ada-id", "ada"), Person("bob-id", "bob")


class FakeScene:
    """The part of a context that converters use."""

    caller = ADA
    conversation = "#ting"
    here: Sequence[Person] = (ADA, BOB)
    now = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)

    async def find_user(self, name: str) -> Person | None:
        return next((person for person in self.here if person.name == name.casefold()), None)
