"""What the measurements share: a server with a temporary data directory, and a thousand registered users."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.children import Ting
from benchmarks.machine import Cores
from benchmarks.people import Person, register

PEOPLE = 1_000


@dataclass(frozen=True)
class Options:
    """The options of the command line."""

    only: Sequence[str]
    quick: bool
    seconds: float


class Bench:
    """One run of the benchmarks."""

    def __init__(self, scratch: Path, cores: Cores, options: Options) -> None:
        self.scratch = scratch
        self.cores = cores
        self.options = options
        data = scratch / "data"
        data.mkdir()
        self.ting = Ting(data, cores)

    @contextmanager
    def serving(self) -> Iterator[Ting]:
        """A newly started server. It keeps the users and messages of earlier ones."""
        try:
            self.ting.start()
            yield self.ting
        finally:
            self.ting.stop()

    @cached_property
    def people(self) -> list[Person]:
        """A thousand registered users. Needs a running server."""
        return register(self.ting.port, [f"person{number:04}" for number in range(PEOPLE)])
