"""The evening of two boards on this one: shuffle, the desk's medium, own part, the ballots.

    own media, and the counting desk's medium in the visiting slot, below <this board>/
        count/votes-sealed.cborseq, count/mix-1.cose      the votes, and this board's shuffle
        count/checked.cose, count/opening.cose            both shuffles checked; this board's part
    own media, below collected/<desk>/
        count/mix-2.cose, count/checked.cose              the desk's shuffle; it has checked both
        count/opening.cose                                its part

Rules:
- Where the evening is, files say (`stage_of`). Every step begins from files, and verifies all of
  them again, this board's own too: a fault of this very board must not go out unseen.
- A shuffle that was signed is never made again: of two, an order could be read off.
- This board's half, the shares that it comes from, and what a shuffle draws are in memory only, and
  no longer than one step takes.

It decides nothing: which step follows is the machine's (`accumulator.mixing`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from accumulator import reckoning, votes
from accumulator.bundle import Proofs
from accumulator.countwalk import CountStage, CountWalk
from accumulator.dayfiles import COLLECTED
from accumulator.events import (
    CountMoved,
    CountRefused,
    Outcome,
    RecoveryRefused,
    StationClosed,
)
from accumulator.strongroom import evening as counting
from accumulator.strongroom.deskmedium import (
    brought,
    carry,
    desk_in_turn,
    desk_medium,
    desks_of_count,
)
from accumulator.strongroom.room import Strongroom
from cardio.messages import facts_of
from cardio.share_quorum import SharePins
from common import cose, records, tallykey
from common.catalogue import EventType
from common.cose import SignedBody
from common.counttexts import Progress
from common.errors import Reason, Refused, Thing
from common.evening import (
    CHECKED,
    FIRST_MIX,
    OPENING,
    SECOND_MIX,
    VOTES,
    Evening,
    Lists,
    votes_sealed,
)
from common.media import Medium
from common.records import BoardKind, HalfShares, Mix, MixChecked, Opening, RecordError
from common.seal.crew import Crew
from common.seal.firstlists import Group
from common.seal.randomness import CheckedSource
from common.shares import Share, ShareError
from common.tallykey import SignedHalf, TallyHalfRead


@dataclass(frozen=True, slots=True)
class _Shuffled:
    """Both shuffles, believed: the first lists, the signed records, the last lists."""

    lists: Lists
    mixes: tuple[bytes, bytes]
    last: tuple[Group, ...]


# --- where the evening is -------------------------------------------------------------------------


def walk_of(room: Strongroom) -> CountWalk:
    """Say where the evening of two boards is, by the files. Raises: MediumFault, Refused."""
    stage = stage_of(room)
    pins = None
    if stage is CountStage.SHARES:
        half, told = _own_half(room)
        pins = SharePins(half.name, told.commitments)
    return CountWalk(stage, desk_in_turn(room), pins, _in_first_mix(room))


def _in_first_mix(room: Strongroom) -> int | None:
    """Return how many votes were shuffled, as the first Mix says; every step verifies it."""
    content = room.files.media.own.read(FIRST_MIX)
    boards = room.station.package.boards_of(BoardKind.ACCUMULATOR)
    with suppress(RecordError):
        if content is not None:
            mix, _ = records.open_by_board(Mix, content, boards)
            return sum(group.ballots for group in mix.groups)
    return None


def stage_of(room: Strongroom) -> CountStage:
    """Say how far it is. Raises: MediumFault."""
    own = room.files.media.own
    if own.size(FIRST_MIX) is None:
        return CountStage.FRESH
    if _desk_with(room, SECOND_MIX, CHECKED) is None:
        return CountStage.TO_MIX
    if own.size(OPENING) is None:
        return CountStage.SHARES
    if _desk_with(room, OPENING, CHECKED) is None:
        return CountStage.TO_OPEN
    return CountStage.OPENED


def _desk_with(room: Strongroom, *paths: str) -> str | None:
    """Return the desk all of whose files of these names are here."""
    own = room.files.media.own
    for desk in desks_of_count(room):
        if all(own.size(f"{COLLECTED}/{desk}/{path}") is not None for path in paths):
            return desk
    return None


def close_station(room: Strongroom) -> Outcome:
    """Close, and say where the evening is: an accumulator that died may have been further."""
    try:
        return counting.close_station(room) or StationClosed(room.roll(), walk_of(room))
    except Refused as refused:
        return RecoveryRefused(refused.reason, facts_of(refused.facts))


# --- the steps ------------------------------------------------------------------------------------


def mix_votes(room: Strongroom) -> Outcome:
    """Shuffle the sealed votes, once; a desk's medium that lies there gets them at once."""
    try:
        if stage_of(room) is CountStage.FRESH:
            _mix(room)
        return CountMoved(walk_of(room), carried=_carried_at_once(room))
    except Refused as refused:
        room.record(EventType.COUNT_REFUSED, reason=refused.reason)
        return _refused(room, refused)


