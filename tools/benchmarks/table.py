"""How the rows are shown: a table for people, and JSON.

Rules: every number in the table has three figures and its unit; what was measured with what stands
above it, what each line means below. JSON holds seconds and bytes, unrounded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from tools.benchmarks.ratios import Row, Unit

_HEAD = ("", "floor", "real", "ratio", "middle half", "pairs")
_STEPS: Mapping[Unit, tuple[tuple[float, str], ...]] = {
    Unit.SECONDS: ((1.0, "s"), (1e-3, "ms"), (0.0, "µs")),
    Unit.BYTES: ((2.0**20, "MiB"), (2.0**10, "KiB"), (0.0, "B")),
}
_SMALLEST: Mapping[Unit, float] = {Unit.SECONDS: 1e-6, Unit.BYTES: 1.0}


def amount(value: float, unit: Unit) -> str:
    """Return a number of seconds or bytes in three figures, in the unit that suits it."""
    scale, name = next(step for step in _STEPS[unit] if value >= step[0])
    return f"{figures(value / (scale or _SMALLEST[unit]))} {name}"


def figures(value: float) -> str:
    """Return a number in three figures, whole from 100."""
    places = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:.{places}f}"


def text_table(rows: Sequence[Row], machine: Mapping[str, str]) -> str:
    """Return the table, with what it was measured on above and the notes below."""
    lines = [
        (
            row.quantity.name,
            amount(row.floor.median, row.quantity.unit),
            amount(row.real.median, row.quantity.unit),
            figures(row.ratio.median),
            f"{figures(row.ratio.low)}–{figures(row.ratio.high)}",
            str(len(row.real_samples)),
        )
        for row in rows
    ]
    widths = [max(len(line[at]) for line in (_HEAD, *lines)) for at in range(len(_HEAD))]
    shown = [", ".join(f"{name} {value}" for name, value in machine.items()), ""]
    for line in (_HEAD, *lines):
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        shown.append("  ".join(cells).rstrip())
    notes = [f"{row.quantity.name}: {row.note}" for row in rows if row.note]
    return "\n".join([*shown, *([""] if notes else []), *notes]) + "\n"


def as_json(rows: Sequence[Row], machine: Mapping[str, str], *, quick: bool) -> str:
    """Return everything but the single measurements, for programs."""
    said = {
        "machine": dict(machine),
        "quick": quick,
        "rows": [
            {
                "name": row.quantity.name,
                "unit": row.quantity.unit.value,
                "pairs": len(row.real_samples),
                "floor": asdict(row.floor),
                "real": asdict(row.real),
                "ratio": asdict(row.ratio),
                "note": row.note,
            }
            for row in rows
        ],
    }
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"
