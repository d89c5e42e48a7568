"""The simulated member at a desk: finds voters, compares, hands out cards, opens and closes.

Rules: those of all officials (`simulators.officials`). What the clerk does next follows from the
page, so that a desk that stopped in the middle is gone on with as it asks. What else a clerk may
have to do stands in `simulators.clerk_errands`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from simulators.officials import Official, PersonCards
from simulators.panel import Hands, Regions, has, text_of
from simulators.watch import Watch

ASTRAY = frozenset(
    f"desk.{page}" for page in ("turnout", "cards", "search", "list", "unreadable", "close")
)
"""Pages that a clerk who pressed too late may find himself on; they have a way back."""
GOES_ON = frozenset(
    f"desk.{page}" for page in ("ready", "interrupted", "closed", "mixing", "mixed", "quorum")
)
"""Pages of a spare that goes on in the place of a desk that died, in the day or in the evening."""
LEAVES = 20
SLIPS = 10
"""So many keys more than four times its letters a name takes, with all that is typed again."""


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


class Clerk(Official):
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
        super().__init__(hands, board, watch=watch, patience_s=patience_s)
        self._signers = people[:2]
        self._signed = ""
        """What the page said of signatures when the last signer put a card in."""

    def give_card(
        self, voter: Document, card: str, *, by_bar_code: bool, begun: bool = False
    ) -> None:
        """Find the voter, compare, and have `card` activated; it is then in the hand.

        `begun`: a desk died with this very card in its reader.

        Raises:
            OfficialStuck: the desk refuses, or shows another voter's row.
        """
        was_in, refused = begun, False
        given = ""
        for page, seen in self._pages(f"a card for line {voter.line}"):
            was_in = was_in or self._card == card
            match page:
                case "desk.ready" if given == card:
                    self._take_card()
                    return
                case "desk.ready" if not self._card:
                    self._find(voter, by_bar_code=by_bar_code)
                case "desk.search":
                    self._type_name(voter)
                case "desk.list":
                    self._choose(voter)
                case "desk.row" if not has(seen, "confirm"):
                    if not was_in:
                        raise self.panel.stuck("the row offers none")
                    self._take_card()
                    given = card  # the row says so: the stop came after it was written
                    self.panel.press_if_there("back")
                case "desk.row":
                    self._compare(voter, seen)
                    if self._card != card:
                        self._take_card()  # of one who signed
                    self.panel.press_if_there("confirm")
                    refused = False
                case "desk.interrupted" if self._card and has(seen, "refusal"):
                    refused = True  # when it goes on being so, the card comes out
                case "desk.interrupted" if refused and not self._card:
                    self.panel.press_if_there("act")
                case "desk.blank" | "desk.interrupted" if not self._card:
                    self._put_in(card)
                case "desk.give":
                    self._take_card()
                    given = card
                case "desk.decide":
                    self.panel.press_if_there("give")
                case _:
                    self._whatever(page, seen)

    def take_back(self, voter: Document, card: str) -> None:
        """Take a card back unused from a voter.

        Raises:
            OfficialStuck: the desk does not take it.
        """
        returned = False
        for page, seen in self._pages(f"the card of line {voter.line} back"):
            match page:
                case "desk.ready" if returned and not self._card:
                    return
                case "desk.ready" if not self._card:
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
                case "desk.hand-back" if not self._card:
                    self._put_in(card)
                case "desk.card":
                    self.panel.press_if_there("blank" if has(seen, "blank") else "returned")
                case _:
                    self._whatever(page, seen)

    def _whatever(self, page: str, seen: Regions) -> None:
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

    def _sign_act(self, seen: Regions) -> None:
        """Let two officials sign that the voter may get another card, one key a time."""
        signed = text_of(seen, "signatures") or ""
        signer = next((one for one in self._signers if one.card == self._card), None)
        if signer is None or signed != self._signed:
            last = self._card
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

    def _take_card(self) -> None:
        self._looks_again = self._looks_again or bool(self._card)
        super()._take_card()

    def _find(self, voter: Document, *, by_bar_code: bool) -> None:
        panel = self.panel
        if by_bar_code:
            panel.scan(voter.iin)
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
        for _ in range(4 * len(name) + SLIPS):
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
        raise panel.stuck("the name does not find anybody")

    def _press_letter(self, seen: Regions, letter: str) -> None:
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
        raise panel.stuck(f"line {voter.line} is not on the list")

    def _compare(self, voter: Document, seen: Regions) -> None:
        shown = {region.text for region in seen}
        if not {voter.iin, voter.surname} <= shown:
            raise self.panel.stuck(f"the row is not that of line {voter.line}")

    def take_over(self) -> None:
        """Have two officials sign that this spare goes on in the place of the desk that died."""
        for page, seen in self._pages("the spare desk to go on"):
            match page:
                case page if page in GOES_ON and not self._card:
                    return
                case "desk.spare":
                    self._take_card()
                    self.panel.press_if_there("take")
                case "desk.clock" | "desk.clock.set":
                    self._take_card()
                    self._at_clock(seen)
                case "desk.signing":
                    self._sign_act(seen)
                case _:
                    self._take_card()

    def open_board(self, courier: str) -> None:
        """Open the desk with the courier card."""
        self._with_courier(courier, "desk.ready")

    def close_board(self, courier: str) -> None:
        """Close the desk, after closing time, with the courier card."""
        self._with_courier(courier, "desk.closed")

    def _with_courier(self, courier: str, until: str) -> None:
        """Do with the courier card what the pages ask for, until it is out and `until` is there."""
        for page, seen in self._pages(f"page {until}"):
            match page:
                case _ if page == until and not self._card:
                    return
                case "desk.waiting" | "desk.ready" if self._card not in {"", courier}:
                    self._take_card()  # of one who signed
                case "desk.waiting" | "desk.ready" if not self._card:
                    self._put_in(courier)
                case "desk.close":
                    self.panel.press_if_there("close")
                case "desk.clock" | "desk.clock.set":
                    self._take_card()  # the reader is needed for those who sign
                    self._at_clock(seen)
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
