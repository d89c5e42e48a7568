"""The commission at the accumulator: chair and members in the morning, all day, in the evening.

Rules: what they do next follows from the page that is there, never from what they remember having
done. So whatever stops in between, they go on as the page asks: the start password again, a share
card that the table shows as missing, a signature that is not there, a card put in once more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from accumulator.texts import Word
from common import errors
from common.errors import LANGUAGES, Reason
from common.pintexts import PinText
from common.remedies import Remedy
from common.trilingual import Trilingual
from simulators.officials import PageFollower, PersonCards
from simulators.panel import MOMENT_S, Hands, Regions, has, text_of
from simulators.watch import Watch

SEALS = "KZ-004217 KZ-004218"
"""The numbers on the seals that the commission has brought."""
START = "accumulator.start"
OPEN = "accumulator.open"
COLLECT = "accumulator.collect"
COUNT = "accumulator.count."
EVENING = (
    "accumulator.result",
    "accumulator.minutes",
    "accumulator.papers",
    "accumulator.clear",
    "accumulator.seals",
    "accumulator.seals.act",
    "accumulator.day.over",
)


class Carrier(Protocol):
    """Who carries the counting desk's medium in the evening (`simulators.count_walk`)."""

    @property
    def carried(self) -> frozenset[str]:
        """What the accumulator says when the medium has everything that the desk needs."""
        ...

    @property
    def is_visiting(self) -> bool:
        """Whether the medium lies in the accumulator's visiting slot."""
        ...

    def bring(self) -> None:
        """Put the medium into that slot."""
        ...

    def take_to_desk(self, page: str) -> None:
        """Have the desk do its part with the medium, for this page of the accumulator."""
        ...


def words_of(word: Trilingual) -> frozenset[str]:
    return frozenset(word.text(language) for language in LANGUAGES)


_WAITING = words_of(PinText.WAITING)
_BOARD_IN = words_of(Word.BOARD_IN)
_BLOCKED = frozenset(errors.text(Reason.PIN_BLOCKED, language) for language in LANGUAGES)
_GOES_ON = frozenset(Remedy.GOES_ON.text(language) for language in LANGUAGES)
_NO_JOURNAL = words_of(Word.DEAD_NO_JOURNAL)


