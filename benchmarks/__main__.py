"""The command line: `python -m benchmarks`, or `make bench`."""

import argparse
import datetime
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import commands, durable, fan_out, ghosts, history, idle, latency, recovery, scrolling, search
from benchmarks.bench import Bench, Options
from benchmarks.machine import Cores, OtherPrograms, description, load_average
from benchmarks.report import Figure, save, table

PARTS: dict[str, Callable[[Bench], list[Figure]]] = {
    "a": fan_out.measure,
    "b": durable.measure,
    "c": latency.measure,
    "d": idle.measure,
    "e": recovery.measure,
    "f": history.measure,
    "g": ghosts.measure,
    "h": search.measure,
    "i": commands.measure,
    "j": scrolling.measure,
}
RESULTS = Path(__file__).with_name("results")


def main() -> int:
    """Measure, print, save. The exit status is 1 if a target was missed."""
    options, cores = _options(), Cores.of_this_machine()
    with tempfile.TemporaryDirectory(prefix="ting-", ignore_cleanup_errors=True) as scratch:
        about = {"date": _now(), **description(Path(scratch)), "load before": load_average()}
        os.sched_setaffinity(0, cores.load)
        other_programs = OtherPrograms()
        bench = Bench(Path(scratch), cores, options)
        figures = _run_parts(bench)
    about |= {"load after": load_average(), "used by other programs": f"{other_programs.share():.0%} of the cores"}
    path = RESULTS / f"{about['date'].replace(':', '')}.json"
    save(path, about, figures)
    print(f"\n{table(figures)}\n")
    print("\n".join(f"{name}: {value}" for name, value in about.items()))
    print(f"Written to {os.path.relpath(path)}.")
    return int(any(figure.reached is False for figure in figures))


def _run_parts(bench: Bench) -> list[Figure]:
    figures = []
    for part in bench.options.only:
        start = time.perf_counter()
        figures += PARTS[part](bench)
        print(f"{part}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    return figures


def _options() -> Options:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast Ting is.")
    parser.add_argument("--only", type=_parts, default=list(PARTS), metavar="a,b,...", help="only these parts")
    parser.add_argument("--quick", action="store_true", help="shorter, and without the largest amounts")
    parser.add_argument("--seconds", type=float, metavar="N", help="how long one measurement of throughput takes")
    chosen = parser.parse_args()
    return Options(chosen.only, chosen.quick, chosen.seconds or (0.4 if chosen.quick else 1.0))


def _parts(text: str) -> Sequence[str]:
    parts = text.split(",")
    if unknown := [part for part in parts if part not in PARTS]:
        raise argparse.ArgumentTypeError(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return parts


def _now() -> str:
    return datetime.datetime.now().astimezone().isoformat(timespec="seconds")


if __name__ == "__main__":
    sys.exit(main())
