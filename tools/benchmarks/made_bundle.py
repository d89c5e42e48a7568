"""An evidence bundle of made-up votes, for who has none of a real day.

A station's votes, journals as its boards keep them for a day without trouble, signed with the keys
of the prepared station.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
)
from nacl.signing import SigningKey

from accumulator import bundle
from accumulator.counting import count_twice
from accumulator.reconcile import reconcile
from accumulator.votes import Opened
from cardio.certificate_object import unwrap_certificate
from common import cose, enrolment, evening, records
from common.catalogue import EventType
from common.chain import canonical_signature
from common.clock import SystemClock
from common.cose import SignedBody
from common.journal import Journal
from common.media import TwoMedia
from common.records import (
    SERIAL_BITMAP_SIZE,
    Act,
    ActFact,
    ActKind,
    Board,
    BoardKind,
    Figure,
    HalfShares,
    JournalHead,
    Minutes,
    Record,
    SerialSet,
    StartOrder,
    Statement,
)
from simulators.piv_card import CardState
from tools.benchmarks.evening import MadeEvening
from tools.benchmarks.ratios import (
    Progress,
)
from tools.benchmarks.station import BenchmarkStation, MadeVote

_SIGNATURE_SLOT, _SIGNATURE_OBJECT = 0x9C, 0x5FC10A


def write_bundle(
    station: BenchmarkStation, made: Sequence[MadeVote], folder: Path, progress: Progress
) -> None:
    """Write the evidence bundle of a day without trouble, on which these votes were cast."""
    _BundleMaker(station, made, progress).write(folder)


class _Sheets(TwoMedia):
    """Two media that are one text in memory, for a journal that is only written."""

    def __init__(self) -> None:
        self.content = bytearray()

    def append(self, path: str, added: bytes) -> None:
        """Add bytes at the end."""
        del path
        self.content += added


class _BundleMaker:
    """Makes every file, in the order of a day."""

    def __init__(
        self, station: BenchmarkStation, made: Sequence[MadeVote], progress: Progress
    ) -> None:
        self._station = station
        self._package = station.package
        self._made = made
        self._progress = progress
        self._opened_ms = self._package.opens_s * 1000
        self._closed_ms = self._package.closes_s * 1000
        self._signing = station.station_keys.station
        self._accumulator = station.prepared.accumulator
        self._journals: dict[str, bytes] = {}
        self._files: dict[str, bytes] = {}

    def write(self, folder: Path) -> None:
        """Make all and write it."""
        station, files = self._station, self._files
        installed = station.prepared.folder / "package"
        for path in (
            bundle.PACKAGE,
            bundle.PROGRAM,
            enrolment.BOOK_INDEX,
            enrolment.BOOK_IMAGES,
        ):
            files[path] = (installed / path).read_bytes()
        act = self._act()
        files["acts/001-opening.cose"] = act
        order = StartOrder(
            self._package.station,
            station.package_hash,
            self._opened_ms,
            tuple(made.record.tally_half for made in station.halves),
            self._accumulator,
            records.digest(act),
        )
        files[bundle.START_ORDER] = records.sign(order, self._signing)
        statements = [self._statement(board) for board in self._package.boards if not board.spare]
        opened = self._count()
        minutes = self._minutes(opened, statements)
        files[bundle.MINUTES] = signed_minutes = self._signed(minutes, self._signing).to_bytes()
        manifest = bundle.manifest(station.station, signed_minutes, minutes, {})
        files[bundle.MANIFEST] = records.sign(manifest, self._signing)
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)

    def _act(self) -> bytes:
        package = self._package
        halves = [made.record for made in self._station.halves]
        told = [HalfShares.from_bytes(cose.payload_of(half.half_shares)) for half in halves]
        act = Act(
            kind=ActKind.OPENING,
            station=package.station,
            package=self._station.package_hash,
            board=self._accumulator,
            time_ms=self._opened_ms,
            facts={
                ActFact.TALLY_KEY: b"".join(half.tally_half for half in halves),
                ActFact.URN_EMPTY: 1,
                ActFact.SHARES: len(package.share_cards),
                ActFact.QUORUM: package.quorum,
                ActFact.SHARE_CHECKS: b"".join(each for one in told for each in one.commitments),
                ActFact.TERRITORIAL_SHARE: b"".join(one.territorial for one in told),
            },
        )
        return self._signed(act, self._station.device(self._accumulator).signing).to_bytes()

    def _signed(self, record: Record, key: SigningKey) -> SignedBody:
        """Return a record that a board and all members of the commission signed."""
        body = SignedBody(record.to_bytes(), record.external()).with_board(key)
        for person in self._station.prepared.people:
            card = self._station.prepared.folder / "cards" / f"{person.card}.card"
            state = CardState.from_bytes(card.read_bytes())
            certificate = unwrap_certificate(state.objects[_SIGNATURE_OBJECT])
            scalar = int.from_bytes(state.keys[_SIGNATURE_SLOT], "big")
            private = ec.derive_private_key(scalar, ec.SECP256R1())
            der = private.sign(body.to_be_signed(certificate), ec.ECDSA(hashes.SHA256()))
            body = body.with_person(certificate, canonical_signature(*decode_dss_signature(der)))
        return body

    def _statement(self, board: Board) -> Statement:
        events, figures = self._day_of(board)
        head = self._journal(board.name, events)
        first = board.first_serial
        issued = _serials(board, self._made) if first is not None else None
        spent: tuple[SerialSet, ...] = ()
        if board.name == self._accumulator:
            spent = tuple(_serials(desk, self._made) for desk in self._station.station.desks)
        statement = Statement(
            board=board.name,
            package=self._station.package_hash,
            start_order=records.digest(self._files[bundle.START_ORDER]),
            closed_ms=self._closed_ms,
            journal_head=head.head,
            journal_length=head.length,
            figures={int(figure): value for figure, value in figures.items()},
            issued=issued,
            withdrawn=None if issued is None else SerialSet(board.name, bytes(SERIAL_BITMAP_SIZE)),
            spent=spent,
        )
        signing = self._station.device(board.name).signing
        self._files[f"statements/{board.name}.cose"] = records.sign(statement, signing)
        return statement

    def _day_of(self, board: Board) -> tuple[list[EventType], dict[Figure, int]]:
        """Return what a board notes for each of its voters on a day without trouble, and counts."""
        event = EventType
        match board.kind:
            case BoardKind.DESK:
                cards = sum(_is_of(board, vote) for vote in self._made)
                each = [event.VOTER_FOUND, event.CARD_ACTIVATED]
                figures = {Figure.VOTERS_GIVEN: cards, Figure.RETURNED: 0, Figure.VOID: 0}
            case BoardKind.TERMINAL:
                cards = Counter(vote.terminal_key for vote in self._made)[board.sign_key]
                each = [event.SESSION_BEGAN, event.VOTE_STORED]
                figures = {Figure.SESSIONS: cards}
            case _:
                cards = len(self._made)
                each = [event.VOTE_TAKEN_IN]
                figures = {Figure.DEPOSITED: cards}
        return each * cards, figures | {Figure.STARTS: 1}

    def _journal(self, board: str, events: Sequence[EventType]) -> JournalHead:
        sheets = _Sheets()
        kept = Journal(sheets, self._station.device(board).signing, SystemClock())
        kept.append(EventType.STARTED, starts=1)
        for number, event in enumerate(events):
            if number % 500 == 0:
                self._progress(f"making the journal of {board}", number, len(events))
            kept.append(event)
        self._files[f"journals/{board}.cborseq"] = bytes(sheets.content)
        return JournalHead(board, kept.head, kept.length)

    def _count(self) -> Opened:
        cast_votes = [vote.cast_vote for vote in self._made]
        made = MadeEvening.hold(
            self._station, self._files[bundle.START_ORDER], cast_votes, self._progress
        )
        opened = made.opened()
        self._files[bundle.VOTES_SEALED] = evening.votes_sealed(cast_votes)
        self._files[bundle.VOTES_OPENED] = opened.votes
        self._files[bundle.CHECK_VALUES] = bundle.check_values(cast_votes)
        self._files |= made.proofs.files()
        return opened

    def _minutes(self, opened: Opened, statements: Sequence[Statement]) -> Minutes:
        package = self._package
        spent = {one.board: one.bits for statement in statements for one in statement.spent}
        books = reconcile(
            package, statements, spent, counted=opened.counted, invalid=opened.invalid
        )
        return Minutes(
            station=package.station,
            election=package.election,
            round=package.round,
            package=self._station.package_hash,
            program=package.program,
            start_order=records.digest(self._files[bundle.START_ORDER]),
            opened_ms=self._opened_ms,
            closed_ms=self._closed_ms,
            counted_ms=self._closed_ms,
            figures={int(figure): value for figure, value in books.figures.items()},
            contests=count_twice(opened, package),
            styles_merged=opened.merged,
            journals=tuple(
                JournalHead(one.board, one.journal_head, one.journal_length) for one in statements
            ),
            written_off=(),
            discrepancies=tuple(sorted(books.discrepancies)),
            evidence=bundle.evidence_files(self._files),
        )


def _is_of(desk: Board, vote: MadeVote) -> bool:
    first = desk.first_serial
    return first is not None and first <= vote.serial < first + records.SERIALS_PER_DESK


def _serials(desk: Board, made: Iterable[MadeVote]) -> SerialSet:
    """Return the set of a desk's serials among these votes."""
    first = desk.first_serial or 0
    bits = sum(1 << (vote.serial - first) for vote in made if _is_of(desk, vote))
    return SerialSet(desk.name, bits.to_bytes(SERIAL_BITMAP_SIZE, "little"))
