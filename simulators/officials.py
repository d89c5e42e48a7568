"""Simulated officials: they read the operators' pages by their named regions and press them.

Rules: an official does what the page asks for and nothing else; a page that does not come, or shows
what it must not, is an error that names the board, the page and its texts. People's waiting goes
by the pages, never by time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from common.regions import Region
from simulators.watch import Watch

CLOCK_PAGES = frozenset({"desk.clock", "desk.clock.set", "desk.signing"})
PRESSES = 10
MOMENT_S = 2.0
FEW_FOUND = 8
"""So many names a clerk looks through rather than type on."""
LEAVES = 20


class OfficialStuck(Exception):
    """A page did not come that an official waited for. The message shows what stood there."""


class Hands(Protocol):
    """What people can do with the boards of a station; implemented by the bench's client."""

    def insert_card(self, board: str, card: str) -> None:
        """Put a card, by its name in the tray, into a board's reader."""
        ...

    def remove_card(self, board: str) -> None:
        """Take the card out of a board's reader."""
        ...

    def touch(self, board: str, x: int, y: int) -> None:
        """Touch a board's screen and let go."""
        ...

    def scan(self, board: str, text: str) -> None:
        """Read a bar code with a board's scanner."""
        ...

    def regions(self, board: str) -> tuple[Region, ...]:
        """Return what stands where on a board's screen."""
        ...

    def wait_for_screen(
        self, board: str, wanted: Callable[[tuple[Region, ...]], bool], timeout_s: float
    ) -> tuple[Region, ...] | None:
        """Return the regions once `wanted` says so; None after `timeout_s` real seconds."""
        ...

    def latch_held(self, board: str) -> bool:
        """Say whether the slot's latch holds the card."""
        ...


@dataclass(frozen=True, slots=True)
class PersonCards:
    """One official by name, and two cards, by their names in the tray, with their PINs."""

    number: int
    card: str
    pin: str = field(repr=False)
    share_card: str | None = None
    share_pin: str = field(default="", repr=False)
    name: str = ""


