"""Figures, and their output as a table and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

COLUMNS = ("", "what", "Ting", "floor", "ratio", "target", "")


@dataclass(frozen=True)
class Floor:
    """A figure of the same machine in the same run without Ting, for comparison."""

    what: str
    value: float


@dataclass(frozen=True)
class Target:
    """What a figure, or its ratio to the floor, must reach."""

    sign: Literal[">=", "<"]
    bound: float
    of: Literal["value", "ratio"] = "value"

    def reached(self, value: float) -> bool:
        return value >= self.bound if self.sign == ">=" else value < self.bound


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    part: str
    what: str
    value: float
    unit: str
    floor: Floor | None = None
    target: Target | None = None
    details: dict[str, float | list[float]] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor.value if self.floor and self.floor.value else None

    @property
    def reached(self) -> bool | None:
        """Whether the target was reached. None without a target, or if there is nothing to compare with."""
        if self.target is None:
            return None
        value = self.value if self.target.of == "value" else self.ratio
        return None if value is None else self.target.reached(value)


def table(figures: Sequence[Figure]) -> str:
    """The figures as text, in columns."""
    rows = [COLUMNS, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def save(path: Path, about: dict[str, str], figures: Sequence[Figure]) -> None:
    """Write all data of a run as JSON."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({**about, "figures": [_entry(figure) for figure in figures]}, indent=2) + "\n")


def _row(figure: Figure) -> tuple[str, ...]:
    floor = f"{figure.floor.what} {short(figure.floor.value)}" if figure.floor else ""
    ratio = f"{figure.ratio:.2f}x" if figure.ratio is not None else ""
    value = f"{short(figure.value)} {figure.unit}"
    return figure.part, figure.what, value, floor, ratio, _target(figure), _verdict(figure)


def _target(figure: Figure) -> str:
    target = figure.target
    if target is None:
        return ""
    return f"{target.sign} {target.bound:g}x" if target.of == "ratio" else f"{target.sign} {short(target.bound)}"


def _verdict(figure: Figure) -> str:
    return {True: "reached", False: "MISSED", None: ""}[figure.reached]


def _entry(figure: Figure) -> dict[str, object]:
    return {
        "part": figure.part,
        "what": figure.what,
        "value": figure.value,
        "unit": figure.unit,
        "floor": {"what": figure.floor.what, "value": figure.floor.value} if figure.floor else None,
        "ratio": figure.ratio,
        "target": _target(figure) or None,
        "reached": figure.reached,
        **figure.details,
    }


def short(value: float) -> str:
    """A number with about three significant digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
