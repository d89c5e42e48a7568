"""Intake of a card at the accumulator, beside the same writes and signature checks done raw.

Real: `accumulator.intake` judges the card and its proof, `common.urn` takes the vote in on two
media, `common.journal` notes it; all that happens from `VoterCardSeen` to the erasing of the card.
Floor: three Ed25519 verifications, the group operations of checking a proof of knowledge, and the
writes that a real intake was seen to make: the same sizes in the same order into files that are
open, each followed by fdatasync (inside a file) or fsync (at its end). It encrypts nothing, signs
nothing, and reads nothing back.

An urn with many votes is made at once from sealed blocks, as if they had been taken in before.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from nacl.signing import VerifyKey
from nacl.utils import random as system_random

from accumulator import collection
from accumulator.effects import TakeIn
from accumulator.intake import Intake, is_proved
from common import urn
from common.catalogue import EventType
from common.clock import SystemClock
from common.journal import Journal
from common.media import FolderMedium, Medium, TwoMedia
from common.seal.scheme import elements
from common.urn import Urn
from common.urnfile import BLOCK_SIZE, LEDGER_BLOCKS, BlockCipher, Layout, Ledger
from tools.benchmarks import proofs
from tools.benchmarks.ratios import (
    Comparison,
    Progress,
    Quantity,
    Row,
    Spread,
    Timer,
    compare,
    timed,
)
from tools.benchmarks.station import BenchmarkStation, MadeVote, checks_of
from tools.benchmarks.table import amount

MAX_S = 20.0
_WARM_UP = 2
_LOOKS = 10
_STEP_BLOCKS = 7919  # a prime, so that blocks that are written do not lie side by side

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Write:
    """One durable write on a medium (1 or 2): inside a file, or at its end. `size` in bytes."""

    medium: int
    path: str
    size: int
    at_end: bool


class NotedMedium(FolderMedium):
    """The real medium of a folder, which notes what is written."""

    def __init__(self, root: Path, number: int, written: list[Write]) -> None:
        super().__init__(root, f"medium {number}")
        self._number = number
        self._written = written

    def append(self, path: str, added: bytes) -> None:
        """Add bytes at the end of a file."""
        self._written.append(Write(self._number, path, len(added), at_end=True))
        super().append(path, added)

    def write_at(self, path: str, offset: int, written: bytes) -> None:
        """Overwrite bytes inside an existing file."""
        self._written.append(Write(self._number, path, len(written), at_end=False))
        super().write_at(path, offset, written)

    def replace(self, path: str, content: bytes) -> None:
        """Refuse: the floor knows no writing of whole files. Raises: ValueError."""
        raise ValueError(f"{path} ({len(content)} bytes) was replaced; the floor must learn it")


class RawFiles:
    """The floor's files: one for each that the real intake writes, open."""

    def __init__(self, folder: Path, urn_size: int) -> None:
        """Keep them in `folder`; one that is written inside has `urn_size` bytes."""
        self._folder = folder
        self._urn_size = urn_size
        self._content = memoryview(system_random(2 * BLOCK_SIZE))
        self._files: dict[tuple[int, str], int] = {}
        self._ends: dict[int, int] = {}
        self._blocks = 0

    def write(self, write: Write) -> None:
        """Write as many bytes, durably; inside a file each time into another block."""
        file = self._files.get((write.medium, write.path))
        if file is None:
            file = self._files[write.medium, write.path] = self._make(write)
        if write.at_end:
            os.pwrite(file, self._content[: write.size], self._ends[file])
            self._ends[file] += write.size
            os.fsync(file)
        else:
            self._blocks += _STEP_BLOCKS
            os.pwrite(file, self._content[: write.size], self._blocks * BLOCK_SIZE % self._urn_size)
            os.fdatasync(file)

    def _make(self, write: Write) -> int:
        folder = self._folder / str(write.medium)
        folder.mkdir(parents=True, exist_ok=True)
        file = os.open(folder / write.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._ends[file] = 0
        if not write.at_end:
            os.pwrite(file, system_random(self._urn_size), 0)
        os.fsync(file)
        return file

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            os.close(file)


@dataclass(slots=True)
class Accumulator:
    """What takes cards in, on two media whose writes are noted; `before` is in the urn already."""

    station: BenchmarkStation
    folder: Path
    before: Sequence[MadeVote]
    written: list[Write] = field(default_factory=list)
    urn: Urn = field(init=False)
    journal: Journal = field(init=False)

    def begin(self) -> None:
        """Make urn and journal, and open them."""
        signing = self.station.device(self.station.prepared.accumulator).signing
        plain = [FolderMedium.make(self._root(number), "plain") for number in (1, 2)]
        image = urn_with(self.station, self.before)
        for medium in plain:
            medium.replace(urn.PATH, image)
        Journal.open(TwoMedia(*plain), signing, SystemClock()).append(EventType.STARTED, starts=1)

        noted: list[Medium] = [NotedMedium(self._root(n), n, self.written) for n in (1, 2)]
        media = TwoMedia(*noted)
        self.journal = Journal.open(media, signing, SystemClock())
        self.urn = Urn.open(
            media,
            self.station.station_keys.urn_key,
            self.station.package.parameters.urn_slots,
            self.station.desks,
            random_bytes=system_random,
            ballot_of=collection.ballot_of,
        )
        if self.urn.count != len(self.before):
            raise ValueError(f"{self.urn.count} of {len(self.before)} votes are in the urn")

    def take(self, vote: MadeVote) -> None:
        """Take one card in. Raises: ValueError: the card is refused."""
        _, effects = Intake().on(vote.card(), self.station.station, self.urn)
        taken = [effect for effect in effects if isinstance(effect, TakeIn)]
        if len(taken) != 1:
            raise ValueError(f"the card is not taken in: {effects}")
        if not is_proved(taken[0].cast_vote, self.station.station, self.station.tally_keys):
            raise ValueError("the ballot is not proved")
        self.urn.take_in(taken[0].serial, taken[0].cast_vote)
        self.journal.append(EventType.VOTE_TAKEN_IN)

    def _root(self, number: int) -> Path:
        return self.folder / f"medium-{number}"


def urn_with(station: BenchmarkStation, votes: Sequence[MadeVote]) -> bytes:
    """Return the file of an urn that holds these votes."""
    layout = Layout(station.package.parameters.urn_slots, tuple(station.desks))
    cipher = BlockCipher(station.station_keys.urn_key, system_random)
    blocks = [system_random(BLOCK_SIZE) for _ in range(layout.slots)]
    ledger = Ledger.empty(layout, 0)
    for slot, vote in enumerate(votes):  # in order: nobody is to be hidden here
        bit = layout.bit(vote.serial)
        if bit is None:
            raise ValueError(f"no desk issues serial {vote.serial}")
        ledger = ledger.with_vote(*bit)
        blocks[slot] = cipher.seal_slot(slot, vote.cast_vote)
    ledgers = [cipher.seal_ledger(ledger.as_generation(LEDGER_BLOCKS + at)) for at in (0, 1)]
    return b"".join([*ledgers, *blocks])


def measure(
    station: BenchmarkStation,
    made: Sequence[MadeVote],
    folder: Path,
    timer: Timer,
    progress: Progress,
    *,
    pairs: int,
) -> tuple[Row, ...]:
    """Compare intake with its floor: into an empty urn, and into one with all votes but the last.

    Args:
        made: the votes of a whole station.
        folder: an empty folder in which the media lie; its file system is what is measured.
        pairs: how many cards are taken in each time.
    """
    fresh = pairs + _WARM_UP + 1
    if len(made) <= fresh:
        raise ValueError(f"{len(made)} votes are too few for {pairs} pairs")
    return tuple(
        _measure(
            Accumulator(station, folder / f"with-{before}-votes", made[:before]),
            new,
            timer,
            progress,
            pairs=pairs,
        )
        for before, new in ((0, made[:fresh]), (len(made) - fresh, made[-fresh:]))
    )


def _measure(
    accumulator: Accumulator,
    new: Sequence[MadeVote],
    timer: Timer,
    progress: Progress,
    *,
    pairs: int,
) -> Row:
    accumulator.begin()
    accumulator.written.clear()
    accumulator.take(new[0])
    writes = tuple(accumulator.written)
    keys = {key: VerifyKey(key) for vote in new for key in (vote.desk_key, vote.terminal_key)}
    checks = [checks_of(vote) for vote in new]
    urn_size = accumulator.station.package.parameters.urn_slots * BLOCK_SIZE
    proved = proofs.knowledge(elements(accumulator.station.package))
    name = f"intake of a card, {len(accumulator.before):,} in the urn"
    with closing(RawFiles(accumulator.folder / "raw", urn_size)) as raw:

        def take_raw(number: int) -> None:
            for check in checks[number]:
                keys[check.public_key].verify(check.signed, check.signature)
            proofs.operations(proved, 1)
            for write in writes:
                raw.write(write)

        comparison = Comparison(
            name,
            (Quantity(name),),
            timed(_each(take_raw, iter(range(1, len(new)))), timer),
            timed(_each(accumulator.take, iter(new[1:])), timer),
            pairs,
            MAX_S,
            _WARM_UP,
        )
        (row,) = compare(comparison, timer, progress)
    look = timed(accumulator.urn.check, timer)
    check = Spread.of([look()[0] for _ in range(_LOOKS)]).median
    note = (
        f"{len(checks[0])} signatures and a proof verified, {len(writes)} durable writes, "
        f"{sum(write.size for write in writes):,} bytes, journal included; real also compares "
        f"the whole urn on both media, which alone takes {amount(check, row.quantity.unit)}"
    )
    return replace(row, note=note)


def _each(work: Callable[[T], None], items: Iterator[T]) -> Callable[[], None]:
    """Return what does `work` with the next of the items each time."""
    return lambda: work(next(items))
