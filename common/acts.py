"""Acts that officials signed, judged as strictly as the verifier will judge them.

Rules:
- An act is signed by the board that it names, and by officials of the station whose certificates
  the card authority issued and were valid then.
- Acts about a board that died (written off, replaced) bear two members' signatures at least, name a
  board of the package, and are drawn up where that may be done: a desk or an accumulator is
  replaced on the spare itself, everything else is an accumulator's to say.
- No board takes in an act that would void the evidence.

What such an act is for is said in `common.deadboards`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import Final

from common import chain
from common.chain import ChainError
from common.cose import CoseError, SignatureWrong, SignedBody
from common.errors import Reason, Refused, Thing
from common.records import (
    Act,
    ActFact,
    ActKind,
    Board,
    BoardKind,
    RecordError,
    Role,
    StationPackage,
)

FOLDER: Final = "acts"
MAX_SIZE: Final = 64 << 10
LEAST_SIGNERS: Final = 2
"""Members of the commission who sign an act about a board that died."""
_NAME: Final = re.compile(r"[0-9]{3}-[a-z-]{1,40}\.cose")
_LAST_S: Final = 253_402_300_799  # the year 9999, after which no date can be named
_ABOUT_DEAD_BOARDS: Final = (ActKind.REPLACEMENT, ActKind.WRITE_OFF)


def is_name(name: str) -> bool:
    """Say whether an act's file may be called so, such as `001-opening.cose`."""
    return _NAME.fullmatch(name) is not None


def open_act(
    untrusted: bytes, board: Board, package: StationPackage, package_hash: bytes
) -> tuple[Act, SignedBody]:
    """Return an act that this board and officials of the station signed, and its signatures.

    Raises:
        Refused: it is not such an act, or of another station.
    """
    try:
        body = SignedBody.from_bytes(untrusted, Act.external(), board.sign_key)
        act = Act.from_bytes(body.payload)
    except SignatureWrong as error:
        raise Refused(Reason.RECORD_SIGNATURE_WRONG, thing=Thing.ACT) from error
    except (CoseError, RecordError) as error:
        raise Refused(Reason.RECORD_DAMAGED, thing=Thing.ACT) from error
    if act.package != package_hash or act.board != board.name:
        raise Refused(Reason.RECORD_OTHER_PACKAGE, thing=Thing.ACT)
    if act.station != package.station:
        raise Refused(Reason.RECORD_OTHER_KIND, thing=Thing.ACT)
    signers = {hashlib.sha256(person.certificate).digest() for person in body.people}
    people = [person for person in package.officials if person.certificate in signers]
    if not signers or len(people) != len(signers):
        raise Refused(Reason.RECORD_WRONG_SIGNER, thing=Thing.ACT)
    signed_at = dt.datetime.fromtimestamp(min(act.time_ms // 1000, _LAST_S), dt.UTC)
    try:
        for person in body.people:
            chain.check_card_certificate(person.certificate, package.card_authority, signed_at)
    except ChainError as error:
        raise Refused(Reason.CARD_CERTIFICATE_EXPIRED) from error
    if act.kind in _ABOUT_DEAD_BOARDS:
        if sum(person.role is not Role.TECHNICIAN for person in people) < LEAST_SIGNERS:
            raise Refused(Reason.RECORD_WRONG_SIGNER, thing=Thing.ACT)
        if not _is_about_a_dead_board(act, package):
            raise Refused(Reason.RECORD_OTHER_KIND, thing=Thing.ACT)
    return act, body


def _is_about_a_dead_board(act: Act, package: StationPackage) -> bool:
    dead, spare = (_board(act, fact, package) for fact in (ActFact.BOARD, ActFact.SPARE))
    drawn_up_by = package.board(act.board)
    if dead is None or drawn_up_by is None:
        return False
    at_accumulator = drawn_up_by.kind is BoardKind.ACCUMULATOR
    match act.facts.get(ActFact.JOURNAL_HEAD), act.facts.get(ActFact.JOURNAL_LENGTH):
        case (None, None):
            pass
        case (bytes(head), int()) if len(head) == len(bytes(32)):
            pass
        case _:
            return False
    if act.kind is ActKind.WRITE_OFF:
        holds_urn = dead.kind in (BoardKind.ACCUMULATOR, BoardKind.PORTABLE)
        decided = isinstance(act.facts.get(ActFact.DECISION), str)
        return at_accumulator and ActFact.SPARE not in act.facts and (decided or not holds_urn)
    if spare is None or not may_replace(spare, dead):
        return False
    if dead.kind is BoardKind.ACCUMULATOR and not isinstance(
        act.facts.get(ActFact.SEALED_VOTES), int
    ):
        return False
    return at_accumulator if dead.kind is BoardKind.TERMINAL else drawn_up_by == spare


def may_replace(spare: Board, dead: Board) -> bool:
    """Say whether one board is an enrolled spare for the other."""
    return (
        spare.spare
        and spare.kind is dead.kind
        and dead.kind is not BoardKind.PORTABLE
        and spare.name != dead.name
    )


def _board(act: Act, fact: ActFact, package: StationPackage) -> Board | None:
    name = act.facts.get(fact)
    return package.board(name) if isinstance(name, str) else None
