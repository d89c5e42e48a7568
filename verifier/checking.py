"""The checking station: what the terminal sealed in a vote that a voter had checked.

The voter's card holds the spoiled vote and what it was sealed with (`docs/challenge.md`); package
and start order lie in any board's folder, or in the bundle. Everything is held against the root
key: package, start order, both halves of the tally key, the terminal's signatures. Then the vote is
read without any secret, and said in words. Whether that is what the voter touched, only the voter
knows.

Rules: a spoiled vote that does not open as its terminal says is a lie of that terminal, for nobody
else could have signed it; one without what opens it proves nothing.

Never here: the card and its reader (`card`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from verifier import evidence, papers, provedrecords
from verifier.encoding import Wrong, claimed_signer, key_name, sha256, signed_record
from verifier.evidence import PORTABLE, TERMINAL, Case
from verifier.forms import in_form
from verifier.group import SIZE, cut, minus, multiple, multiple_of_base, scalar
from verifier.opening import ballot_size, check_value, joined_pieces, read_ballot
from verifier.sealed import check_ballot

WHAT = "the spoiled vote"
SIGNED = b"\xd2"  # how every COSE_Sign1 begins
MAX_FILE_BYTES = 1 << 20


class Lied(Wrong):
    """The terminal sealed something else than it says. The text says how that is known."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A vote that was checked.

    Attributes:
        check_value: in groups, as the terminal's screen showed it.
        board: name of the terminal that sealed it.
        selections: of each contest of the package, lines from 0; None: there is nothing on the
            card that opens the vote.
    """

    check_value: str
    board: str
    selections: tuple[tuple[int, ...], ...] | None


def read_station(folder: Path, root_key: bytes) -> Case:
    """Return package, start order and joint key of a station, all of them checked.

    Args:
        folder: of a board, on any of its media, or an evidence bundle.

    Raises:
        Wrong: a file is missing, or is not what it must be.
    """
    files = {name: _file(folder / name) for name in (evidence.PACKAGE, evidence.START_ORDER)}
    case = Case(files, root_key)
    papers.check_package(case)
    order = signed_record(
        files[evidence.START_ORDER], "StartOrder", case.package[27], "the start order"
    )
    in_form(order, "StartOrder", "the start order")
    if order[0] != case.package[3] or order[1] != case.package_hash:
        raise Wrong("the start order is of another station or package")
    case.start_order = order
    provedrecords.check_halves(case)
    return case


def read_spoiled(case: Case, spoiled: bytes, opening: bytes) -> Checked:
    """Return what a terminal of the station sealed in a spoiled vote.

    Args:
        case: as `read_station` returns it.
        spoiled: the signed `Spoiled`.
        opening: the signed `SpoiledOpening`; empty if there is none on the card.

    Raises:
        Lied: by the terminal's own signatures, it did not seal what it says.
        Wrong: these are not records of a terminal of this station.
    """
    boards = {
        key_name(key): (name, key)
        for name, (kind, key, _) in case.boards().items()
        if kind in (TERMINAL, PORTABLE)
    }
    if spoiled[:1] != SIGNED:
        raise Wrong("there is no spoiled vote on this card: the terminal was not checked with it")
    name, key = boards.get(claimed_signer(spoiled, WHAT), ("", b""))
    if not name:
        raise Wrong(f"{WHAT} is not signed by a terminal of this station")
    record = signed_record(spoiled, "Spoiled", key, WHAT)
    in_form(record, "Spoiled", WHAT)
    vote = signed_record(record[3], "CastVote", key, "the vote in it")
    in_form(vote, "CastVote", "the vote in it")
    styles = {style[0] for style in case.package[12]}
    if {record[0], vote[0]} != {case.package_hash} or vote[1] not in styles:
        raise Wrong(f"{WHAT} is of another package or ballot style")
    value = check_value(record[3])
    try:
        check_ballot(case.counting().key, case.package_hash, vote[1], key, vote[2])
    except Wrong as wrong:
        raise Lied(f"{name} sealed a vote that would not be counted: {wrong}") from wrong
    if not opening:
        return Checked(value, name, None)
    opened = signed_record(opening, "SpoiledOpening", key, "what opens the vote")
    in_form(opened, "SpoiledOpening", "what opens the vote")
    if (opened[0], opened[1]) != (case.package_hash, sha256(spoiled)):
        raise Wrong("what opens the vote belongs to another one")
    return Checked(value, name, _opened(case, name, vote[1], vote[2], opened[2]))


def _opened(
    case: Case, name: str, style: int, sealed: bytes, untrusted_r: bytes
) -> tuple[tuple[int, ...], ...]:
    first, *elements = cut(sealed[: -2 * SIZE])
    try:
        r = scalar(untrusted_r)
        is_its = multiple_of_base(r) == first
    except Wrong as wrong:
        raise Lied(f"{name} gave something that opens no vote at all") from wrong
    if not is_its:
        raise Lied(f"{name} gave something that does not open the vote that it sealed")
    key = cut(case.counting().key)
    pieces = [minus(one, multiple(r, of)) for one, of in zip(elements, key, strict=True)]
    content = joined_pieces(pieces, ballot_size(case.package))
    read = read_ballot(content, [style], case.package)
    if read is None:
        raise Lied(f"{name} sealed something that is no ballot of this style")
    return read[0]


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise Wrong(
            f"{path} cannot be read: {error.strerror}; name the folder with package.cose and "
            "start-order.cose, such as the bundle, and files that are there"
        ) from error
    if len(content) > MAX_FILE_BYTES:
        raise Wrong(f"{path} is larger than it can be")
    return content