def _mix(room: Strongroom) -> None:
    if room.urn is None or room.day.statement is None:
        raise Refused(Reason.NOT_CLOSED)
    if missing := room.roll().missing:
        raise Refused(Reason.BOARDS_NOT_IN, boards=", ".join(missing))
    if not desk_in_turn(room):
        first = tallykey.counting_desk(room.station.package)
        raise Refused(Reason.COUNT_NO_DESK, board="" if first is None else first.name)
    media, here, own = room.files.media, _evening(room), room.station.board
    cast_votes = room.urn.cast_votes()
    room.record(EventType.COUNT_BEGAN, count=len(cast_votes))
    content = votes_sealed(cast_votes)
    source = CheckedSource(room.around.random_bytes)
    with _crew(room) as crew:
        with _believing(Thing.SEALED_VOTES, own):
            lists = here.lists(content, crew)
        made = here.mix(room.installation, 1, lists.groups, None, source=source, crew=crew)
        with _believing(Thing.FIRST_MIX, own):
            here.read_mix(made, 1, lists.groups, None, crew)
    media.replace(VOTES, content)
    media.replace(FIRST_MIX, made)
    room.record(EventType.VOTES_MIXED, count=_ballots(lists.groups), mix=records.digest(made))


def visit(room: Strongroom) -> Outcome:
    """Take what the desk made from its medium, or put on it what the desk needs next."""
    taken = ""
    try:
        medium, desks = desk_medium(room)
        match stage_of(room):
            case CountStage.TO_MIX:
                taken = _take_mix(room, medium, desks)
            case CountStage.TO_OPEN:
                taken = _take_opening(room, medium, desks)
        if not taken:
            carry(room, medium)
        return CountMoved(walk_of(room), taken=taken, carried=not taken)
    except Refused as refused:
        return _refused(room, refused)


def open_part(room: Strongroom, given: tuple[Share, ...]) -> Outcome:
    """Rebuild this board's half from a quorum's shares, open its part, forget the half."""
    try:
        _open(room, given)
        return CountMoved(walk_of(room), carried=_carried_at_once(room))
    except Refused as refused:
        wrong_shares = refused.reason is Reason.SHARES_DO_NOT_FIT
        kind = EventType.SHARES_REFUSED if wrong_shares else EventType.COUNT_REFUSED
        room.record(kind, reason=refused.reason)
        return CountRefused(refused.reason, facts_of(refused.facts))


def _open(room: Strongroom, given: tuple[Share, ...]) -> None:
    here = _evening(room)
    half, told = _own_half(room)
    with _crew(room) as crew:
        shuffled = _shuffled(room, here, crew)
        _sign_checked(room, here, shuffled.mixes)
        try:
            secret = tallykey.secret_of(room.installation.keys, half, told, given)
        except ShareError as error:
            raise Refused(Reason.SHARES_DO_NOT_FIT) from error
        source = CheckedSource(room.around.random_bytes)
        made = here.opening(
            room.installation, secret, shuffled.mixes, shuffled.last, source=source, crew=crew
        )
        del secret
        with _believing(Thing.OPENING, room.station.board):
            here.read_opening(made, BoardKind.ACCUMULATOR, shuffled.mixes, shuffled.last, crew)
    room.files.media.replace(OPENING, made)
    room.record(EventType.PART_OPENED, count=_ballots(shuffled.last))


def finish(room: Strongroom) -> Outcome:
    """Read the ballots with both parts, count them, lay down evidence and minutes."""
    return counting.counted(room, lambda: _finished(room))


