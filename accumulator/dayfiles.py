"""The files of the day on the accumulator's two media, and what they say.

    start-order.cose            the station was opened
    acts/NNN-<kind>.cose        acts of this board; the start order names the opening's
    statement.cose              the station was closed
    collected/<board>/          that board is in: statement, journal, acts; without a statement,
                                what a board that died left behind
    count/, collected/<desk>/count/   what two boards made of the votes (`common.evening`)
    minutes.cose                the votes were counted; the minutes with the signatures so far
    absence/<official>.cose     the act that this official does not sign them
    evidence/                   the bundle; complete when its manifest is there
    evidence-sealing.cose       the act of sealing: with which seals this medium is packed

Rules:
- Every file is written whole, on own storage first. Where a stop, damage or another medium left the
  two different, `level` makes them alike before anything else happens (`common.alike`); here stands
  only which files there are, and how each is judged: by its signatures, and what lies in the bundle
  by the minutes that list it, or as a copy of the act of absence. If neither medium has a file
  whole, people decide. An act of absence about somebody who signed after all is taken out of the
  bundle.
- Nothing is believed for lying here: signatures are checked each time the day is read.

It never decides what follows from a file; `accumulator.strongroom` does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256

from accumulator import bundle, rollcall
from accumulator.absences import FOLDER as ABSENCE
from accumulator.absences import Absence, absence_in, in_use, path_of
from accumulator.collection import ACTS, STATEMENT, Brought
from accumulator.signing import Signing
from accumulator.station import Station
from common import cbor, enrolment, evening, journal, records, tallykey
from common.alike import Judge, Kept, Repair, judge_day, make_alike
from common.catalogue import EventType
from common.cose import CoseError, SignedBody
from common.countfiles import judge_count
from common.deadboards import Left
from common.errors import Reason, Refused, Thing
from common.media import TwoMedia
from common.records import (
    Act,
    ActFact,
    ActKind,
    Board,
    BoardKind,
    EvidenceManifest,
    JournalHead,
    Minutes,
    OpenedVote,
    RecordError,
    StartOrder,
    Statement,
)

START_ORDER = "start-order.cose"
MINUTES = "minutes.cose"
COLLECTED = "collected"
SEALING = f"{bundle.FOLDER}-sealing.cose"


@dataclass(frozen=True, slots=True)
class Day:
    """The records of the day, as far as they exist; all verified.

    `gone` are the boards that died, each with its spare or "" (`accumulator.rollcall`); `left` is
    where their journals end, as far as there are any; `was_closed`: an accumulator among them had
    closed; to `tally_keys` ballots are sealed.
    """

    start_order: StartOrder | None = None
    start_order_bytes: bytes = b""
    tally_keys: tuple[bytes, ...] = ()
    opening_act: Act | None = None
    statement: Statement | None = None
    statement_bytes: bytes = b""
    boards: Mapping[str, Statement] = field(default_factory=dict)
    gone: Mapping[str, str] = field(default_factory=dict)
    left: tuple[JournalHead, ...] = ()
    was_closed: bool = False
    minutes: SignedBody | None = None
    absences: Mapping[Absence, SignedBody] = field(default_factory=dict)
    sealing: SignedBody | None = None

    @property
    def start_order_hash(self) -> bytes:
        """By which other records name the start order."""
        return records.digest(self.start_order_bytes)


def _is_statement(board: Board, content: bytes) -> bool:
    try:
        records.open_record(Statement, content, board.sign_key)
    except RecordError:
        return False
    return True


def _is_journal(board: Board, content: bytes) -> bool:
    try:
        journal.verify_journal(content, board.sign_key)
    except Refused:
        return False
    return True


def _is_act(board: Board, content: bytes) -> bool:
    try:
        SignedBody.from_bytes(content, Act.external(), board.sign_key)
    except CoseError:
        return False
    return True


def _is_absence(board: Board, path: str, content: bytes) -> bool:
    """Say whether this is the act of absence, by this board, about the official of this path."""
    try:
        body = SignedBody.from_bytes(content, Act.external(), board.sign_key)
        act = Act.from_bytes(body.payload)
    except (CoseError, RecordError):
        return False
    official = act.facts.get(ActFact.OFFICIAL)
    if act.kind is not ActKind.ABSENCE or not isinstance(official, int):
        return False
    return path == path_of(official)


class DayFiles:
    """The files. All methods raise `MediumFault`."""

    def __init__(self, media: TwoMedia, station: Station, device_key: bytes) -> None:
        """Take both media; `device_key` is this board's own public key (Ed25519)."""
        self.media = media
        self._station = station
        self._device_key = device_key
        own = next(board for board in station.package.boards if board.name == station.board)
        self._own = own
        self._own_act = Kept(Thing.ACT, partial(_is_act, own))
        self._of_any_board = judge_day(station.package, station.package_hash, own)
        self._of_count = {
            kind: judge_count(station.package, station.package_hash, kind, station.board)
            for kind in tallykey.MAKERS
        }

    # Both media alike

    def level(self) -> tuple[Repair, ...]:
        """Make the day's files alike on both media; return what was repaired.

        Raises:
            Refused: a file verifies on neither, or two contradict each other.

        """
        repairs = make_alike(self.media, self._judge)
        content = self.media.read(MINUTES)
        if content is None:
            return repairs
        minutes = self._minutes(content)
        absences = self.absences_in_use(minutes)
        self.drop_absences_but(absences)
        return (*repairs, *make_alike(self.media, self._listed(content, minutes, absences)))

    def verifies(self, path: str, content: bytes) -> bool:
        """Say whether a file of the day is whole, by its signatures."""
        kept = self._judge(path)
        return kept is not None and kept.verifies(content)

    def _judge(self, path: str) -> Kept | None:
        """Return how a file of the day is judged, bundle aside."""
        if (kept := self._of_any_board(path)) is not None:
            return kept
        if (kept := self._of_count[BoardKind.ACCUMULATOR](path)) is not None:
            return kept
        if path == SEALING:
            return self._own_act
        if path == MINUTES:
            return Kept(Thing.MINUTES, self._is_minutes, self._signatures)
        if path.startswith(f"{ABSENCE}/"):
            return Kept(Thing.ACT, partial(_is_absence, self._own, path))
        if not path.startswith(f"{COLLECTED}/"):
            return None
        _, name, rest = path.split("/", 2)
        board = self._station.package.board(name)
        if board is None:
            return None
        if rest.startswith(f"{evening.FOLDER}/"):
            return self._of_count[BoardKind.DESK](rest)
        if rest == STATEMENT:
            return Kept(Thing.STATEMENT, partial(_is_statement, board))
        if rest == journal.PATH:
            return Kept(Thing.JOURNAL, partial(_is_journal, board), len)
        return Kept(Thing.ACT, partial(_is_act, board))

    def _listed(self, content: bytes, minutes: SignedBody, absences: Mapping[str, bytes]) -> Judge:
        """Return how the bundle is judged: by what the minutes list, and by acts of absence."""
        listed = Minutes.from_bytes(minutes.payload).evidence
        hashes = {f"{bundle.FOLDER}/{file.path}": file.sha256 for file in listed}
        hashes |= {
            f"{bundle.FOLDER}/{path}": sha256(act).digest() for path, act in absences.items()
        }
        whole = records.digest(content)
        own = {
            f"{bundle.FOLDER}/{bundle.MINUTES}": Kept(
                Thing.MINUTES, self._is_minutes, self._signatures
            ),
            f"{bundle.FOLDER}/{bundle.MANIFEST}": Kept(
                Thing.MANIFEST, lambda found: self._lists(found, whole)
            ),
        }

        def judge(path: str) -> Kept | None:
            expected = hashes.get(path)
            if expected is None:
                return own.get(path)
            return Kept(Thing.BUNDLE, lambda found: sha256(found).digest() == expected)

        return judge

    def _is_minutes(self, content: bytes) -> bool:
        try:
            self._minutes(content)
        except Refused:
            return False
        return True

    def _signatures(self, content: bytes) -> int:
        return len(self._minutes(content).people)

    def _lists(self, content: bytes, minutes_hash: bytes) -> bool:
        key = self._station.package.station_key
        try:
            return records.open_record(EvidenceManifest, content, key).minutes == minutes_hash
        except RecordError:
            return False

    # Reading

    def read(self) -> Day:
        """Read how far the day has come. Raises: Refused: a record is not what it must be."""
        station, package = self._station, self._station.package
        day = Day()
        if (content := self.media.read(START_ORDER)) is not None:
            believed = tallykey.opened_order(package, station.package_hash, content)
            day = replace(
                day,
                start_order=believed.order,
                start_order_bytes=content,
                tally_keys=believed.keys,
                opening_act=self._act_named(believed.order.opening_act),
            )
        if (content := self.media.read(STATEMENT)) is not None:
            statement = enrolment.opened(Thing.STATEMENT, Statement, content, self._device_key)
            day = replace(day, statement=statement, statement_bytes=content)
        if (content := self.media.read(MINUTES)) is not None:
            day = replace(day, minutes=self._minutes(content))
            day = self.with_absences(day)
        if (content := self.media.read(SEALING)) is not None:
            sealing = SignedBody.from_bytes(content, Act.external(), self._device_key)
            day = replace(day, sealing=sealing)
        boards = {}
        for board in package.boards:
            content = self.media.read(f"{COLLECTED}/{board.name}/{STATEMENT}")
            if content is not None:
                boards[board.name] = enrolment.opened(
                    Thing.STATEMENT, Statement, content, board.sign_key
                )
        return self.with_dead(replace(day, boards=boards))

    def with_absences(self, day: Day) -> Day:
        """Return the day with the acts of absence about its minutes that lie here now."""
        if day.minutes is None:
            return day
        return replace(day, absences=dict(self._absences(day.minutes).values()))

    def _absences(self, minutes: SignedBody) -> dict[str, tuple[Absence, SignedBody]]:
        """Return the acts of absence about these minutes, by path."""
        found = {}
        for path in self.media.own.list():
            content = self.media.read(path) if path.startswith(f"{ABSENCE}/") else None
            if content is None:
                continue
            body = SignedBody.from_bytes(content, Act.external(), self._device_key)
            said = absence_in(Act.from_bytes(body.payload), minutes.payload)
            if said is not None:
                found[path] = said, body
        return found

    def absences_in_use(self, minutes: SignedBody) -> dict[str, bytes]:
        """Return the acts about those who must sign these minutes and have not, by path."""
        acts = self._absences(minutes)
        signed = Signing(minutes).signed_by(self._station)
        used = in_use((said for said, _ in acts.values()), signed, self._station)
        return {path: body.to_bytes() for path, (said, body) in acts.items() if said in used}

    def with_dead(self, day: Day) -> Day:
        """Return the day with what the acts now say of boards that died."""
        signed = [act for act, _, _ in self._signed_acts()]
        dead = rollcall.gone(self._station, signed, day.boards)
        left, was_closed = [], False
        for name in dead:
            board = self._station.package.board(name)
            content = self.media.read(f"{COLLECTED}/{name}/{journal.PATH}")
            if board is not None and content is not None:
                entries = journal.verify_journal(content, board.sign_key)
                left.append(JournalHead(name, entries[-1].hash, len(entries)))
                if board.kind is BoardKind.ACCUMULATOR:
                    was_closed |= any(entry.event is EventType.CLOSED for entry in entries)
        return replace(day, gone=dead, left=tuple(left), was_closed=was_closed)

    def _minutes(self, content: bytes) -> SignedBody:
        try:
            body = SignedBody.from_bytes(
                content, Minutes.external(), self._station.package.station_key
            )
            Minutes.from_bytes(body.payload)
        except (CoseError, RecordError) as error:
            raise Refused(Reason.RECORD_DAMAGED, thing=Thing.MINUTES) from error
        return body

    def _act_named(self, act_hash: bytes) -> Act:
        """Return the opening act that the start order names."""
        for act, _, content in self._signed_acts():
            if records.digest(content) == act_hash:
                return act
        raise Refused(Reason.RECORD_MISSING, thing=Thing.ACT)

    def act_paths(self) -> tuple[str, ...]:
        """Return the paths of this board's own acts, in their order."""
        return tuple(path for path in self.media.own.list() if path.startswith(f"{ACTS}/"))

    def opened_votes(self) -> list[OpenedVote]:
        """Return the opened votes of the bundle, in its order."""
        content = self.media.read(f"{bundle.FOLDER}/{bundle.VOTES_OPENED}") or b""
        items, _ = cbor.split_sequence(content)
        return [OpenedVote.from_bytes(item) for item in items]

    def is_bundled(self, day: Day) -> bool:
        """Say whether the manifest lies on both media and names the minutes."""
        if day.minutes is None:
            return False
        minutes_hash = records.digest(day.minutes.to_bytes())
        for medium in self.media.folder(bundle.FOLDER):
            content = medium.read(bundle.MANIFEST)
            if content is None:
                return False
            try:
                listed = records.open_record(
                    EvidenceManifest, content, self._station.package.station_key
                )
            except RecordError:
                return False
            if listed.minutes != minutes_hash:
                return False
        return True

    # Writing

    def keep_act(self, kind: str, signed: bytes) -> None:
        """Lay down an act of this board under the next number."""
        number = len(self.act_paths()) + 1
        self.media.replace(f"{ACTS}/{number:03d}-{kind}.cose", signed)

    def keep_left(self, left: Left) -> None:
        """Lay down what a board that died left behind."""
        folder = f"{COLLECTED}/{left.board.name}"
        if left.entries:
            self.media.replace(f"{folder}/{journal.PATH}", left.journal)
        for name, content in left.acts:
            self.media.replace(f"{folder}/{ACTS}/{name}", content)

    def keep_board(self, brought: Brought) -> None:
        """Lay down another board's records, the statement last: with it the board is in."""
        for left in brought.left:
            self.keep_left(left)
        folder = f"{COLLECTED}/{brought.board}"
        self.media.replace(f"{folder}/{journal.PATH}", brought.journal_bytes)
        for name, content in brought.acts:
            self.media.replace(f"{folder}/{ACTS}/{name}", content)
        self.media.replace(f"{folder}/{STATEMENT}", brought.statement_bytes)

    # The bundle

    def evidence(self, day: Day, own: str) -> dict[str, bytes]:
        """Return the files of the bundle that exist before the count, by their paths there."""
        kept = {
            bundle.PACKAGE: enrolment.PACKAGE,
            bundle.PROGRAM: enrolment.PROGRAM,
            enrolment.BOOK_INDEX: enrolment.BOOK_INDEX,
            enrolment.BOOK_IMAGES: enrolment.BOOK_IMAGES,
            f"journals/{own}.cborseq": journal.PATH,
            bundle.START_ORDER: START_ORDER,
            f"statements/{own}.cose": STATEMENT,
        }
        for name in day.boards:
            kept[f"statements/{name}.cose"] = f"{COLLECTED}/{name}/{STATEMENT}"
            kept[f"journals/{name}.cborseq"] = f"{COLLECTED}/{name}/{journal.PATH}"
        for head in day.left:
            kept[f"journals/{head.board}.cborseq"] = f"{COLLECTED}/{head.board}/{journal.PATH}"
        files = {
            path: enrolment.present(Thing.STATE, self.media.read(source))
            for path, source in kept.items()
        }
        return files | self._acts(day)

    def _acts(self, day: Day) -> dict[str, bytes]:
        """Return the acts of all boards, numbered anew by the time that they name."""
        known = {ACTS, *(f"{COLLECTED}/{name}/{ACTS}" for name in (*day.boards, *day.gone))}
        found = []
        for act, path, content in self._signed_acts():
            folder, _, name = path.rpartition("/")
            if folder in known:
                found.append((act.time_ms, path, name[4:], content))
        return {
            f"{ACTS}/{number:03d}-{kind}": content
            for number, (_, _, kind, content) in enumerate(sorted(found), 1)
        }

    def _signed_acts(self) -> list[tuple[Act, str, bytes]]:
        """Return every act that lies here, by whomever, with its path and its bytes."""
        keys = {
            f"{COLLECTED}/{board.name}/{ACTS}": board.sign_key
            for board in self._station.package.boards
        } | {ACTS: self._device_key}
        found = []
        for path in self.media.own.list():
            key = keys.get(path.rpartition("/")[0])
            if key is not None:
                content = self.media.read(path) or b""
                body = SignedBody.from_bytes(content, Act.external(), key)
                found.append((Act.from_bytes(body.payload), path, content))
        return found

    def drop_absences_but(self, used: Collection[str]) -> None:
        """Take out of the bundle the acts of absence of an attempt before that are of no use."""
        for medium in self.media.folder(bundle.FOLDER):
            for path in medium.list():
                if path.startswith(f"{ABSENCE}/") and path not in used:
                    medium.remove(path)

    def keep_evidence(self, files: Mapping[str, bytes]) -> None:
        """Write the bundle's files; what an attempt before left there is taken away first."""
        folder = self.media.folder(bundle.FOLDER)
        for medium in folder:
            for path in medium.list():
                if path not in files:
                    medium.remove(path)
        for path, content in sorted(files.items()):
            folder.replace(path, content)
