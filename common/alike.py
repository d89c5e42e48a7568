"""The two media of a board, made alike: whose the removable one is, and who mends what.

Every board begins with it. Rules:

* A removable medium of another board, another station or another day's package is refused by name,
  and nothing is written on it. An empty one is the board's own from now on.
* Files that are written once and never change (what was installed, start order, acts, statements,
  evidence) lie on both media. The board says which there are and how each is judged (`Kept`), and
  `make_alike` does the rest: what one medium lacks, or holds damaged, it gets from the other; of
  two that verify and differ, the one that ranks higher counts.
* What no medium has whole, and what two media have differently, is refused: people decide.
* What was repaired is reported, medium by medium and thing by thing, for page and journal.

The journal, the urn and files that change in place look after themselves (`common.journal`,
`common.urn`, `common.blocks`). The board's own keys lie on own storage alone: a board that has lost
them is replaced by its spare.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from common import acts, cbor, cose, enrolment, journal, records, tallykey
from common.book import Book, BookError
from common.errors import Reason, Refused, Thing
from common.keys import DeviceKeys
from common.media import Medium, TwoMedia
from common.records import (
    Board,
    BoardKind,
    RecordError,
    Statement,
    StationKeyOffer,
    StationPackage,
)

START_ORDER: Final = "start-order.cose"
MEDIA: Final = (Thing.OWN_STORAGE, Thing.REMOVABLE)
"""What the two media are called, in the order of every write."""
_FIRST_ENTRY: Final = journal.MAX_ENTRY_SIZE + 16


def _no_rank(_: bytes) -> int:
    return 0


def _any_rank(content: bytes) -> int:
    return int.from_bytes(hashlib.sha256(content).digest(), "big")


@dataclass(frozen=True, slots=True)
class Kept:
    """How a file that is written once is judged.

    Attributes:
        thing: what a person calls it.
        verifies: says of its content whether it is whole, and of this board and package.
        rank: of two that verify and differ, the greater is the newer; equal ones contradict.
    """

    thing: Thing
    verifies: Callable[[bytes], bool]
    rank: Callable[[bytes], int] = _no_rank


Judge: TypeAlias = Callable[[str], Kept | None]
"""Says how the file at a path is judged, or None: it is nobody's, and left alone."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Files of one kind that one medium lacked, or held damaged or out of date."""

    medium: Thing
    thing: Thing
    files: int


def make_alike(media: TwoMedia, judge: Judge) -> tuple[Repair, ...]:
    """Make the files that `judge` knows the same on both media; return what was repaired.

    Raises:
        Refused: LOST_ON_BOTH, MEDIA_DISAGREE, about the thing.
        MediumFault: a medium failed.
    """
    repaired: Counter[tuple[Thing, Thing]] = Counter()
    for path in sorted({path for medium in media for path in medium.list()}):
        kept = judge(path)
        if kept is None:
            continue
        found = [medium.read(path) for medium in media]
        if found[0] == found[1]:
            continue
        right = _right(kept, [content for content in found if content is not None])
        for thing, medium, content in zip(MEDIA, media, found, strict=True):
            if content != right:
                medium.replace(path, right)
                repaired[thing, kept.thing] += 1
    return tuple(Repair(medium, thing, files) for (medium, thing), files in repaired.items())


def _right(kept: Kept, found: list[bytes]) -> bytes:
    whole = [content for content in found if kept.verifies(content)]
    if not whole:
        raise Refused(Reason.LOST_ON_BOTH, thing=kept.thing)
    if len(whole) > 1 and kept.rank(whole[0]) == kept.rank(whole[1]):
        raise Refused(Reason.MEDIA_DISAGREE, thing=kept.thing)
    return max(whole, key=kept.rank)


def first_of(*judges: Judge) -> Judge:
    """Return the judge that asks these in turn."""

    def judge(path: str) -> Kept | None:
        return next((kept for each in judges if (kept := each(path)) is not None), None)

    return judge


def of_journal(mended: journal.Journal) -> tuple[Repair, ...]:
    """Return what was repaired of a journal when it was opened; its own entries tell of it."""
    return tuple(Repair(medium, Thing.JOURNAL, 1) for medium in mended.mended)


def added_up(repairs: Iterable[Repair]) -> tuple[tuple[Thing, int], ...]:
    """Return how many files were repaired on each medium."""
    files: Counter[Thing] = Counter()
    for repair in repairs:
        files[repair.medium] += repair.files
    return tuple(files.items())


# What was installed