def _finished(room: Strongroom) -> SignedBody:
    here, own = _evening(room), room.station.board
    opened_by = _desk_with(room, OPENING, CHECKED) or ""
    checked = (
        _present(room, CHECKED, Thing.MIXES_CHECKED, own),
        _present(room, f"{COLLECTED}/{opened_by}/{CHECKED}", Thing.MIXES_CHECKED, opened_by),
    )
    parts = {
        BoardKind.ACCUMULATOR: _present(room, OPENING, Thing.OPENING, own),
        BoardKind.DESK: _present(
            room, f"{COLLECTED}/{opened_by}/{OPENING}", Thing.OPENING, opened_by
        ),
    }
    with _crew(room) as crew:
        shuffled = _shuffled(room, here, crew)
        with _believing(Thing.OPENING, opened_by):
            one, other = (
                here.read_opening(part, kind, shuffled.mixes, shuffled.last, crew)
                for kind, part in parts.items()
            )
        groups = here.ballots(shuffled.last, one, other, crew)
    if room.urn is None:
        raise Refused(Reason.NOT_CLOSED)
    opened = votes.read_votes(shuffled.lists, groups)
    result = reckoning.balance(room.station, room.day, opened, room.urn.spent)
    proofs = Proofs(
        shuffled.mixes,
        {_signer(MixChecked, each): each for each in checked},
        {_signer(Opening, each): each for each in parts.values()},
    )
    return counting.lay_down(room, room.urn.cast_votes(), result, proofs)


# --- the desk's medium ----------------------------------------------------------------------------


def _carried_at_once(room: Strongroom) -> bool:
    """Put what the desk needs on its medium, if that lies in the slot already."""
    with suppress(Refused):
        if room.visitor() is not None:
            medium, _ = desk_medium(room)
            carry(room, medium)
            return True
    return False


def _take_mix(room: Strongroom, medium: Medium, desks: tuple[str, ...]) -> str:
    """Take the second shuffle if the medium brings it; return whose. Raises: Refused."""
    for desk in desks:
        second, checked = brought(medium, desk, SECOND_MIX), brought(medium, desk, CHECKED)
        if second is None:
            continue
        here = _evening(room)
        with _noting_refusal(room, desk), _crew(room) as crew:
            if checked is None:
                raise Refused(Reason.COUNT_FILE_MISSING, thing=Thing.MIXES_CHECKED, board=desk)
            _, first, between = _first(room, here, crew)
            mixes = (first, second)
            with _believing(Thing.SECOND_MIX, desk):
                here.read_mix(second, 2, between, first, crew)
            with _believing(Thing.MIXES_CHECKED, desk):
                here.read_checked(checked, BoardKind.DESK, mixes)
        media = room.files.media
        media.replace(f"{COLLECTED}/{desk}/{SECOND_MIX}", second)
        media.replace(f"{COLLECTED}/{desk}/{CHECKED}", checked)
        for thing in (Thing.SECOND_MIX, Thing.MIXES_CHECKED):
            room.record(EventType.COUNT_FILE_TAKEN, thing=thing, board=desk)
        _sign_checked(room, here, mixes)
        return desk
    return ""


def _take_opening(room: Strongroom, medium: Medium, desks: tuple[str, ...]) -> str:
    """Take the desk's part if the medium brings it; return whose. Raises: Refused."""
    for desk in desks:
        part, checked = brought(medium, desk, OPENING), brought(medium, desk, CHECKED)
        if part is None:
            continue
        here = _evening(room)
        with _noting_refusal(room, desk), _crew(room) as crew:
            if checked is None:
                raise Refused(Reason.COUNT_FILE_MISSING, thing=Thing.MIXES_CHECKED, board=desk)
            shuffled = _shuffled(room, here, crew)
            with _believing(Thing.MIXES_CHECKED, desk):
                here.read_checked(checked, BoardKind.DESK, shuffled.mixes)
            with _believing(Thing.OPENING, desk):
                here.read_opening(part, BoardKind.DESK, shuffled.mixes, shuffled.last, crew)
        # A spare desk may open what the desk that died has shuffled; it has checked both itself.
        room.files.media.replace(f"{COLLECTED}/{desk}/{CHECKED}", checked)
        room.files.media.replace(f"{COLLECTED}/{desk}/{OPENING}", part)
        room.record(EventType.COUNT_FILE_TAKEN, thing=Thing.OPENING, board=desk)
        return desk
    return ""


# --- what every step begins with ------------------------------------------------------------------


def _evening(room: Strongroom) -> Evening:
    order = room.day.start_order_bytes
    try:
        return Evening.under(room.station.package, room.station.package_hash, order)
    except RecordError as error:
        raise Refused(Reason.TALLY_HALF_WRONG, thing=Thing.START_ORDER) from error


