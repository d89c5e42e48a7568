"""Hands on the bench: what tests, simulated people and a web page do to boards, cards and media.

Rules: a client is for one thread (a wait holds its line); make as many as there are threads. Time-
outs are real seconds: a simulated person who waits in vain is a failed test, however fast the clock
runs. A request that makes no sense raises `BenchRefused` and changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self, cast

from common.regions import Region
from simulators.board_parts import describe
from simulators.clock import SimClock
from simulators.history import Happened
from simulators.link import BenchRefused, Link
from simulators.media import Trouble
from simulators.paper import Picture
from simulators.piv_card import Moment
from simulators.protocol import RECORDING, VISITING, Ask
from simulators.screen import ScreenFile, Shown

__all__ = [
    "RECORDING",
    "VISITING",
    "BenchClient",
    "BenchRefused",
    "Hands",
    "Happened",
    "Moment",
    "Picture",
    "Region",
    "Shown",
    "Trouble",
]

_PATIENCE_S: Final = 30.0


class BenchClient:
    """A line to the bench.

    Attributes:
        boards: names of all boards.
        clock: the station's clock.
    """

    def __init__(self, bench: Path) -> None:
        """Connect. Raises: PartFault, when there is no bench."""
        self.bench = bench
        self.link = Link(bench)
        clock, boards = self.link.ask(Ask.HELLO)
        self.boards = cast("tuple[str, ...]", boards)
        self.clock = SimClock(Path(str(clock)))
        self._hands: dict[str, Hands] = {}

    def board(self, name: str) -> Hands:
        """Return hands on this board. Raises: BenchRefused, when there is none of this name."""
        if name not in self._hands:
            self._hands[name] = Hands(self, name)
        return self._hands[name]

    def wait_any(
        self, conditions: Sequence[tuple[str, str, int]], timeout_s: float = _PATIENCE_S
    ) -> dict[tuple[str, str], int]:
        """Wait until one of the counts has grown.

        Args:
            conditions: board, part and the count that is known, as `Hands.count` gives it.
            timeout_s: real seconds.

        Returns:
            The counts that have grown; none of them after the time-out.
        """
        (grown,) = self.link.ask(
            Ask.WAIT, [list(c) for c in conditions], round(timeout_s * 1000), extra_s=timeout_s
        )
        return {
            (board, part): count
            for board, part, count in cast("Sequence[tuple[str, str, int]]", grown)
        }

    def advance(self, duration_s: float) -> None:
        """Let this much time pass at once, for the whole station."""
        self.link.ask(Ask.ADVANCE, round(duration_s * 1000))

    def advance_to(self, wall_ms: int) -> bool:
        """Let the time pass until it is `wall_ms`; say whether that lay ahead."""
        (ahead,) = self.link.ask(Ask.ADVANCE_TO, wall_ms)
        return bool(ahead)

    def set_speed(self, rate: float) -> None:
        """Let the clock run so many times as fast as real time."""
        self.link.ask(Ask.SET_RATE, round(rate * 1_000_000))

    def flip_bit(self, medium: str, path: str, bit: int) -> None:
        """Change one bit of a file on a medium."""
        self.link.ask(Ask.FLIP_BIT, medium, path, bit)

    def keep_copy(self, medium: str, copy: str) -> None:
        """Keep what is on a medium now, under this name."""
        self.link.ask(Ask.KEEP_COPY, medium, copy)

    def new_medium(self, medium: str, content: Path | None = None) -> None:
        """Take a medium out of the box and call it so; it holds what is in a folder, or nothing."""
        self.link.ask(Ask.NEW_MEDIUM, medium, "" if content is None else str(content))

    def bring_back(self, medium: str, copy: str) -> None:
        """Let an older copy be what is on a medium, which is in no slot now."""
        self.link.ask(Ask.BRING_BACK, medium, copy)

    def close(self) -> None:
        """Hang up."""
        for hands in self._hands.values():
            hands.close()
        self.clock.close()
        self.link.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Hands:
    """Everything that can be done to one board, and seen of it from outside."""

    def __init__(self, client: BenchClient, name: str) -> None:
        self.name = name
        self._client = client
        description = describe(client.bench, name)
        self._glass = ScreenFile(description.screen, description.size)

    def _ask(self, ask: Ask, *fields: object) -> tuple[object, ...]:
        return self._client.link.ask(ask, self.name, *fields)

    # waiting

    def count(self, part: str) -> int:
        """Return the number that grows whenever something happens to a part.

        Parts: touch, keys, latch, lamp, buzzer, screen, card, scanner, printer, recording,
        visiting, supply, case.
        """
        return self._client.wait_any([(self.name, part, -1)])[self.name, part]

    def wait(self, part: str, after: int, timeout_s: float = _PATIENCE_S) -> int | None:
        """Wait until a part's count is above `after`; return it, None after `timeout_s`."""
        grown = self._client.wait_any([(self.name, part, after)], timeout_s)
        return grown.get((self.name, part))

    def history(self, part: str | None = None) -> tuple[Happened, ...]:
        """Return what happened to a part, or to all, oldest first."""
        found: list[Happened] = []
        while True:
            (lines,) = self._ask(Ask.HISTORY, len(found))
            if not lines:
                return tuple(line for line in found if part in (None, line.part))
            found += [
                Happened(*line) for line in cast("Sequence[tuple[int, str, str, str]]", lines)
            ]

    # cards

    def insert_card(self, card: str) -> None:
        """Put the card in the file `<card>.card` into the slot."""
        self._ask(Ask.INSERT_CARD, card)

    def insert_strange(self, kind: str) -> None:
        """Put a card of another world in: "mute" (or the wrong way round) or "bank"."""
        self._ask(Ask.INSERT_STRANGE, kind)

    def remove_card(self) -> bool:
        """Take the card out; say whether the latch let it go."""
        (gone,) = self._ask(Ask.REMOVE_CARD)
        return bool(gone)

    def free_latch(self) -> None:
        """Let a dead board's latch go with the technician's key."""
        self._ask(Ask.SET_LATCH, False)

    def take_card(self, timeout_s: float = _PATIENCE_S) -> bool:
        """Take the card out as soon as the latch lets it go; say whether it did in time."""
        deadline_s = time.monotonic() + timeout_s
        while True:
            known = self.count("latch")
            if self.remove_card():
                return True
            if self.wait("latch", known, max(0.0, deadline_s - time.monotonic())) is None:
                return self.remove_card()

    @property
    def card(self) -> str | None:
        """The name of the card in the slot; "" for a strange one."""
        present, name = self._ask(Ask.CARD_IN_SLOT)
        return str(name or "") if present else None

    def pull_after(self, commands: int, moment: Moment = Moment.BEFORE) -> None:
        """Let the card be pulled out after so many more commands."""
        self._ask(Ask.PULL_AFTER, commands, moment.name)

    def unplug_reader(self) -> None:
        """Take the card reader away."""
        self._ask(Ask.PLUG_READER, False)

    def plug_reader(self) -> None:
        """Bring the card reader back."""
        self._ask(Ask.PLUG_READER, True)

    # fingers

    def touch(self, x: int, y: int) -> None:
        """Touch the screen there and let go."""
        self._ask(Ask.TAP, x, y)

    def touch_region(self, name: str, timeout_s: float = _PATIENCE_S) -> None:
        """Wait for a page with a region of this name (or text), and touch it.

        Raises:
            BenchRefused: no such region came.
        """
        self.touch(*self.find_region(name, timeout_s).centre)

    def put_finger(self, x: int, y: int) -> None:
        """Touch the screen and stay."""
        self._ask(Ask.PRESS, x, y)

    def move_finger(self, x: int, y: int) -> None:
        """Move the finger that is down."""
        self._ask(Ask.MOVE, x, y)

    def lift_finger(self) -> None:
        """Let go of the screen."""
        self._ask(Ask.RELEASE)

    def press_key(self, key: int) -> None:
        """Press key 1 or 2 and let go."""
        self._ask(Ask.TAP_KEY, key)

    def hold_key(self, key: int) -> None:
        """Press a key and stay."""
        self._ask(Ask.SET_KEY, key, True)

    def release_key(self, key: int) -> None:
        """Let go of a key."""
        self._ask(Ask.SET_KEY, key, False)

    def scan(self, code: str) -> None:
        """Hold a bar code before the scanner."""
        self._ask(Ask.SCAN, code)

    def open_case(self) -> None:
        """Open the board's case."""
        self._ask(Ask.OPEN_CASE, True)

    def close_case(self) -> None:
        """Close the board's case."""
        self._ask(Ask.OPEN_CASE, False)

    # eyes

    @property
    def latched(self) -> bool:
        """Whether the slot holds its card."""
        return bool(self._ask(Ask.LINES)[0])

    @property
    def lit(self) -> bool:
        """Whether the lamp at the slot is lit."""
        return bool(self._ask(Ask.LINES)[1])

    @property
    def buzzes(self) -> int:
        """How often the buzzer sounded."""
        return cast(int, self._ask(Ask.LINES)[2])

    def look(self) -> Shown | None:
        """Return what stands on the screen; None while it is being drawn."""
        return self._glass.look()

    def look_after(self, number: int, timeout_s: float = _PATIENCE_S) -> Shown | None:
        """Wait for a frame after the one of this number; None when none came in time."""
        deadline_s = time.monotonic() + timeout_s
        while (left_s := deadline_s - time.monotonic()) > 0:
            shown = self._glass.look()
            if shown is not None and shown.number > number:
                return shown
            self.wait("screen", max(number, self._glass.number), left_s)
        return None

    def regions(self) -> tuple[int, tuple[Region, ...]]:
        """Return the number of the frame shown last, and its regions (operators' pages)."""
        number, regions = self._ask(Ask.REGIONS)
        found = cast("Sequence[tuple[str, int, int, int, int, str]]", regions)
        return cast(int, number), tuple(Region(*fields) for fields in found)

    def find_region(self, name: str, timeout_s: float = _PATIENCE_S) -> Region:
        """Wait for a page with a region of this name.

        Raises:
            BenchRefused: none came in time.
        """
        deadline_s = time.monotonic() + timeout_s
        while True:
            number, regions = self.regions()
            for region in regions:
                if region.name == name:
                    return region
            left_s = deadline_s - time.monotonic()
            if left_s <= 0 or self.wait("screen", number, left_s) is None:
                there = ", ".join(region.name for region in regions)
                raise BenchRefused(f"{self.name} shows no {name} within {timeout_s} s, but {there}")

    def printed(self, first: int = 1) -> tuple[Picture, ...]:
        """Return what was printed, from the picture of this number on."""
        (paths,) = self._ask(Ask.PRINTED, first)
        return tuple(Picture.load(Path(path)) for path in cast("Sequence[str]", paths))

    # printer, media, supply, clock chip

    def set_printer(
        self, *, paper_rows: int | None = None, cover_open: bool = False, silent: bool = False
    ) -> None:
        """Let so much paper be left (None: a whole roll), the cover be open, the power off."""
        rows = -1 if paper_rows is None else paper_rows
        self._ask(Ask.SET_PRINTER, rows, cover_open, silent)

    def plug(self, medium: str, slot: str = RECORDING) -> None:
        """Put a medium into a slot, out of wherever it is; a medium is called as its board is."""
        self._ask(Ask.PLUG, slot, medium)

    def unplug(self, slot: str = RECORDING) -> str:
        """Take the medium out; return its name."""
        (medium,) = self._ask(Ask.UNPLUG, slot)
        return str(medium)

    def trouble(
        self,
        trouble: Trouble,
        *,
        after_writes: int = 0,
        write_s: float = 0.0,
        slot: str = RECORDING,
    ) -> None:
        """Let something be wrong with the medium in a slot, after so many more writes.

        With `Trouble.SLOW` each write takes `write_s` real seconds. `slot` may be OWN.
        """
        self._ask(Ask.TROUBLE, slot, trouble.name, after_writes, round(write_s * 1000))

    def leave_room(self, room: int | None, slot: str = RECORDING) -> None:
        """Let only so many bytes fit on the medium in a slot; None: no limit."""
        self._ask(Ask.LEAVE_ROOM, slot, -1 if room is None else room)

    def set_supply(self, *, on_mains: bool, charge_percent: int = 100) -> None:
        """Pull the mains plug, or plug it in; let the battery be so full."""
        self._ask(Ask.SET_SUPPLY, on_mains, charge_percent)

    def set_chip(self, error_s: int = 0, *, stopped: bool = False) -> None:
        """Let the clock chip be wrong, or have stood still."""
        self._ask(Ask.SET_CHIP, error_s, stopped)

    def jump_clock(self, duration_s: float) -> None:
        """Set the computer's clock of this board ahead or behind; no chip and no time-out moves."""
        self._ask(Ask.JUMP_CLOCK, round(duration_s * 1000))

    def fail_next(self, part: str, what: str = "it does not answer") -> None:
        """Let a part be found broken, once: touch, keys, card, lines or i2c."""
        self._ask(Ask.FAIL_NEXT, part, what)

    def power_off(self) -> None:
        """Take the board's power from its parts; whoever runs its daemons kills them."""
        self._ask(Ask.POWER_OFF)

    def close(self) -> None:
        """Let go of the screen."""
        self._glass.close()