@dataclass(frozen=True, slots=True)
class Installed:
    """The package in force, as found on either medium, and the repairs that brought it back.

    `board` is ours in it; `secrets` judges the board's secrets alone (`with_secrets` was False).
    """

    package: StationPackage
    package_hash: bytes
    board: Board
    repairs: tuple[Repair, ...]
    secrets: Judge


def bring_back_installed(
    media: TwoMedia, root_key: bytes, name: str, *, with_secrets: bool = True
) -> Installed:
    """Make what was installed the same on both media, after seeing whose the removable one is.

    Args:
        media: own storage, and the board's own folder on the removable medium.
        root_key: Ed25519 public key of the centre.
        name: the board's name.
        with_secrets: False on a board that may have forgotten its secrets for good.

    Raises:
        Refused: BOARD_KEYS_LOST, BOARD_NOT_ENROLLED, NOT_INSTALLED; MEDIUM_OTHER_BOARD,
            MEDIUM_OTHER_STATION, MEDIUM_OTHER_DAY, MEDIUM_UNKNOWN: the removable medium is not this
            board's of today; LOST_ON_BOTH: what neither medium has whole.
        MediumFault: a medium failed.
    """
    device = own_keys(media.own)
    package_bytes = _package_in_force(media, root_key, device, name)
    package = records.open_record(StationPackage, package_bytes, root_key)
    board = package.board(name)
    if board is None:
        raise Refused(Reason.BOARD_NOT_ENROLLED)
    if (board.sign_key, board.box_key) != (device.sign_key, device.box_key):
        raise Refused(Reason.BOARD_KEYS_LOST)
    _check_ours(media.removable, root_key, device.sign_key, package_bytes, package)
    package_hash = records.digest(package_bytes)
    judge = judge_installed(package, package_hash, board, device, root_key, media=media)
    chosen = judge if with_secrets else _but_for_secrets(judge)
    repairs = make_alike(media, chosen)
    return Installed(package, package_hash, board, repairs, _only_secrets(judge))


def own_keys(own: Medium) -> DeviceKeys:
    """Return the board's keys. Raises: Refused (BOARD_NOT_ENROLLED, BOARD_KEYS_LOST)."""
    try:
        return enrolment.device_keys(own)
    except Refused as refused:
        if refused.reason is Reason.RECORD_DAMAGED:
            raise Refused(Reason.BOARD_KEYS_LOST) from refused
        raise


def judge_installed(
    package: StationPackage,
    package_hash: bytes,
    board: Board,
    device: DeviceKeys,
    root_key: bytes,
    *,
    media: TwoMedia,
) -> Judge:
    """Return how the files of `common.enrolment` are judged on this board."""

    def secrets(content: bytes) -> bool:
        try:
            enrolment.open_secrets(content, package_hash, device, board, root_key)
        except Refused:
            return False
        return True

    def voters(content: bytes) -> bool:
        try:
            enrolment.open_voters(content, package, device, root_key)
        except Refused:
            return False
        return True

    def images(content: bytes) -> bool:
        return any(_is_book(medium, content, package.book) for medium in media)

    def offer(content: bytes) -> bool:
        return _is_offer(content, package)

    known = {
        enrolment.PACKAGE: Kept(
            Thing.PACKAGE, lambda content: records.digest(content) == package_hash
        ),
        enrolment.PROGRAM: Kept(
            Thing.PROGRAM, lambda content: records.digest(content) == package.program
        ),
        enrolment.SECRETS: Kept(Thing.SECRETS, secrets),
    }
    match board.kind:
        case BoardKind.DESK:
            known[enrolment.VOTERS] = Kept(Thing.VOTER_LIST, voters)
        case BoardKind.ACCUMULATOR:
            known[enrolment.STATION_KEYS] = Kept(Thing.STATION_KEYS, offer)
    if board.kind is not BoardKind.DESK:
        known[enrolment.BOOK_INDEX] = Kept(
            Thing.BOOK, lambda content: hashlib.sha256(content).digest() == package.book
        )
        # Some bits of a compressed picture mean nothing: of two that differ in one, either will do.
        known[enrolment.BOOK_IMAGES] = Kept(Thing.BOOK, images, _any_rank)
    return known.get


# What the day writes once


