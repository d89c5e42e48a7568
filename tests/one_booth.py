"""One real terminal of a made-up station, open, in processes of its own, and voters' cards.

There is no desk and no accumulator: activations are signed with the desk's key and put on the
cards' memory, the start order names a tally key of the test, which so can open each vote on a card.
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
from common import chain, enrolment, records, seal
from common.catalogue import EventType
from common.chain import CardKind
from common.journal import PATH, verify_journal
from common.keys import StationKeys, start_secret
from common.media import FolderMedium
from common.records import Activation, BoardKind, CastVote, Presentation, StartOrder
from common.seal import TallyKeys
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

TERMINAL = "terminal-1"
VOTED, ANOTHERS = "voter-1", "voter-2"
"""Cards of the tray: `VOTED` has voted; `ANOTHERS` is activated for somebody else."""
BLANK, OWN = "voter-3", "voter-4"
STRANGER = "stranger"
"""A voter card of another station."""


@dataclass(frozen=True)
class OneBooth:
    """The station and its one open booth."""

    station: Station
    venue: Venue
    client: BenchClient
    eyes: Eyes
    tally: TallyKeys

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
        content = self._state(card).objects.get(ObjectId.RETIRED_CERTIFICATE_2)
        if content is None:
            return None
        try:
            signed = SignedVote.from_bytes(content)
        except records.RecordError:
            return None
        package = self.station.package
        (board,) = (one for one in package.boards if one.name == TERMINAL)
        vote = records.open_record(CastVote, signed.cast_vote, board.sign_key)
        ballot = seal.Opener(self.tally.secret).open(package, vote.style, vote.sealed)
        return ballot.selections

    def events(self) -> list[EventType]:
        """Return what the terminal's journal holds."""
        package = self.station.package
        (board,) = (one for one in package.boards if one.name == TERMINAL)
        content = (self._own(TERMINAL) / PATH).read_bytes()
        return [entry.event for entry in verify_journal(content, board.sign_key)]

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
        scheme=seal.SCHEME,  # so that one key opens what the voter cast
        progress=lambda *_: None,
    )
    terminal = tuple(board for board in station.boards if board.kind is BoardKind.TERMINAL)
    station = replace(station, boards=terminal)
    tally = seal.make_tally_keys(os.urandom)
    _write_start_order(station, tally)
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


def _write_start_order(station: Station, tally: TallyKeys) -> None:
    """Put a start order that names the tally key on the courier card."""
    name = "accumulator-1"
    own = FolderMedium(station.board_folder(name) / "own", "own")
    now_s = station.package.opens_s - 1800  # when the bench's clock starts, as a terminal insists
    installation = enrolment.load(own, station.root_key, name)
    secret = start_secret(station.password, station.package.start_password)
    assert secret is not None
    sealed = enrolment.sealed_station_keys(own, installation)
    unsealed = StationKeys.unsealed(sealed, secret, installation.keys)
    order = StartOrder(
        station.package.station, installation.package_hash, now_s * 1000, tally.public, name,
        bytes(32),
    )  # fmt: skip
    path = station.folder / "cards" / f"{station.courier}.card"
    state = CardState.from_bytes(path.read_bytes())
    state.objects[int(ObjectId.RETIRED_CERTIFICATE_3)] = records.sign(order, unsealed.station)
    path.write_bytes(state.to_bytes())
