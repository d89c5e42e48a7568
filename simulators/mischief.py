"""Lets mishaps (`simulators.mishaps`) befall a board, from within its process or before it runs.

Rules: nothing is spoilt on more than one medium at a time, and nothing on one that is out already.
Own storage is spoilt just before the board loses its power, in its own process, so that nobody
writes there meanwhile. The evidence of an evening, and what only the board itself has, its keys,
are left alone: those are for a spare.
"""

from __future__ import annotations

import random
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from common.enrolment import KEYS
from hal.faults import PartFault
from simulators.bench_client import BenchClient, BenchRefused, Hands
from simulators.media import SharedMediumSlot, Trouble, flip_bit, keep_copy
from simulators.mishaps import Ill, Mishap, Planned, befell
from simulators.protocol import OWN, RECORDING
from simulators.stops import Kind, board_of

SLOW_S: Final = 0.7
"""Real seconds that each write to a slow medium takes."""
LEFT_ALONE: Final = ("evidence", KEYS)


class Mischief:
    """The mishaps of one daemon."""

    def __init__(self, bench: Path, folder: Path, unit: str, planned: Planned) -> None:
        """`folder` is that of the day's stops."""
        self._bench = bench
        self._folder = folder
        self._unit = unit
        self._board = board_of(unit)
        self._planned = planned

    def at_start(self) -> None:
        """Let befall what is so before the board is switched on."""
        for number, mishap in enumerate(self._planned.mishaps):
            if mishap.number == 0 and mishap.ill is Ill.OLDER:
                keep_copy(self._root(mishap), self._copy(number))
            elif mishap.number == 0:
                self._befall(number, mishap)

    def at(self, kind: Kind, count: int) -> bool:
        """Let befall what is due at this write; say whether the board loses its power with it."""
        without_power = False
        for number, mishap in enumerate(self._planned.mishaps):
            if mishap.kind is not kind or befell(self._folder, self._unit, number).exists():
                continue
            if mishap.ill is Ill.OLDER and count == mishap.number:
                with suppress(PartFault):
                    keep_copy(self._root(mishap), self._copy(number))
            due = mishap.number
            if mishap.ill is Ill.OLDER:
                due += self._planned.older_by(mishap)
            if count == due:
                without_power |= self._befall(number, mishap)
        return without_power

    def _befall(self, number: int, mishap: Mishap) -> bool:
        with BenchClient(self._bench) as client:
            without_power = self._done(client, number, mishap)
        befell(self._folder, self._unit, number).touch()
        return without_power

    def _done(self, client: BenchClient, number: int, mishap: Mishap) -> bool:
        """Do it; say whether the board loses its power with it."""
        hands, is_own = client.board(self._board), mishap.kind is Kind.OWN
        slot = OWN if is_own else RECORDING
        match mishap.ill:
            case Ill.PULLED | Ill.LOST:
                take_out(hands)
            case Ill.SWAPPED:
                other = self._strangers(client, mishap)
                take_out(hands)
                hands.plug(other)
            case Ill.OTHER_STATION | Ill.OTHER_DAY:
                name = f"{mishap.ill.value}-{self._board}-{number}"
                strangers = self._planned.own.parents[2] / "strangers"
                client.new_medium(name, strangers / mishap.ill.value / self._board)
                take_out(hands)
                hands.plug(name)
            case Ill.OLDER:
                self._spoil(hands, mishap, number)
                return is_own
            case Ill.FLIPPED:
                self._spoil(hands, mishap, None)
                return is_own and mishap.number > 0
            case Ill.ROTTEN:
                with suppress(PartFault):
                    flip_any_bit(self._root(mishap), self._planned.draw(mishap))
            case Ill.FULL:
                hands.leave_room(0, slot)
            case Ill.READ_ONLY | Ill.BROKEN | Ill.SLOW:
                hands.trouble(Trouble[mishap.ill.name], write_s=SLOW_S, slot=slot)
        return False

    def _strangers(self, client: BenchClient, mishap: Mishap) -> str:
        """Take another board's medium out of its slot; return its name."""
        first = self._planned.stranger(mishap)
        for board in (first, *self._planned.others):
            with suppress(BenchRefused):  # its slot is empty
                return client.board(board).unplug()
        raise BenchRefused("no other board has a medium in its slot")

    def _spoil(self, hands: Hands, mishap: Mishap, copy: int | None) -> None:
        try:
            root = self._root(mishap)
        except PartFault:
            return
        if mishap.kind is Kind.REMOVABLE:
            hands.unplug()
        if copy is None:
            flip_any_bit(root, self._planned.draw(mishap))
        elif self._copy(copy).exists():
            shutil.rmtree(root)
            shutil.copytree(self._copy(copy), root)

    def _copy(self, number: int) -> Path:
        return self._folder / "copies" / f"{self._unit}-{number}"

    def _root(self, mishap: Mishap) -> Path:
        """Return where the medium's files are."""
        if mishap.kind is Kind.OWN:
            return self._planned.own
        return recording_root(self._bench, self._board)


def take_out(hands: Hands) -> str:
    """Take out what lies in a board's recording slot; return its name, "" if there is nothing."""
    with suppress(BenchRefused):
        return hands.unplug()
    return ""


def recording_root(bench: Path, board: str) -> Path:
    """Return the folder of the medium in a board's recording slot."""
    slot = SharedMediumSlot(RECORDING, bench.parent / "bench" / f"{board}.{RECORDING}")
    try:
        return slot.root
    finally:
        slot.close()


def flip_any_bit(root: Path, draw: random.Random) -> str:
    """Change one bit of one file, each file as likely as any other; return its path."""
    files = sorted(
        path
        for path in root.rglob("*")
        if path.is_file()
        and path.stat().st_size
        and not any(part in LEFT_ALONE for part in path.relative_to(root).parts)
    )
    chosen = draw.choice(files)
    path = str(chosen.relative_to(root))
    flip_bit(root, path, draw.randrange(8 * chosen.stat().st_size))
    return path
