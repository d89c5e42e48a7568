"""Members who did not sign the minutes, and the acts that say why.

Rules:
- Where all members sign, one who does not has an act in the bundle, `absence/<number>.cose`, and
  nobody else has one. The chair signs, and so do more than half of all members.
- The act is drawn up by the accumulator that counted, names these very minutes, the member and one
  of three reasons, and is signed by the chair and one more, neither of whom is that member.
- The minutes cannot list these files, because they are complete before anybody signs; the manifest
  does.

The numbers in brackets are the keys of the records in `docs/records.cddl`.
"""

from __future__ import annotations

from typing import Any

from verifier import acts
from verifier.encoding import Wrong, hash_of
from verifier.evidence import ABSENCE, ACCUMULATOR, CHAIR, TECHNICIAN, Case

KIND = 11
OFFICIAL, WHY, MINUTES = 18, 19, 20
REASONS = {
    1: "the card cannot be used",
    2: "is not here",
    3: "does not sign, and gave an opinion on paper",
}


def paths(case: Case) -> set[str]:
    """Return the files of the bundle that hold such acts."""
    return {f"{ABSENCE}/{name}.cose" for name in case.names(ABSENCE)}


def check_signers(case: Case, minutes: dict[int, Any], present: dict[int, Any]) -> None:
    """Check that all signed the minutes who must; a member who did not has an act, and a remark.

    `present` are the officials who signed, by number.
    """
    all_sign = bool(case.package[17][2])
    commission = {one[0]: one for one in case.package[14] if one[1] != TECHNICIAN}
    must = {
        number: person for number, person in commission.items() if all_sign or person[1] == CHAIR
    }
    missing = {number: person for number, person in must.items() if number not in present}
    excused = {f"{ABSENCE}/{number}.cose": number for number in missing if all_sign}
    for path in sorted(paths(case) - excused.keys()):
        raise Wrong(f"{path} is about nobody who had to sign the minutes and did not")
    without = [person[2] for number, person in missing.items() if not _has_act(case, number)]
    chairs = [person[2] for person in missing.values() if person[1] == CHAIR]
    if without or chairs:
        raise Wrong(f"the minutes are not signed by {', '.join(without or chairs)}")
    if missing and 2 * len(present.keys() & commission.keys()) <= len(commission):
        raise Wrong("the minutes are signed by no more than half of the commission")
    for number, person in missing.items():
        why, signers = _read_act(case, minutes, number)
        case.remarks.append(
            f"{person[2]} did not sign the minutes: {why}; act signed by {', '.join(signers)}"
        )


def _has_act(case: Case, number: int) -> bool:
    return f"{ABSENCE}/{number}.cose" in case.files


def _read_act(case: Case, minutes: dict[int, Any], number: int) -> tuple[str, list[str]]:
    """Check the act about one member; return the reason in words, and the names of who signed."""
    what = f"{ABSENCE}/{number}.cose"
    act, present = acts.open_act(case, case.files[what], what)
    facts = act[5]
    if act[0] != KIND or facts.get(OFFICIAL) != number:
        raise Wrong(f"{what} is an act about something else")
    if act[3] not in _counted(case, minutes):
        raise Wrong(f"{what} was not drawn up by the accumulator that counted")
    if facts.get(MINUTES) != hash_of(minutes):
        raise Wrong(f"{what} is about other minutes")
    if facts.get(WHY) not in REASONS:
        raise Wrong(f"{what} does not say why the member did not sign")
    others = [
        person
        for other, person in sorted(present.items())
        if other != number and person[1] != TECHNICIAN
    ]
    if len(others) < acts.LEAST_SIGNERS or CHAIR not in [person[1] for person in others]:
        raise Wrong(f"{what} is not signed by the chair and another member of the commission")
    return REASONS[facts[WHY]], [f"{one[2]} ({acts.ROLES[one[1]]})" for one in others]


def _counted(case: Case, minutes: dict[int, Any]) -> set[str]:
    """Return the accumulator that counted: the one that the minutes do not call dead."""
    dead = {*minutes[13], *(entry[0] for entry in minutes[16])}
    journals = {entry[0] for entry in minutes[12]}
    boards = case.boards()
    return {name for name in journals - dead if name in boards and boards[name][0] == ACCUMULATOR}
