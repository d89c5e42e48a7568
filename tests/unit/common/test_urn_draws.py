"""All draws of a small urn, one by one: no order of the votes, and no pairing with serials, shows.

Every choice that the random source makes is tried: the slot of each vote, and the nonces of what
stays in the file. The files that come out, whole and with their ledgers, are the same, each as
often, for every order in which the votes came and whichever serial a vote was taken in under.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from common.urn import PATH, Intake, Urn
from common.urnfile import BLOCK_SIZE
from tests.recording_medium import Power, RecordingMedium

KEY = b"u" * 32
SLOTS = 3
DESKS = (("desk-1", 0, 4096), ("desk-2", 10_000, 100))
SERIALS = (7, 4095, 10_003)
VOTES = tuple(name * 700 for name in (b"a", b"b", b"c"))
NONCES = 2  # how many values of a nonce are tried; all are alike to the cipher
LEDGER_WRITES = 3  # of an intake: with the vote in flight, without it, once more over the first

Files = tuple[bytes, bytes]


@dataclass(slots=True)
class Draws:
    """A random source that follows a script of choices, and says how many there were at each."""

    script: Sequence[int]
    votes: int
    options: list[int] = field(default_factory=list)
    _free: int = SLOTS
    _sealed: int = 0
    _made: int = 0

    def __call__(self, size: int) -> bytes:
        match size:
            case 4:  # the slot
                chosen = self._choose(self._free)
                self._free -= 1
                self._sealed = 0
            case 24:  # a nonce
                chosen = self._choose(NONCES if self._stays() else 1)
                self._sealed += 1
            case _:  # the noise and the keys of an urn that is made
                self._made += 1
                return bytes([self._made]) * size
        return chosen.to_bytes(size, "big")

    def _stays(self) -> bool:
        """Say whether what is sealed now is still in the file when all votes are in."""
        if self._free == SLOTS:
            return False  # the ledgers of the empty urn
        last = self._free == SLOTS - self.votes
        return self._sealed == 0 or (last and self._sealed >= LEDGER_WRITES - 1)

    def _choose(self, options: int) -> int:
        at = len(self.options)
        self.options.append(options)
        return self.script[at] if at < len(self.script) else 0


def all_files(intakes: Sequence[tuple[int, bytes]]) -> Counter[Files]:
    """Return the files of both media after these intakes, for all draws."""
    found: Counter[Files] = Counter()
    script: list[int] = []
    while True:
        draws = Draws(script, len(intakes))
        found[files_after(intakes, draws)] += 1
        script = [*script, *[0] * (len(draws.options) - len(script))]
        while script and script[-1] + 1 >= draws.options[len(script) - 1]:
            script.pop()
        if not script:
            return found
        script[-1] += 1


def files_after(intakes: Sequence[tuple[int, bytes]], draws: Draws) -> Files:
    power = Power()
    own, removable = RecordingMedium("own", power), RecordingMedium("removable", power)
    urn = Urn.create(
        (own, removable), KEY, SLOTS, DESKS, random_bytes=draws, ballot_of=lambda vote: vote[1:]
    )
    for serial, vote in intakes:
        assert urn.take_in(serial, vote) is Intake.STORED
    return own.files[PATH], removable.files[PATH]


def orders(votes: int) -> Iterator[list[tuple[int, bytes]]]:
    """Yield every order of the votes under every pairing with the serials."""
    for serials in itertools.permutations(SERIALS[:votes]):
        for cast in itertools.permutations(VOTES[:votes]):
            yield list(zip(serials, cast, strict=True))


@pytest.mark.parametrize("votes", [1, 2, 3])
def test_no_order_and_no_pairing_can_be_read_off_the_files(votes: int) -> None:
    wanted, *others = (all_files(intakes) for intakes in orders(votes))
    ways = {1: 3, 2: 3 * 2, 3: 3 * 2 * 1}[votes]  # of putting the votes into slots
    assert wanted.total() == ways * NONCES ** (votes + 2)
    assert len(wanted) == wanted.total()  # each draw leaves another file
    assert all(other == wanted for other in others)
    assert all(own == removable for own, removable in wanted)
    assert {len(own) for own, _ in wanted} == {(2 + SLOTS) * BLOCK_SIZE}


def test_slots_filled_in_order_would_show() -> None:
    """The comparison can fail: without the draw of a slot, two orders leave different files."""

    class InOrder(Draws):
        def _choose(self, options: int) -> int:
            return 0

    first, second = (
        files_after(list(zip(SERIALS, cast, strict=True)), InOrder((), SLOTS))
        for cast in (VOTES, VOTES[::-1])
    )
    assert first != second
