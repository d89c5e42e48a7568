"""Acts of absence: that a member does not sign these minutes, and why.

Rules (docs/decisions/0020):
- Only where all members sign, only once the chair and more than half of all members have signed,
  and never about the chair.
- An act names the very minutes, by the hash of what is signed, so it is of no use for others.
- A signature wins: the act about somebody who signed after all stays where it is, unused.

How the act comes about is `absence_act`; here is what it says and when it counts. It never reads or
writes a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from accumulator.station import Station
from common.records import AbsenceReason, Act, ActFact, ActKind, Role

FOLDER: Final = "absence"
SIGNERS: Final = 2
"""Who sign such an act at least: the chair, and one more, neither of them the absent member."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Which official does not sign the minutes, and why."""

    official: int
    reason: AbsenceReason


def path_of(official: int) -> str:
    """Return the path of the act about this official, beside the minutes and in the bundle."""
    return f"{FOLDER}/{official}.cose"


def act_of(station: Station, minutes: bytes, absence: Absence, time_ms: int) -> Act:
    """Return the act; `minutes` is what the officials sign, without signatures."""
    return Act(
        kind=ActKind.ABSENCE,
        station=station.package.station,
        package=station.package_hash,
        board=station.board,
        time_ms=time_ms,
        facts={
            ActFact.OFFICIAL: absence.official,
            ActFact.ABSENCE: int(absence.reason),
            ActFact.MINUTES: hashlib.sha256(minutes).digest(),
        },
    )


def absence_in(act: Act, minutes: bytes) -> Absence | None:
    """Return what an act says, or None: it is another kind of act, or about other minutes."""
    facts = act.facts
    official, why = facts.get(ActFact.OFFICIAL), facts.get(ActFact.ABSENCE)
    if act.kind is not ActKind.ABSENCE or not isinstance(official, int):
        return None
    if facts.get(ActFact.MINUTES) != hashlib.sha256(minutes).digest():
        return None
    reason = next((one for one in AbsenceReason if one == why), None)
    return None if reason is None else Absence(official, reason)


def in_use(
    absences: Iterable[Absence], signed: frozenset[int], station: Station
) -> tuple[Absence, ...]:
    """Return those about officials who must sign the minutes and have not."""
    missing = _missing(signed, station)
    return tuple(one for one in absences if one.official in missing)


def enough_signed(signed: frozenset[int], station: Station) -> bool:
    """Say whether the chair has signed, and more than half of all members."""
    commission = station.commission
    chairs = {person.number for person in commission if person.role is Role.CHAIR}
    return bool(signed & chairs) and 2 * len(signed) > len(commission)


def may_be_absent(
    absences: Iterable[Absence], signed: frozenset[int], station: Station
) -> tuple[int, ...]:
    """Return the numbers of those about whom an act may be drawn up now, in the package's order."""
    if not (station.package.parameters.all_sign_minutes and enough_signed(signed, station)):
        return ()
    excused = {one.official for one in absences}
    return tuple(number for number in _missing(signed, station) if number not in excused)


def accounted_for(absences: Iterable[Absence], signed: frozenset[int], station: Station) -> bool:
    """Say whether all have signed the minutes who must, but for those with an act."""
    missing = set(_missing(signed, station))
    excused = {one.official for one in absences}
    return not missing or (missing <= excused and enough_signed(signed, station))


def _missing(signed: frozenset[int], station: Station) -> tuple[int, ...]:
    signers = (person.number for person in station.minutes_signers)
    return tuple(number for number in signers if number not in signed)
