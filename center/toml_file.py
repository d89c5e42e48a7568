"""Reading a TOML file that a person wrote: each wrong thing is named by its path in the file.

Rules: every table is asked for the keys it may have and then closed; a key that nobody asked for
is refused. Messages say file, path (`contest[2].line[3].kk.surname`, counted from 1), what is wrong
and what is right.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from common.records import Bilingual

T = TypeVar("T")

MAX_FILE_BYTES = 4 << 20


class FileError(ValueError):
    """A file that a person wrote cannot be used.

    Attributes:
        name: of the file.
        place: path of a key, or a line number.
        problem: what is wrong, and what is right.
    """

    def __init__(self, name: str, place: str, problem: str) -> None:
        super().__init__(": ".join(part for part in (name, place, problem) if part))
        self.name = name
        self.place = place
        self.problem = problem


def read_bytes(path: Path, largest: int = MAX_FILE_BYTES) -> bytes:
    """Return the content of a file that a person wrote. Raises: FileError."""
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise FileError(str(path), "", f"it cannot be read ({error.strerror})") from error
    if len(content) > largest:
        raise FileError(str(path), "", f"it is larger than {largest} bytes")
    return content


def read_text(path: Path, largest: int = MAX_FILE_BYTES) -> str:
    """Return the text of a UTF-8 file; a byte-order mark is left out. Raises: FileError."""
    try:
        return read_bytes(path, largest).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(
            str(path), f"byte {error.start}", "it is not UTF-8; save the file as UTF-8"
        ) from error


def parse(text: str, name: str) -> Table:
    """Return the top table of a TOML text. Raises: FileError."""
    try:
        return Table(name, "", tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise FileError(name, "", f"it is not TOML: {error}") from error


class Table:
    """One table of a TOML file; see the rules at the top. Every method may raise FileError."""

    def __init__(self, name: str, path: str, values: dict[str, Any]) -> None:
        self._name = name
        self._path = path
        self._values = values
        self._asked: set[str] = set()

    def wrong(self, key: str, problem: str) -> FileError:
        """Return the error that `key` (empty: the table) has `problem`."""
        return FileError(self._name, self._place(key), problem)

    def has(self, key: str) -> bool:
        """Say whether the key is there."""
        return key in self._values

    def text(self, key: str, longest: int, *, pattern: str = "") -> str:
        """Return a text of 1 to `longest` characters; `pattern` is a regular expression."""
        value = self._take(key)
        if not isinstance(value, str):
            raise self.wrong(key, f"it is {_kind(value)}; a text in quotes is needed")
        if value != value.strip() or not value:
            raise self.wrong(key, "it is empty or begins or ends with a space")
        if len(value) > longest:
            raise self.wrong(key, f"it has {len(value)} characters; at most {longest} fit")
        if not value.isprintable():
            raise self.wrong(key, "it holds a character that cannot be shown")
        if pattern and not re.fullmatch(pattern, value):
            raise self.wrong(key, f"{value!r} is not of the form {pattern}")
        return value

    def integer(self, key: str, least: int, most: int, default: int | None = None) -> int:
        """Return an integer from `least` to `most`."""
        value = self._take(key) if default is None or self.has(key) else default
        if type(value) is not int:
            raise self.wrong(key, f"it is {_kind(value)}; an integer is needed")
        if not least <= value <= most:
            raise self.wrong(key, f"{value} is not between {least} and {most}")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._take(key) if self.has(key) else default
        if type(value) is not bool:
            raise self.wrong(key, f"it is {_kind(value)}; true or false is needed")
        return value

    def date(self, key: str) -> dt.date:
        """Return a date."""
        value = self._take(key)
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise self.wrong(key, f"it is {_kind(value)}; a date like 2023-03-19 is needed")
        return value

    def time(self, key: str, default: dt.time) -> dt.time:
        """Return a time of day."""
        value = self._take(key) if self.has(key) else default
        if not isinstance(value, dt.time):
            raise self.wrong(key, f"it is {_kind(value)}; a time like 07:00:00 is needed")
        return value

    def choice(self, key: str, choices: Sequence[str]) -> str:
        """Return one of `choices`."""
        value = self._take(key)
        if value not in choices:
            allowed = ", ".join(f'"{one}"' for one in choices)
            raise self.wrong(key, f"{value!r} is not known; it must be one of {allowed}")
        return str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, none empty."""
        values = self._take(key)
        if not isinstance(values, list) or not values:
            raise self.wrong(key, f"it is {_kind(values)}; a list of texts is needed")
        for at, value in enumerate(values, 1):
            if not isinstance(value, str) or not value:
                raise self.wrong(f"{key}[{at}]", "a text in quotes is needed")
        return tuple(values)

    def bilingual(self, key: str, longest: int = 400) -> Bilingual:
        """Return a text in Kazakh and Russian (`key.kk`, `key.ru`)."""
        return self.within(
            key, lambda table: Bilingual(table.text("kk", longest), table.text("ru", longest))
        )

    def within(self, key: str, read: Callable[[Table], T]) -> T:
        """Return what `read` makes of the table under `key`, which is then closed."""
        value = self._take(key)
        if not isinstance(value, dict):
            raise self.wrong(key, f"it is {_kind(value)}; a table is needed")
        return _closed(Table(self._name, self._place(key), value), read)

    def each(self, key: str, read: Callable[[Table], T], *, least: int = 1) -> tuple[T, ...]:
        """Return what `read` makes of each table of the list under `key`."""
        values = self._take(key) if least or self.has(key) else []
        if not isinstance(values, list) or not all(isinstance(one, dict) for one in values):
            raise self.wrong(key, f"it is {_kind(values)}; write [[{self._place(key)}]]")
        if len(values) < least:
            raise self.wrong(key, f"there are {len(values)}; at least {least} are needed")
        return tuple(
            _closed(Table(self._name, f"{self._place(key)}[{at}]", one), read)
            for at, one in enumerate(values, 1)
        )

    def close(self) -> None:
        """Refuse keys that nobody asked for."""
        unknown = sorted(self._values.keys() - self._asked)
        if unknown:
            known = ", ".join(sorted(self._asked))
            raise self.wrong(unknown[0], f"this key is not known; here may stand: {known}")

    def _take(self, key: str) -> Any:
        self._asked.add(key)
        if key not in self._values:
            raise self.wrong(key, "it is missing")
        return self._values[key]

    def _place(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path and key else self._path or key


def _closed(table: Table, read: Callable[[Table], T]) -> T:
    result = read(table)
    table.close()
    return result


def _kind(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case int():
            return "a number"
        case float():
            return "a decimal number"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"
