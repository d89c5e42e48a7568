"""The counting desk's part of the count, on its media: it shuffles, checks, and opens its part.

    <medium>/<accumulator>/count/   votes-sealed.cborseq, mix-1.cose, later checked.cose,
                                    opening.cose: read, and never written here
    own storage, and <medium>/<desk>/count/
        mix-2.cose      what this desk shuffled; never made again, not even if it is lost
        checked.cose    that both shuffles hold; a spare that opens signs that for itself
        opening.cose    its part of the opening
        journal.cborseq what was done: the day's journal ended with the statement

Rules:
- Each step begins with what the files say; a stop in between loses nothing but work. A file is
  whole on both media before anybody is told of it.
- Nothing of the accumulator's counts before it verifies, whoever brought the medium.
- The half of the key is in memory from the last share until the part is computed, and the order of
  the shuffle only while it is made.

Never here: what the operator sees.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from cardio.messages import facts_of
from cardio.share_quorum import SharePins
from common import cose, records, reserve, tallykey
from common.catalogue import EventType
from common.clock import Clock
from common.countfiles import THINGS, most_bytes
from common.counttexts import Ballots
from common.enrolment import Installation
from common.errors import Reason, Refused, Thing
from common.evening import CHECKED, FIRST_MIX, FOLDER, OPENING, SECOND_MIX, VOTES, Evening
from common.journal import Journal
from common.media import Medium, TwoMedia
from common.records import Board, BoardKind, Mix, MixChecked, RecordError
from common.seal.crew import Crew, Progress, silent
from common.seal.firstlists import Group
from common.seal.randomness import CheckedSource
from common.shares import Share, ShareError
from common.tallykey import SignedHalf
from desk.events import CountRefused, EveningSeen, OtherPartChecked, PartWritten, Stage, VotesMixed

MOST_THREADS: Final = 4


@dataclass(frozen=True, slots=True)
class Mixes:
    """Both signed mixes, the lists that they end with, and how many votes are in no list."""

    signed: tuple[bytes, bytes] = field(repr=False)
    groups: tuple[Group, ...] = field(repr=False)
    left_out: int = 0

    @property
    def ballots(self) -> int:
        """How many ballots there are in all lists."""
        return sum(len(group.rows) for group in self.groups)


@dataclass(slots=True)
class CountPart:
    """The counting desk after its close; used by one thread.

    Attributes:
        media: the desk's own folders.
        medium: all of what lies in the recording slot.
        half: of the tally key, as this desk, or the one that it replaced, has kept it.
        start_order: as signed.
        statement: as signed.
        progress: is told how far a long computation is.
    """

    installation: Installation
    media: TwoMedia
    medium: Medium
    clock: Clock
    half: SignedHalf | None
    start_order: bytes
    statement: bytes
    random_bytes: Callable[[int], bytes] = field(repr=False)
    progress: Progress = silent
    _journal: Journal | None = field(default=None, init=False)
    _mixes: Mixes | None = field(default=None, init=False, repr=False)
    _evening: Evening = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Read the start order. Raises: RecordError."""
        package, package_hash = self.installation.package, self.installation.package_hash
        self._evening = Evening.under(package, package_hash, self.start_order)

    # --- where it stands ----------------------------------------------------------------------

    def look(self) -> EveningSeen:
        """Say how far the count has come, by the files. Raises: MediumFault."""
        own = self.media.own
        if own.size(OPENING) is not None:
            return EveningSeen(Stage.OPENED)
        maker = self._maker(FIRST_MIX) or self._maker(VOTES)
        if own.size(SECOND_MIX) is None or own.size(CHECKED) is None:
            stage = Stage.NOTHING_THERE if maker is None else Stage.TO_BE_MIXED
            return EveningSeen(stage)
        brought = self._maker(OPENING) or self._maker(CHECKED)
        return EveningSeen(Stage.MIXED if brought is None else Stage.TO_BE_OPENED)

    # --- the three steps ----------------------------------------------------------------------

    def mix(self) -> VotesMixed | CountRefused:
        """Check the accumulator's list, shuffle it once more, prove it, check both, and sign that.

        Raises:
            Refused: there is not enough room.
            MediumFault, BadRandomness.
        """
        try:
            with self._crew() as crew:
                mixes = self._both_mixes(crew)
        except _Bad as bad:
            return self._refused(bad)
        self._sign_checked(mixes)
        return VotesMixed()

    def check_other(self) -> OtherPartChecked | CountRefused:
        """Check what the accumulator signed of both shuffles, and its part of the opening.

        Raises: MediumFault.
        """
        try:
            with self._crew() as crew:
                mixes = self._both_mixes(crew)
                maker = self._check_other(mixes, crew)
            half, told = self._half()
        except _Bad as bad:
            return self._refused(bad)
        self._sign_checked(mixes)
        for path in (CHECKED, OPENING):
            self.record(EventType.COUNT_FILE_TAKEN, thing=THINGS[path], board=maker.name)
        self._mixes = mixes
        ballots = Ballots(mixes.ballots, mixes.left_out)
        return OtherPartChecked(SharePins(half.name, told.commitments), ballots)

    def open(self, shares: Iterable[Share]) -> PartWritten | CountRefused:
        """Make this desk's part of the opening, with the half that these shares give.

        Raises:
            LookupError: the accumulator's part was not checked.
            MediumFault, BadRandomness.
        """
        mixes = self._mixes
        if mixes is None:
            raise LookupError("the accumulator's part was not checked")
        try:
            secret = tallykey.secret_of(self.installation.keys, *self._half(), shares)
        except ShareError:
            self.record(EventType.SHARES_REFUSED, reason=Reason.SHARES_DO_NOT_FIT)
            return CountRefused(Reason.SHARES_DO_NOT_FIT)
        source = CheckedSource(self.random_bytes)
        with self._crew() as crew:
            opening = self._evening.opening(
                self.installation, secret, mixes.signed, mixes.groups, source=source, crew=crew
            )
        del secret
        self.media.replace(OPENING, opening)
        self.record(EventType.PART_OPENED, count=mixes.ballots)
        self._mixes = None
        return PartWritten()

    # --- the journal of the evening -----------------------------------------------------------

    def record(self, event: EventType, **facts: object) -> None:
        """Write an entry in the evening's own journal. Raises: MediumFault, Refused."""
        journal = self._open_journal()
        if journal.length == 0:
            statement = records.digest(self.statement)
            journal.append(EventType.COUNT_PART_BEGAN, statement=statement)
        journal.append(event, **facts)

    def _open_journal(self) -> Journal:
        if self._journal is None:
            place = self.media.folder(FOLDER)
            self._journal = Journal.open(place, self.installation.keys.signing, self.clock)
        return self._journal

    def _has_mixed(self) -> bool:
        """Say whether this desk has shuffled, by its journal."""
        entries = self._open_journal().entries()
        return any(entry.event is EventType.VOTES_MIXED for entry in entries)

    # --- what is behind it --------------------------------------------------------------------

    def _both_mixes(self, crew: Crew) -> Mixes:
        """Return both mixes, checked; the second is made now if it is not there."""
        evening, ours = self._evening, self.installation.board
        maker = self._maker(FIRST_MIX) or self._accumulator()
        votes, first = self._read(maker, VOTES), self._read(maker, FIRST_MIX)
        with _about(VOTES, maker):
            lists = evening.lists(votes, crew)
        with _about(FIRST_MIX, maker):
            groups = evening.read_mix(first, 1, lists.groups, None, crew)
        second = self.media.read(SECOND_MIX)
        if second is not None:
            if not self._is_after(first):
                raise _Bad(FIRST_MIX, maker, Refused(Reason.COUNT_MIXED_OTHER, board=maker.name))
            with _about(SECOND_MIX, ours):
                last = evening.read_mix(second, 2, groups, first, crew)
                return Mixes((first, second), last, len(lists.left_out))
        if self._has_mixed():
            raise _Bad(SECOND_MIX, ours, Refused(Reason.LOST_ON_BOTH, thing=Thing.SECOND_MIX))
        self.media.check_room(reserve.REST + 2 * len(first))
        for path in (VOTES, FIRST_MIX):
            self.record(EventType.COUNT_FILE_TAKEN, thing=THINGS[path], board=maker.name)
        source = CheckedSource(self.random_bytes)
        second = evening.mix(self.installation, 2, groups, first, source=source, crew=crew)
        # A computer that errs is found out before anybody has its list.
        last = evening.read_mix(second, 2, groups, first, crew)
        mixes = Mixes((first, second), last, len(lists.left_out))
        self.media.replace(SECOND_MIX, second)
        self.record(EventType.VOTES_MIXED, count=mixes.ballots, mix=records.digest(second))
        return mixes

    def _sign_checked(self, mixes: Mixes) -> None:
        """Sign, once, that both shuffles were checked; they were. A spare signs for itself."""
        content = self.media.read(CHECKED)
        payload = None if content is None else cose.payload_of(content)
        if payload is None or MixChecked.from_bytes(payload).board != self.installation.board.name:
            self.media.replace(CHECKED, self._evening.checked(self.installation, mixes.signed))
            self.record(EventType.MIXES_CHECKED)

    def _check_other(self, mixes: Mixes, crew: Crew) -> Board:
        """Check the accumulator's two records; return which accumulator's."""
        maker = self._maker(OPENING) or self._accumulator()
        checked, opening = self._read(maker, CHECKED), self._read(maker, OPENING)
        kind = BoardKind.ACCUMULATOR
        with _about(CHECKED, maker):
            self._evening.read_checked(checked, kind, mixes.signed)
        with _about(OPENING, maker):
            self._evening.read_opening(opening, kind, mixes.signed, mixes.groups, crew)
        return maker

    def _is_after(self, first: bytes) -> bool:
        """Say whether this desk's mix is that of this first one."""
        second = self.media.read(SECOND_MIX)
        payload = b"" if second is None else cose.payload_of(second)
        return Mix.from_bytes(payload).before == records.digest(first)

    def _half(self) -> tuple[tallykey.TallyHalfRead, records.HalfShares]:
        """Return the half that the start order holds, and what is told of its shares."""
        if self.half is None:
            lost = Refused(Reason.LOST_ON_BOTH, thing=Thing.TALLY_HALF)
            raise _Bad(OPENING, self.installation.board, lost)
        half = self._evening.half_of(BoardKind.DESK)
        return half, tallykey.read_shares(self.installation.package, half, self.half.half_shares)

    def _crew(self) -> Crew:
        threads = min(len(os.sched_getaffinity(0)), MOST_THREADS)
        return Crew(threads, self.progress)

    # --- the accumulator's folder -------------------------------------------------------------

    def _maker(self, path: str) -> Board | None:
        """Return the accumulator that laid this file down: its spare, if that went on."""
        boards = self.installation.package.boards_of(BoardKind.ACCUMULATOR)
        for board in reversed(boards):
            if self.medium.folder(board.name).size(path) is not None:
                return board
        return None

    def _accumulator(self) -> Board:
        return self.installation.package.boards_of(BoardKind.ACCUMULATOR)[0]

    def _read(self, maker: Board, path: str) -> bytes:
        """Return what a file of an accumulator holds, not yet verified."""
        folder = self.medium.folder(maker.name)
        size = folder.size(path)
        if size is not None and size > most_bytes(path):
            raise _Bad(path, maker, _wrong(path, maker))
        untrusted = folder.read(path)
        if untrusted is None:
            missing = Refused(Reason.COUNT_FILE_MISSING, thing=THINGS[path], board=maker.name)
            raise _Bad(path, maker, missing)
        return untrusted

    def _refused(self, bad: _Bad) -> CountRefused:
        thing, reason = THINGS[bad.path], bad.refused.reason
        self.record(EventType.COUNT_FILE_REFUSED, thing=thing, board=bad.board.name, reason=reason)
        return CountRefused(reason, facts_of(bad.refused.facts))


class _Bad(Exception):
    """A file of the count was refused."""

    def __init__(self, path: str, board: Board, refused: Refused) -> None:
        super().__init__(path)
        self.path, self.board, self.refused = path, board, refused


@contextmanager
def _about(path: str, board: Board) -> Iterator[None]:
    """Say of a record that is refused which file it is, and whose."""
    try:
        yield
    except RecordError as error:
        raise _Bad(path, board, _wrong(path, board)) from error


def _wrong(path: str, board: Board) -> Refused:
    return Refused(Reason.COUNT_FILE_WRONG, thing=THINGS[path], board=board.name)
