"""Simulated officials: they read the operators' pages by their named regions and press them.

Rules: an official does what the page asks for and nothing else; a page that does not come, or shows
what it must not, is an error that names the board, the page and its texts. People's waiting goes
by the pages, never by time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from common.regions import Region
from simulators.watch import Watch

ASTRAY = frozenset(
    f"desk.{page}" for page in ("turnout", "cards", "search", "list", "unreadable", "close")
)
"""Pages that a clerk who pressed too late may find himself on; they have a way back."""
PRESSES = 10
STEPS = 1000
MOMENT_S = 2.0
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

    def press_key(self, name: str, field_name: str) -> None:
        """Press a key and see what it does in the field, before another is pressed.

        Whoever presses the next one at any change of the screen would for ever be a key ahead.
        """
        seen = self.regions
        page, before = text_of(seen, "page"), text_of(seen, field_name)
        self.press_if_there(name)
        self.hands.wait_for_screen(
            self.board,
            lambda now: text_of(now, "page") != page or text_of(now, field_name) != before,
            self._patience_s / PRESSES,
        )

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
        self._held = ""
        """The card that the clerk has put in."""
        self._took = False
        self._given = ""
        """The card that the desk has said to be given."""
        self._signed = ""
        """What the page said of signatures when the last signer put a card in."""

    def give_card(self, voter: Document, card: str, *, by_bar_code: bool) -> None:
        """Find the voter, compare, and have `card` activated; it is then in the hand.

        Raises:
            OfficialStuck: the desk refuses, or shows another voter's row.
        """
        was_in = refused = False
        for page, seen in self._pages(f"a card for line {voter.line}"):
            was_in = was_in or self._held == card
            match page:
                case "desk.ready" if self._given == card:
                    self._take_card()
                    return
                case "desk.ready" if not self._held:
                    self._find(voter, by_bar_code=by_bar_code)
                case "desk.search":
                    self._type_name(voter)
                case "desk.list":
                    self._choose(voter)
                case "desk.row" if not has(seen, "confirm"):
                    if not was_in:
                        raise OfficialStuck(f"{self.panel.board}: no card for line {voter.line}")
                    self._take_card()
                    self._given = card  # the row says so: the stop came after it was written
                    self.panel.press_if_there("back")
                case "desk.row":
                    self._compare(voter, seen)
                    if self._held != card:
                        self._take_card()  # of one who signed
                    self.panel.press_if_there("confirm")
                    refused = False
                case "desk.interrupted" if self._held and has(seen, "refusal"):
                    refused = True  # when it goes on being so, the card comes out
                case "desk.interrupted" if refused and not self._held:
                    self.panel.press_if_there("act")
                case "desk.blank" | "desk.interrupted" if not self._held:
                    self._put_in(card)
                case "desk.give":
                    self._take_card()
                    self._given = card
                case "desk.decide":
                    self.panel.press_if_there("give")
                case _:
                    self._whatever(page, seen)

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

    def take_back(self, voter: Document, card: str) -> None:
        """Take a card back unused from a voter.

        Raises:
            OfficialStuck: the desk does not take it.
        """
        returned = False
        for page, seen in self._pages(f"the card of line {voter.line} back"):
            match page:
                case "desk.ready" if returned and not self._held:
                    return
                case "desk.ready" if not self._held:
                    self._find(replace(voter, typed=""), by_bar_code=False)
                case "desk.row" if has(seen, "hand-back"):
                    self.panel.press_if_there("hand-back")
                case "desk.row":
                    returned = True
                    self._take_card()
                    self.panel.press_if_there("back")
                case "desk.hand-back" if has(seen, "refusal"):  # it was withdrawn before a stop
                    self._take_card()
                    self.panel.press_if_there("withdrawn-before")
                case "desk.hand-back" if not self._held:
                    self._put_in(card)
                case "desk.card":
                    self.panel.press_if_there("blank" if has(seen, "blank") else "returned")
                case _:
                    self._whatever(page, seen)

    def _pages(self, what: str) -> Iterator[tuple[str, tuple[Region, ...]]]:
        """Yield page after page; each is given a moment to change when something was done.

        Raises:
            OfficialStuck: nothing changes any more, or it goes round in circles.
        """
        panel, in_vain, self._given = self.panel, 0, ""
        for _ in range(STEPS):
            seen = panel.regions
            self._took = False
            yield text_of(seen, "page") or "", seen
            if self._took or panel.wait_change(seen):
                in_vain = 0
                continue
            in_vain += 1
            if in_vain * MOMENT_S > self._patience_s:
                break
            self._take_card()  # nothing came of it: once more
        raise OfficialStuck(f"{panel.board}: waited for {what}; there is: {panel.told()}")

    def _whatever(self, page: str, seen: tuple[Region, ...]) -> None:
        """Do what pages ask for that come whatever was wanted."""
        match page:
            case "desk.take-out":
                self._take_card()
            case "desk.card":
                self.panel.press_if_there("blank" if has(seen, "blank") else "void")
            case "desk.withdrawn":
                self._take_card()
                self.panel.press_if_there("done")
            case "desk.signing":
                self._sign_act(seen)
            case "desk.no-cards":
                self.panel.press_if_there("came")
            case "desk.interrupted":
                self.panel.press_if_there("again")
            case _ if page in ASTRAY:
                self.panel.press_if_there("back")
            case _:
                pass  # it is at work, starting, or looking at the card in its reader

    def _sign_act(self, seen: tuple[Region, ...]) -> None:
        """Let two officials sign that the voter may get another card, one key a time."""
        signed = text_of(seen, "signatures") or ""
        signer = next((one for one in self._signers if one.card == self._held), None)
        if signer is None or signed != self._signed:
            last = self._held
            self._take_card()
            self._signed = signed
            self._put_in(next(one.card for one in self._signers if one.card != last))
        elif has(seen, "refusal") and not has(seen, "sign"):
            pass  # this one has signed: the card is taken out in a moment, and the other's comes
        elif signer.name not in (text_of(seen, "hint") or ""):
            pass  # the card is still being looked at: what is typed now is forgotten
        elif len(typed := (text_of(seen, "pin-line") or "").strip()) < len(signer.pin):
            self.panel.press_key(f"pin.{signer.pin[len(typed)]}", "pin-line")
        else:
            self.panel.press_if_there("sign")

    def _put_in(self, card: str) -> None:
        self.panel.insert(card)
        self._held = card

    def _take_card(self) -> None:
        if self._held:
            self.panel.take_card()
            self._held, self._took = "", True

    def _find(self, voter: Document, *, by_bar_code: bool) -> None:
        panel = self.panel
        if by_bar_code:
            panel.hands.scan(panel.board, voter.iin)
        elif voter.typed:
            panel.press_if_there("by-name")
        else:
            number = str(voter.line)
            typed = (panel.text("typed") or "").strip()
            if not number.startswith(typed):
                panel.press_key("digits.erase", "typed")
            elif typed != number:
                panel.press_key(f"digits.{number[len(typed)]}", "typed")
            else:
                panel.press_if_there("find")

    def _type_name(self, voter: Document) -> None:
        """Type letter by letter until the name is there, then have those found listed.

        Goes by what stands in the field, so what a desk that stopped has forgotten is typed again.
        """
        panel, name = self.panel, voter.typed
        for _ in range(4 * len(name) + PRESSES):
            seen = panel.regions
            if text_of(seen, "page") != "desk.search":
                return
            there = (text_of(seen, "typed") or "").lstrip()
            left = name[len(there) :]
            if has(seen, "list") and not left:  # half a Latin "zh" may find others
                panel.press_if_there("list")
                panel.wait_change(seen, lambda now: text_of(now, "page") != "desk.search")
            elif not name.upper().startswith(there) or not left:
                panel.press_key("name.erase", "typed")
            else:
                self._press_letter(seen, left[0])
        raise OfficialStuck(f"{panel.board}: the name does not find anybody: {panel.told()}")

    def _press_letter(self, seen: tuple[Region, ...], letter: str) -> None:
        """Press a letter, or what brings the keyboard that has it."""
        key = "name.space" if letter == " " else f"name.{letter}"
        if has(seen, key):
            self.panel.press_key(key, "typed")
            return
        self.panel.press_if_there(f"name.{'latin' if letter.isascii() else 'kk'}")
        self.panel.wait_change(seen)

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

    def _compare(self, voter: Document, seen: tuple[Region, ...]) -> None:
        shown = {region.text for region in seen}
        if not {voter.iin, voter.surname} <= shown:
            raise OfficialStuck(f"{self.panel.board}: the row is not that of line {voter.line}")

    def take_over(self) -> None:
        """Have two officials sign that this spare goes on in the place of the desk that died."""
        for page, seen in self._pages("the spare desk to go on"):
            match page:
                case "desk.ready" | "desk.interrupted" if not self._held:
                    return
                case "desk.spare":
                    self._take_card()
                    self.panel.press_if_there("take")
                case "desk.clock" | "desk.clock.set":
                    self._take_card()
                    self._at_clock(page, seen)
                case "desk.signing":
                    self._sign_act(seen)
                case _:
                    self._take_card()

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
                if whole:
                    panel.press_if_there("clock.set")
                else:
                    panel.press_key(f"digits.{self._moment[typed]}", "typed")

    def close_board(self, courier: str) -> None:
        """Close the desk, after closing time, with the courier card."""
        self._with_courier(courier, "desk.closed")

    def _with_courier(self, courier: str, until: str) -> None:
        """Do with the courier card what the pages ask for, until it is out and `until` is there."""
        for page, seen in self._pages(f"page {until}"):
            match page:
                case _ if page == until and not self._held:
                    return
                case "desk.waiting" | "desk.ready" if self._held not in {"", courier}:
                    self._take_card()  # of one who signed
                case "desk.waiting" | "desk.ready" if not self._held:
                    self._put_in(courier)
                case "desk.close":
                    self.panel.press_if_there("close")
                case "desk.clock" | "desk.clock.set":
                    self._take_card()  # the reader is needed for those who sign
                    self._at_clock(page, seen)
                case "desk.signing":
                    self._sign_act(seen)
                case "desk.waiting":
                    pass  # it is being read
                case "desk.ready" if until != page:
                    pass
                case _ if page in ASTRAY:
                    self._take_card()
                    self.panel.press_if_there("back")
                case _:
                    self._take_card()
