"""The machine: which cores run what, and what the kernel says of a process."""

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cores:
    """Who runs where."""

    server: frozenset[int]
    load: frozenset[int]
    database: frozenset[int]

    @classmethod
    def of_this_machine(cls) -> "Cores":
        """Server and load apart where there are two cores. The database may use both, wherever there is time."""
        usable = sorted(os.sched_getaffinity(0))
        first, second = usable[0], usable[1 % len(usable)]
        return cls(frozenset({first}), frozenset({second}), frozenset({first, second}))


@contextmanager
def running_on(cores: frozenset[int]) -> Iterator[None]:
    """Processes that are started in this block run on these cores, as this thread does meanwhile."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def pin(pid: int, cores: frozenset[int]) -> None:
    """Move a running process, all its threads, to these cores."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)


def children(pid: int) -> list[int]:
    """The pids of a process's children, whichever of its threads started them."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text().split()]


def cpu_s(pid: int) -> float:
    """What a process has used so far, in user and kernel mode. Its resolution is a tick, mostly 10 ms."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def memory_kib(pid: int, field: str = "VmRSS") -> int:
    """What a process holds now (`VmRSS`), or held at its highest (`VmHWM`)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise LookupError(field)


def description(data: Path) -> dict[str, str]:
    """What figures depend on."""
    return {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "file system": _file_system(data),
    }


class Others:
    """What the rest of the machine does while the benchmarks run: figures are worth less, the more it is."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._before = _busy_s() - _own_s()

    def share(self) -> float:
        """Their share of all cores until now. Call it when all children have ended: then their time is known."""
        cores = os.cpu_count() or 1
        return max(0.0, _busy_s() - _own_s() - self._before) / (time.monotonic() - self._start) / cores


def load_average() -> str:
    """Of the last 1, 5 and 15 minutes."""
    return " ".join(f"{load:.2f}" for load in os.getloadavg())


def _busy_s() -> float:
    """What all processes of the machine have used."""
    user, nice, system = Path("/proc/stat").read_text().split()[1:4]
    return (int(user) + int(nice) + int(system)) / TICKS_PER_S


def _own_s() -> float:
    """What this process and those of its children that have ended have used, with their children."""
    return sum(os.times()[:4])


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _file_system(path: Path) -> str:
    """The type of the file system a path is on: on a tmpfs a journaled write costs nothing."""
    mounts = (line.split() for line in Path("/proc/mounts").read_text().splitlines())
    holding = [(mount[1], mount[2]) for mount in mounts if path.resolve().is_relative_to(mount[1])]
    return max(holding, key=lambda mount: len(mount[0]))[1]
