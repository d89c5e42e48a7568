"""Configuration: one TOML file read into nested frozen dataclasses, strictly.

Rules: the dataclass is the schema. An unknown key, a missing key, a value of the wrong type and a
value that the dataclass refuses (`ValueError` in `__post_init__`) are each refused with the dotted
path of the key and what to do. A field with a default may be missing. Supported field types: bool,
int, float, str, Path, `Literal` texts and numbers, an Enum with such values, another dataclass,
`T | None` and `tuple[T, ...]`. Paths are absolute, or taken from the folder of the configuration
file. Nothing is read from the environment.
"""

from __future__ import annotations

import dataclasses
import difflib
import enum
import math
import re
import tomllib
import types
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, TypeVar

C = TypeVar("C")

_KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: 'a text in "quotes"',
    Path: 'a path in "quotes"',
}


class ConfigError(Exception):
    """The configuration cannot be used; the text names file, key, what is wrong, and what to do."""

    TOLD: ClassVar = True


@dataclasses.dataclass(frozen=True, slots=True)
class RootKeyed:
    """What every daemon's configuration says: whose packages it believes.

    Attributes:
        root_key: the centre's root public key, 64 hexadecimal digits.
    """

    root_key: str

    def __post_init__(self) -> None:
        """Check the root key. Raises: ValueError."""
        if not re.fullmatch(r"[0-9A-Fa-f]{64}", self.root_key):
            raise ValueError("root_key: give the 64 hexadecimal digits of the root public key")

    @property
    def root_public_key(self) -> bytes:
        """The root key, 32 bytes."""
        return bytes.fromhex(self.root_key)


def load(path: Path, config_class: type[C]) -> C:
    """Read the TOML file at `path` into `config_class`.

    Raises:
        ConfigError: the file cannot be read, is not TOML, or does not fit the dataclass.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ConfigError(f"{path}: cannot be read ({what}); give an existing TOML file") from error
    return parse(text, config_class, path.parent.absolute(), str(path))


def parse(text: str, config_class: type[C], folder: Path, name: str = "configuration") -> C:
    """Read TOML `text` into `config_class`; relative paths count from `folder`.

    Raises:
        ConfigError: as for `load`; messages begin with `name`.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}: not TOML: {error}; correct this line") from error
    return typing.cast(C, _Reader(name, folder).table(config_class, table, ""))


@dataclasses.dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the values of one file; `key` is the dotted path of the value in hand."""

    name: str
    folder: Path

    def refuse(self, key: str, what: str) -> ConfigError:
        return ConfigError(f"{self.name}: {key}: {what}" if key else f"{self.name}: {what}")

    def table(self, config_class: type, table: Mapping[str, object], key: str) -> object:
        hints = typing.get_type_hints(config_class)
        fields = {field.name: field for field in dataclasses.fields(config_class)}
        for name in table:
            if name not in fields:
                raise self.refuse(_dotted(key, name), f"unknown key; {_advice(name, list(fields))}")
        values = {}
        for name, field in fields.items():
            if name in table:
                values[name] = self.value(hints[name], table[name], _dotted(key, name))
            elif (
                field.default is dataclasses.MISSING
                and field.default_factory is dataclasses.MISSING
            ):
                raise self.refuse(
                    _dotted(key, name), f"missing; add it, as {_described(hints[name])}"
                )
        try:
            return config_class(**values)
        except ValueError as error:
            raise self.refuse(key, str(error)) from error

    def value(self, hint: object, value: object, key: str) -> object:
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            (inner,) = (argument for argument in arguments if argument is not type(None))
            return self.value(inner, value, key)
        if origin is typing.Literal:
            if not _is_one_of(value, arguments):
                raise self.wrong(hint, value, key)
            return value
        if origin is tuple:
            if not isinstance(value, list):
                raise self.wrong(hint, value, key)
            return tuple(
                self.value(arguments[0], item, f"{key}[{index}]")
                for index, item in enumerate(value)
            )
        if not isinstance(hint, type):
            raise TypeError(f"{key}: a configuration field cannot be of type {hint}")
        if dataclasses.is_dataclass(hint):
            if not isinstance(value, dict):
                raise self.wrong(hint, value, key)
            return self.table(hint, value, key)
        return self.scalar(hint, value, key)

    def scalar(self, hint: type, value: object, key: str) -> object:
        if issubclass(hint, enum.Enum):
            if not _is_one_of(value, [member.value for member in hint]):
                raise self.wrong(hint, value, key)
            return hint(value)
        if hint is Path and isinstance(value, str) and value:
            return self.folder / value
        if hint is float and type(value) in (int, float):
            number = float(typing.cast(float, value))
            if math.isfinite(number):
                return number
        if hint in (bool, int, str) and type(value) is hint:
            return value
        if hint not in _KINDS:
            raise TypeError(f"{key}: a configuration field cannot be of type {hint}")
        raise self.wrong(hint, value, key)

    def wrong(self, hint: object, value: object, key: str) -> ConfigError:
        return self.refuse(key, f"{_shown(value)} will not do; give {_described(hint)}")


def _is_one_of(value: object, allowed: Sequence[object]) -> bool:
    """Compare types too, because in Python true equals 1 and 1.0."""
    return any(type(value) is type(other) and value == other for other in allowed)


def _dotted(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _advice(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    if close:
        return f"perhaps {close[0]} is meant"
    return f"remove it, or use one of {', '.join(known)}"


def _described(hint: object) -> str:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_described(a) for a in arguments if a is not type(None))
    if origin is tuple:
        return f"a list, each item {_described(arguments[0])}"
    if origin is typing.Literal:
        return "one of " + ", ".join(_shown(value) for value in arguments)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return "one of " + ", ".join(_shown(member.value) for member in hint)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return "a table"
    return _KINDS.get(typing.cast(type, hint), str(hint))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return str(value)
