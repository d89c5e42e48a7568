"""Simulated people's hands and eyes on the bench: `panel.Hands` and `voter.Booth`.

Rules: one object for one thread, as the bench's client wants it. People need a moment between
seeing a page and touching it: `REACTION_S` seconds of the station's clock, longer than any guard
time. Voters see pixels; officials read named regions of their own pages.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from common.clock import Clock, waits
from common.regions import Region, region_at
from simulators.bench_client import BenchClient, BenchRefused, Hands, Moment
from simulators.doom import Doom, NoDoom
from simulators.panel import OfficialStuck, text_of
from simulators.sight import Eyes, Seen

REACTION_S = 0.5
STRANGE = ("bank", "mute")
_LOOK_AGAIN_S = 0.5
NO_DOOM = NoDoom()


class BenchHands:
    """What officials do, on any board of the bench."""

    def __init__(self, bench: Path, doom: Doom | NoDoom = NO_DOOM) -> None:
        self.client = BenchClient(bench)
        self._doom = doom
        self._seen: dict[str, tuple[tuple[Region, ...], float]] = {}
        """For each board, what stood there when it was looked at, and since when it is known."""
        self._stands: dict[str, dict[tuple[object, ...], float]] = {}
        """For each board, since when each thing is known to stand in its place on its page."""

    def insert_card(self, board: str, card: str) -> None:
        """Put a card into a board's reader: one of the tray, or one of `STRANGE`."""
        if card in STRANGE:
            self.client.board(board).insert_strange(card)
        else:
            self.client.board(board).insert_card(card)
        self._doom.acted(board)

    def remove_card(self, board: str) -> None:
        """Take the card out as soon as the latch lets it go. Raises: OfficialStuck."""
        if not self.client.board(board).take_card():
            raise OfficialStuck(f"{board}: the latch does not let the card go")

    def touch(self, board: str, x: int, y: int) -> None:
        """Touch a board's screen and let go, a moment after what stands there was seen.

        Who sees meanwhile that something else stands there now does not touch it. Keys are typed
        as fast as the page goes along.
        """
        clock, hands = self.client.clock, self.client.board(board)
        if board not in self._seen:
            self._look(board)
        meant = region_at(self._seen[board][0], x, y)
        while (left_s := self._known_s(board, meant) + REACTION_S - clock.monotonic_s()) > 0:
            _pause(hands, clock, left_s)
            if region_at(self._look(board)[1], x, y) != meant:
                return
        hands.touch(x, y)

    def _known_s(self, board: str, meant: Region | None) -> float:
        """Return since when all that stands on the page is known; of a key, since when it is."""
        regions, since_s = self._seen[board]
        if meant is None or meant.text.lower() != meant.name.rpartition(".")[2]:
            return since_s
        return self._stands[board].get(_place(text_of(regions, "page"), meant), since_s)

    def scan(self, board: str, text: str) -> None:
        """Read a bar code with a board's scanner."""
        self.client.board(board).scan(text)

    def regions(self, board: str) -> tuple[Region, ...]:
        """Return what stands where on a board's screen."""
        return self._look(board)[1]

    def _look(self, board: str) -> tuple[int, tuple[Region, ...]]:
        number, regions = self.client.board(board).regions()
        if board not in self._seen or self._seen[board][0] != regions:
            now_s, page = self.client.clock.monotonic_s(), text_of(regions, "page")
            before = self._stands.get(board, {})
            places = (_place(page, region) for region in regions)
            self._stands[board] = {place: before.get(place, now_s) for place in places}
            self._seen[board] = regions, now_s
        return number, regions

    def wait_for_screen(
        self, board: str, wanted: Callable[[tuple[Region, ...]], bool], timeout_s: float
    ) -> tuple[Region, ...] | None:
        """Return the regions once `wanted` says so; None after `timeout_s` real seconds."""
        hands = self.client.board(board)
        deadline_s = time.monotonic() + timeout_s
        latch = hands.count("latch")
        while True:
            number, regions = self._look(board)
            if wanted(regions):
                return regions
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                return None
            grown = self.client.wait_any(
                [(board, "screen", number), (board, "latch", latch)], min(left_s, _LOOK_AGAIN_S)
            )
            latch = grown.get((board, "latch"), latch)

    def latch_held(self, board: str) -> bool:
        """Say whether the slot's latch holds the card."""
        return self.client.board(board).latched

    def close(self) -> None:
        """Hang up."""
        self.client.close()


