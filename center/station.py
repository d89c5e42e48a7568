"""Preparing one station: from election file, commission and voter list to the package folder.

The order of steps, because each needs what the one before gave:

    begin               card secrets and the start password           (the password is shown once)
    boards enrol        each board makes its keys: EnrolmentRequest
    answer_accumulator  EnrolmentAnswer with the password's public half -> StationKeyOffer
    cards               officials' and share cards (`center.cards`); the package names them
    book                `center.book.make_book`
    make_package        everything signed, and sealed to whom it is for

All steps are plain functions, so that a rehearsal runs them in one process; `center.office` keeps
what lies between them in the centre's folder.

Never here: files of the centre, card readers, drawing.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from center import envelope
from center.authorities import Authorities, RandomBytes
from center.book import MadeBook
from center.cards import CardSecrets
from center.codes import TooFewCodes, share_out
from center.commission import Commission, PlannedBoard
from center.drawing import Screen
from center.election import Election
from common import enrolment, keys, records, seal
from common.book import Book, BookError
from common.errors import Refused, Thing
from common.records import (
    SERIALS_PER_DESK,
    Board,
    BoardKind,
    BoardSecrets,
    EnrolmentAnswer,
    EnrolmentRequest,
    Official,
    ProgramManifest,
    RecordError,
    ShareCard,
    StartPassword,
    StationKeyOffer,
    StationPackage,
    Voter,
    VoterList,
)

VALID_BEFORE = dt.timedelta(days=30)
VALID_AFTER = dt.timedelta(days=30)
NO_AUDIO = hashlib.sha256(b"").digest()


class StationError(ValueError):
    """A station cannot be prepared like this; the message says what to change."""


@dataclass(frozen=True, slots=True)
class StationPlan:
    """What a station is to be: the checked files, and its one kind of screen."""

    election: Election
    commission: Commission
    voters: tuple[Voter, ...]
    screen: Screen = field(default_factory=Screen)

    @property
    def opens(self) -> dt.datetime:
        """When the station opens; aware."""
        return self._at(self.commission.opens)

    @property
    def closes(self) -> dt.datetime:
        """When the station closes; aware."""
        return self._at(self.commission.closes)

    @property
    def valid_from(self) -> dt.datetime:
        """From when package and cards are valid; aware."""
        return self.opens - VALID_BEFORE

    @property
    def valid_until(self) -> dt.datetime:
        """Until when package and cards are valid; aware."""
        return self.closes + VALID_AFTER

    def _at(self, time: dt.time) -> dt.datetime:
        zone = dt.timezone(dt.timedelta(minutes=self.commission.zone_minutes))
        return dt.datetime.combine(self.election.date, time, zone)


@dataclass(frozen=True, slots=True)
class StationSecrets:
    """What the centre keeps of a station between the steps."""

    cards: CardSecrets
    start_password: StartPassword


@dataclass(frozen=True, slots=True)
class BegunStation:
    """The result of `begin`: `password` is for the envelope and is kept nowhere else."""

    secrets: StationSecrets
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PackageFolder:
    """The finished package: file contents by path, as `common.enrolment` describes them.

    Attributes:
        package: what package.cose says.
        hash: SHA-256 of the signed package.
    """

    package: StationPackage
    hash: bytes
    files: Mapping[str, bytes] = field(repr=False)

    def write(self, folder: Path) -> None:
        """Write the files under `folder`."""
        for path, content in self.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def begin(
    random_bytes: RandomBytes,
    *,
    operations: int = keys.OPERATIONS,
    memory_bytes: int = keys.MEMORY_BYTES,
) -> BegunStation:
    """Make a station's card secrets and its start password.

    Args:
        operations, memory_bytes: cost of argon2id.
    """
    password = envelope.make_password(random_bytes)
    public = keys.new_start_password(password, random_bytes, operations, memory_bytes)
    return BegunStation(StationSecrets(CardSecrets.make(random_bytes), public), password)


def check_requests(
    planned: Sequence[PlannedBoard], requests: Mapping[str, bytes]
) -> dict[str, EnrolmentRequest]:
    """Return the boards' requests, one for each planned board.

    Raises:
        StationError: a request is missing, damaged, or of another board.
    """
    opened: dict[str, EnrolmentRequest] = {}
    for board in planned:
        if board.name not in requests:
            raise StationError(
                f"board {board.name}: its enrolment request is missing; take it in with enrol"
            )
        try:
            request = enrolment.open_request(requests[board.name])
        except Refused as error:
            raise StationError(f"board {board.name}: {error}") from error
        if (request.name, request.kind) != (board.name, board.kind):
            raise StationError(
                f"board {board.name}: the request is of {request.kind.name.lower()} {request.name}"
            )
        opened[board.name] = request
    surplus = sorted(requests.keys() - opened.keys())
    if surplus:
        raise StationError(f"board {surplus[0]}: it asks to be enrolled, but is not planned")
    if len({one.sign_key for one in opened.values()}) != len(opened):
        raise StationError("two boards have the same key: one was copied from the other")
    return opened


def answer_accumulator(
    plan: StationPlan,
    secrets: StationSecrets,
    requests: Mapping[str, bytes],
    authorities: Authorities,
) -> tuple[str, bytes]:
    """Return the accumulator's name and the signed answer to it.

    Args:
        requests: board name -> signed request; those of all accumulators are needed.

    Raises:
        StationError.
    """
    planned = [one for one in plan.commission.boards if one.kind is BoardKind.ACCUMULATOR]
    opened = check_requests(
        planned, {one.name: requests[one.name] for one in planned if one.name in requests}
    )
    main = next(one.name for one in planned if not one.spare)
    answer = EnrolmentAnswer(
        station=plan.commission.station,
        board=main,
        start_password=secrets.start_password,
        spare_box_keys=tuple(opened[one.name].box_key for one in planned if one.spare),
    )
    return main, records.sign(answer, authorities.root)


def check_ready(
    plan: StationPlan,
    *,
    requests: Mapping[str, bytes],
    offer: bytes,
    officials: Sequence[Official],
    share_cards: Sequence[ShareCard],
) -> None:
    """See that boards and cards are there, before the work of drawing a book. Raises: StationError.

    Args: as for `make_package`.
    """
    check_requests(plan.commission.boards, requests)
    check_offer(plan, requests, offer)
    _check_people(plan, officials, share_cards)


def make_package(
    plan: StationPlan,
    secrets: StationSecrets,
    authorities: Authorities,
    *,
    requests: Mapping[str, bytes],
    offer: bytes,
    officials: Sequence[Official],
    share_cards: Sequence[ShareCard],
    book: MadeBook,
    program: ProgramManifest,
    random_bytes: RandomBytes,
    number: int = 1,
) -> PackageFolder:
    """Make, sign and seal the package of a station.

    Args:
        requests: board name -> signed EnrolmentRequest, of every planned board.
        offer: the accumulator's signed StationKeyOffer.
        officials, share_cards: as the made cards are.
        number: a higher number supersedes.

    Raises:
        StationError: something does not fit; the message says what.
    """
    check_ready(plan, requests=requests, offer=offer, officials=officials, share_cards=share_cards)
    opened = check_requests(plan.commission.boards, requests)
    boards = _boards(plan, opened)
    station_key = check_offer(plan, requests, offer)
    codes = _codes(plan, random_bytes)
    signed_program = records.sign(program, authorities.root)
    signed_voters = _sign_voters(plan, authorities)
    package = _package(plan, boards, number)
    package = dataclasses.replace(
        package,
        officials=tuple(officials),
        share_cards=tuple(share_cards),
        voter_list=records.digest(signed_voters),
        book=book.hash,
        program=records.digest(signed_program),
        card_authority=authorities.card_certificate,
        start_password=secrets.start_password,
        station_key=station_key,
        territorial_key=authorities.territorial_key,
    )
    try:
        package = dataclasses.replace(package, sealed_size=seal.sealed_size(package))
        package = StationPackage.from_bytes(package.to_bytes())
        Book.from_bytes(book.index, book.images, book.hash).check_belongs(package)
    except (RecordError, BookError) as error:
        raise StationError(str(error)) from error
    signed = records.sign(package, authorities.root)
    package_hash = records.digest(signed)
    files = {
        enrolment.PACKAGE: signed,
        enrolment.PROGRAM: signed_program,
        enrolment.BOOK_INDEX: book.index,
        enrolment.BOOK_IMAGES: book.images,
    }
    for board in boards:
        own = _secrets(board, secrets.cards, package_hash, codes.get(board.name, ()))
        sealed = keys.seal_to(board.box_key, records.sign(own, authorities.root))
        files[f"secrets/{board.name}.sealed"] = sealed
        if board.kind is BoardKind.DESK:
            files[f"voters/{board.name}.sealed"] = keys.seal_to(board.box_key, signed_voters)
    return PackageFolder(package, package_hash, files)


def _package(plan: StationPlan, boards: tuple[Board, ...], number: int) -> StationPackage:
    """Return the package with what the plan alone says; the rest is filled in by `make_package`."""
    commission, election = plan.commission, plan.election
    nothing = bytes(32)
    return StationPackage(
        number=number,
        election=election.identifier,
        round=commission.round,
        station=commission.station,
        valid_from_s=int(plan.valid_from.timestamp()),
        valid_until_s=int(plan.valid_until.timestamp()),
        opens_s=int(plan.opens.timestamp()),
        closes_s=int(plan.closes.timestamp()),
        zone_minutes=commission.zone_minutes,
        title=election.title,
        place=commission.place,
        contests=tuple(one.contest for one in election.contests),
        styles=tuple(one.style for one in election.styles),
        boards=boards,
        officials=(),
        share_cards=(),
        quorum=commission.quorum,
        parameters=commission.parameters,
        listed=len(plan.voters),
        scheme=seal.SCHEME,
        sealed_size=0,
        voter_list=nothing,
        book=nothing,
        audio=NO_AUDIO,
        program=nothing,
        card_authority=b"",
        start_password=StartPassword(nothing, bytes(16), 0, 0),
        station_key=nothing,
        territorial_key=nothing,
        screen=(plan.screen.width, plan.screen.height),
    )


def _boards(plan: StationPlan, opened: Mapping[str, EnrolmentRequest]) -> tuple[Board, ...]:
    parts = _parts_of_list(plan)
    boards: list[Board] = []
    desks = 0
    for planned in plan.commission.boards:
        first_serial = None
        if planned.kind is BoardKind.DESK:
            first_serial = desks * SERIALS_PER_DESK
            desks += 1
        first_line, last_line = parts.get(planned.name, (None, None))
        request = opened[planned.name]
        boards.append(
            Board(
                name=planned.name,
                kind=planned.kind,
                sign_key=request.sign_key,
                box_key=request.box_key,
                spare=planned.spare,
                first_serial=first_serial,
                first_line=first_line,
                last_line=last_line,
            )
        )
    return tuple(boards)


def _parts_of_list(plan: StationPlan) -> dict[str, tuple[int, int]]:
    """Return which list numbers each desk serves, so that no two desks serve one voter.

    A single desk serves the whole list. A spare has no part of its own: it takes over the part of
    the desk that it replaces.
    """
    commission = plan.commission
    listed = len(plan.voters)
    if listed > commission.parameters.max_listed:
        raise StationError(
            f"there are {listed} voters on the list; parameters.max_listed allows "
            f"{commission.parameters.max_listed}"
        )
    if listed > commission.parameters.urn_slots:
        raise StationError(
            f"there are {listed} voters and {commission.parameters.urn_slots} slots in the urn; "
            "raise parameters.urn_slots"
        )
    desks = [one for one in commission.boards if one.kind is BoardKind.DESK and not one.spare]
    if listed > len(desks) * SERIALS_PER_DESK:
        raise StationError(
            f"there are {listed} voters; {len(desks)} desks can give out "
            f"{len(desks) * SERIALS_PER_DESK} cards; plan more desks"
        )
    if len(desks) == 1:
        return {}
    if listed < len(desks):
        raise StationError(f"there are {len(desks)} desks for {listed} voters; plan fewer desks")
    lines = [voter.line for voter in plan.voters]
    starts = [at * listed // len(desks) for at in range(len(desks) + 1)]
    return {
        desk.name: (lines[first], lines[after - 1])
        for desk, first, after in zip(desks, starts, starts[1:], strict=False)
    }


def _codes(plan: StationPlan, random_bytes: RandomBytes) -> dict[str, tuple[int, ...]]:
    terminals = [one for one in plan.commission.boards if one.kind is BoardKind.TERMINAL]
    try:
        return share_out(
            len(plan.voters),
            [one.name for one in terminals if not one.spare],
            [one.name for one in terminals if one.spare],
            plan.commission.parameters.code_batch,
            random_bytes,
        )
    except TooFewCodes as error:
        raise StationError(str(error)) from error


def check_offer(plan: StationPlan, requests: Mapping[str, bytes], untrusted_offer: bytes) -> bytes:
    """Return the station key that the accumulator offers.

    Args:
        requests: board name -> signed request; those of all accumulators are needed.
        untrusted_offer: as it came from the board.

    Raises:
        StationError: the offer is damaged, of another board, or not sealed to every spare.
    """
    accumulators = [one for one in plan.commission.boards if one.kind is BoardKind.ACCUMULATOR]
    main = next(one.name for one in accumulators if not one.spare)
    opened = check_requests(
        accumulators, {one.name: requests[one.name] for one in accumulators if one.name in requests}
    )
    try:
        offer = enrolment.opened(
            Thing.STATION_KEYS, StationKeyOffer, untrusted_offer, opened[main].sign_key
        )
    except Refused as error:
        raise StationError(f"the accumulator's offer: {error}") from error
    if offer.board != main:
        raise StationError(f"the accumulator's offer is of {offer.board}, not of {main}")
    if len(offer.sealed_to_spares) != len(accumulators) - 1:
        raise StationError("the accumulator's offer is not sealed to every spare; answer it again")
    return offer.station_key


def _check_people(
    plan: StationPlan, officials: Sequence[Official], share_cards: Sequence[ShareCard]
) -> None:
    people = plan.commission.people
    for number, person in enumerate(people, 1):
        made = next((one for one in officials if one.number == number), None)
        if made is None or (made.role, made.name) != (person.role, person.name):
            raise StationError(f"the card of {person.name} is not made yet; make it with cards")
        holds = any(card.official == number for card in share_cards)
        if person in plan.commission.members and not holds:
            raise StationError(
                f"the share card of {person.name} is not made yet; make it with cards"
            )
    if len(officials) != len(people) or len(share_cards) != len(plan.commission.members):
        raise StationError("there are cards of people who are not in the commission file")


def _sign_voters(plan: StationPlan, authorities: Authorities) -> bytes:
    voters = VoterList(
        plan.commission.station, plan.election.identifier, plan.commission.round, plan.voters
    )
    try:
        return records.sign(VoterList.from_bytes(voters.to_bytes()), authorities.root)
    except RecordError as error:
        raise StationError(str(error)) from error


def _secrets(
    board: Board, cards: CardSecrets, package_hash: bytes, codes: tuple[int, ...]
) -> BoardSecrets:
    makes_half = board.kind in (BoardKind.ACCUMULATOR, BoardKind.DESK)
    return BoardSecrets(
        package=package_hash,
        board=board.name,
        voter_secret=cards.voter,
        courier_secret=cards.courier if makes_half else None,
        share_secret=cards.share if makes_half else None,
        codes=codes,
    )