class Commission(PageFollower):
    """The chair and the members, all with their cards and PINs."""

    def __init__(
        self,
        hands: Hands,
        board: str,
        people: Sequence[PersonCards],
        courier: str,
        password: str,
        *,
        watch: Watch,
        have_half_made: Callable[[], None] | None = None,
        patience_s: float = 120.0,
    ) -> None:
        """Stand in front of the accumulator; `password` is as printed for the envelope.

        `have_half_made` is done at the counting desk when the accumulator asks for its half.
        """
        super().__init__(hands, board, watch=watch, patience_s=patience_s)
        self._people = people
        self._courier = courier
        self._password = password.replace("-", "").replace(" ", "").lower()
        self._have_half_made = have_half_made
        self._collected = False
        self._walk: Carrier | None = None
        self._awaited = ""
        self._dead = ""
        self._spare = ""
        self._printed: set[str] = set()
        self._printing = ""
        self._mixed_up = ""
        """The card of a member who believes tonight that its PIN is another one."""
        self._blocked: list[str] = []
        """Cards that the page has called blocked."""

    # What they are there for.

    def enter_password(self) -> None:
        """Enter the start password, wherever the day is."""
        self._go_on_until(
            lambda seen: text_of(seen, "page") != START and not has(seen, "wait"),
            "the start password taken",
        )

    def open_station(self) -> None:
        """Go from the start password to the courier card that carries the start order."""
        self._go_on_until(
            lambda seen: text_of(seen, "page") == OPEN and not has(seen, "courier"),
            "the courier card written",
        )

    def close_station(self) -> None:
        """Close, after closing time."""
        self._go_on_until(lambda seen: text_of(seen, "page") == COLLECT, "the station closed")

    def read_visiting_medium(self, board: str) -> bool:
        """Have the medium in the visiting slot read, until `board` is in; say whether it is.

        If not, the page says that the medium is to be brought back to its board, to be mended.
        """
        self._awaited = board
        back = [
            Word.COLLECT_BACK.text(language, board=board, number=0).partition("0")[0]
            for language in LANGUAGES
        ]

        def settled(seen: Regions) -> bool:
            said = [region.text for region in seen if region.name.startswith("notice.")]
            refused = any(text.startswith(start) for text in said for start in back)
            return _row(seen, board) in _BOARD_IN or (refused and not has(seen, "wait"))

        self._go_on_until(settled, f"{board} in")
        return _row(self.panel.regions, board) in _BOARD_IN

    def take_over(self) -> None:
        """Have this spare go on in the place of the accumulator whose medium lies in its slot."""

        def goes_on(seen: Regions) -> bool:
            page = text_of(seen, "page") or ""
            in_the_evening = page == COLLECT or page.startswith(COUNT)
            return in_the_evening or (page == OPEN and not has(seen, "courier"))

        self._go_on_until(goes_on, "the day to go on here")

    def write_off(self, dead: str, spare: str) -> None:
        """Have members sign that a terminal died and which spare stands in its place."""
        self._dead, self._spare = dead, spare
        said = {
            Word.BOARD_REPLACED.text(language, board=dead, spare=spare) for language in LANGUAGES
        }
        self._go_on_until(
            lambda seen: text_of(seen, "page") == OPEN and text_of(seen, "notice") in said,
            f"the act that {dead} died",
        )
        self._dead = self._spare = ""

    def count(self, walk: Carrier, until: str = "") -> None:
        """Have the votes counted with share cards; `walk` carries the counting desk's medium.

        `until`: a page at which it is enough for now.
        """
        self._collected, self._walk = True, walk
        self._go_on_until(
            lambda seen: text_of(seen, "page") in {until, *EVENING}, until or "the result"
        )

    def sign_minutes(self, mixed_up: str = "") -> tuple[str, ...]:
        """Have minutes and sealing signed, papers printed, share cards cleared: all to the end.

        Args:
            mixed_up: the card of a member who has mixed up its PIN, and insists.

        Returns: the cards that were blocked; their members have an act of absence.
        """
        self._collected, self._mixed_up = True, mixed_up
        self._go_on_until(lambda seen: text_of(seen, "page") == EVENING[-1], "the end of the day")
        return tuple(self._blocked)

    # What each page asks for.

    def _do_what_it_says(self, page: str, seen: Regions) -> None:
        panel = self.panel
        if has(seen, "wait") and not has(seen, "retry"):
            return
        match page.removeprefix("accumulator."):
            case "start":
                self._type_password(seen)
            case "clock" | "clock.set":
                self._at_clock(seen)
            case "clock.act" if has(seen, "sign.finish"):
                self._press("sign.finish")
            case "clock.act":
                self._cards_in_turn(seen, "people", "sign.back")
            case "zero":
                self._press("zero.continue" if has(seen, "zero.continue") else "zero.print")
            case "half":
                self._bring_half()
            case "shares":
                self._cards_in_turn(seen, "shares", "shares.continue")
            case "act":
                self._cards_in_turn(seen, "people", "sign.finish")
            case "open" if has(seen, "courier"):
                if not self._card:
                    self._put_in(self._courier)
            case "spare":
                self._press("spare.take" if has(seen, "spare.take") else "retry")
            case "spare.act" | "dead.act" if has(seen, "sign.finish"):
                self._press("sign.finish")
            case "spare.act" | "dead.act":
                self._cards_in_turn(seen, "people", "")
            case "dead":
                self._choose(seen, "boards", self._dead)
            case "dead.spare":
                self._choose(seen, "spares", self._spare)
            case "dead.medium":
                read = text_of(seen, "found") not in _NO_JOURNAL
                self._press("dead.act" if read else "dead.read")
            case "open" if self._dead:
                self._press("dead")
            case "open":
                self._press("close")
            case "close":
                self._press("close.confirm")
            case "collect" if self._collected:
                self._press("count")
            case "collect" if not self._turns(seen, "boards", self._awaited):
                self._press("visitor.read")
            case "collect":
                pass  # the leaf is being turned
            case "count.shares":
                self._cards_in_turn(seen, "shares", "")
            case "count.mix" | "count.open":
                self._carry(page.removeprefix("accumulator."), seen)
            case "count.finish":
                self._press("count.again")
            case "result":
                self._press("result.sign")
            case "minutes":
                way = "sign.finish" if has(seen, "sign.finish") else "minutes.absence"
                self._cards_in_turn(seen, "people", way)
            case "absence":
                self._say_who(seen)
            case "absence.reason":
                self._press("reasons.0")
            case "absence.act" if has(seen, "sign.finish"):
                self._press("sign.finish")
            case "absence.act":
                self._cards_in_turn(seen, "people", "absence.back")
            case "papers":
                self._print_papers()
            case "clear":
                self._cards_in_turn(seen, "shares", "clear.finish")
            case "seals":
                self._type_seals(seen)
            case "seals.act" if has(seen, "sign.finish"):
                self._press("sign.finish")
            case "seals.act":
                self._cards_in_turn(seen, "people", "sign.back")
            case "stopped" if not goes_on_by_itself(seen):
                self._press("retry")
            case "stopped":
                self._take_card()
            case "":
                pass  # without power, or starting
            case _:
                raise panel.stuck("there is nothing to be done here")

    def _choose(self, seen: Regions, table: str, first_cell: str) -> None:
        """Touch the row of a table that begins with this text, turning leaves until it is there."""
        if not self._turns(seen, table, first_cell):
            for region in seen:
                if region.name.startswith(f"{table}.") and region.text == first_cell:
                    self._press(region.name.removesuffix(".0"))

    def _turns(self, seen: Regions, table: str, first_cell: str) -> bool:
        """Turn a leaf of a table if the row that begins so is on another; say whether it is."""
        leaves = [name for name in (f"{table}.next", f"{table}.previous") if has(seen, name)]
        if not leaves or any(
            region.text == first_cell and region.name.startswith(f"{table}.") for region in seen
        ):
            return False
        self.panel.press_if_there(leaves[0])
        return True

    def _type_password(self, seen: Regions) -> None:
        if not has(seen, "password.q"):
            self.panel.press_if_there("password.latin")
            return
        self._type(seen, "password", self._password, "typed", "enter")

    def _type_seals(self, seen: Regions) -> None:
        """Press the key that comes next after what stands in the field."""
        there = (text_of(seen, "typed") or "").lstrip()
        if there == SEALS:
            self._press("seals.sign")
        elif SEALS.startswith(there):
            key = SEALS[len(there)].lower()
            self.panel.press_key(f"seals.{'space' if key == ' ' else key}", "typed")
        else:
            self.panel.press_key("seals.erase", "typed")

    def _cards_in_turn(self, seen: Regions, table: str, then: str) -> None:
        """Let those put their cards in who remain, by the table on the page; then go on."""
        if has(seen, "pin.who"):
            if self._card and text_of(seen, "notice") in _BLOCKED:
                self._blocked.append(self._card)
                self._take_card()
            elif self._card in self._pins:  # else it still speaks of the card that was taken out
                self._type(seen, "pin", self._pins[self._card], "pin.typed", "pin.enter")
            return
        if has(seen, "pin.state"):
            return
        cards = self._share_cards if table == "shares" else self._cards
        waiting = [cards[name] for name in _waiting(seen, table) if name in cards]
        remaining = [card for card in waiting if card not in self._blocked]
        if self._card in remaining:
            return
        self._take_card()  # it has done its part
        if remaining:
            self._put_in(remaining[0])
        else:
            self._press(then)

    def _say_who(self, seen: Regions) -> None:
        """Choose a member whose card is blocked; nobody else is absent."""
        names = [name for name, card in self._cards.items() if card in self._blocked]
        there = [name for name in names if any(region.text == name for region in seen)]
        if there:
            self._choose(seen, "people", there[0])
        else:
            self._press("absence.back")

    def _bring_half(self) -> None:
        """Have the desk's half made, once, and bring the courier card back with it."""
        if self._have_half_made is not None:
            self._take_card()
            make, self._have_half_made = self._have_half_made, None
            make()
        elif self._card != self._courier:
            self._take_card()
            self._put_in(self._courier)

    def _carry(self, page: str, seen: Regions) -> None:
        """Have the counting desk's medium brought here, or taken to the desk, as the page says."""
        walk = self._walk
        if walk is None:
            raise self.panel.stuck("nobody carries the desk's medium")
        self._take_card()
        said = {region.text for region in seen if region.name.startswith("notice.")}
        if not walk.is_visiting:
            walk.bring()
        elif said & walk.carried:
            walk.take_to_desk(page)
            walk.bring()
        else:
            self._press("count.read")

    @property
    def _cards(self) -> dict[str, str]:
        return {person.name: person.card for person in self._people}

    @property
    def _share_cards(self) -> dict[str, str]:
        return {one.name: one.share_card for one in self._people if one.share_card is not None}

    @property
    def _pins(self) -> dict[str, str]:
        pins = {person.card: person.pin for person in self._people}
        if self._mixed_up:
            pins[self._mixed_up] = another_pin(pins[self._mixed_up])
        return pins | {one.share_card: one.share_pin for one in self._people if one.share_card}

    def _print_papers(self) -> None:
        """Print what was not seen to be printed; nothing waits on this page while it is."""
        panel = self.panel
        if self._printing:
            self._printed.add(self._printing)
            self._printing = ""
        left = [paper for paper in ("protocol", "codes") if paper not in self._printed]
        self._press(f"print.{left[0]}" if left else "papers.continue")
        if left and panel.hands.wait_for_screen(
            panel.board, lambda now: has(now, "wait"), MOMENT_S
        ):
            self._printing = left[0]


def another_pin(pin: str) -> str:
    """Return a PIN of the same length that is another one."""
    return "".join(str(9 - int(digit)) for digit in pin)


def goes_on_by_itself(regions: Regions) -> bool:
    """Say whether the page of a stopped board says so: then nobody has to press anything."""
    return text_of(regions, "hint") in _GOES_ON


def _waiting(regions: Regions, table: str) -> list[str]:
    """Return the first cells of those rows of a table that are still waited for."""
    cells = {region.name: region.text for region in regions if region.name.startswith(f"{table}.")}
    return [
        cells[name.removesuffix("2") + "0"]
        for name, text in cells.items()
        if name.endswith(".2") and text in _WAITING
    ]


def _row(regions: Regions, first_cell: str) -> str | None:
    """Return the last cell of the row of table "boards" that begins with this text."""
    cells = {region.name: region.text for region in regions if region.name.startswith("boards.")}
    for name, text in cells.items():
        if text == first_cell and name.endswith(".0"):
            return cells.get(name.removesuffix("0") + "2")
    return None