class Panel:
    """One operators' screen, as somebody in front of it uses it."""

    def __init__(self, hands: Hands, board: str, *, patience_s: float = 60.0) -> None:
        self.hands = hands
        self.board = board
        self._patience_s = patience_s

    @property
    def page(self) -> str:
        """The name of the page on the screen."""
        return text_of(self.hands.regions(self.board), "page") or ""

    def text(self, name: str) -> str | None:
        """Return the text of a region, or None if it is not on the page."""
        return text_of(self.hands.regions(self.board), name)

    def wait_page(self, *names: str, having: Iterable[str] = ()) -> str:
        """Wait until one of these pages is there, with all regions of `having`; return its name.

        Raises:
            OfficialStuck: it does not come.
        """
        needed = set(having)
        return self.wait(
            lambda regions: (
                text_of(regions, "page") in names and needed <= {region.name for region in regions}
            ),
            f"page {' or '.join(names)} {' '.join(sorted(needed))}",
        )

    @property
    def regions(self) -> tuple[Region, ...]:
        """What stands where on the screen."""
        return self.hands.regions(self.board)

    def told(self) -> str:
        """Return all that stands on the screen, in one line."""
        return " | ".join(f"{region.name}={region.text}" for region in self.regions)

    def wait_change(
        self,
        seen: tuple[Region, ...],
        wanted: Callable[[tuple[Region, ...]], bool] = lambda _: False,
    ) -> bool:
        """Say whether within a moment something else stands on the screen, or all is as wanted."""
        changed = self.hands.wait_for_screen(
            self.board, lambda now: now != seen or wanted(now), MOMENT_S
        )
        return changed is not None

    def next_page(self, page: str) -> str:
        """Return the page that follows this one, or this one if nothing comes in good time."""
        self.hands.wait_for_screen(
            self.board, lambda regions: text_of(regions, "page") != page, self._patience_s / PRESSES
        )
        return self.page

    def soon(self, *pages: str) -> str | None:
        """Return the page if one of these comes within a moment."""
        seen = self.hands.wait_for_screen(
            self.board, lambda regions: text_of(regions, "page") in pages, MOMENT_S
        )
        return None if seen is None else text_of(seen, "page")

    def wait(self, wanted: Callable[[tuple[Region, ...]], bool], what: str) -> str:
        """Wait until the page is as wanted; return its name. Raises: OfficialStuck."""
        seen = self.hands.wait_for_screen(self.board, wanted, self._patience_s)
        if seen is None:
            raise OfficialStuck(f"{self.board}: waited for {what}; there is: {self.told()}")
        return text_of(seen, "page") or ""

    def press(self, name: str) -> None:
        """Press a button or key by its name. Raises: OfficialStuck: it is not there."""
        self.wait(lambda regions: has(regions, name), f"button {name}")
        self.press_if_there(name)

    def press_if_there(self, name: str) -> None:
        """Press a button that may go away at any moment, as it does when the board is working."""
        for region in reversed(self.hands.regions(self.board)):
            if region.name == name:
                self.hands.touch(self.board, *region.centre)
                return

    def press_until(self, name: str, wanted: Callable[[tuple[Region, ...]], bool]) -> None:
        """Press a button, again if nothing comes of it, until the page is as wanted.

        Raises:
            OfficialStuck: it never is.
        """
        for _ in range(PRESSES):
            self.press_if_there(name)
            if self.hands.wait_for_screen(self.board, wanted, self._patience_s / PRESSES):
                return
        self.wait(wanted, f"what follows button {name}")

    def go_on(self, name: str, *pages: str) -> None:
        """Press a button until one of these pages comes."""
        self.press_until(name, lambda regions: text_of(regions, "page") in pages)

    def type(self, widget: str, text: str, field_name: str) -> None:
        """Type a text on a keypad or keyboard, looking at the field before each key.

        What a board that stopped has forgotten is typed again. Returns early when another page
        comes; the caller goes by the page.
        """
        page = self.page
        for _ in range(4 * len(text)):
            typed = len((self.text(field_name) or "").strip())
            if typed >= len(text) or self.page != page:
                return
            self.press(f"{widget}.{text[typed]}")
            self.hands.wait_for_screen(
                self.board,
                lambda regions, typed=typed: (  # type: ignore[misc]  # mypy and lambdas' defaults
                    len((text_of(regions, field_name) or "").strip()) != typed
                    or text_of(regions, "page") != page
                ),
                self._patience_s / PRESSES,
            )
        raise OfficialStuck(f"{self.board}: the field {field_name} does not take what is typed")

    def insert(self, card: str) -> None:
        """Put a card in."""
        self.hands.insert_card(self.board, card)

    def take_card(self) -> None:
        """Take the card out."""
        self.hands.remove_card(self.board)


def text_of(regions: Sequence[Region], name: str) -> str | None:
    """Return the text of a region, or None if it is not on the page."""
    return next((region.text for region in regions if region.name == name), None)


def has(regions: Sequence[Region], name: str) -> bool:
    """Say whether there is a region of this name."""
    return any(region.name == name for region in regions)


@dataclass(frozen=True, slots=True)
class Document:
    """What the clerk reads in a voter's document, and the number on the list.

    `typed` is the name as the clerk would type it (`simulators.spelling`), where that is the way to
    find the voter; otherwise the number is typed.
    """

    iin: str
    surname: str
    line: int
    typed: str = ""


