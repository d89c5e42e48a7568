"""The evidence bundle: which files it has, what the minutes say of them, and the manifest.

Rules (`docs/bundle.md` describes every file for whoever writes a verifier):
- Everything in it is public: neither the tally key nor a share, no voter list, no secret.
- Sealed and opened votes are apart and sorted by content; nothing ties one to the other.
- The minutes list every file but themselves, acts of absence and the manifest, so that what the
  officials sign protects them all. The manifest lists every file but itself, and is written last:
  a bundle without it is not complete.

It never writes: it says what is to be written, and `accumulator.strongroom` does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accumulator.reconcile import Books
from accumulator.station import Station
from common import records
from common.records import (
    ContestResult,
    EvidenceFile,
    EvidenceManifest,
    JournalHead,
    Minutes,
    Replacement,
    StartOrder,
    Statement,
)
from common.seal.checkvalue import check_value

FOLDER = "evidence"
MANIFEST = "manifest.cose"
PACKAGE = "package.cose"
PROGRAM = "program.cose"
START_ORDER = "start-order.cose"
MINUTES = "minutes.cose"
VOTES_SEALED = "votes-sealed.cborseq"
VOTES_OPENED = "votes-opened.cborseq"
MIXES = ("mixes/1.cose", "mixes/2.cose")
CHECKED = "checked"
OPENINGS = "openings"
CHECK_VALUES = "check-values.txt"


@dataclass(frozen=True, slots=True)
class Proofs:
    """The signed records of a count that anybody can check (`docs/proofs.md`), as they were made.

    Attributes:
        mixes: both `Mix`, in their order.
        checked: `MixChecked`, by the name of the board that signed it.
        openings: `Opening`, by the name of the board that opened.
    """

    mixes: tuple[bytes, bytes]
    checked: Mapping[str, bytes]
    openings: Mapping[str, bytes]

    def files(self) -> dict[str, bytes]:
        """Return the files of the bundle that hold them, by path."""
        return {
            **dict(zip(MIXES, self.mixes, strict=True)),
            **{f"{CHECKED}/{board}.cose": signed for board, signed in self.checked.items()},
            **{f"{OPENINGS}/{board}.cose": signed for board, signed in self.openings.items()},
        }


@dataclass(frozen=True, slots=True)
class Count:
    """All that the minutes are made from, beside the files.

    Attributes:
        gone: boards that died, each with its spare, or "".
        left: where their journals end, as far as there are any.
    """

    start_order: StartOrder
    start_order_hash: bytes
    statements: tuple[Statement, ...]
    own_statement: Statement
    results: tuple[ContestResult, ...]
    merged: tuple[int, ...]
    books: Books
    counted_ms: int
    gone: Mapping[str, str]
    left: tuple[JournalHead, ...]


def check_values(cast_votes: Iterable[bytes]) -> bytes:
    """Return the check value of every sealed vote, sorted, one to a line.

    Its groups of four are joined by hyphens, so that a voter's value is one word to search for.
    """
    values = sorted(check_value(vote).replace(" ", "-") for vote in cast_votes)
    return "".join(f"{value}\n" for value in values).encode("ascii")


def evidence_files(files: Mapping[str, bytes]) -> tuple[EvidenceFile, ...]:
    """Return path, size and hash of each file, sorted by path."""
    return tuple(
        EvidenceFile(path, len(content), hashlib.sha256(content).digest())
        for path, content in sorted(files.items())
    )


def minutes(station: Station, count: Count, files: Mapping[str, bytes]) -> Minutes:
    """Return the minutes, complete but for signatures.

    `files` are all files of the bundle so far, by path.
    """
    package = station.package
    order = {board.name: at for at, board in enumerate(package.boards)}
    statements = sorted(count.statements, key=lambda statement: order[statement.board])
    return Minutes(
        station=package.station,
        election=package.election,
        round=package.round,
        package=station.package_hash,
        program=package.program,
        start_order=count.start_order_hash,
        opened_ms=count.start_order.opened_ms,
        closed_ms=count.own_statement.closed_ms,
        counted_ms=count.counted_ms,
        figures={int(figure): value for figure, value in count.books.figures.items()},
        contests=count.results,
        styles_merged=count.merged,
        journals=tuple(
            sorted(
                (
                    *count.left,
                    *(
                        JournalHead(each.board, each.journal_head, each.journal_length)
                        for each in statements
                    ),
                ),
                key=lambda head: order[head.board],
            )
        ),
        written_off=tuple(name for name, spare in count.gone.items() if not spare),
        discrepancies=tuple(sorted(count.books.discrepancies)),
        evidence=evidence_files(files),
        replaced=tuple(Replacement(name, spare) for name, spare in count.gone.items() if spare),
    )


def manifest(
    station: Station, signed_minutes: bytes, listed: Minutes, absences: Mapping[str, bytes]
) -> EvidenceManifest:
    """Return the manifest: the files that the minutes list, the minutes, and what came after.

    `absences` are the acts about members who did not sign, by path.
    """
    later = evidence_files({MINUTES: signed_minutes, **absences})
    return EvidenceManifest(
        station=station.package.station,
        package=station.package_hash,
        minutes=records.digest(signed_minutes),
        files=tuple(sorted((*listed.evidence, *later), key=lambda file: file.path)),
    )
