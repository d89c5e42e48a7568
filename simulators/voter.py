"""A simulated voter in the booth: sees pixels, touches coordinates, presses keys, holds a card.

Rules: the voter looks at the screen through `simulators.sight` and never asks the terminal. What
the voter does next follows from the page alone, so that a session that ends, a fault, or a card put
in again is answered as a person would. The voter casts only when the review shows the very choices
that were meant. `Outcome.selections` is what was touched, for the votes that were cast.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from common.book import BLANK
from common.records import StationPackage
from simulators.sight import ROUNDS, Returns, Seen

TRIES = 40
"""How often a voter does the same thing again when nothing comes of it."""
ASKED_IN_VAIN = 3
"""After so many of these a voter whose card is in the slot, and asked for, puts it in anew."""
PULLED = ("fault:CARD_MOVED", "fault:CARD_TORN")
"""The pages that ask for the card that was not written to the end."""
VOTED = "fault:CARD_VOTED"
"""The page for a card that was put in again when it had voted."""
CHECKED = ("spoiled", "fault:CARD_SPOILED")
"""The pages that send a voter to the checking station."""


class Booth(Protocol):
    """What a voter's body can do in one booth."""

    def look(self, timeout_s: float, *, unlike: Seen | None = None) -> Seen | None:
        """Return the page on the screen, once it differs from `unlike`; None after `timeout_s`."""
        ...

    def touch(self, x: int, y: int) -> None:
        """Touch the screen there and let go."""
        ...

    def press(self, key: int) -> None:
        """Press key 1 or 2 and let go."""
        ...

    def insert_card(self) -> None:
        """Put the card that the voter holds into the slot."""
        ...

    def take_card(self) -> None:
        """Take the card out of the slot."""
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """What one voter wants.

    Attributes:
        style: number of the ballot style.
        choices: for each contest of the package, line indices from 0; empty is blank.
        first_choices: contest -> what is touched at first, and changed from the review.
        wants_code: presses 1 and 2 when thanked; `first_key` says in which order.
        checks: how often the terminal is checked, where it can be, before the vote is cast.
    """

    style: int
    language: str
    choices: tuple[tuple[int, ...], ...]
    first_choices: dict[int, tuple[int, ...]] = field(default_factory=dict, hash=False)
    wants_code: bool = True
    first_key: int = 1
    checks: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went: thanked or not, the code that was seen, and the page that ended it.

    Attributes:
        card_left: the voter went away without the card.
        noted: the check value that stood on the screen last, of the vote that was cast or checked.
    """

    thanked: bool
    code: str | None
    selections: tuple[tuple[int, ...], ...]
    last_page: str
    card_left: bool = False
    noted: str = ""

    @property
    def cast(self) -> bool:
        """Whether the voter was told that the vote is cast."""
        return self.thanked or self.last_page == VOTED

    @property
    def checked(self) -> bool:
        """Whether the vote was spoiled, so that the card is for the checking station."""
        return self.last_page in CHECKED


class VoterStuck(Exception):
    """The terminal showed nothing that a voter could go on with. The message names the page."""


def draw_wish(
    package: StationPackage,
    style: int,
    shares: Sequence[Sequence[int]],
    draw: random.Random,
    *,
    code_share: float = 0.7,
) -> Wish:
    """Draw what a voter of this ballot style wants.

    Args:
        shares: for each contest, the weight of each line.
        code_share: how many of the voters ask for their control code.
    """
    ballot_style = package.style(style)
    contests = () if ballot_style is None else ballot_style.contests
    choices = [
        _draw_choice(package, index, shares[index], draw) if index in contests else ()
        for index in range(len(package.contests))
    ]
    first = {
        index: _draw_choice(package, index, shares[index], draw)
        for index in contests
        if draw.random() < 0.1
    }
    return Wish(
        style,
        draw.choice(("kk", "ru")),
        tuple(choices),
        {index: chosen for index, chosen in first.items() if chosen != choices[index]},
        draw.random() < code_share,
        draw.choice((1, 2)),
    )


def _draw_choice(
    package: StationPackage, index: int, shares: Sequence[int], draw: random.Random
) -> tuple[int, ...]:
    contest = package.contests[index]
    if draw.random() < 0.03:
        return ()
    wanted = 1 if contest.votes_allowed == 1 else draw.randint(1, contest.votes_allowed)
    left = dict(enumerate(shares))
    chosen: list[int] = []
    while len(chosen) < wanted and left:
        (line,) = draw.choices(list(left), list(left.values()))
        del left[line]
        if contest.lines[line].against_all:
            return (line,) if not chosen else tuple(sorted(chosen))
        chosen.append(line)
    return tuple(sorted(chosen))


class SimVoter:
    """One voter with one card and one wish."""

    def __init__(self, booth: Booth, wish: Wish, *, patience_s: float = 60.0) -> None:
        self._booth = booth
        self._wish = wish
        self._patience_s = patience_s
        self._intended = [
            wish.first_choices.get(index, chosen) for index, chosen in enumerate(wish.choices)
        ]
        self._full: set[int] = set()
        self._going_back: set[int] = set()
        self._way: list[str] = []
        self._thanked = False
        self._code: str | None = None
        self._noted = ""
        self._checks = wish.checks
        self._card_in = False
        self._pulled = False
        self._pressed = False
        self._in_vain = 0
        """How often nothing came of what was done last."""
        self._returns = Returns()
        self._did = "nothing"
        """What was done last, in words."""

    @property
    def way(self) -> tuple[str, ...]:
        """The pages that were seen, in order."""
        return tuple(self._way)

    def vote(self, *, card_in: bool = False) -> Outcome:
        """Put the card in and do what the pages say until the card is to be taken out for good.

        May be called again: the same voter then tries once more.

        Args:
            card_in: the card is in the slot already (the voter went on after a fault).

        Raises:
            VoterStuck: no known page within the voter's patience, or pages that go nowhere.
        """
        self._card_in = card_in
        seen: Seen | None = None
        self._in_vain = 0
        self._returns = Returns()
        for _ in range(2000):
            current = self._booth.look(self._patience_s / TRIES, unlike=seen)
            self._in_vain = self._in_vain + 1 if current is None else 0
            if self._in_vain == TRIES:
                where = "in the slot" if self._card_in else "in the hand"
                last = seen.name if seen else "none"
                raise VoterStuck(f"after page {last} nothing more came, with the card {where}")
            seen = current or seen  # nothing happened: do it again, as people do
            if current is not None:
                self._not_for_ever(current)
            if seen is not None and self._answer(seen):
                return Outcome(
                    self._thanked,
                    self._code,
                    tuple(map(tuple, self._intended)),
                    seen.name,
                    noted=self._noted,
                )
        raise VoterStuck(f"two thousand pages and no end; the last: {' '.join(self._way[-30:])}")

    def _not_for_ever(self, seen: Seen) -> None:
        """Give up on a page that comes back again and again, whatever is done."""
        if not self._card_in and seen.name != "insert":
            return  # what the screen says to others, or to nobody
        if self._returns.too_often(seen):
            raise VoterStuck(
                f"the same page came {ROUNDS} times and led nowhere; done last: {self._did}; "
                f"there is: {seen.told()}"
            )

    def _answer(self, seen: Seen) -> bool:
        """Do what the page asks for; say whether the voter has left."""
        self._way.append(seen.name)
        if not self._card_in:  # until the invitation comes, the screen speaks to who was before
            if seen.name == "insert" or (self._pulled and seen.name in PULLED):
                self._insert_card()
            return False
        match seen.name.split(":"):
            case ["insert"] if self._in_vain >= ASKED_IN_VAIN:
                self._booth.take_card()  # it is asked for: perhaps it slipped out
                self._insert_card()
            case ["language"]:
                self._touch(seen, f"language:{self._wish.language}")
            case ["contest", contest, number]:
                if number == "0":
                    self._going_back.discard(int(contest))
                self._mark(seen, int(contest))
            case ["overvote", contest]:
                self._full.add(int(contest))  # a line on another page is to be unmarked first
                self._touch(seen, "ok")
            case ["blank", contest]:
                self._full.discard(int(contest))
                if self._intended[int(contest)]:
                    self._going_back.add(int(contest))  # what is meant stands on an earlier page
                    self._touch(seen, "no")
                else:
                    self._touch(seen, "yes")
            case ["review", _]:
                self._review(seen)
            case ["sealed", *_]:
                self._noted = seen.check_value()
                self._touch(seen, "check" if self._wants_check(seen) else "cast")
            case ["spoiled"]:
                if seen.check_value() != self._noted:
                    raise VoterStuck("the check value is another one than before the choice")
                self._checks -= 1
                return self._leave()
            case ["timeout"]:
                self._touch(seen, "yes")
            case ["fault", _] if seen.name in PULLED:
                self._pulled = True  # the page asks for this very card
                return self._leave()
            case ["thanks"]:
                self._thanked = True
                if not self._wish.wants_code:
                    return self._leave()
                if not self._pressed:
                    self._pressed = True
                    self._booth.press(self._wish.first_key)
                    self._booth.press(3 - self._wish.first_key)
            case ["code"]:
                if len(seen.digits()) == 4:
                    self._code = seen.digits()
                    return self._leave()
            case ["take"]:
                return self._leave()
            case ["ended"] | ["fault", *_] | ["stopped"] | ["closed"] | ["waiting"]:
                return self._leave()
            case _:
                pass  # a page that passes by itself, such as "casting"
        return False

    def _wants_check(self, seen: Seen) -> bool:
        return self._checks > 0 and any(one.name == "check" for one in seen.page.regions)

    def _insert_card(self) -> None:
        self._booth.insert_card()
        self._did = "the card put in"
        self._card_in, self._pulled = True, False
        self._full.clear()
        self._going_back.clear()

    def _leave(self) -> bool:
        if self._card_in:
            self._booth.take_card()
            self._did = "the card taken out"
            self._card_in = False
        return True

    def _touch(self, seen: Seen, region: str) -> None:
        for candidate in seen.page.regions:
            if candidate.name == region:
                self._booth.touch(*candidate.centre)
                self._did = f"{region} touched on {seen.name}"
                return
        raise VoterStuck(f"page {seen.name} has nothing called {region}")

    def _mark(self, seen: Seen, contest: int) -> None:
        """Touch one line whose mark is not as meant; when all are, go on."""
        wanted = set(self._intended[contest])
        lines = {
            int(region.name.removeprefix("line:"))
            for region in seen.page.regions
            if region.name.startswith("line:")
        }
        marked = {line for line in lines if f"line:{line}" in seen.values}
        surplus, missing = sorted(marked - wanted), sorted(wanted & lines - marked)
        if surplus:
            self._touch(seen, f"line:{surplus[0]}")
        elif missing and contest not in self._full:
            self._touch(seen, f"line:{missing[0]}")
        else:
            self._touch(seen, "back" if contest in self._going_back else "next")

    def _review(self, seen: Seen) -> None:
        """Compare what the review shows with what is wanted; change it, or cast."""
        names = {region.name for region in seen.page.regions}
        for name in sorted(names):
            if not name.startswith("change:"):
                continue
            contest = int(name.removeprefix("change:"))
            shown = {
                value
                for slot, value in seen.values.items()
                if slot.startswith(f"choice:{contest}:")
            }
            wanted = {str(line) for line in self._wish.choices[contest]}
            if shown - {BLANK} != wanted:
                self._intended[contest] = self._wish.choices[contest]
                self._full.discard(contest)
                self._touch(seen, name)
                return
        self._touch(seen, "cast" if "cast" in names else "next")
