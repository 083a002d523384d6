"""Fixtures for the tests of accounts."""

from collections.abc import Iterator

import pytest

from tests.accounts.account_parts import AccountParts
from ting.store.database import Database


@pytest.fixture
def parts(database: Database) -> Iterator[AccountParts]:
    parts = AccountParts(database)
    yield parts
    parts.passwords.close()
