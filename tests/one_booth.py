"""One real terminal of a made-up station, open, in processes of its own, and voters' cards.

There is no desk and no accumulator: activations are signed with the desk's key and put on the
cards' memory, and the start order names two halves of a tally key that the test has made with the
keys of both boards, so that it can open each vote on a card.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cardio.certificate_object import unwrap_certificate
from cardio.piv import ObjectId
from cardio.station_records import SignedVote
from common import ballot, chain, enrolment, records, tallykey
from common.catalogue import EventType
from common.chain import CardKind
from common.enrolment import Installation
from common.journal import PATH, verify_journal
from common.keys import StationKeys, start_secret
from common.media import FolderMedium
from common.records import Activation, BoardKind, CastVote, Presentation, StartOrder
from common.seal import encoding, group
from common.seal.checkvalue import check_value
from common.seal.elgamal import Seal
from common.seal.group import Point
from common.seal.halves import secret_scalars
from common.tallykey import MadeHalf
from simulators.bench_client import BenchClient, Hands
from simulators.ceremonies import courier_at_terminal
from simulators.day_options import COMMISSION
from simulators.hands import BenchBooth
from simulators.piv_card import CardState
from simulators.prepare import Station, prepare
from simulators.progress import Durations, Screen
from simulators.sight import Eyes
from simulators.stops import write_plan
from simulators.venue import STOPS, Venue, running_station, unit_names
from tests import card_samples
from verifier.checking import Checked, read_spoiled, read_station

TERMINAL = "terminal-1"
VOTED, ANOTHERS = "voter-1", "voter-2"
"""Cards of the tray: `VOTED` has voted; `ANOTHERS` is activated for somebody else."""
BLANK, OWN = "voter-3", "voter-4"
STRANGER = "stranger"
"""A voter card of another station."""
MAKERS = ("accumulator-1", "desk-1")
"""The boards with halves of the tally key."""


@dataclass(frozen=True)
class Tally:
    """The tally key: what ballots are sealed to, and the secret scalars of both halves together."""

    seal: Seal
    x: tuple[int, ...]


@dataclass(frozen=True)
class OneBooth:
    """The station and its one open booth."""

    station: Station
    venue: Venue
    client: BenchClient
    eyes: Eyes
    tally: Tally

    @property
    def hands(self) -> Hands:
        return self.client.board(TERMINAL)

    def body(self, card: str = OWN) -> BenchBooth:
        """Return a voter's body in the booth, with this card in the hand."""
        booth = BenchBooth(self.client, TERMINAL, self.eyes, alone=True)
        booth.card = card
        return booth

    def activate(self, style: int, card: str = OWN, serial: int = 77) -> None:
        """Make a card of the tray activated, with nothing else on it."""
        state = self._state(card)
        device = enrolment.device_keys(FolderMedium(self._own("desk-1"), "own"))
        der = unwrap_certificate(state.objects[ObjectId.CARD_AUTHENTICATION_CERTIFICATE])
        point = chain.certified_point(der)
        package = records.digest(self._package())
        activation = Activation(
            package, style, Presentation.NORMAL, serial, hashlib.sha256(point).digest()
        )
        state.objects[int(ObjectId.RETIRED_CERTIFICATE_1)] = records.sign(
            activation, device.signing
        )
        state.objects.pop(ObjectId.RETIRED_CERTIFICATE_2, None)
        state.objects.pop(ObjectId.RETIRED_CERTIFICATE_3, None)
        self._card_file(card).write_bytes(state.to_bytes())

    def clear(self) -> None:
        """Let the booth be as it is for the next voter, whatever was left in it."""
        body = self.body()
        body.take_card()
        seen = body.look(0.0)
        while seen is None or seen.name != "insert":
            body.pause(self.station.package.parameters.idle_ask_s + 1)
            seen = body.look(1.0, unlike=seen)

    def vote_on(self, card: str = OWN) -> tuple[tuple[int, ...], ...] | None:
        """Return what the vote on a card says; None if there is no whole vote on it."""
        signed = self._signed_vote(card)
        if signed is None:
            return None
        package, key = self.station.package, self._sign_key()
        vote = records.open_record(CastVote, signed.cast_vote, key)
        a, *sealed = self.tally.seal.read(vote.style, key, vote.sealed)
        points = [
            group.subtract(one, group.times(x, a))
            for one, x in zip(sealed, self.tally.x, strict=True)
        ]
        content = encoding.decode(points, ballot.encoded_size(package))
        return ballot.decode(package, vote.style, content).selections

    def value_on(self, card: str = OWN) -> str:
        """Return the check value of the vote on a card; "" if there is no whole vote on it."""
        signed = self._signed_vote(card)
        return "" if signed is None else check_value(signed.cast_vote)

    def checked_on(self, card: str = OWN) -> Checked:
        """Return what the checking station says of the spoiled vote on a card. Raises: Wrong."""
        case = read_station(self._own(TERMINAL), self.station.root_key)
        objects = self._state(card).objects
        return read_spoiled(
            case,
            objects.get(ObjectId.RETIRED_CERTIFICATE_2, b""),
            objects.get(ObjectId.RETIRED_CERTIFICATE_3, b""),
        )

    def _signed_vote(self, card: str) -> SignedVote | None:
        content = self._state(card).objects.get(ObjectId.RETIRED_CERTIFICATE_2)
        if content is None:
            return None
        try:
            return SignedVote.from_bytes(content)
        except records.RecordError:
            return None

    def events(self) -> list[EventType]:
        """Return what the terminal's journal holds."""
        content = (self._own(TERMINAL) / PATH).read_bytes()
        return [entry.event for entry in verify_journal(content, self._sign_key())]

    def _sign_key(self) -> bytes:
        board = self.station.package.board(TERMINAL)
        assert board is not None
        return board.sign_key

    def _own(self, board: str) -> Path:
        return self.station.board_folder(board) / "own"

    def _package(self) -> bytes:
        return (self.station.folder / "package" / enrolment.PACKAGE).read_bytes()

    def _card_file(self, card: str) -> Path:
        return self.station.folder / "cards" / f"{card}.card"

    def _state(self, card: str) -> CardState:
        return CardState.from_bytes(self._card_file(card).read_bytes())


