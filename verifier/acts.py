"""Acts, which a board and officials signed; and the one of sealing, which lies beside the bundle.

Rules:
- An act counts if the board that it names signed it, it is of this station and package, and
  everybody else who signed is an official of this station; at least one did.
- The act of sealing (L28) is drawn up when the bundle is complete, so it cannot be in it. It names
  the manifest, and the seals with which the recording device is packed. If it is not there, that is
  told and no fault of the bundle; if it is there it must be right.

The numbers in brackets are the keys of the records in `docs/records.cddl`.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from verifier.encoding import Wrong, cbor, certificate_of, record_of_people, sha256
from verifier.evidence import ACCUMULATOR, CHAIR, MANIFEST, TECHNICIAN, Case, NotThere
from verifier.forms import in_form

ROLES = {1: "chair", 2: "secretary", 3: "member", 4: "technician"}
SEALING = 8
BOARD, MANIFEST_HASH, HEAD, LENGTH, SEALS = 7, 13, 15, 16, 17
LEAST_SIGNERS = 2
LONGEST_SEALS = 60
_SEALS = re.compile(r"[A-Z0-9][A-Z0-9-]*( [A-Z0-9][A-Z0-9-]*)*")


def open_act(case: Case, signed: bytes, what: str) -> tuple[dict[int, Any], dict[int, Any]]:
    """Return an act and the officials who signed it, by number. Raises: Wrong."""
    boards = case.boards()
    board = _board_of(signed, boards, what)
    act, certificates = record_of_people(signed, "Act", boards[board][1], what)
    in_form(act, "Act", what)
    if act[1] != case.package[3] or act[2] != case.package_hash or act[3] != board:
        raise Wrong(f"{what} is of another station, package or board")
    present = officials(case, certificates, act[4] // 1000, what)
    if not present:
        raise Wrong(f"{what} is signed by no official")
    return act, present


def _board_of(signed: bytes, boards: dict[str, list[Any]], what: str) -> str:
    """Return the name of the board that an act names; its signature is checked afterwards."""
    match cbor(signed[2:], what):
        case [_, _, bytes(payload), _]:
            board = cbor(payload, what)
        case _:
            raise Wrong(f"{what} is not a record signed by people")
    name = board.get(3) if isinstance(board, dict) else None
    if not isinstance(name, str) or name not in boards:
        raise Wrong(f"{what} names a board that is not of this station")
    return name


def officials(case: Case, certificates: tuple[bytes, ...], at_s: int, what: str) -> dict[int, Any]:
    """Return the officials of the package whose certificates these are, by number."""
    known = {person[3]: person for person in case.package[14]}
    present = {}
    for der in certificates:
        person = known.get(sha256(der))
        if person is None:
            raise Wrong(f"{what}: somebody signed who is no official of this station")
        said = certificate_of(der, case.package[25], at_s, what)
        if said.station != case.package[3] or said.kind != "official":
            raise Wrong(f"{what}: a certificate is not of an official of this station")
        present[person[0]] = person
    return present


def check_sealing(case: Case) -> str:
    """Check the act of sealing, if there is one, and say what it says."""
    if case.sealing is None:
        raise NotThere(
            "no act of sealing lies beside the bundle; nobody signed with which seals it was packed"
        )
    what = "the act of sealing"
    act, present = open_act(case, case.sealing, what)
    facts = act[5]
    if act[0] != SEALING or facts.get(BOARD) != act[3]:
        raise Wrong(f"{what} is an act about something else")
    if act[3] not in case.statements or case.boards()[act[3]][0] != ACCUMULATOR:
        raise Wrong(f"{what} was not drawn up by the accumulator that counted")
    if facts.get(MANIFEST_HASH) != sha256(case.files[MANIFEST]):
        raise Wrong(f"{what} names another bundle: this is not the evidence that was sealed")
    roles = [person[1] for person in present.values() if person[1] != TECHNICIAN]
    if len(roles) < LEAST_SIGNERS or CHAIR not in roles:
        raise Wrong(f"{what} is not signed by the chair and another member of the commission")
    seals = facts.get(SEALS)
    if not _are_seals(seals):
        raise Wrong(f"{what} does not name the seals")
    length = facts.get(LENGTH)
    in_bundle = max(entry[2] for entry in case.minutes[12] if entry[0] == act[3])
    if not _is_hash(facts.get(HEAD)) or type(length) is not int or length < in_bundle:
        raise Wrong(f"{what} does not say how far the journal of {act[3]} had come")
    signers = ", ".join(f"{person[2]} ({ROLES[person[1]]})" for person in present.values())
    at = dt.datetime.fromtimestamp(act[4] // 1000, dt.UTC)
    return f"sealed with {seals} at {at:%Y-%m-%d %H:%M} UTC; signed by {signers}"


def _is_hash(item: object) -> bool:
    return isinstance(item, bytes) and len(item) == len(bytes(32))


def _are_seals(item: object) -> bool:
    return (
        isinstance(item, str)
        and len(item) <= LONGEST_SEALS
        and _SEALS.fullmatch(item) is not None
        and len(set(item.split(" "))) == len(item.split(" "))
    )
