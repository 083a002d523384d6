"""The machine: the cores of each process, and the kernel's figures of a process."""

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
    """The cores of each party."""

    server: frozenset[int]
    load: frozenset[int]
    database: frozenset[int]

    @classmethod
    def of_this_machine(cls) -> "Cores":
        """Server and load generator get a core each if there are two. The database may use both."""
        usable = sorted(os.sched_getaffinity(0))
        first, second = usable[0], usable[1 % len(usable)]
        return cls(frozenset({first}), frozenset({second}), frozenset({first, second}))


@contextmanager
def running_on(cores: frozenset[int]) -> Iterator[None]:
    """Run this thread, and the processes that are started in this block, on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def pin(pid: int, cores: frozenset[int]) -> None:
    """Move all threads of a running process to these cores."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)


def children(pid: int) -> list[int]:
    """The pids of a process's children, from all its threads."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text().split()]


def cpu_s(pid: int) -> float:
    """The CPU time of a process so far, in user and kernel mode. Its resolution is a tick, mostly 10 ms."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def memory_kib(pid: int, field: str = "VmRSS") -> int:
    """The memory of a process: resident now (`VmRSS`), or its peak (`VmHWM`)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise LookupError(field)


def description(data: Path) -> dict[str, str]:
    """The properties of the machine on which figures depend."""
    return {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "file system": _file_system(data),
    }


class OtherPrograms:
    """The CPU time that other programs use while the benchmarks run. The more it is, the less reliable figures are."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._before = _busy_s() - _own_s()

    def share(self) -> float:
        """Their share of all cores until now. Call it after all children have ended: only then their time is known."""
        cores = os.cpu_count() or 1
        return max(0.0, _busy_s() - _own_s() - self._before) / (time.monotonic() - self._start) / cores


def load_average() -> str:
    """The load average of the last 1, 5 and 15 minutes."""
    return " ".join(f"{load:.2f}" for load in os.getloadavg())


def _busy_s() -> float:
    """The CPU time of all processes of the machine."""
    user, nice, system = Path("/proc/stat").read_text().split()[1:4]
    return (int(user) + int(nice) + int(system)) / TICKS_PER_S


def _own_s() -> float:
    """The CPU time of this process and of its ended children, with their children."""
    return sum(os.times()[:4])


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _file_system(path: Path) -> str:
    """The type of the file system of a path. On a tmpfs, a journaled write costs nothing."""
    mounts = (line.split() for line in Path("/proc/mounts").read_text().splitlines())
    holding = [(mount[1], mount[2]) for mount in mounts if path.resolve().is_relative_to(mount[1])]
    return max(holding, key=lambda mount: len(mount[0]))[1]