@contextmanager
def open_booth(folder: Path, run: Path, election: Path) -> Iterator[OneBooth]:
    """Prepare the station in `folder`, run its terminal, and open it with the courier card."""
    durations, screen = Durations(), Screen()
    station = prepare(
        folder,
        run=run,
        election=election,
        commission=COMMISSION,
        voters=1,
        terminals=1,
        seed=1,
        progress=lambda *_: None,
    )
    terminal = tuple(board for board in station.boards if board.kind is BoardKind.TERMINAL)
    station = replace(station, boards=terminal)
    tally = _write_start_order(station)
    write_plan(run / STOPS, unit_names(station), (), 1)
    state, _ = card_samples.made(CardKind.VOTER, 1)
    (folder / "cards" / f"{STRANGER}.card").write_bytes(state.to_bytes())
    with (
        running_station(station, run, speed=1.0, screen=screen, durations=durations) as venue,
        BenchClient(venue.bench) as client,
    ):
        courier_at_terminal(venue, client, TERMINAL, until="insert")
        client.advance_to(station.package.opens_s * 1000)
        booth = OneBooth(station, venue, client, Eyes(venue.book()), tally)
        yield booth


def _write_start_order(station: Station) -> Tally:
    """Put a start order that names both halves on the courier card; return what they give."""
    first, second = (
        enrolment.load(
            FolderMedium(station.board_folder(name) / "own", "own"), station.root_key, name
        )
        for name in MAKERS
    )
    now_s = station.package.opens_s - 1800  # when the bench's clock starts, as a terminal insists
    secret = start_secret(station.password, station.package.start_password)
    assert secret is not None
    own = FolderMedium(station.board_folder(first.board.name) / "own", "own")
    sealed = enrolment.sealed_station_keys(own, first)
    unsealed = StationKeys.unsealed(sealed, secret, first.keys)
    made = [(each, tallykey.make(each, os.urandom)) for each in (first, second)]
    order = StartOrder(
        station=station.package.station,
        package=first.package_hash,
        opened_ms=now_s * 1000,
        tally_keys=tuple(half.record.tally_half for _, half in made),
        board=first.board.name,
        opening_act=bytes(32),
    )
    path = station.folder / "cards" / f"{station.courier}.card"
    state = CardState.from_bytes(path.read_bytes())
    signed = records.sign(order, unsealed.station)
    state.objects[int(ObjectId.RETIRED_CERTIFICATE_3)] = signed
    path.write_bytes(state.to_bytes())
    keys = tallykey.read_order(first.package, first.package_hash, signed).keys
    scalars = [_scalars(installed, half) for installed, half in made]
    return Tally(
        Seal(first.package_hash, tuple(map(Point, keys))),
        tuple(map(sum, zip(*scalars, strict=True))),
    )


def _scalars(installed: Installation, made: MadeHalf) -> tuple[int, ...]:
    """Return the secret scalars of a half, from all its shares."""
    half, told = tallykey.read_signed(
        installed.package, installed.package_hash, made.record, installed.board.kind
    )
    return secret_scalars(
        tallykey.secret_of(installed.keys, half, told, made.shares), len(half.keys)
    )
