"""What the measurements share: a server on a scratch directory, and a thousand people who have entered there."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.children import Ting
from benchmarks.machine import Cores
from benchmarks.people import Person, enter

PEOPLE = 1_000


@dataclass(frozen=True)
class Options:
    """What the command line asks for."""

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
        """A server that has just been started; people and messages of earlier ones are still there."""
        try:
            self.ting.start()
            yield self.ting
        finally:
            self.ting.stop()

    @cached_property
    def people(self) -> list[Person]:
        """A thousand people. Needs a server."""
        return enter(self.ting.port, [f"person{number:04}" for number in range(PEOPLE)])
