"""All steps of preparing a station in one process, for rehearsals and tests.

The caller stands for what is outside the centre: `Boards` are asked to enrol, and at the
`CardTable` somebody puts blank cards into the centre's reader and takes the made ones out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from cardio.applets import Applet
from center import station
from center.authorities import Authorities, RandomBytes
from center.book import MadeBook, make_book
from center.cards import CardOffice, PersonalCard
from center.commission import PlannedBoard
from center.program import program_manifest, program_root
from center.station import PackageFolder, StationPlan
from common import keys
from common.chain import CardKind
from common.records import BoardKind, Official, ShareCard
from hal.card_reader import CardReader

Progress = Callable[[str, int, int], None]


class Boards(Protocol):
    """The station's boards, as somebody with a memory stick reaches them."""

    def enrol(self, board: PlannedBoard) -> bytes:
        """Have the board make its keys; return its signed EnrolmentRequest."""

    def answer(self, board: str, answer: bytes) -> bytes:
        """Give an accumulator the signed answer; return its signed StationKeyOffer."""


class CardTable(Protocol):
    """The centre's card reader and the hand beside it."""

    def blank(self) -> CardReader:
        """Put a new blank card into the reader and return the reader."""

    def made(self, kind: CardKind, number: int, letter: PersonalCard | None) -> None:
        """Take the made card out; `letter` has the PIN of a personal card."""


@dataclass(frozen=True, slots=True)
class PreparedStation:
    """Everything that leaves the centre.

    Attributes:
        password: for the envelope.
        book: is in the package, too.
    """

    package: PackageFolder
    password: str = field(repr=False)
    book: MadeBook = field(repr=False)


def _silent(step: str, done: int, total: int) -> None:
    """Show nothing."""


def prepare(
    plan: StationPlan,
    authorities: Authorities,
    boards: Boards,
    table: CardTable,
    *,
    applet: Applet,
    voter_cards: int,
    courier_cards: int = 1,
    now: dt.datetime,
    version: str,
    random_bytes: RandomBytes,
    progress: Progress = _silent,
    operations: int = keys.OPERATIONS,
    memory_bytes: int = keys.MEMORY_BYTES,
) -> PreparedStation:
    """Prepare a station from its plan to the package folder and the cards.

    Args:
        now: aware; cards' certificates must be valid then.
        progress: called with the name of a step, how much of it is done, and how much there is.
        operations, memory_bytes: cost of argon2id for the start password.

    Raises:
        center.station.StationError, common.book.BookError, cardio.personalise.NotMade.
    """
    progress("start password", 0, 1)
    begun = station.begin(random_bytes, operations=operations, memory_bytes=memory_bytes)
    progress("start password", 1, 1)
    planned = plan.commission.boards
    requests: dict[str, bytes] = {}
    for done, board in enumerate(planned):
        progress("enrolment", done, len(planned))
        requests[board.name] = boards.enrol(board)
    progress("enrolment", len(planned), len(planned))
    accumulators = {
        one.name: requests[one.name] for one in planned if one.kind is BoardKind.ACCUMULATOR
    }
    name, answer = station.answer_accumulator(plan, begun.secrets, accumulators, authorities)
    offer = boards.answer(name, answer)

    office = CardOffice(
        authorities=authorities,
        station=plan.commission.station,
        secrets=begun.secrets.cards,
        applet=applet,
        not_before=plan.valid_from,
        not_after=plan.valid_until,
        random_bytes=random_bytes,
    )
    officials, share_cards = _personal_cards(plan, office, table, now, progress)
    for number in range(1, courier_cards + 1):
        office.courier(table.blank(), number, now)
        table.made(CardKind.COURIER, number, None)
    for number in range(1, voter_cards + 1):
        progress("voter cards", number - 1, voter_cards)
        office.voter(table.blank(), number, now)
        table.made(CardKind.VOTER, number, None)
    progress("voter cards", voter_cards, voter_cards)

    book = make_book(
        plan.election, plan.screen, lambda done, total: progress("ballot book", done, total)
    )
    package = station.make_package(
        plan,
        begun.secrets,
        authorities,
        requests=requests,
        offer=offer,
        officials=officials,
        share_cards=share_cards,
        book=book,
        program=program_manifest(program_root(), version),
        random_bytes=random_bytes,
    )
    return PreparedStation(package, begun.password, book)


def _personal_cards(
    plan: StationPlan,
    office: CardOffice,
    table: CardTable,
    now: dt.datetime,
    progress: Progress,
) -> tuple[list[Official], list[ShareCard]]:
    people = plan.commission.people
    officials: list[Official] = []
    share_cards: list[ShareCard] = []
    for number, person in enumerate(people, 1):
        progress("officials' cards", number - 1, len(people))
        made = office.official(table.blank(), number, person, now)
        table.made(CardKind.OFFICIAL, number, made.letter)
        officials.append(made.official)
        if person in plan.commission.members:
            share = office.share(table.blank(), len(share_cards) + 1, number, person.name, now)
            table.made(CardKind.SHARE, share.card.number, share.letter)
            share_cards.append(share.card)
    progress("officials' cards", len(people), len(people))
    return officials, share_cards