def _place(page: str | None, region: Region) -> tuple[object, ...]:
    return page, region.name, region.x, region.y, region.width, region.height


class BenchBooth:
    """What a voter does in one booth.

    With `alone`, time passes at once whenever the voter takes time: for a booth that nobody shares
    the clock with.
    """

    def __init__(
        self,
        client: BenchClient,
        board: str,
        eyes: Eyes,
        *,
        alone: bool = False,
        doom: Doom | NoDoom = NO_DOOM,
    ) -> None:
        self._client = client
        self._board = board
        self._doom = doom
        self._alone = alone
        self._hands = client.board(board)
        self._eyes = eyes
        self._number = -1
        self._seen: Seen | None = None
        self.card = ""

    def look(self, timeout_s: float, *, unlike: Seen | None = None) -> Seen | None:
        """Return the page on the screen, once it differs from `unlike`; None after `timeout_s`."""
        deadline_s = time.monotonic() + timeout_s
        while True:
            shown = self._hands.look()
            if shown is not None and shown.number != self._number:
                self._number, self._seen = shown.number, self._eyes.recognise(shown.frame)
            if shown is not None and self._seen is not None and self._seen != unlike:
                return self._seen
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                return None
            self._hands.wait("screen", self._number, min(left_s, _LOOK_AGAIN_S))

    def touch(self, x: int, y: int) -> None:
        """Touch the screen there, after a moment, and let go."""
        self._react()
        self._hands.touch(x, y)
        self._doom.acted(self._board)

    def press(self, key: int) -> None:
        """Press key 1 or 2, after a moment, and let go."""
        self._react()
        self._hands.press_key(key)

    def insert_card(self) -> None:
        """Put the card in the voter's hand into the slot."""
        self._hands.insert_card(self.card)
        self._doom.acted(self._board)

    def insert_other(self, card: str) -> None:
        """Put another card into the slot: one of the tray, or one of `STRANGE`."""
        if card in STRANGE:
            self._hands.insert_strange(card)
        else:
            self._hands.insert_card(card)

    def take_card(self) -> None:
        """Take the card out of the slot, if there is one."""
        with suppress(BenchRefused):  # it was pulled out before, or in this very moment
            self._hands.take_card()

    def tap_again(self, x: int, y: int) -> None:
        """Touch the screen there once more, at once."""
        self._hands.touch(x, y)

    def pull_soon(self, commands: int, moment: Moment) -> None:
        """Let the card be pulled out after so many more commands to it."""
        self._hands.pull_after(commands, moment)

    def rest_hand(self, x: int, y: int, to_x: int, to_y: int) -> None:
        """Lay the hand on the screen at one place and lift it at another."""
        self._react()
        self._hands.put_finger(x, y)
        self._hands.move_finger(to_x, to_y)
        self._hands.lift_finger()

    def pause(self, duration_s: float) -> None:
        """Do nothing for so many seconds of the station's clock."""
        if self._alone:
            self._client.advance(duration_s)
            return
        _pause(self._hands, self._client.clock, duration_s)

    def _react(self) -> None:
        self.pause(REACTION_S)


def _pause(hands: Hands, clock: Clock, duration_s: float) -> None:
    """Do nothing for so many seconds of the station's clock."""
    if duration_s <= 0:
        return
    for real_s in waits(clock, duration_s):
        hands.wait("case", hands.count("case"), real_s)
