"""All that is secret about one made-up station, collected while it is prepared and as its day goes.

Rules: a test may know everything, and asks the places where secrets are born. What is too short to
be told from chance is made longer or rarer beforehand (`distinctive`): serials begin far up, PINs
have eight digits, control codes are never numbers that a file says of itself.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from cardio.genuine import prove_card
from cardio.share_card import ShareCard
from center import cards as centre_cards
from center import station as centre_station
from center.authorities import Authorities, make_authorities
from center.station import BegunStation
from common import ballot, cbor, cose, enrolment, keys, records, tallykey
from common.ballot import Ballot
from common.clock import SystemClock
from common.evening import Evening
from common.keys import DeviceKeys, StationKeys
from common.media import FolderMedium
from common.records import (
    Activation,
    BoardKind,
    CastVote,
    Deposit,
    OpenedVote,
    StartOrder,
    TallyHalf,
    Voter,
)
from common.seal.group import scalar_bytes
from common.seal.halves import secret_scalars
from common.shares import Share, combine
from common.tallykey import SignedHalf, TallyHalfRead
from simulators.card_reader import SimCardReader, SimCardSlot
from simulators.piv_card import CardState, SimPivCard
from simulators.prepare import Station
from tests.leaks.canaries import Canary, of_bytes, of_exact, of_number, of_text

FIRST_SERIAL = 0xC9A7_5000
CODES = range(5000, 10_000)
ACTIVATION, VOTE = 0x5FC10D, 0x5FC10E


@dataclass(slots=True)
class Centre:
    """What the centre knew while it prepared the station."""

    authorities: Authorities | None = None
    begun: BegunStation | None = None


@contextmanager
def distinctive() -> Iterator[Centre]:
    """Let a station that is prepared inside have secrets that can be told from chance."""
    centre = Centre()
    begin = centre_station.begin
    boards_of, draw = centre_station._boards, random.Random("codes")

    def authorities(*arguments: Any) -> Authorities:
        centre.authorities = make_authorities(*arguments)
        return centre.authorities

    def begun(*arguments: Any, **named: Any) -> BegunStation:
        centre.begun = begin(*arguments, **named)
        return centre.begun

    def boards(*arguments: Any) -> Any:
        return tuple(
            board
            if board.first_serial is None
            else dataclasses.replace(board, first_serial=FIRST_SERIAL + board.first_serial)
            for board in boards_of(*arguments)
        )

    def share_out(listed: int, names: Sequence[str], spares: Sequence[str], *_: Any) -> Any:
        drawn = draw.sample(CODES, 300 * (len(names) + len(spares)))
        return {
            name: tuple(sorted(drawn[at * 300 : (at + 1) * 300]))
            for at, name in enumerate((*names, *spares))
        }

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("simulators.prepare.make_authorities", authorities)
        patch.setattr(centre_station, "begin", begun)
        patch.setattr(centre_station, "_boards", boards)
        patch.setattr(centre_station, "share_out", share_out)
        patch.setattr(centre_cards, "PIN_DIGITS", 8)
        yield centre


def of_centre(centre: Centre) -> Iterator[Canary]:
    """Yield what never leaves the centre."""
    assert centre.authorities is not None
    assert centre.begun is not None
    yield of_bytes("root key", "root", bytes(centre.authorities.root))
    scalar = centre.authorities.card_key.private_numbers().private_value
    yield of_bytes("card authority key", "authority", scalar.to_bytes(32, "big"))
    secrets = centre.begun.secrets.cards
    for kind in ("voter", "courier", "share", "official"):
        yield of_bytes("card kind secret", kind, getattr(secrets, kind))


def of_start(station: Station) -> Iterator[Canary]:
    """Yield the start password and what it opens."""
    yield of_text("start password", "password", station.password)
    secret = keys.start_secret(station.password, station.package.start_password)
    assert secret is not None
    yield of_bytes("start password", "secret", secret)
    sealed = station_keys(station)
    yield of_bytes("station key", "station key", sealed.station_seed)
    yield of_bytes("urn key", "urn key", sealed.urn_key)


def station_keys(station: Station) -> StationKeys:
    """Unseal the station's keys with the start password."""
    own = own_storage(station, station.accumulator)
    installed = enrolment.load(own, station.root_key, station.accumulator)
    secret = keys.start_secret(station.password, station.package.start_password)
    assert secret is not None
    sealed = enrolment.sealed_station_keys(own, installed)
    return StationKeys.unsealed(sealed, secret, installed.keys)


