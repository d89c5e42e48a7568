"""Preparing a made-up station for a rehearsal: voters, boards, cards, package, configurations.

What a centre and a technician do in the weeks before, in one process and with the same code: the
centre's steps (`center.rehearsal`), each board's own commands (`simulators.workshop`), and cards
made over APDUs on simulated blanks. The folder:

    root.pub                     the centre's public key, hexadecimal
    boards/<board>/own           the board's own storage
    boards/<board>/medium        its recording medium
    boards/<board>/*.toml        configurations of its two daemons
    (elsewhere) run/<board>      sockets, and what lives only as long as the power is on
    cards/<name>.card            every card's memory
    enrolment/                   what boards and centre sent each other before
    envelopes.json               start password and PINs, which a real centre prints and forgets
    package/                     the package folder, as it went to the boards
    strangers/<whose>/<board>    media of another station, and of another day, for mistakes

Rules: the seed decides voters only; keys, codes and everything that must be secret come from the
system's random source.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nacl.public import PrivateKey
from nacl.signing import SigningKey
from nacl.utils import random as system_random

from cardio.applets import YUBIKEY
from center import rehearsal
from center.authorities import make_authorities
from center.cards import PersonalCard
from center.commission import Commission, PlannedBoard, load_commission, standard_boards
from center.election import Election, load_election
from center.made_up import made_up_voters
from center.station import StationPlan
from common import enrolment, records
from common.chain import CardKind
from common.clock import SystemClock
from common.records import BoardKind, StationPackage, Voter
from hal.card_reader import CardReader
from simulators.card_reader import SimCardReader, SimCardSlot
from simulators.officials import PersonCards
from simulators.piv_card import LIKE_YUBIKEY, CardState, SimPivCard
from simulators.workshop import Workshop

VERSION = "rehearsal"
DAEMONS = {
    BoardKind.DESK: "deskd",
    BoardKind.TERMINAL: "terminald",
    BoardKind.ACCUMULATOR: "accumulatord",
}
_PARTS = {
    BoardKind.DESK: ("card_reader", "screen", "touch", "scanner", "clock_chip", "recording_slot"),
    BoardKind.TERMINAL: ("card_reader", "screen", "touch", "lines", "clock_chip", "recording_slot"),
    BoardKind.ACCUMULATOR: (
        "card_reader",
        "screen",
        "touch",
        "lines",
        "clock_chip",
        "supply",
        "printer",
        "recording_slot",
        "visiting_slot",
    ),
}

OTHER_STATION = "other-station"
OTHER_DAY = "other-day"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Station:
    """A station that is ready for its day.

    Attributes:
        folder: see the top of this file.
        boards: those in use.
        spares: those that are enrolled and installed and stand aside.
        media: whose recording medium a board works on, if not its own.
        password: as in the envelope.
        voter_cards: names of the cards in the tray.
        people: the commission, chair first.
    """

    folder: Path
    election: Election
    package: StationPackage
    root_key: bytes
    boards: tuple[PlannedBoard, ...]
    voters: tuple[Voter, ...]
    voter_cards: tuple[str, ...]
    courier: str
    people: tuple[PersonCards, ...]
    password: str = field(repr=False)
    spares: tuple[PlannedBoard, ...] = ()
    media: Mapping[str, str] = field(default_factory=dict)

    def board_folder(self, name: str) -> Path:
        """Return the folder of a board."""
        return self.folder / "boards" / name

    def medium_folder(self, name: str) -> Path:
        """Return the recording medium on which a board works."""
        return self.board_folder(self.media.get(name, name)) / "medium"

    def with_spare(self, dead: str, spare: str) -> Station:
        """Return the station after a spare went on in the place of a board that died.

        A spare terminal works on its own medium, other spares on the dead board's.
        """
        (put,) = (board for board in self.spares if board.name == spare)
        own = put.kind is BoardKind.TERMINAL
        return dataclasses.replace(
            self,
            boards=tuple(put if board.name == dead else board for board in self.boards),
            spares=tuple(board for board in self.spares if board.name != spare),
            media=self.media if own else {**self.media, spare: self.media.get(dead, dead)},
        )

    def of_kind(self, kind: BoardKind) -> tuple[str, ...]:
        """Return the names of the boards of a kind that are in use."""
        return tuple(board.name for board in self.boards if board.kind is kind)

    @property
    def accumulator(self) -> str:
        """The name of the accumulator."""
        return self.of_kind(BoardKind.ACCUMULATOR)[0]


def prepare(
    folder: Path,
    *,
    run: Path,
    election: Path,
    commission: Path,
    voters: int,
    terminals: int,
    seed: int,
    voter_cards: int | None = None,
    desks: int | None = None,
    spares: int = 1,
    progress: Progress,
) -> Station:
    """Prepare a station in `folder`, which must be empty.

    Args:
        run: a folder with a short name (sockets lie in it), which goes with the power.
        voters: how many are on the list.
        voter_cards: how many cards lie in the tray; by default enough for this many terminals.
        desks: how many desks there are; by default as many as in the commission file.
        spares: of each kind of board.

    Raises:
        center errors: the election or the commission file is wrong; their text says where.
    """
    chosen = load_election(election)
    staffed = _staffed(load_commission(commission), terminals, desks, spares)
    plan = StationPlan(chosen, staffed, _listed(chosen, voters, seed))
    authorities = make_authorities(
        plan.valid_from - dt.timedelta(days=1),
        system_random,
        bytes(PrivateKey(system_random(32)).public_key),
    )
    for board in plan.commission.boards:
        _configure(folder, run, board, authorities.root_key, plan)
    installed = plan.opens - dt.timedelta(days=3)  # L1
    workshop = Workshop(folder / "boards", folder / "enrolment", int(installed.timestamp()) * 1000)
    table = _CardTable(folder / "cards")
    prepared = rehearsal.prepare(
        plan,
        authorities,
        _Boards(workshop, plan.commission.boards),
        table,
        applet=YUBIKEY,
        voter_cards=2 * terminals + 6 if voter_cards is None else voter_cards,
        now=plan.opens,
        version=VERSION,
        random_bytes=system_random,
        progress=progress,
    )
    prepared.package.write(folder / "package")
    (folder / "root.pub").write_text(authorities.root_key.hex() + "\n", encoding="ascii")
    for board in plan.commission.boards:
        workshop.install(board, folder / "package")
    _lay_aside_strange_media(folder, prepared.package.package, authorities.root)
    people = table.people(plan.commission)
    _keep_envelopes(folder / "envelopes.json", prepared.password, people)
    return Station(
        folder=folder,
        election=plan.election,
        package=prepared.package.package,
        root_key=authorities.root_key,
        boards=tuple(board for board in plan.commission.boards if not board.spare),
        voters=plan.voters,
        voter_cards=tuple(table.names[CardKind.VOTER]),
        courier=table.names[CardKind.COURIER][0],
        people=people,
        password=prepared.password,
        spares=tuple(board for board in plan.commission.boards if board.spare),
    )


def copied(station: Station, before: Path, folder: Path, run: Path) -> Station:
    """Return a copy of a station in use, in `folder`; nothing was started in it before.

    Args:
        before: the `run` folder that the station was prepared with.
        run: the copy's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for shared in ("package", "strangers"):
        (folder / shared).symlink_to(station.folder / shared)
    shutil.copy(station.folder / "root.pub", folder)
    shutil.copytree(station.folder / "cards", folder / "cards")
    for board in (*station.boards, *station.spares):
        here = folder / "boards" / board.name
        shutil.copytree(station.board_folder(board.name), here)
        for config in here.glob("*.toml"):
            text = config.read_text(encoding="utf-8").replace(str(before), str(run))
            config.write_text(text, encoding="utf-8")
        (run / board.name).mkdir(mode=0o700, parents=True)
    return dataclasses.replace(station, folder=folder)


