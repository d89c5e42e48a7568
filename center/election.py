"""The election file: contests, lines and ballot styles of one election, checked.

TOML; docs/election-file.md describes every key. The order of contests and of lines is the order on
the ballot (L3). `share` figures draw the choices of simulated voters; they never reach a package.

Rules: nothing is guessed or repaired. Both languages are always there and have the same parts. Two
lines of a contest never read alike in either language. A file without `[[style]]` has one ballot
style with every contest.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from center import toml_file
from center.toml_file import Table
from common.alphabet import kazakh_order
from common.records import (
    MAX_CONTESTS,
    MAX_LINES,
    BallotStyle,
    Bilingual,
    Contest,
    ContestKind,
    Line,
)

KINDS = {
    "candidates": ContestKind.CANDIDATES,
    "party-lists": ContestKind.PARTY_LISTS,
    "yes-no": ContestKind.YES_NO,
}
MAX_STYLES = 64
MAX_TITLE = 400
MAX_NAME_PART = 80
MAX_NAME = 200
MAX_SHARE = 10**9
IDENTIFIER = r"[A-Za-z0-9][A-Za-z0-9-]*"
PARTS = ("surname", "given", "patronymic")
ONLY_STYLE = Bilingual("Бюллетень", "Бюллетень")


@dataclass(frozen=True, slots=True)
class ElectionContest:
    """A contest with what the package does not hold.

    Attributes:
        shares: for each line, the weight with which simulated voters choose it.
        threshold_percent: of those who took part, for party lists; None without a threshold.
    """

    contest: Contest
    shares: tuple[int, ...]
    threshold_percent: int | None


@dataclass(frozen=True, slots=True)
class ElectionStyle:
    """A ballot style, and the weight with which made-up voters belong to it."""

    style: BallotStyle
    share: int


@dataclass(frozen=True, slots=True)
class Election:
    """A checked election file."""

    identifier: str
    date: dt.date
    title: Bilingual
    contests: tuple[ElectionContest, ...]
    styles: tuple[ElectionStyle, ...]

    def style_numbers(self) -> tuple[int, ...]:
        """Return the numbers of all ballot styles."""
        return tuple(one.style.number for one in self.styles)


def load_election(path: Path) -> Election:
    """Read an election file.

    Raises:
        toml_file.FileError: naming the path of what is wrong.
    """
    return parse_election(toml_file.read_text(path), str(path))


def parse_election(text: str, name: str) -> Election:
    """Read the text of an election file; see `load_election`."""
    top = toml_file.parse(text, name)
    identifier, date, title = top.within("election", _read_head)
    contests = top.each("contest", _read_contest)
    if len(contests) > MAX_CONTESTS:
        raise top.wrong("contest", f"there are {len(contests)}; at most {MAX_CONTESTS} fit")
    places = {one.contest.identifier: at for at, one in enumerate(contests)}
    if len(places) != len(contests):
        raise top.wrong("contest", "two contests have the same id")
    if top.has("style"):
        styles = top.each("style", lambda table: _read_style(table, places))
        _check_styles(top, styles, contests)
    else:
        style = BallotStyle(1, ONLY_STYLE, tuple(range(len(contests))))
        styles = (ElectionStyle(style, 1),)
    top.close()
    return Election(identifier, date, title, contests, styles)


def out_of_alphabet(contest: Contest) -> Line | None:
    """Return the first candidate who stands before one that should precede, or None.

    The order on the ballot is the file's; this only lets the centre warn (L3).
    """
    if contest.kind is not ContestKind.CANDIDATES:
        return None
    people = [line for line in contest.lines if not line.against_all]
    for before, after in pairwise(people):
        if _name_order(after) < _name_order(before):
            return before
    return None


def _name_order(line: Line) -> tuple[tuple[int, ...], ...]:
    parts = (line.name, line.given, line.patronymic)
    return tuple(kazakh_order(part.kk) for part in parts if part is not None)


def _read_head(table: Table) -> tuple[str, dt.date, Bilingual]:
    return (
        table.text("id", 64, pattern=IDENTIFIER),
        table.date("date"),
        table.bilingual("title", MAX_TITLE),
    )


def _read_contest(table: Table) -> ElectionContest:
    kind = KINDS[table.choice("kind", tuple(KINDS))]
    threshold = None
    if table.has("threshold_percent"):
        if kind is not ContestKind.PARTY_LISTS:
            raise table.wrong("threshold_percent", "only a contest of party lists has a threshold")
        threshold = table.integer("threshold_percent", 1, 99)
    lines = table.each("line", lambda line: _read_line(line, kind), least=2)
    contest = Contest(
        identifier=table.text("id", 64, pattern=IDENTIFIER),
        kind=kind,
        title=table.bilingual("title", MAX_TITLE),
        votes_allowed=table.integer("votes_allowed", 1, MAX_LINES),
        seats=table.integer("seats", 0, 10_000, 0 if kind is ContestKind.YES_NO else None),
        lines=tuple(line for line, _ in lines),
    )
    _check_lines(table, contest)
    return ElectionContest(contest, tuple(share for _, share in lines), threshold)


def _check_lines(table: Table, contest: Contest) -> None:
    lines = contest.lines
    if len(lines) > MAX_LINES:
        raise table.wrong("line", f"there are {len(lines)}; at most {MAX_LINES} fit")
    for language in ("kk", "ru"):
        seen: dict[str, int] = {}
        for at, line in enumerate(lines, 1):
            name = _plain(line, language)
            if name in seen:
                raise table.wrong(f"line[{at}].{language}", f"it reads like line[{seen[name]}]")
            seen[name] = at
    against = [at for at, line in enumerate(lines, 1) if line.against_all]
    if len(against) > 1:
        raise table.wrong(f"line[{against[1]}].against_all", "a second line is against all")
    if against and against[0] != len(lines):
        raise table.wrong(
            f"line[{against[0]}].against_all", "it is not the last line; move it to the end"
        )
    choices = len(lines) - len(against)
    if contest.kind is ContestKind.YES_NO:
        if against or len(lines) != 2:
            raise table.wrong("line", "a yes-no contest has exactly two lines, none against all")
        if contest.votes_allowed != 1:
            raise table.wrong("votes_allowed", "a yes-no contest allows 1")
    elif contest.seats < 1:
        raise table.wrong("seats", "at least 1 is needed")
    if contest.kind is ContestKind.PARTY_LISTS and contest.votes_allowed != 1:
        raise table.wrong("votes_allowed", "a contest of party lists allows 1")
    if contest.votes_allowed > choices:
        raise table.wrong(
            "votes_allowed", f"{contest.votes_allowed} are allowed, but there are {choices} lines"
        )


def _read_line(table: Table, kind: ContestKind) -> tuple[Line, int]:
    against_all = table.flag("against_all", default=False)
    kazakh = table.within("kk", lambda one: _read_name(one, kind, against_all=against_all))
    russian = table.within("ru", lambda one: _read_name(one, kind, against_all=against_all))
    if kazakh.keys() != russian.keys():
        odd = min(kazakh.keys() ^ russian.keys())
        raise table.wrong("", f"{odd} is given in one language only")
    both = {part: Bilingual(kazakh[part], russian[part]) for part in kazakh}
    name = both["surname"] if "surname" in both else both["name"]
    line = Line(name, both.get("given"), both.get("patronymic"), against_all)
    return line, table.integer("share", 0, MAX_SHARE, 1)


def _read_name(table: Table, kind: ContestKind, *, against_all: bool) -> dict[str, str]:
    if against_all or kind is not ContestKind.CANDIDATES:
        return {"name": table.text("name", MAX_NAME)}
    parts = {part: table.text(part, MAX_NAME_PART) for part in PARTS[:2]}
    if table.has("patronymic"):
        parts["patronymic"] = table.text("patronymic", MAX_NAME_PART)
    return parts


def _plain(line: Line, language: str) -> str:
    """Return what a reader takes a line for: letters without case, composed, single spaces."""
    parts = (line.name, line.given, line.patronymic)
    text = " ".join(getattr(part, language) for part in parts if part is not None)
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _read_style(table: Table, places: dict[str, int]) -> ElectionStyle:
    contests: list[int] = []
    for at, identifier in enumerate(table.texts("contests"), 1):
        if identifier not in places:
            known = ", ".join(places)
            raise table.wrong(
                f"contests[{at}]", f"no contest has id {identifier!r}; there: {known}"
            )
        if places[identifier] in contests:
            raise table.wrong(f"contests[{at}]", f"{identifier!r} stands twice")
        contests.append(places[identifier])
    style = BallotStyle(
        table.integer("number", 1, 255), table.bilingual("name", 80), tuple(contests)
    )
    return ElectionStyle(style, table.integer("share", 0, MAX_SHARE, 1))


def _check_styles(
    top: Table, styles: tuple[ElectionStyle, ...], contests: tuple[ElectionContest, ...]
) -> None:
    if len(styles) > MAX_STYLES:
        raise top.wrong("style", f"there are {len(styles)}; at most {MAX_STYLES} fit")
    numbers = [one.style.number for one in styles]
    for at, (before, number) in enumerate(pairwise(numbers), 2):
        if number <= before:
            raise top.wrong(f"style[{at}].number", "numbers must rise from style to style")
    used = {contest for one in styles for contest in one.style.contests}
    for at, contest in enumerate(contests):
        if at not in used:
            raise top.wrong(f"contest[{at + 1}]", f"no style has {contest.contest.identifier!r}")