def judge_day(package: StationPackage, package_hash: bytes, board: Board) -> Judge:
    """Return how the files of a day are judged that every kind of board has."""

    def start_order(content: bytes) -> bool:
        try:
            tallykey.read_order(package, package_hash, content)
        except RecordError:
            return False
        return True

    def statement(content: bytes) -> bool:
        try:
            return records.open_record(Statement, content, board.sign_key).package == package_hash
        except RecordError:
            return False

    def act(content: bytes) -> bool:
        try:
            acts.open_act(content, board, package, package_hash)
        except Refused:
            return False
        return True

    known = {
        START_ORDER: Kept(Thing.START_ORDER, start_order),
        enrolment.STATEMENT: Kept(Thing.STATEMENT, statement),
    }
    an_act = Kept(Thing.ACT, act)

    def judge(path: str) -> Kept | None:
        if path.startswith(f"{tallykey.FOLDER}/"):
            return Kept(
                Thing.TALLY_HALF,
                lambda content: tallykey.is_kept(package, package_hash, path, content),
            )
        return an_act if path.startswith(f"{acts.FOLDER}/") else known.get(path)

    return judge


def _but_for_secrets(judge: Judge) -> Judge:
    return lambda path: None if path == enrolment.SECRETS else judge(path)


def _only_secrets(judge: Judge) -> Judge:
    return lambda path: judge(path) if path == enrolment.SECRETS else None


def _is_offer(untrusted: bytes, package: StationPackage) -> bool:
    for board in package.boards_of(BoardKind.ACCUMULATOR):
        try:
            offer = records.open_record(StationKeyOffer, untrusted, board.sign_key)
        except RecordError:
            continue
        return offer.station_key == package.station_key
    return False


def _is_book(medium: Medium, images: bytes, expected_hash: bytes) -> bool:
    """Say whether these are the images of the book whose index this medium has."""
    index = medium.read(enrolment.BOOK_INDEX)
    try:
        Book.from_bytes(index or b"", images, expected_hash).check_images()
    except BookError:
        return False
    return True


# Whose the removable medium is


def _package_in_force(media: TwoMedia, root_key: bytes, device: DeviceKeys, name: str) -> bytes:
    """Return the package of this board: own storage's if it is whole, else the other's.

    The other's counts only if our own journal says that it was installed here last.
    """
    own = media.own.read(enrolment.PACKAGE)
    if own is not None and _package(own, root_key) is not None:
        return own
    untrusted = media.removable.read(enrolment.PACKAGE)
    found = None if untrusted is None else _package(untrusted, root_key)
    if untrusted is None or found is None:
        raise (
            Refused(Reason.NOT_INSTALLED)
            if own is None
            else Refused(Reason.LOST_ON_BOTH, thing=Thing.PACKAGE)
        )
    board = found.board(name)
    installed = journal.last_installed(media.own, device.sign_key)
    ours = board is not None and board.sign_key == device.sign_key
    if not ours or installed not in {None, records.digest(untrusted)}:
        raise Refused(Reason.LOST_ON_BOTH, thing=Thing.PACKAGE)
    return untrusted


def _package(untrusted: bytes, root_key: bytes) -> StationPackage | None:
    try:
        return records.open_record(StationPackage, untrusted, root_key)
    except RecordError:
        return None


def _check_ours(
    removable: Medium,
    root_key: bytes,
    sign_key: bytes,
    package_bytes: bytes,
    package: StationPackage,
) -> None:
    """Refuse a medium that another board, another station or another day wrote.

    Its package tells; where that is damaged or missing, the journal does: its first entry bears
    this board's signature. A folder with neither is empty, or was about to be made.
    """
    untrusted = removable.read(enrolment.PACKAGE)
    if untrusted is not None and untrusted == package_bytes:
        return
    theirs = None if untrusted is None else _package(untrusted, root_key)
    if theirs is not None:
        if theirs.station != package.station:
            found, expected = theirs.station, package.station
            raise Refused(Reason.MEDIUM_OTHER_STATION, found=found, expected=expected)
        which = f"{theirs.election}, {theirs.round}, {theirs.number}"
        raise Refused(Reason.MEDIUM_OTHER_DAY, found=which)
    start = removable.read_at(journal.PATH, 0, _FIRST_ENTRY)
    if start:
        if not _is_signed(start, sign_key):
            raise Refused(Reason.MEDIUM_UNKNOWN)
    elif untrusted is not None:
        raise Refused(Reason.MEDIUM_UNKNOWN)


def _is_signed(untrusted_start: bytes, sign_key: bytes) -> bool:
    """Say whether a journal begins with an entry that the holder of this key signed."""
    try:
        items, _ = cbor.split_sequence(untrusted_start, max_item=journal.MAX_ENTRY_SIZE)
        cose.verify1(items[0], journal.EXTERNAL, sign_key)
    except (cbor.CborError, cose.CoseError, IndexError):
        return False
    return True
