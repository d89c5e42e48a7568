"""A booth for simulated voters: the pages of the tiny book, and rules as plain as a paper ballot's.

It composes real frames and recognises them with a voter's eyes, so that what the voter does follows
from pixels. It notes everything that the voter's body did.
"""

from __future__ import annotations

from collections.abc import Callable

from common.book import PageKey
from common.book_index import BLANK, BOTH, ON
from common.records import StationPackage
from simulators.sight import Eyes, Seen
from tests.unit.terminal import tiny_book

PAGES_OF_A_CONTEST = {0: 1, 1: 2, 2: 1}
REVIEWS = ((0, 1), (2,))
CODE = "0427"
VALUE = "7K3MQ9XWB2H4TZVN0RGE"


class PaperBooth:
    """Implements `simulators.voter.Booth` for style 1 of the sample package."""

    def __init__(self, before: tuple[str, ...] = (), sealed: str = "") -> None:
        """Show `before`, pages of the voter who was here last, until the invitation comes.

        `sealed` is the page with the check value that comes before the thanks, if there is one.
        """
        self.sealed = sealed
        self.values = [VALUE]
        self.package: StationPackage = tiny_book.package()
        self.book = tiny_book.load()
        self.marks: dict[int, set[int]] = {0: set(), 1: set(), 2: set()}
        self.cast: tuple[tuple[int, ...], ...] | None = None
        self.did: list[str] = []
        self.pages: list[str] = []
        self.keys: list[int] = []
        self.interruptions: dict[str, str] = {}
        self._eyes = Eyes(self.book)
        self._language = "kk"
        self._before = [*before, "insert"]
        self._page = self._before.pop(0)

    # What a voter's body can do.

    def look(self, timeout_s: float, *, unlike: Seen | None = None) -> Seen | None:
        """Return the page, once it differs; pages that pass by themselves do so at each look."""
        seen = self._seen()
        if seen == unlike:
            self._pass()
            seen = self._seen()
        if seen == unlike:
            return None
        self.pages.append(seen.name)
        return seen

    def touch(self, x: int, y: int) -> None:
        """Touch: acts when a region of the page is there."""
        page = self.book.page(self._key())
        (region,) = (one for one in page.regions if one.contains(x, y))
        self.did.append(f"{self._page} {region.name}")
        interruption = self.interruptions.pop(self.did[-1], None)
        if interruption is not None:
            self._page = interruption
            return
        self._touched(region.name)

    def press(self, key: int) -> None:
        """Press a key; both together bring the code."""
        self.did.append(f"{self._page} key {key}")
        self.keys.append(key)
        if self._page == "thanks" and set(self.keys) == {1, 2}:
            self._page = "code"

    def insert_card(self) -> None:
        """Put the card in."""
        self.did.append(f"{self._page} insert")
        self._page = "language"

    def take_card(self) -> None:
        """Take the card out."""
        self.did.append(f"{self._page} take")
        self._page = "insert"

    # How the booth answers.

    def _key(self) -> PageKey:
        if self._page in {"insert", "language", "waiting"} or self._page.startswith("fault:"):
            return PageKey(self._page, BOTH)
        styled = self._page.startswith(("contest:", "overvote:", "blank:", "review:"))
        return PageKey(self._page, self._language, 1 if styled else None)

    def _values(self) -> dict[str, str]:
        match self._page.split(":"):
            case ["contest", number, _]:
                marks = self.marks[int(number)]
                slots = {slot.name for slot in self.book.page(self._key()).slots}
                shown = {f"line:{line}": ON for line in marks if f"line:{line}" in slots}
                return {**shown, "counter": str(len(marks))}
            case ["review", page]:
                shown = {}
                for contest in REVIEWS[int(page)]:
                    chosen = [str(line) for line in sorted(self.marks[contest])]
                    for at, value in enumerate(chosen or [BLANK]):
                        shown[f"choice:{contest}:{at}"] = value
                return shown
            case ["code"]:
                return {f"digit:{at}": digit for at, digit in enumerate(CODE)}
            case ["sealed", *_] | ["spoiled"]:
                return {f"value:{at}": one for at, one in enumerate(self.values[-1])}
        return {}

    def _seen(self) -> Seen:
        frame = self.book.frame()
        self.book.compose(frame, self._key(), self._values())
        seen = self._eyes.recognise(bytes(frame.pixels))
        assert seen is not None
        assert dict(seen.values) == self._values()
        return seen

    def _pass(self) -> None:
        """Let a page pass by itself."""
        if self._before:
            self._page = self._before.pop(0)
        elif self._page == "casting":
            self._page = self.sealed or "thanks"

    def _touched(self, name: str) -> None:
        kind, _, rest = self._page.partition(":")
        answers: dict[str, Callable[[str, str], None]] = {
            "language": self._language_touched,
            "contest": self._contest_touched,
            "overvote": self._overvote_touched,
            "blank": self._blank_touched,
            "review": self._review_touched,
            "timeout": self._timeout_touched,
            "sealed": self._sealed_touched,
        }
        answers[kind](rest, name)

    def _language_touched(self, _: str, name: str) -> None:
        self._language = name.removeprefix("language:")
        self._page = "contest:0:0"

    def _contest_touched(self, rest: str, name: str) -> None:
        contest, page = map(int, rest.split(":"))
        marks = self.marks[contest]
        if name.startswith("line:"):
            line = int(name.removeprefix("line:"))
            if line not in marks and len(marks) == self.package.contests[contest].votes_allowed:
                self._page = f"overvote:{contest}"
            else:
                marks ^= {line}
        elif name == "back":
            earlier = f"contest:{contest - 1}:{PAGES_OF_A_CONTEST.get(contest - 1, 1) - 1}"
            self._page = f"contest:{contest}:{page - 1}" if page else earlier
        elif name == "next" and page + 1 < PAGES_OF_A_CONTEST[contest]:
            self._page = f"contest:{contest}:{page + 1}"
        elif not marks:
            self._page = f"blank:{contest}"
        else:
            self._after(contest)

    def _after(self, contest: int) -> None:
        self._page = f"contest:{contest + 1}:0" if contest < 2 else "review:0"

    def _overvote_touched(self, rest: str, _: str) -> None:
        self._page = f"contest:{rest}:0"

    def _blank_touched(self, rest: str, name: str) -> None:
        if name == "yes":
            self._after(int(rest))
        else:
            self._page = f"contest:{rest}:{PAGES_OF_A_CONTEST[int(rest)] - 1}"

    def _review_touched(self, rest: str, name: str) -> None:
        if name.startswith("change:"):
            self._page = f"contest:{name.removeprefix('change:')}:0"
        elif name == "next":
            self._page = f"review:{int(rest) + 1}"
        elif name == "cast":
            self.cast = tuple(tuple(sorted(self.marks[number])) for number in range(3))
            self._page = "casting"

    def _sealed_touched(self, _: str, name: str) -> None:
        self._page = "thanks" if name == "cast" else "spoiled"

    def _timeout_touched(self, _: str, name: str) -> None:
        self._page = "contest:0:0" if name == "yes" else "ended"
