"""The voter list as it comes to the centre: a CSV file, checked line by line.

UTF-8, commas, first the heading `line,iin,surname,given,patronymic,birth_date,address,style`. Given
name, patronymic, address and style may be empty; an empty style is the election's only one.

Rules: the list is taken whole or not at all. List numbers rise; an IIN stands once and its check
digit fits; everybody is of age on the day. Messages name the line of the file.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from center import toml_file
from center.toml_file import FileError
from common import iin
from common.records import Voter

COLUMNS = ("line", "iin", "surname", "given", "patronymic", "birth_date", "address", "style")
MAX_LINE = 100_000
MAX_BYTES = 16 << 20
VOTING_AGE_YEARS = 18
_LONGEST = {"surname": 80, "given": 80, "patronymic": 80, "address": 200}


def load_voters(
    path: Path, *, styles: Sequence[int], on: dt.date, max_listed: int
) -> tuple[Voter, ...]:
    """Read a voter list.

    Args:
        styles: numbers of the election's ballot styles.
        on: the day of the election.
        max_listed: how many voters a station may list.

    Raises:
        toml_file.FileError: naming the line and the column.
    """
    text = toml_file.read_text(path, MAX_BYTES)
    return parse_voters(text, str(path), styles=styles, on=on, max_listed=max_listed)


def parse_voters(
    text: str, name: str, *, styles: Sequence[int], on: dt.date, max_listed: int
) -> tuple[Voter, ...]:
    """Read the text of a voter list; see `load_voters`."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    voters: list[Voter] = []
    places: dict[str, int] = {}
    try:
        heading = next(rows, [])
        if tuple(heading) != COLUMNS:
            raise FileError(name, "line 1", f"the heading must be {','.join(COLUMNS)}")
        for row in rows:
            place = f"line {rows.line_num}"
            if len(row) != len(COLUMNS):
                raise FileError(
                    name, place, f"it has {len(row)} columns; {len(COLUMNS)} are needed"
                )
            voter = _read_voter(dict(zip(COLUMNS, row, strict=True)), name, place, styles, on)
            if voters and voter.line <= voters[-1].line:
                raise FileError(name, place, f"line: {voter.line} does not rise")
            if voter.iin in places:
                raise FileError(name, place, f"iin: it stands in line {places[voter.iin]} already")
            places[voter.iin] = rows.line_num
            voters.append(voter)
    except csv.Error as error:
        raise FileError(name, f"line {rows.line_num}", f"it is not CSV: {error}") from error
    if not voters:
        raise FileError(name, "", "there is no voter in it")
    if len(voters) > max_listed:
        raise FileError(
            name, "", f"there are {len(voters)} voters; a station may list {max_listed}"
        )
    return tuple(voters)


def _read_voter(
    row: dict[str, str], name: str, place: str, styles: Sequence[int], on: dt.date
) -> Voter:
    def wrong(column: str, problem: str) -> FileError:
        return FileError(name, place, f"{column}: {problem}")

    for column, value in row.items():
        if value != value.strip() or not value.isprintable():
            raise wrong(column, "it begins or ends with a space or holds a character without form")
    for column, longest in _LONGEST.items():
        if len(row[column]) > longest:
            raise wrong(column, f"it has {len(row[column])} characters; at most {longest} fit")
    if not row["surname"]:
        raise wrong("surname", "it is empty")
    line = _number(row["line"])
    if line is None or not 1 <= line <= MAX_LINE:
        raise wrong("line", f"{row['line']!r} is not a number from 1 to {MAX_LINE}")
    if not iin.well_formed(row["iin"]):
        raise wrong("iin", f"{row['iin']!r} does not have 12 digits")
    if not iin.right(row["iin"]):
        raise wrong("iin", f"the check digit of {row['iin']} does not fit")
    try:
        born = dt.date.fromisoformat(row["birth_date"])
    except ValueError as error:
        raise wrong("birth_date", f"{row['birth_date']!r} is not a date like 1987-06-30") from error
    if born.isoformat() != row["birth_date"]:
        raise wrong("birth_date", f"{row['birth_date']!r} is not of the form 1987-06-30")
    if not of_age(born, on):
        raise wrong("birth_date", f"the voter is under {VOTING_AGE_YEARS} on {on.isoformat()}")
    style = _number(row["style"]) if row["style"] else styles[0] if len(styles) == 1 else None
    if style is None or style not in styles:
        known = ", ".join(str(one) for one in styles)
        raise wrong(
            "style", f"{row['style']!r} is no ballot style of this election; there: {known}"
        )
    return Voter(
        line=line,
        iin=row["iin"],
        surname=row["surname"],
        given=row["given"],
        patronymic=row["patronymic"],
        birth_date=row["birth_date"],
        address=row["address"],
        style=style,
    )


def of_age(born: dt.date, on: dt.date) -> bool:
    """Say whether somebody born on this date may vote on that day."""
    return (on.year - born.year, on.month, on.day) >= (VOTING_AGE_YEARS, born.month, born.day)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def to_csv(voters: Iterable[Voter]) -> str:
    """Return the text of a voter list, as `load_voters` reads it."""
    out = io.StringIO(newline="")
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for voter in voters:
        rows.writerow([getattr(voter, column) for column in COLUMNS])
    return out.getvalue()