def _staffed(usual: Commission, terminals: int, desks: int | None, spares: int) -> Commission:
    """Return a commission with boards for this day."""
    if desks is None:
        desks = sum(board.kind is BoardKind.DESK and not board.spare for board in usual.boards)
    return dataclasses.replace(usual, boards=standard_boards(desks, terminals, spares=spares))


def _listed(chosen: Election, voters: int, seed: int) -> tuple[Voter, ...]:
    """Return so many made-up voters."""
    return made_up_voters(
        voters,
        random.Random(f"voters/{seed}"),
        on=chosen.date,
        styles=[(one.style.number, one.share) for one in chosen.styles],
    )


class _Boards:
    """The boards as the centre reaches them: through the workshop."""

    def __init__(self, workshop: Workshop, planned: tuple[PlannedBoard, ...]) -> None:
        self._workshop = workshop
        self._planned = {board.name: board for board in planned}

    def enrol(self, board: PlannedBoard) -> bytes:
        """Have a board make its keys."""
        return self._workshop.enrol(board)

    def answer(self, board: str, answer: bytes) -> bytes:
        """Have the accumulator make the station keys."""
        return self._workshop.answer(self._planned[board], answer)


class _CardTable:
    """The centre's reader, blank cards, and the files into which made cards go."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._slot = SimCardSlot()
        self._card: SimPivCard | None = None
        self.names: dict[CardKind, list[str]] = {kind: [] for kind in CardKind}
        self._pins: dict[tuple[CardKind, int], str] = {}

    def blank(self) -> CardReader:
        """Put a new blank card into the reader."""
        if self._card is not None:
            self._slot.remove()
        self._card = SimPivCard(CardState.blank(LIKE_YUBIKEY), random_bytes=system_random)
        self._slot.insert(self._card)
        return SimCardReader(self._slot, SystemClock())

    def made(self, kind: CardKind, number: int, letter: PersonalCard | None) -> None:
        """Take the made card out and keep it under its name."""
        card, self._card = self._card, None
        self._slot.remove()
        if card is None:
            raise ValueError("no card was in the centre's reader")
        name = f"{kind.value}-{number}"
        (self._folder / f"{name}.card").write_bytes(card.state.to_bytes())
        self.names[kind].append(name)
        if letter is not None:
            self._pins[kind, number] = letter.pin

    def people(self, commission: Commission) -> tuple[PersonCards, ...]:
        """Return the members with their cards, the chair first."""
        members: list[PersonCards] = []
        for number, person in enumerate(commission.people, 1):
            if person not in commission.members:
                continue
            share = len(members) + 1
            members.append(
                PersonCards(
                    number,
                    f"{CardKind.OFFICIAL.value}-{number}",
                    self._pins[CardKind.OFFICIAL, number],
                    f"{CardKind.SHARE.value}-{share}",
                    self._pins[CardKind.SHARE, share],
                    person.name,
                )
            )
        return tuple(members)


def _lay_aside_strange_media(folder: Path, package: StationPackage, root: SigningKey) -> None:
    """Make, for each board, a medium of its namesake at another station, and of another day."""
    other_station = "0000" if package.station != "0000" else "0001"
    for whose, theirs in (
        (OTHER_STATION, dataclasses.replace(package, station=other_station)),
        (OTHER_DAY, dataclasses.replace(package, number=package.number + 1)),
    ):
        signed = records.sign(theirs, root)
        for board in package.boards:
            medium = folder / "strangers" / whose / board.name / board.name
            medium.mkdir(parents=True)
            (medium / enrolment.PACKAGE).write_bytes(signed)


def _keep_envelopes(path: Path, password: str, people: tuple[PersonCards, ...]) -> None:
    """Write what lies in the sealed envelopes: a rehearsal has no secrets from who plays it."""
    pins = {one.card: one.pin for one in people}
    pins |= {one.share_card: one.share_pin for one in people if one.share_card is not None}
    content = {"start_password": password, "pins": pins}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _configure(
    folder: Path, run: Path, board: PlannedBoard, root_key: bytes, plan: StationPlan
) -> None:
    """Write the configurations of a board's two daemons."""
    here = folder / "boards" / board.name
    here.mkdir(parents=True)
    common = f'root_key = "{root_key.hex()}"\nstate = "own"\n'
    socket = run / board.name / "cardio.sock"
    (here / "cardiod.toml").write_text(
        f'{common}socket = "{socket}"\n\n[parts.card_reader]\n', encoding="utf-8"
    )
    (run / board.name).mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = [f'board = "{board.name}"', common.rstrip(), f'card_socket = "{socket}"']
    if board.kind is BoardKind.ACCUMULATOR:
        lines.append(f'runtime_dir = "{run / board.name}"')
    for part in _PARTS[board.kind]:
        lines += ["", f"[parts.{part}]"]
        if part == "screen":
            lines += [f"width = {plan.screen.width}", f"height = {plan.screen.height}"]
        elif part == "recording_slot":
            lines.append('mount_point = "medium"')
        elif part == "visiting_slot":
            lines.append('mount_point = "visiting"')
    name = DAEMONS[board.kind]
    (here / f"{name}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