class Clerk:
    """The member at a desk who finds voters, compares and hands out cards.

    What the clerk does next follows from the page, so that a desk that stopped in the middle is
    gone on with as it asks.
    """

    def __init__(
        self,
        hands: Hands,
        board: str,
        people: Sequence[PersonCards] = (),
        *,
        watch: Watch | None = None,
        patience_s: float = 60.0,
    ) -> None:
        """Stand at a desk; `people` sign acts, the chair first, and `watch` is the chair's."""
        self.panel = Panel(hands, board, patience_s=patience_s)
        self._patience_s = patience_s
        self._signers = people[:2]
        self._watch = watch
        self._moment = ""

    def give_card(self, voter: Document, card: str, *, by_bar_code: bool) -> None:
        """Find the voter, compare, and have `card` activated; it is then in the hand.

        Raises:
            OfficialStuck: the desk refuses, or shows another voter's row.
        """
        panel, card_in, was_in, given = self.panel, False, False, False
        page = panel.wait_page("desk.ready", "desk.interrupted", "desk.decide", "desk.give")
        for _ in range(50):
            match page:
                case "desk.ready" if given:
                    return
                case "desk.ready" if card_in:  # after a stop the desk needs a moment to look
                    if panel.soon("desk.give", "desk.decide", "desk.interrupted") is None:
                        panel.take_card()
                        card_in = False
                    page = panel.page
                    continue
                case "desk.ready":
                    self._find(voter, by_bar_code=by_bar_code)
                case "desk.search":
                    self._type_name(voter)
                case "desk.list":
                    self._choose(voter)
                case "desk.row" if panel.text("confirm") is None:
                    if not was_in:
                        raise OfficialStuck(f"{panel.board}: no card for line {voter.line}")
                    self._see_that_given(card)
                    return
                case "desk.row":
                    self._compare(voter)
                    panel.press("confirm")
                case "desk.blank" if not card_in:
                    panel.insert(card)
                    card_in = was_in = True
                case "desk.give":
                    if card_in:
                        panel.take_card()
                        card_in = False
                    given = True
                case "desk.decide":
                    panel.press("give")
                case "desk.interrupted" if not card_in:
                    panel.insert(card)
                    card_in = True
                case "desk.interrupted" if panel.text("refusal") is not None:
                    panel.take_card()
                    card_in = False
                    self._sign_act()
                    page = panel.page
                    continue
                case _:
                    pass
            page = panel.next_page(page)  # the same: what was done came to nothing, do it again
        raise OfficialStuck(f"{panel.board}: fifty pages and no card for line {voter.line}")

    def _sign_act(self) -> None:
        """Have two officials sign that the voter may get another card."""
        panel = self.panel
        panel.go_on("act", "desk.signing")
        self._sign_in_turn()
        panel.wait_page("desk.row")

    def _sign_in_turn(self) -> None:
        """Have two officials sign the act in sight, each with card and PIN."""
        panel = self.panel
        for person in self._signers:
            panel.insert(person.card)
            panel.type("pin", person.pin, "pin-line")
            signed = panel.text("signatures")
            panel.press_until(
                "sign",
                lambda regions, signed=signed: (  # type: ignore[misc]  # mypy and lambdas' defaults
                    text_of(regions, "signatures") != signed
                ),
            )
            panel.take_card()

    def _see_that_given(self, card: str) -> None:
        """Look whether this is the card that the desk, which had stopped, says was given."""
        panel = self.panel
        panel.go_on("back", "desk.ready")
        panel.insert(card)
        panel.wait_page("desk.card", having=["returned"])
        panel.take_card()
        panel.wait_page("desk.ready")

    def _find(self, voter: Document, *, by_bar_code: bool) -> None:
        panel = self.panel
        if by_bar_code:
            panel.hands.scan(panel.board, voter.iin)
        elif voter.typed:
            panel.press_if_there("by-name")
        else:
            while panel.text("typed") not in (None, "", " "):
                panel.press("digits.erase")
            panel.type("digits", str(voter.line), "typed")
            panel.press("find")

    def _type_name(self, voter: Document) -> None:
        """Type letter by letter until few enough are found, then have them listed.

        Goes by what stands in the field, so what a desk that stopped has forgotten is typed again.
        """
        panel, name = self.panel, voter.typed
        for _ in range(4 * len(name) + PRESSES):
            seen = panel.regions
            if text_of(seen, "page") != "desk.search":
                return
            there = (text_of(seen, "typed") or "").lstrip()
            left = name[len(there) :]
            found = "".join(filter(str.isdigit, text_of(seen, "found") or ""))
            if has(seen, "list") and (not left or int(found or 0) <= FEW_FOUND):
                panel.press_if_there("list")
            elif not name.upper().startswith(there) or not left:
                panel.press_if_there("name.erase")
            else:
                self._press_letter(seen, left[0])
            panel.wait_change(seen)
        raise OfficialStuck(f"{panel.board}: the name does not find anybody: {panel.told()}")

    def _press_letter(self, seen: tuple[Region, ...], letter: str) -> None:
        """Press a letter, or what brings the keyboard that has it."""
        key = "name.space" if letter == " " else f"name.{letter}"
        layout = "latin" if letter.isascii() else "kk"
        self.panel.press_if_there(key if has(seen, key) else f"name.{layout}")

    def _choose(self, voter: Document) -> None:
        """Touch the voter's row, turning the leaves until it is there."""
        panel = self.panel
        for _ in range(LEAVES):
            seen = panel.regions
            if text_of(seen, "page") != "desk.list":
                return
            for region in seen:
                if region.text == str(voter.line) and region.name.endswith(".0"):
                    panel.press_if_there(region.name.removesuffix(".0"))
                    return
            if not has(seen, "voters.next"):
                break
            panel.press_if_there("voters.next")
            panel.wait_change(seen)
        raise OfficialStuck(f"{panel.board}: line {voter.line} is not on the list")

    def _compare(self, voter: Document) -> None:
        shown = {region.text for region in self.panel.hands.regions(self.panel.board)}
        if not {voter.iin, voter.surname} <= shown:
            raise OfficialStuck(f"{self.panel.board}: the row is not that of line {voter.line}")

    def take_back(self, voter: Document, card: str) -> None:
        """Take a card back unused from a voter."""
        panel = self.panel
        panel.wait_page("desk.ready")
        self._find(replace(voter, typed=""), by_bar_code=False)
        panel.wait_page("desk.row", having=["hand-back"])
        panel.go_on("hand-back", "desk.hand-back")
        panel.insert(card)
        panel.wait_page("desk.withdrawn", "desk.row")
        panel.take_card()
        if panel.wait_page("desk.withdrawn", "desk.row", "desk.ready") == "desk.withdrawn":
            panel.go_on("done", "desk.ready", "desk.row")
        if panel.wait_page("desk.ready", "desk.row") == "desk.row":
            panel.go_on("back", "desk.ready")

    def open_board(self, courier: str) -> None:
        """Open the desk with the courier card."""
        self._with_courier(courier, "desk.ready")

    def _at_clock(self, page: str, seen: tuple[Region, ...]) -> None:
        """Compare the desk's clock with the watch, or put it right."""
        panel, watch = self.panel, self._watch
        if watch is None:
            raise OfficialStuck(f"{panel.board}: nobody has a watch here: {panel.told()}")
        match page:
            case "desk.clock":
                date, hours = text_of(seen, "date") or "", text_of(seen, "time") or ""
                right = watch.agrees(date, hours) and has(seen, "clock.right")
                panel.press_if_there("clock.right" if right else "clock.change")
            case "desk.clock.set":
                typed = len((text_of(seen, "typed") or "").strip())
                if not typed:
                    self._moment = watch.typed()
                whole = typed == len(self._moment)
                panel.press_if_there("clock.set" if whole else f"digits.{self._moment[typed]}")
            case _:
                self._sign_in_turn()

    def close_board(self, courier: str) -> None:
        """Close the desk, after closing time, with the courier card."""
        self._with_courier(courier, "desk.closed")

    def _with_courier(self, courier: str, until: str) -> None:
        """Do with the courier card what the pages ask for, until it is out and `until` is there."""
        panel, inside, in_vain = self.panel, False, 0
        while in_vain * MOMENT_S < self._patience_s:
            seen = panel.regions
            match text_of(seen, "page"):
                case page if page == until and not inside:
                    return
                case "desk.waiting" | "desk.ready" if not inside:
                    panel.insert(courier)
                    inside = True
                case "desk.close":
                    panel.press_if_there("close")
                case str(page) if page in CLOCK_PAGES and inside:
                    panel.take_card()  # the reader is needed for those who sign
                    inside = False
                    continue
                case str(page) if page in CLOCK_PAGES:
                    self._at_clock(page, seen)
                case "desk.waiting":
                    pass  # it is being read
                case "desk.ready" if until != "desk.ready":
                    pass
                case _ if inside:
                    panel.take_card()
                    inside = False
                    continue
            changed = panel.wait_change(seen)
            in_vain = 0 if changed else in_vain + 1
            if not changed and inside:
                panel.take_card()  # nothing came of it: once more
                inside = False
        raise OfficialStuck(f"{panel.board}: waited for {until}; there is: {panel.told()}")
