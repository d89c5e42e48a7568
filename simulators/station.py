"""The simulated parts of a whole station: boards, cards, media, one clock. No sockets here.

Rules: everything that a hand may do is a method, and raises `ValueError` with a plain text when it
makes no sense (a card into a slot that has one). Cards are files in one folder: read when inserted,
written back when they leave the slot or lose power, so that what is on a card is in its file. Media
are folders. What happened stands in each board's history.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from common.regions import Region
from hal.screen import ScreenSize
from simulators.card_reader import SimBankCard, SimCard, SimCardSlot, SimMuteCard
from simulators.clock import SimClock, SimClockHand, SimClockJump
from simulators.history import History
from simulators.inputs import SimLines, SimScanner, SimTouch
from simulators.media import SimMediumSlot, bring_back, keep_copy
from simulators.paper import EscposPeer, Picture
from simulators.piv_card import CardState, Moment, SimPivCard
from simulators.protocol import OWN, RECORDING, VISITING
from simulators.pty import PtyPort
from simulators.registers import Ds3231, Max17048, SimI2cBus
from simulators.screen import CountedScreen, ScreenFile

CARD_SUFFIX: Final = ".card"

_STRANGE: Final[dict[str, Callable[[], SimCard]]] = {"mute": SimMuteCard, "bank": SimBankCard}
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class BoardOnBench:
    """One board as the bench is to have it.

    Attributes:
        name: the board's name; also the name of its recording medium.
        medium: folder that is its recording medium, made if it is not there.
        width, height: of the screen, in pixels.
        chip_error_s: how far its clock chip is ahead of the true time at the start.
        chip_stopped: the chip's battery was empty.
    """

    name: str
    medium: Path
    width: int = 1280
    height: int = 800
    chip_error_s: int = 0
    chip_stopped: bool = False

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"name {self.name!r}: letters, digits, dots and dashes only")


class SimBoard:
    """All simulated parts of one board."""

    def __init__(self, plan: BoardOnBench, folder: Path, clock: SimClock) -> None:
        self.plan = plan
        self.history = History(clock.now_ms)
        self.slot = SimCardSlot()
        self.card_name: str | None = None
        self.glass = ScreenFile.create(
            folder / f"{plan.name}.screen", ScreenSize(plan.width, plan.height)
        )
        self.shown_number = 0
        self.regions: tuple[Region, ...] = ()
        self.touch = SimTouch(self.history, clock)
        self.lines = SimLines(self.history, clock)
        self.lines.on_latch = self._hold
        self.scanner = SimScanner(self.history, clock)
        self.chip = Ds3231(clock.now_ms, error_s=plan.chip_error_s)
        if plan.chip_stopped:
            self.chip.stop()
        self.clock = SimClockJump.create(folder / f"{plan.name}.clock")
        self.gauge = Max17048()
        self.on_mains = True
        self.i2c = SimI2cBus({Ds3231.ADDRESS: self.chip, Max17048.ADDRESS: self.gauge})
        self.printer = EscposPeer()
        self.printer_port = PtyPort()
        self.scanner_port = PtyPort()
        self.scanner.events.on_event = self._send_code
        self.slots = {
            name: SimMediumSlot(folder / f"{plan.name}.{name}")
            for name in (OWN, RECORDING, VISITING)
        }
        self.slots[OWN].plug(folder)  # which folder it is, only the board knows

    def _hold(self, closed: bool) -> None:
        self.slot.latched = closed

    def _send_code(self, code: str) -> None:
        self.scanner_port.send(code.encode("ascii") + b"\r\n")

    def blacken(self) -> None:
        """Let the screen go black."""
        size = self.glass.size
        screen = CountedScreen(self.glass.path, size)
        self.shown(screen.show(bytes(size.width * size.height * 4), ()), ())
        screen.close()

    def shown(self, number: int, regions: tuple[Region, ...]) -> None:
        """Take note of a frame that the board has shown, and of what stands where on it."""
        self.shown_number = number
        self.regions = regions
        self.history.note("screen", "shown")

    def count(self, part: str) -> int:
        """Return the number that grows whenever something happens to a part."""
        return self.shown_number if part == "screen" else self.history.counts[part]

    def print_waiting(self) -> list[Picture]:
        """Let the printer take what came over its wire; return the pictures that it cut off."""
        before = len(self.printer.printed)
        answers = self.printer.feed(self.printer_port.receive())
        if answers:
            self.printer_port.send(answers)
        return self.printer.printed[before:]

    def close(self) -> None:
        """Let go of files and ports."""
        self.glass.close()
        self.clock.close()
        self.printer_port.close()
        self.scanner_port.close()
        for slot in self.slots.values():
            slot.close()


class SimStation:
    """Boards, cards, media and the clock.

    Attributes:
        changes: grows with everything that anybody might wait for.
    """

    def __init__(
        self,
        folder: Path,
        cards: Path,
        boards: Sequence[BoardOnBench],
        *,
        start_ms: int,
        rate: float = 1.0,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        """Set everything up in `folder`; each board's own medium is in its recording slot."""
        folder.mkdir(parents=True, exist_ok=True)
        cards.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.clock_path = folder / "clock"
        self.hand = SimClockHand.create(self.clock_path, start_ms, rate)
        self.clock = SimClock(self.clock_path)
        self.media: dict[str, Path] = {}
        self.boards: dict[str, SimBoard] = {}
        self._cards = cards
        self._random_bytes = random_bytes
        for plan in boards:
            if plan.name in self.boards:
                raise ValueError(f"there are two boards called {plan.name}")
            plan.medium.mkdir(parents=True, exist_ok=True)
            self.boards[plan.name] = SimBoard(plan, folder, self.clock)
            self.media[plan.name] = plan.medium
            self.boards[plan.name].slots[RECORDING].plug(plan.medium)

    def board(self, name: str) -> SimBoard:
        """Return the board of this name. Raises: ValueError."""
        if name not in self.boards:
            raise ValueError(f"there is no board {name}; there are {', '.join(self.boards)}")
        return self.boards[name]

    @property
    def changes(self) -> int:
        """A number that grows whenever something happens."""
        return sum(board.history.counts.total() for board in self.boards.values())

    # cards

    def insert_card(self, board: SimBoard, card: str) -> None:
        """Put the card in the file of this name into the slot."""
        path = self._card_path(card)
        for other in self.boards.values():
            if other.card_name == card:
                raise ValueError(f"card {card} is in board {other.plan.name}")
        if not path.is_file():
            raise ValueError(f"there is no card {card} in {self._cards}")
        state = CardState.from_bytes(path.read_bytes())
        board.slot.insert(SimPivCard(state, self._random_bytes))
        board.card_name = card
        board.history.note("card", "inserted", card)

    def insert_strange(self, board: SimBoard, kind: str) -> None:
        """Put a card of another world in: "mute" or "bank"."""
        if kind not in _STRANGE:
            raise ValueError(f"no kind of card {kind}; there are {', '.join(_STRANGE)}")
        board.slot.insert(_STRANGE[kind]())
        board.history.note("card", "inserted", kind)

    def remove_card(self, board: SimBoard) -> bool:
        """Take the card out; say whether it came (the latch may hold it).

        Raises:
            ValueError: there is none.
        """
        if board.slot.card is None:
            raise ValueError("there is no card in the slot")
        card = board.slot.remove()
        if card is None:
            board.history.note("card", "held by the latch")
            return False
        self._keep(board, card)
        board.history.note("card", "removed")
        board.card_name = None
        return True

    def transmit(self, board: SimBoard, session: int, command: bytes) -> bytes | None:
        """Send a command to the card, as the reader does."""
        response = board.slot.transmit(session, command)
        if board.slot.pulled is not None:
            self._keep(board, board.slot.pulled)
            board.slot.pulled = None
            board.card_name = None
            board.history.note("card", "pulled")
        return response

    def cut_off_card(self, board: SimBoard, session: int, command: bytes) -> None:
        """Send a command to the card, which loses its power in the middle of it."""
        if board.slot.card is not None:
            faults = board.slot.card.faults
            faults.power_lost_after, faults.moment = 0, Moment.DURING
            board.slot.transmit(session, command)
            faults.power_lost_after = None
            self._keep(board, board.slot.card)

    def power_off_card(self, board: SimBoard, session: int) -> None:
        """End a session, as the reader does; what the card knows now is in its file."""
        board.slot.power_off(session)
        if board.slot.card is not None:
            self._keep(board, board.slot.card)

    def _keep(self, board: SimBoard, card: SimCard) -> None:
        if board.card_name is None or not isinstance(card, SimPivCard):
            return
        path = self._card_path(board.card_name)
        content = card.state.to_bytes()
        if content != path.read_bytes():
            new = path.with_suffix(".new")
            new.write_bytes(content)
            new.replace(path)

    def _card_path(self, card: str) -> Path:
        if not _NAME.fullmatch(card):
            raise ValueError(f"{card!r} is no name of a card")
        return self._cards / f"{card}{CARD_SUFFIX}"

    # media

    def slot(self, board: SimBoard, slot: str) -> SimMediumSlot:
        """Return a medium slot. Raises: ValueError."""
        if slot not in board.slots:
            raise ValueError(f"there is no slot {slot}; there are {', '.join(board.slots)}")
        return board.slots[slot]

    def plug(self, board: SimBoard, slot: str, medium: str) -> None:
        """Put the medium of this name into a slot, taking it out of where it is."""
        into = self.slot(board, slot)
        root = self.medium(medium)
        if into.root is not None:
            raise ValueError(f"there is a medium in slot {slot} of {board.plan.name} already")
        for other in self.boards.values():
            for name, place in other.slots.items():
                if place.root == root:
                    place.unplug()
                    other.history.note(name, "unplugged", medium)
        into.plug(root)
        board.history.note(slot, "plugged", medium)

    def unplug(self, board: SimBoard, slot: str) -> str:
        """Take the medium out; return its name."""
        root = self.slot(board, slot).unplug()
        (medium,) = (name for name, place in self.media.items() if place == root)
        board.history.note(slot, "unplugged", medium)
        return medium

    def medium(self, name: str) -> Path:
        """Return the folder of a medium. Raises: ValueError."""
        if name not in self.media:
            raise ValueError(f"there is no medium {name}; there are {', '.join(self.media)}")
        return self.media[name]

    def new_medium(self, name: str, content: Path | None = None) -> None:
        """Take a medium out of the box: an empty one, or with what is in a folder.

        Raises: ValueError, if one has this name.
        """
        if name in self.media or not _NAME.fullmatch(name):
            raise ValueError(f"there is a medium {name} already, or that is no name")
        root = self.folder / "media" / name
        root.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            root.mkdir()
        else:
            shutil.copytree(content, root)
        self.media[name] = root

    def keep_copy(self, medium: str, copy: str) -> None:
        """Keep what is on a medium now under this name."""
        keep_copy(self.medium(medium), self._copy_path(medium, copy))

    def bring_back(self, medium: str, copy: str) -> None:
        """Let an older copy be what is on the medium. Raises: ValueError, if it is in a slot."""
        root = self.medium(medium)
        if any(
            slot.root == root for board in self.boards.values() for slot in board.slots.values()
        ):
            raise ValueError(f"medium {medium} is in a slot; take it out first")
        bring_back(root, self._copy_path(medium, copy))

    def _copy_path(self, medium: str, copy: str) -> Path:
        if not _NAME.fullmatch(copy):
            raise ValueError(f"{copy!r} is no name of a copy")
        return self.folder / "copies" / medium / copy

    # the rest of a board

    def power_off(self, board: SimBoard) -> None:
        """Take the board's power: black screen, no lamp, a card without power; the latch stays.

        Whoever runs the board's daemons ends them.
        """
        board.slot.unplug()
        board.slot.plug()
        board.blacken()
        if board.slot.card is not None:
            self._keep(board, board.slot.card)
        board.lines.set_lamp(False)
        board.history.note("supply", "power off")

    def take_prints(self, board: SimBoard) -> None:
        """Let a board's printer take what came over its wire; keep what it cut off as files."""
        before = len(board.printer.printed)
        for number, picture in enumerate(board.print_waiting(), before + 1):
            self.picture_path(board, number).write_bytes(picture.to_pbm())
            board.history.note("printer", "printed", f"{picture.height} rows")

    def picture_path(self, board: SimBoard, number: int) -> Path:
        """Return the file of a picture, counted from 1."""
        return self.folder / f"{board.plan.name}-print-{number:03}.pbm"

    def close(self) -> None:
        """Let go of everything; cards that are in slots are in their files."""
        for board in self.boards.values():
            if board.slot.card is not None:
                self._keep(board, board.slot.card)
            board.close()
        self.clock.close()
        self.hand.close()
