"""The counting desk in the evening, on its medium alone: what it makes, right and on time.

It works with `common.evening`, and believes whatever lies in the accumulator's folder only if it
verifies, as the real desk does.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from common import cose, records, tallykey
from common.evening import CHECKED, FIRST_MIX, OPENING, SECOND_MIX, VOTES, Evening
from common.media import Medium
from common.records import BoardKind, StationPackage
from common.seal.crew import Crew
from common.seal.firstlists import Group
from common.seal.randomness import CheckedSource
from common.tallykey import MadeHalf
from tests import halves, samples
from tests.recording_medium import RecordingMedium

ALONE = Crew()


@dataclass
class CountingDesk:
    """One desk after its close, as far as its medium knows."""

    package: StationPackage
    half: MadeHalf
    medium: RecordingMedium
    name: str = "desk-1"
    accumulator: str = "accumulator"
    start_order: bytes = b""
    last: tuple[Group, ...] = field(default=(), repr=False)

    @property
    def folder(self) -> Medium:
        return self.medium.folder(self.name)

    def theirs(self, path: str) -> bytes:
        return self.medium.folder(self.accumulator).read(path) or b""

    def here(self) -> Evening:
        return Evening.under(
            self.package,
            halves.installation(self.name, self.package).package_hash,
            self.start_order,
        )

    def mix(self) -> None:
        """Check the first shuffle, make the second, say that both hold."""
        here, mine = self.here(), halves.installation(self.name, self.package)
        lists = here.lists(self.theirs(VOTES), ALONE)
        first = self.theirs(FIRST_MIX)
        between = here.read_mix(first, 1, lists.groups, None, ALONE)
        source = CheckedSource(samples.seeded(f"mix of {self.name}"))
        second = here.mix(mine, 2, between, first, source=source, crew=ALONE)
        self.last = here.read_mix(second, 2, between, first, ALONE)
        self.folder.replace(SECOND_MIX, second)
        self.folder.replace(CHECKED, here.checked(mine, (first, second)))

    @property
    def mixes(self) -> tuple[bytes, bytes]:
        return self.theirs(FIRST_MIX), self.folder.read(SECOND_MIX) or b""

    def open(self) -> None:
        """Check what the accumulator signed and opened; open the other part."""
        here, mine = self.here(), halves.installation(self.name, self.package)
        here.read_checked(self.theirs(CHECKED), BoardKind.ACCUMULATOR, self.mixes)
        here.read_opening(self.theirs(OPENING), BoardKind.ACCUMULATOR, self.mixes, self.last, ALONE)
        half = here.half_of(BoardKind.DESK)
        told = tallykey.read_shares(self.package, half, self.half.record.half_shares)
        secret = tallykey.secret_of(mine.keys, half, told, self.half.shares[:2])
        source = CheckedSource(samples.seeded(f"opening of {self.name}"))
        self.folder.replace(
            OPENING, here.opening(mine, secret, self.mixes, self.last, source=source, crew=ALONE)
        )


def changed(signed: bytes, record: type[records.RecordT], board: str, **changes: object) -> bytes:
    """Return a record with other contents, signed again by this board."""
    old = record.from_bytes(cose.payload_of(signed))
    new = dataclasses.replace(old, **changes)  # type: ignore[type-var]  # records are dataclasses
    return records.sign(new, samples.device(board).signing)
