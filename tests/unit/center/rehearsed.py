"""A small station prepared in one process, with simulated cards and boards that are folders."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from pathlib import Path

import nacl.utils
from nacl.pwhash import argon2id

from cardio.applets import YUBIKEY
from center import authorities as keyring
from center.authorities import Authorities
from center.cards import PersonalCard
from center.commission import Commission, PlannedBoard, load_commission
from center.election import load_election
from center.made_up import made_up_voters
from center.rehearsal import PreparedStation, prepare
from center.station import StationPlan
from common import enrolment
from common.chain import CardKind
from common.clock import SystemClock
from common.media import FolderMedium
from hal.card_reader import CardReader
from simulators.card_reader import SimCardReader, SimCardSlot
from simulators.piv_card import LIKE_YUBIKEY, CardState, SimPivCard

ELECTIONS = Path(__file__).parents[2] / "elections"
CHEAP = {"operations": argon2id.OPSLIMIT_MIN, "memory_bytes": argon2id.MEMLIMIT_MIN}


@dataclass
class FolderBoards:
    """Boards that are two folders each."""

    root: Path
    root_key: bytes

    def media(self, name: str) -> tuple[FolderMedium, FolderMedium]:
        folder = self.root / name
        own = FolderMedium.make(folder / "own", "own")
        return own, FolderMedium.make(folder / "removable", "removable")

    def enrol(self, board: PlannedBoard) -> bytes:
        own, _ = self.media(board.name)
        return enrolment.enrol(own, board.name, board.kind, nacl.utils.random)

    def answer(self, board: str, answer: bytes) -> bytes:
        return enrolment.take_answer(*self.media(board), answer, self.root_key, nacl.utils.random)


@dataclass
class SimCardTable:
    """A slot, and a pile of made cards."""

    slot: SimCardSlot = field(default_factory=SimCardSlot)
    cards: list[tuple[CardKind, int, PersonalCard | None, SimPivCard]] = field(default_factory=list)
    reader: CardReader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = SimCardReader(self.slot, SystemClock())

    def blank(self) -> CardReader:
        self.slot.insert(SimPivCard(CardState.blank(LIKE_YUBIKEY), nacl.utils.random))
        return self.reader

    def made(self, kind: CardKind, number: int, letter: PersonalCard | None) -> None:
        card = self.slot.remove()
        assert isinstance(card, SimPivCard)
        self.cards.append((kind, number, letter, card))


@dataclass(frozen=True)
class Rehearsed:
    """Everything that a preparation made."""

    plan: StationPlan
    authorities: Authorities
    boards: FolderBoards
    table: SimCardTable
    prepared: PreparedStation
    steps: list[tuple[str, int, int]]

    @property
    def now_s(self) -> int:
        return int(self.plan.opens.timestamp())


def commission() -> Commission:
    return load_commission(ELECTIONS / "commission.toml")


def plan(voters: int = 20) -> StationPlan:
    election = load_election(ELECTIONS / "president-2022.toml")
    listed = made_up_voters(voters, random.Random(5), on=election.date, styles=[(1, 1)])
    return StationPlan(election, commission(), listed)


def authorities(now: dt.datetime) -> Authorities:
    territorial = keyring.make_territorial_secret(nacl.utils.random)
    return keyring.make_authorities(now, nacl.utils.random, bytes(territorial.public_key))


def rehearse(folder: Path) -> Rehearsed:
    """Prepare the station; its boards are under `folder`."""
    planned = plan()
    centre = authorities(planned.valid_from)
    boards = FolderBoards(folder, centre.root_key)
    table = SimCardTable()
    steps: list[tuple[str, int, int]] = []
    prepared = prepare(
        planned,
        centre,
        boards,
        table,
        applet=YUBIKEY,
        voter_cards=3,
        now=planned.opens,
        version="1.2.3",
        random_bytes=nacl.utils.random,
        progress=lambda step, done, total: steps.append((step, done, total)),
        operations=CHEAP["operations"],
        memory_bytes=CHEAP["memory_bytes"],
    )
    return Rehearsed(planned, centre, boards, table, prepared, steps)