def own_storage(station: Station, board: str) -> FolderMedium:
    """Return a board's own storage."""
    return FolderMedium(station.board_folder(board) / "own", "own storage")


def of_boards(station: Station) -> Iterator[Canary]:
    """Yield the device keys of every board."""
    for board in station.package.boards:
        content = own_storage(station, board.name).read(enrolment.KEYS)
        assert content is not None
        device = DeviceKeys.from_bytes(content)
        yield of_bytes("device key", f"{board.name} signing", device.sign_seed)
        yield of_bytes("device key", f"{board.name} box", device.box_seed)


def of_cards(station: Station) -> Iterator[Canary]:
    """Yield what is inside cards, and which voter card is which."""
    for path in sorted((station.folder / "cards").glob("*.card")):
        state = CardState.from_bytes(path.read_bytes())
        for slot, scalar in state.keys.items():
            yield of_bytes("card's own key", f"{path.stem} {slot:02X}", scalar)
        yield of_bytes("card's own key", f"{path.stem} management", state.management_key)
        yield of_text("PUK", path.stem, state.puk.decode())
        yield of_text("PIN", path.stem, state.pin.rstrip(b"\xff").decode())


def of_voters(station: Station) -> Iterator[Canary]:
    """Yield the voter list, but for names that a candidate or an official bears as well."""
    public = (station.folder / "package" / "package.cose").read_bytes()
    for voter in station.voters:
        yield of_text("voter", f"{voter.line} IIN", voter.iin)
        for part in ("surname", "given", "patronymic", "address"):
            value = getattr(voter, part)
            if value.encode() not in public:
                yield of_text("voter", f"{voter.line} {part}", value)


@dataclass(frozen=True, slots=True)
class KnownHalf:
    """A half of the tally key, rebuilt from the share cards of all its owners on its own board.

    Attributes:
        public: X_1 … X_w, as the start order has them.
        secret: the 32 bytes that all its scalars come from.
        masked: what the shares give together.
        shares: of every share card.
        proof: that its board knows it, as the start order has it.
    """

    board: str
    public: tuple[bytes, ...]
    secret: bytes
    masked: bytes
    shares: tuple[Share, ...]
    proof: bytes


def tally_halves(station: Station) -> tuple[KnownHalf, ...]:
    """Rebuild both halves of the tally key, with everybody's cards and PINs and both boards."""
    package, package_hash = station.package, records.digest(_package(station))
    content = own_storage(station, station.accumulator).read("start-order.cose")
    assert content is not None
    order = StartOrder.from_bytes(cose.payload_of(content))
    halves = tallykey.halves_of(package, package_hash, order)
    return tuple(
        _known(station, half, kind) for half, kind in zip(halves, tallykey.MAKERS, strict=True)
    )


def _known(station: Station, half: TallyHalfRead, kind: BoardKind) -> KnownHalf:
    own = own_storage(station, half.board.name)
    kept = [
        SignedHalf.from_bytes(own.read(path) or b"")
        for path in own.list()
        if path.startswith(f"{tallykey.FOLDER}/")
    ]
    (signed,) = (each for each in kept if each.tally_half == half.signed)
    told = tallykey.read_shares(station.package, half, signed.half_shares)
    given = tuple(_tally_shares(station, kind))
    device = DeviceKeys.from_bytes(own.read(enrolment.KEYS) or b"")
    secret = tallykey.secret_of(device, half, told, given)
    masked = combine(given, lambda _: True)
    proof = TallyHalf.from_bytes(cose.payload_of(half.signed)).proof
    return KnownHalf(half.board.name, half.keys, secret, masked, given, proof)


def evening_of(station: Station) -> Evening:
    """Return the station's count, as anybody sees it."""
    content = own_storage(station, station.accumulator).read("start-order.cose")
    assert content is not None
    return Evening.under(station.package, records.digest(_package(station)), content)


def _package(station: Station) -> bytes:
    return (station.folder / "package" / enrolment.PACKAGE).read_bytes()


