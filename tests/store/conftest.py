"""Fixtures for the tests of the embedded database."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def directory() -> Iterator[Path]:
    """A directory that does not exist yet, with a path short enough for a socket."""
    parent = Path(tempfile.mkdtemp(prefix="ting-"))
    yield parent / "db"
    shutil.rmtree(parent, ignore_errors=True)
