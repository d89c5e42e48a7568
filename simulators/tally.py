"""What came of a torture campaign: which points were hit how, how long restarts took, findings.

Rules: a point counts as hit in a way once, however often. Stops of the bigger day are at points of
their own and are counted apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from simulators.campaign import PlannedDay, Points
from simulators.mishaps import Mishap
from simulators.stops import Mode, Stop

WAYS: Final[Mapping[str, frozenset[Mode]]] = {
    "killed": frozenset({Mode.BEFORE, Mode.MIDDLE, Mode.AFTER}),
    "no power": frozenset({Mode.POWER_BEFORE, Mode.POWER, Mode.POWER_AFTER}),
    "all killed": frozenset({Mode.ALL}),
    "blackout": frozenset({Mode.BLACKOUT}),
}
"""What may happen at a point, and the modes in which it does."""


@dataclass(slots=True)
class Tally:
    """What came of the campaign so far."""

    happened: set[str] = field(default_factory=set)
    in_big: set[str] = field(default_factory=set)
    mishaps: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    noticed: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    missed: int = 0
    days: int = 0
    findings: list[str] = field(default_factory=list)
    restarts: int = 0
    ready_s: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})

    @property
    def stops(self) -> int:
        """How many stops happened."""
        return len(self.happened) + len(self.in_big)

    def add(
        self, plan: PlannedDay, summary: Mapping[str, Any], *, executed: bool, well: bool
    ) -> None:
        """Add a day by its summary, which is empty when it went wrong."""
        self.days += 1
        stops: Sequence[str] = summary.get("stops", ())
        (self.in_big if plan.big else self.happened).update(stops)
        for case in summary.get("mishaps", ()):
            mishap = Mishap.parse(case["mishap"])
            board = mishap.board.rpartition("-")[0]
            self.mishaps[board, mishap.kind.value, mishap.ill.value] += 1
            self.noticed[board, mishap.kind.value, mishap.ill.value] += case["noticed"]
        if well:
            self.missed += len(plan.stops) - len(stops)
        for start in summary.get("starts", ()):
            if start["again"] and start["ready_s"] is not None:
                self.restarts += 1
                self.ready_s[executed].append(start["ready_s"])

    @property
    def befell(self) -> int:
        """How many mishaps befell."""
        return self.mishaps.total()

    def hits(self) -> Counter[tuple[str, str, str]]:
        """Return how many points of the recorded day were hit, by daemon, kind and way."""
        hit = {
            (replace(stop, mode=Mode.BEFORE), way)
            for stop in map(Stop.parse, self.happened)
            for way, modes in WAYS.items()
            if stop.mode in modes
        }
        return Counter((stop.daemon, stop.kind.value, way) for stop, way in hit)

    def table(self, points: Points) -> str:
        """Return the table at the end."""
        totals: Counter[tuple[str, str]] = Counter()
        for unit, counts in points.items():
            for (_, counted), number in counts.items():
                totals[unit.rpartition("-")[2], counted.value] += number
        hits = self.hits()
        titles = "".join(f"{way:>12}" for way in WAYS)
        lines = [f"  {'daemon':<14}{'kind':<12}{'points':>8}{titles}"]
        for (daemon, kind), number in sorted(totals.items()):
            cells = "".join(f"{hits[daemon, kind, way]:>12}" for way in WAYS)
            lines.append(f"  {daemon:<14}{kind:<12}{number:>8}{cells}")
        sums: Counter[str] = Counter()
        for (_, _, way), number in hits.items():
            sums[way] += number
        lines.append(f"  {'':<26}{totals.total():>8}" + "".join(f"{sums[way]:>12}" for way in WAYS))
        if self.mishaps:
            lines.append(f"  {'board':<14}{'medium':<12}{'mishap':<14}{'befell':>8}{'told':>8}")
        lines += [
            f"  {board:<14}{medium:<12}{ill:<14}{number:>8}{self.noticed[board, medium, ill]:>8}"
            for (board, medium, ill), number in sorted(self.mishaps.items())
        ]
        lines.append(
            f"  {self.days} days, {self.stops} stops, {len(self.in_big)} of them on the bigger "
            f"day, {self.restarts} restarts, {len(self.findings)} findings; "
            f"{self.missed} stops lay beyond the end of their part of the day"
        )
        for executed, name in ((True, "executed"), (False, "forked")):
            times = sorted(self.ready_s[executed])
            if times:
                median, late = times[len(times) // 2], times[len(times) * 95 // 100]
                lines.append(
                    f"  restart to readiness, {name}: {len(times)}, median {median:.2f} s, "
                    f"95 % below {late:.2f} s, longest {times[-1]:.2f} s"
                )
        return "\n".join(lines) + "\n"

    def told(self, points: Points) -> dict[str, object]:
        """Return the content of `torture.json`, but for the seed."""
        return {
            "days": self.days,
            "points": {
                unit: {f"{part.value}/{kind.value}": number for (part, kind), number in of.items()}
                for unit, of in points.items()
            },
            "hits": {"/".join(where): number for where, number in sorted(self.hits().items())},
            "stops": sorted(self.happened),
            "stops_of_the_bigger_day": sorted(self.in_big),
            "mishaps": {"/".join(one): number for one, number in sorted(self.mishaps.items())},
            "told_of": {"/".join(one): number for one, number in sorted(self.noticed.items())},
            "missed": self.missed,
            "restarts": self.restarts,
            "ready_s": {"executed": self.ready_s[True], "forked": self.ready_s[False]},
            "findings": self.findings,
        }
