"""A prepared station to measure on, and votes as its terminals would have made them.

The station is the one of `make day`, prepared by the same code (`simulators.prepare`), so that
package, book, keys and cards are real; here somebody opens the boards' key files, which nobody does
on a day, to make many votes at once.

Rules: a seed decides voters and choices, so that two runs do the same work, but never a key.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nacl.signing import SigningKey
from nacl.utils import random as system_random

from accumulator.station import Station
from cardio.messages import VoterCardSeen
from common import cbor, cose, enrolment, keys, records, tallykey
from common.ballot import Ballot
from common.enrolment import Installation
from common.keys import DeviceKeys, StationKeys
from common.media import FolderMedium
from common.records import (
    Activation,
    BallotStyle,
    BoardKind,
    CastVote,
    Deposit,
    Presentation,
    StationPackage,
)
from common.seal import Sealing
from common.seal.randomness import CheckedSource
from common.tallykey import MadeHalf
from simulators import prepare
from tools.benchmarks.ratios import Progress

ROOT = Path(__file__).resolve().parents[2]
ELECTION = ROOT / "tests" / "elections" / "mazhilis-2023.toml"
COMMISSION = ROOT / "tests" / "elections" / "commission.toml"
TERMINALS = 3
_BLANK_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class MadeVote:
    """What a voted card holds.

    Attributes:
        key_hash: SHA-256 of the card's 9E key, 32 bytes.
        activation, cast_vote, deposit: signed records.
        desk_key, terminal_key: who signed them, Ed25519.
    """

    serial: int
    key_hash: bytes
    activation: bytes
    cast_vote: bytes
    deposit: bytes
    desk_key: bytes
    terminal_key: bytes

    def card(self) -> VoterCardSeen:
        """Return the card as cardiod hands it on."""
        return VoterCardSeen(
            1, self.key_hash, self.activation, self.cast_vote, self.deposit, torn=False
        )


@dataclass(frozen=True)
class BenchmarkStation:
    """A prepared station whose keys are open.

    Attributes:
        prepared: as the centre left it.
        run: where sockets may lie; a short path.
    """

    prepared: prepare.Station
    run: Path

    @classmethod
    def prepare(
        cls, folder: Path, run: Path, *, voters: int, seed: int, progress: Progress
    ) -> BenchmarkStation:
        """Prepare the station in `folder`, which must be empty."""
        prepared = prepare.prepare(
            folder,
            run=run,
            election=ELECTION,
            commission=COMMISSION,
            voters=voters,
            terminals=TERMINALS,
            seed=seed,
            voter_cards=1,
            progress=lambda step, done, total: progress(f"preparing: {step}", done, total),
        )
        return cls(prepared, run)

    @property
    def package(self) -> StationPackage:
        """The package."""
        return self.prepared.package

    @cached_property
    def signed_package(self) -> bytes:
        """The package as the centre signed it."""
        return self.own(self.prepared.accumulator).read(enrolment.PACKAGE) or b""

    @cached_property
    def package_hash(self) -> bytes:
        """The hash by which other records name the package."""
        return records.digest(self.signed_package)

    @cached_property
    def station(self) -> Station:
        """The station as the accumulator has it installed."""
        return Station(self.package, self.package_hash, self.prepared.accumulator)

    def own(self, board: str) -> FolderMedium:
        """Return a board's own storage."""
        return FolderMedium(self.prepared.board_folder(board) / "own", "own storage")

    def device(self, board: str) -> DeviceKeys:
        """Return a board's keys."""
        return enrolment.device_keys(self.own(board))

    @cached_property
    def station_keys(self) -> StationKeys:
        """The accumulator's keys, opened with the start password. Raises: ValueError."""
        name = self.prepared.accumulator
        installation = self.installation(name)
        sealed = enrolment.sealed_station_keys(self.own(name), installation)
        secret = keys.start_secret(self.prepared.password, self.package.start_password)
        if secret is None:
            raise ValueError("the start password does not belong to the package")
        return StationKeys.unsealed(sealed, secret, installation.keys)

    def installation(self, board: str) -> Installation:
        """Return what a board has installed."""
        return enrolment.load(self.own(board), self.prepared.root_key, board)

    @cached_property
    def makers(self) -> tuple[str, str]:
        """The two boards that make and open the tally key: an accumulator and a desk."""
        desk = tallykey.counting_desk(self.package)
        if desk is None:
            raise ValueError("the station has no desk that makes a half of the tally key")
        return self.prepared.accumulator, desk.name

    @cached_property
    def halves(self) -> tuple[MadeHalf, MadeHalf]:
        """The halves that they made, shares and all."""
        accumulator, desk = (
            tallykey.make(self.installation(name), system_random) for name in self.makers
        )
        return accumulator, desk

    @cached_property
    def tally_keys(self) -> tuple[bytes, ...]:
        """The joint key, to which votes are sealed."""
        accumulator, desk = (
            tallykey.read_half(self.package, self.package_hash, made.record.tally_half, kind)
            for made, kind in zip(self.halves, tallykey.MAKERS, strict=True)
        )
        return tallykey.joint_key(accumulator, desk)

    @property
    def desks(self) -> list[tuple[str, int, int]]:
        """Name, first serial and number of serials of each desk, as the urn wants them."""
        return [
            (desk.name, desk.first_serial or 0, records.SERIALS_PER_DESK)
            for desk in self.station.desks
        ]

    def make_votes(self, count: int, seed: int, progress: Progress) -> tuple[MadeVote, ...]:
        """Return `count` votes drawn from `seed`: one desk's cards, from all terminals in turn."""
        draw = random.Random(f"votes/{seed}")  # noqa: S311 - choices to measure with, not secrets
        codes = draw.sample(range(records.CONTROL_CODES), count)
        desk = self.station.desks[0]
        terminals = self.prepared.of_kind(BoardKind.TERMINAL)
        desk_key = self.device(desk.name).signing
        terminal_keys = [self.device(name).signing for name in terminals]
        made = []
        for number, code in enumerate(codes):
            if number % 100 == 0:
                progress("making votes", number, count)
            style = draw.choice(self.package.styles)
            ballot = Ballot(style.number, self._choices(style, draw), code)
            serial = (desk.first_serial or 0) + number
            made.append(self._vote(ballot, serial, desk_key, terminal_keys[number % TERMINALS]))
        progress("making votes", count, count)
        return tuple(made)

    def _choices(self, style: BallotStyle, draw: random.Random) -> tuple[tuple[int, ...], ...]:
        choices: list[tuple[int, ...]] = []
        for number, contest in enumerate(self.package.contests):
            if number not in style.contests or draw.random() < _BLANK_SHARE:
                choices.append(())
                continue
            first = draw.randrange(len(contest.lines))
            others = [at for at, line in enumerate(contest.lines) if not line.against_all]
            if contest.lines[first].against_all:
                choices.append((first,))
                continue
            more = draw.randrange(contest.votes_allowed)
            rest = [at for at in others if at != first]
            choices.append(tuple(sorted([first, *draw.sample(rest, min(more, len(rest)))])))
        return tuple(choices)

    def _vote(
        self, ballot: Ballot, serial: int, desk: SigningKey, terminal: SigningKey
    ) -> MadeVote:
        key_hash = hashlib.sha256(system_random(65)).digest()
        package = self.package_hash
        activation = Activation(package, ballot.style, Presentation.NORMAL, serial, key_hash)
        source = CheckedSource(system_random)
        board = bytes(terminal.verify_key)
        sealing = Sealing(self.package, package, self.tally_keys, board, source)
        sealed = sealing.seal(ballot).sealed
        cast_vote = records.sign(CastVote(package, ballot.style, sealed), terminal)
        deposit = Deposit(package, serial, key_hash, records.digest(cast_vote))
        return MadeVote(
            serial=serial,
            key_hash=key_hash,
            activation=records.sign(activation, desk),
            cast_vote=cast_vote,
            deposit=records.sign(deposit, terminal),
            desk_key=bytes(desk.verify_key),
            terminal_key=bytes(terminal.verify_key),
        )


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """One bare check: an Ed25519 key, the bytes that were signed, and the signature."""

    public_key: bytes
    signed: bytes
    signature: bytes

    @classmethod
    def of(cls, external: str, signed: bytes, public_key: bytes) -> SignatureCheck:
        """Take a COSE_Sign1 apart (RFC 9052 §4.4). Raises: ValueError: it is none."""
        match cbor.decode(signed[1:], max_size=cose.MAX_SIZE):
            case (bytes(protected), dict(), bytes(payload), bytes(signature)):
                to_verify = ["Signature1", protected, external.encode("ascii"), payload]
                return cls(public_key, cbor.encode(to_verify), signature)
            case _:
                raise ValueError(f"not a record signed as {external}")


def checks_of(vote: MadeVote) -> Sequence[SignatureCheck]:
    """Return the three checks that an intake cannot do without."""
    return (
        SignatureCheck.of(Activation.external(), vote.activation, vote.desk_key),
        SignatureCheck.of(Deposit.external(), vote.deposit, vote.terminal_key),
        SignatureCheck.of(CastVote.external(), vote.cast_vote, vote.terminal_key),
    )