def _own_half(room: Strongroom) -> tuple[TallyHalfRead, HalfShares]:
    """Return the accumulator's half, and what was told of its shares. Raises: Refused."""
    package, package_hash = room.station.package, room.station.package_hash
    media, half = room.files.media, _evening(room).half_of(BoardKind.ACCUMULATOR)
    for path in media.own.list():
        if not path.startswith(f"{tallykey.FOLDER}/"):
            continue
        with suppress(RecordError):
            signed = SignedHalf.from_bytes(media.read(path) or b"")
            if signed.tally_half == half.signed:
                return tallykey.read_signed(package, package_hash, signed, BoardKind.ACCUMULATOR)
    raise Refused(Reason.LOST_ON_BOTH, thing=Thing.TALLY_HALF)


def _first(room: Strongroom, here: Evening, crew: Crew) -> tuple[Lists, bytes, tuple[Group, ...]]:
    """Return the first lists, the first shuffle and the lists after it. Raises: Refused."""
    own = room.station.board
    content = _present(room, VOTES, Thing.SEALED_VOTES, own)
    if room.urn is None:
        raise Refused(Reason.NOT_CLOSED)
    if content != votes_sealed(room.urn.cast_votes()):
        raise Refused(Reason.COUNT_FILE_WRONG, thing=Thing.SEALED_VOTES, board=own)
    with _believing(Thing.SEALED_VOTES, own):
        lists = here.lists(content, crew)
    first = _present(room, FIRST_MIX, Thing.FIRST_MIX, own)
    with _believing(Thing.FIRST_MIX, own):
        between = here.read_mix(first, 1, lists.groups, None, crew)
    return lists, first, between


def _shuffled(room: Strongroom, here: Evening, crew: Crew) -> _Shuffled:
    """Return both shuffles, and what both boards said of them verified. Raises: Refused."""
    lists, first, between = _first(room, here, crew)
    desk = _desk_with(room, SECOND_MIX, CHECKED) or ""
    second = _present(room, f"{COLLECTED}/{desk}/{SECOND_MIX}", Thing.SECOND_MIX, desk)
    checked = _present(room, f"{COLLECTED}/{desk}/{CHECKED}", Thing.MIXES_CHECKED, desk)
    with _believing(Thing.SECOND_MIX, desk):
        last = here.read_mix(second, 2, between, first, crew)
    mixes = (first, second)
    with _believing(Thing.MIXES_CHECKED, desk):
        here.read_checked(checked, BoardKind.DESK, mixes)
    return _Shuffled(lists, mixes, last)


def _sign_checked(room: Strongroom, here: Evening, mixes: tuple[bytes, bytes]) -> None:
    """Sign, once, that both shuffles were checked; they were. A spare signs for itself."""
    content = room.files.media.read(CHECKED)
    if content is None or _signer(MixChecked, content) != room.station.board:
        room.files.media.replace(CHECKED, here.checked(room.installation, mixes))
        room.record(EventType.MIXES_CHECKED)


def _present(room: Strongroom, path: str, thing: Thing, board: str) -> bytes:
    content = room.files.media.read(path)
    if content is None:
        raise Refused(Reason.COUNT_FILE_MISSING, thing=thing, board=board)
    return content


def _signer(record: type[MixChecked | Opening], signed: bytes) -> str:
    """Return the board that a record names, whose signature was checked."""
    return record.from_bytes(cose.payload_of(signed)).board


def _crew(room: Strongroom) -> Crew:
    def progress(step: str, done: int, total: int) -> None:
        room.progress(Progress(step, done, total))

    return Crew(room.around.threads, progress)


def _ballots(groups: tuple[Group, ...]) -> int:
    return sum(len(group.rows) for group in groups)


@contextmanager
def _believing(thing: Thing, board: str) -> Iterator[None]:
    """Refuse, by what it is and whose, a file that does not verify."""
    try:
        yield
    except RecordError as error:
        raise Refused(Reason.COUNT_FILE_WRONG, thing=thing, board=board) from error


@contextmanager
def _noting_refusal(room: Strongroom, desk: str) -> Iterator[None]:
    """Journal that a file which a desk brought was refused."""
    try:
        yield
    except Refused as refused:
        if refused.facts.get("board") == desk:
            thing = refused.facts["thing"]
            room.record(
                EventType.COUNT_FILE_REFUSED, thing=thing, board=desk, reason=refused.reason
            )
        raise


def _refused(room: Strongroom, refused: Refused) -> CountMoved:
    return CountMoved(
        CountWalk(stage_of(room), desk_in_turn(room), shuffled=_in_first_mix(room)),
        refused=refused.reason,
        facts=facts_of(refused.facts),
    )