def _tally_shares(station: Station, kind: BoardKind) -> list[Share]:
    """Read every share card's share of this kind of board's half, as its owner can."""
    package, shares = station.package, []
    now = SystemClock()
    for person in station.people:
        if person.share_card is None:
            continue
        content = (station.folder / "cards" / f"{person.share_card}.card").read_bytes()
        slot = SimCardSlot()
        slot.insert(SimPivCard(CardState.from_bytes(content), random_bytes=random.randbytes))
        with_reader = SimCardReader(slot, now)
        connection = with_reader.connect()
        at = _during(station)
        card = prove_card(connection, package.card_authority, package.station, at, random.randbytes)
        pin = person.share_pin.encode()
        written = ShareCard(card, package).read(pin, kind)
        shares.append(Share.from_bytes(written))
        connection.close()
        with_reader.close()
    return shares


def _during(station: Station) -> dt.datetime:
    return dt.datetime.fromtimestamp(station.package.opens_s, dt.UTC)


def of_tally(halves: Sequence[KnownHalf]) -> Iterator[Canary]:
    """Yield both halves of the tally key, in every form, and their shares."""
    for half in halves:
        forms = {"secret": half.secret, "masked secret": half.masked}
        for number, scalar in enumerate(secret_scalars(half.secret, len(half.public)), 1):
            forms[f"x{number}"] = scalar_bytes(scalar)
        mask = bytes(one ^ other for one, other in zip(half.secret, half.masked, strict=True))
        for name, value in (forms | {"mask": mask}).items():
            yield of_bytes("tally key", f"{half.board} {name}", value)
            yield of_bytes("tally key", f"{half.board} {name}, first half", value[:16])
        for share in half.shares:
            yield of_bytes("tally share", f"{half.board} {share.index}", share.piece)


@dataclass(slots=True)
class Voted:
    """One voter's way: what the card held, what was chosen, and the code."""

    voter: Voter
    card: str
    canaries: list[Canary] = field(default_factory=list)
    serial: int = 0
    code: int | None = None

    def activated(self, station: Station) -> None:
        """Look at the card that the desk gave."""
        content = self._objects(station)[ACTIVATION]
        activation = Activation.from_bytes(cose.payload_of(content))
        self.serial = activation.serial
        self.canaries += [
            of_number("serial", self.card, activation.serial),
            of_exact("activation", self.card, content[-64:]),
            of_bytes("card", self.card, activation.card_key),
        ]

    def sealed(self, station: Station) -> bytes:
        """Return the sealed ballot on the card."""
        cast_vote, _ = _vote(self._objects(station)[VOTE])
        return CastVote.from_bytes(cose.payload_of(cast_vote)).sealed

    def voted(self, station: Station, selections: tuple[tuple[int, ...], ...], code: str) -> None:
        """Look at the card that comes from the booth; the voter tells what was chosen."""
        cast_vote, deposit = _vote(self._objects(station)[VOTE])
        Deposit.from_bytes(cose.payload_of(deposit))
        self.code = int(code)
        chosen = Ballot(self.voter.style, selections, self.code)
        opened = OpenedVote(self.voter.style, selections, self.code).to_bytes()
        rows = [list(each) for each in selections]
        self.canaries += [
            of_exact("vote on its card", self.card, cast_vote[-64:]),
            of_exact("deposit", self.card, deposit[-64:]),
            of_bytes("choice", f"{self.card} ballot", ballot.encode(station.package, chosen)),
            of_bytes("choice", f"{self.card} opened", opened[2:]),
            of_exact("choice", f"{self.card} CBOR", cbor.encode(rows)),
            of_exact("choice", f"{self.card} JSON", json.dumps(rows).encode()),
            of_exact("choice", f"{self.card} repr", repr(selections).encode()),
        ]

    def _objects(self, station: Station) -> dict[int, bytes]:
        path = station.folder / "cards" / f"{self.card}.card"
        return CardState.from_bytes(path.read_bytes()).objects


def _vote(content: bytes) -> tuple[bytes, bytes]:
    match cbor.decode(content, max_size=4096):
        case (bytes(cast_vote), bytes(deposit)):
            return cast_vote, deposit
        case _:
            raise AssertionError("the card holds no vote")
