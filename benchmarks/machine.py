"""The machine: which cores run what, and what the kernel says of a process."""

import os
import platform
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


def load_average() -> str:
    """Of the last 1, 5 and 15 minutes."""
    return " ".join(f"{load:.2f}" for load in os.getloadavg())


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
