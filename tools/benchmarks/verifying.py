"""Verifying an evidence bundle, beside the bare signature checks and hashing.

Real: `verifier.report.examine` on a folder. Floor: each signature in the bundle checked once with
keys that are ready, each file hashed once, and each picture of the ballot book unpacked and hashed
once (its hash is over pixels). What is to be checked is taken out of the bundle beforehand.

Without a bundle of a real day, one is made: a station's votes, journals as its boards keep them for
a day without trouble, signed with the keys of the prepared station.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from nacl.signing import SigningKey, VerifyKey
from nacl.utils import random as system_random

from accumulator import bundle, votes
from accumulator.counting import count_twice
from accumulator.reconcile import reconcile
from cardio.certificate_object import unwrap_certificate
from common import cbor, cose, enrolment, evening, journal, records, shares
from common.book import BYTES_PER_PIXEL
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
    CastVote,
    EvidenceManifest,
    Figure,
    JournalHead,
    Minutes,
    ProgramManifest,
    Record,
    SerialSet,
    StartOrder,
    Statement,
    StationPackage,
)
from simulators.piv_card import CardState
from tools.benchmarks.ratios import (
    Comparison,
    Progress,
    Quantity,
    Row,
    Timer,
    compare,
    timed,
)
from tools.benchmarks.station import BenchmarkStation, MadeVote, SignatureCheck
from tools.benchmarks.table import amount
from verifier.report import examine

MAX_S = 60.0
_SIGNATURE_SLOT, _SIGNATURE_OBJECT = 0x9C, 0x5FC10A


def measure(
    folder: Path, root_key: bytes, timer: Timer, progress: Progress, *, pairs: int
) -> tuple[Row, ...]:
    """Compare the examination of the bundle in `folder` with its floor.

    Raises:
        ValueError: the verifier refuses the bundle.
    """
    floor = floor_of(folder, root_key)

    def real() -> None:
        report, _ = examine(folder, root_key)
        if not report.accepted:
            raise ValueError(f"{folder}: the verifier refuses this bundle:\n{report.as_text()}")

    name = f"verifying a bundle of {floor.votes:,} votes"
    quantity = Quantity(name)
    comparison = Comparison(
        name, (quantity,), timed(floor.check, timer), timed(real, timer), pairs, MAX_S
    )
    (row,) = compare(comparison, timer, progress)
    of_it = ", ".join(
        f"{amount(timed(part, timer)()[0], quantity.unit)} {what}"
        for what, part in (
            (f"for {len(floor.ed25519) + len(floor.es256):,} signatures", floor.check_signatures),
            (f"for hashing {len(floor.files)} files", floor.hash_files),
            (f"for unpacking and hashing {len(floor.pictures)} pictures", floor.hash_pictures),
        )
    )
    return (replace(row, note=f"of the floor, {of_it}"),)


# --- the floor ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BundleFloor:
    """What nobody who checks a bundle can leave out, ready to be done.

    Attributes:
        ed25519: key, signed bytes, signature.
        es256: what verifies a person's signature, or the certificate with it.
        files: the content of each file.
        pictures: zlib stream and size in pixels' bytes.
        votes: how many sealed votes there are.
    """

    ed25519: tuple[tuple[VerifyKey, bytes, bytes], ...]
    es256: tuple[Callable[[], None], ...]
    files: tuple[bytes, ...]
    pictures: tuple[tuple[bytes, int], ...]
    votes: int

    def check_signatures(self) -> None:
        """Check every signature once. Raises: an error of the library: one is wrong."""
        for key, signed, signature in self.ed25519:
            key.verify(signed, signature)
        for verify in self.es256:
            verify()

    def hash_files(self) -> None:
        """Hash every file once."""
        for content in self.files:
            hashlib.sha256(content).digest()

    def hash_pictures(self) -> None:
        """Unpack and hash every picture once."""
        for stream, size in self.pictures:
            hashlib.sha256(zlib.decompress(stream, bufsize=size)).digest()

    def check(self) -> None:
        """Do all of it."""
        self.check_signatures()
        self.hash_files()
        self.hash_pictures()


def floor_of(folder: Path, root_key: bytes) -> BundleFloor:
    """Take everything that must be checked out of a bundle.

    Raises:
        ValueError: it is no bundle that the verifier could accept.
        OSError: a file cannot be read.
    """
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    try:
        package = records.open_record(StationPackage, files[bundle.PACKAGE], root_key)
        people = [*_people(files, package)]
        signed = [*_by_one_key(files, package, root_key), *(_board_of(body) for body in people)]
        pictures = cbor.split_sequence(files[enrolment.BOOK_IMAGES])[0]
    except (KeyError, records.RecordError, cose.CoseError, cbor.CborError) as error:
        raise ValueError(f"{folder} is no evidence bundle of this root key: {error}") from error
    keys = {check.public_key: VerifyKey(check.public_key) for check in signed}
    authority = x509.load_der_x509_certificate(package.card_authority)
    return BundleFloor(
        ed25519=tuple((keys[one.public_key], one.signed, one.signature) for one in signed),
        es256=tuple(check for body in people for check in _es256(body, authority)),
        files=tuple(files.values()),
        pictures=tuple(_picture(item) for item in pictures),
        votes=len(cbor.split_sequence(files[bundle.VOTES_SEALED])[0]),
    )


def _by_one_key(
    files: Mapping[str, bytes], package: StationPackage, root_key: bytes
) -> Iterable[SignatureCheck]:
    """Yield the check of every COSE_Sign1 in the bundle."""
    station_key = package.station_key
    of = SignatureCheck.of
    yield of(StationPackage.external(), files[bundle.PACKAGE], root_key)
    yield of(ProgramManifest.external(), files[bundle.PROGRAM], root_key)
    yield of(StartOrder.external(), files[bundle.START_ORDER], station_key)
    yield of(EvidenceManifest.external(), files[bundle.MANIFEST], station_key)
    for board in package.boards:
        statement = files.get(f"statements/{board.name}.cose")
        if statement is not None:
            yield of(Statement.external(), statement, board.sign_key)
        for entry in cbor.split_sequence(files.get(f"journals/{board.name}.cborseq", b""))[0]:
            yield of(journal.EXTERNAL, entry, board.sign_key)
    by_name = {cose.key_id(board.sign_key): board.sign_key for board in package.boards}
    for vote in cbor.split_sequence(files[bundle.VOTES_SEALED])[0]:
        yield of(CastVote.external(), vote, by_name[cose.signer_of(vote)])


def _people(files: Mapping[str, bytes], package: StationPackage) -> Iterable[SignedBody]:
    """Yield every COSE_Sign in the bundle."""
    yield SignedBody.from_bytes(files[bundle.MINUTES], Minutes.external(), package.station_key)
    for path, content in files.items():
        if path.startswith("acts/"):
            yield _act(content, package)


def _act(content: bytes, package: StationPackage) -> SignedBody:
    for board in package.boards:
        try:
            return SignedBody.from_bytes(content, Act.external(), board.sign_key)
        except cose.SignatureWrong:
            continue
    raise ValueError("no board of the package signed this act")


def _board_of(body: SignedBody) -> SignatureCheck:
    header = cbor.encode({cose.ALGORITHM: cose.EDDSA, cose.KEY_ID: cose.key_id(body.board_key)})
    signed = cbor.encode(["Signature", b"", header, body.external.encode("ascii"), body.payload])
    return SignatureCheck(body.board_key, signed, body.board_signature)


def _es256(body: SignedBody, authority: x509.Certificate) -> Iterable[Callable[[], None]]:
    """Yield two checks for each person: of the signature, and of the certificate."""
    for person in body.people:
        certificate = x509.load_der_x509_certificate(person.certificate)
        key = certificate.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise TypeError("a person's key is not on a curve")
        r, s = (int.from_bytes(half, "big") for half in _halves(person.signature))
        yield _EcdsaCheck(key, encode_dss_signature(r, s), body.to_be_signed(person.certificate))
        issuer = authority.public_key()
        if not isinstance(issuer, ec.EllipticCurvePublicKey):
            raise TypeError("the card authority's key is not on a curve")
        yield _EcdsaCheck(issuer, certificate.signature, certificate.tbs_certificate_bytes)


@dataclass(frozen=True, slots=True)
class _EcdsaCheck:
    key: ec.EllipticCurvePublicKey
    signature: bytes
    signed: bytes

    def __call__(self) -> None:
        self.key.verify(self.signature, self.signed, ec.ECDSA(hashes.SHA256()))


def _halves(signature: bytes) -> tuple[bytes, bytes]:
    return signature[:32], signature[32:]


def _picture(item: bytes) -> tuple[bytes, int]:
    match cbor.decode(item, max_size=1 << 22):
        case (bytes(), int(width), int(height), bytes(stream)):
            return stream, width * height * BYTES_PER_PIXEL
        case _:
            raise ValueError("a picture of the book has another form")


# --- a bundle of made-up votes --------------------------------------------------------------------


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
            station.tally.public,
            self._accumulator,
            records.digest(act),
        )
        files[bundle.START_ORDER] = records.sign(order, self._signing)
        statements = [self._statement(board) for board in self._package.boards if not board.spare]
        opened = self._open_votes()
        minutes = self._minutes(opened, statements)
        files[bundle.MINUTES] = signed_minutes = self._signed(minutes, self._signing).to_bytes()
        manifest = bundle.manifest(station.station, signed_minutes, minutes, {})
        files[bundle.MANIFEST] = records.sign(manifest, self._signing)
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)

    def _act(self) -> bytes:
        package = self._package
        parts = shares.split(self._station.tally, package.quorum, len(package.share_cards) + 1)
        act = Act(
            kind=ActKind.OPENING,
            station=package.station,
            package=self._station.package_hash,
            board=self._accumulator,
            time_ms=self._opened_ms,
            facts={
                ActFact.TALLY_KEY: b"".join(self._station.tally.public),
                ActFact.URN_EMPTY: 1,
                ActFact.SHARES: len(package.share_cards),
                ActFact.QUORUM: package.quorum,
                ActFact.SHARE_CHECKS: b"".join(part.commitment() for part in parts),
                ActFact.TERRITORIAL_SHARE: system_random(160),  # nobody opens it
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

    def _open_votes(self) -> votes.Opened:
        cast_votes = [vote.cast_vote for vote in self._made]
        opened = votes.open_votes(cast_votes, self._package, self._station.tally.secret)
        self._files[bundle.VOTES_SEALED] = evening.votes_sealed(cast_votes)
        self._files[bundle.VOTES_OPENED] = opened.votes
        return opened

    def _minutes(self, opened: votes.Opened, statements: Sequence[Statement]) -> Minutes:
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
