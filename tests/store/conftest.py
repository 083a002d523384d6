"""What tests of the embedded database and its log share."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that is not there yet, under a path short enough for a socket."""
    parent = Path(tempfile.mkdtemp(prefix="ting-"))
    yield parent / "db"
    shutil.rmtree(parent, ignore_errors=True)
