"""Configuration: what fits is read, everything else is refused by its dotted path."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Literal

import pytest

from common.config import ConfigError, RootKeyed, load, parse


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Pin:
    number: int
    inverted: bool = False

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError("number: must not be negative")


@dataclass(frozen=True, slots=True)
class BoardConfig:
    name: str
    socket: Path
    idle_s: float = 30.0
    colour: Colour = Colour.RED
    lamp: Pin | None = None
    keys: tuple[Pin, ...] = ()
    names: tuple[str, ...] = ()
    language: Literal["kk", "ru"] = "kk"
    level: Literal[1, 2] = 1


FOLDER = Path("/etc/sailau")
LEAST = 'name = "desk-1"\nsocket = "run/card.sock"\n'


def test_what_is_missing_takes_its_default() -> None:
    assert parse(LEAST, BoardConfig, FOLDER) == BoardConfig(
        "desk-1", Path("/etc/sailau/run/card.sock")
    )


def test_everything_that_may_be_given_is_read() -> None:
    text = (
        'name = "d"\nsocket = "/run/x"\nidle_s = 5\ncolour = "blue"\nnames = ["a", "b"]\n'
        'language = "ru"\nlevel = 2\n'
        "lamp = { number = 3, inverted = true }\n[[keys]]\nnumber = 1\n[[keys]]\nnumber = 2\n"
    )
    config = parse(text, BoardConfig, FOLDER)
    assert config == BoardConfig(
        "d",
        Path("/run/x"),
        5.0,
        Colour.BLUE,
        Pin(3, inverted=True),
        (Pin(1), Pin(2)),
        ("a", "b"),
        "ru",
        2,
    )
    assert isinstance(config.idle_s, float)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('name = "d"', "board: socket: missing; add it, as a path"),
        (LEAST + "idel_s = 3", "board: idel_s: unknown key; perhaps idle_s is meant"),
        (LEAST + "zzzzzz = 3", "board: zzzzzz: unknown key; remove it, or use one of name, socket"),
        (LEAST + "idle_s = true", "board: idle_s: true will not do; give a number"),
        (LEAST + "idle_s = nan", "board: idle_s: nan will not do; give a number"),
        (LEAST + 'colour = "green"', 'board: colour: "green" will not do; give one of "red"'),
        (LEAST + 'language = "en"', 'board: language: "en" will not do; give one of "kk", "ru"'),
        (LEAST + "level = true", "board: level: true will not do; give one of 1, 2"),
        (LEAST + "lamp = 3", "board: lamp: 3 will not do; give a table"),
        (LEAST + "lamp = { }", "board: lamp.number: missing; add it, as a whole number"),
        (LEAST + "lamp = { number = 1.5 }", "board: lamp.number: 1.5 will not do; give a whole"),
        (LEAST + "lamp = { number = true }", "board: lamp.number: true will not do"),
        (LEAST + "lamp = { number = -1 }", "board: lamp: number: must not be negative"),
        (LEAST + "lamp = { number = 1, x = 1 }", "board: lamp.x: unknown key"),
        (LEAST + "keys = 3", "board: keys: 3 will not do; give a list, each item a table"),
        (LEAST + "[[keys]]\nnumber = 1\n[[keys]]", "board: keys[1].number: missing"),
        (LEAST + "names = [1]", 'board: names[0]: 1 will not do; give a text in "quotes"'),
        (LEAST + "names = [[]]", "board: names[0]: a list will not do"),
        (LEAST + "names = [{}]", "board: names[0]: a table will not do"),
        ('name = "d"\nsocket = ""', 'board: socket: "" will not do; give a path'),
        ("name = ", "board: not TOML: "),
    ],
)
def test_what_does_not_fit_is_refused_with_its_path(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        parse(text, BoardConfig, FOLDER, "board")
    assert str(refusal.value).startswith(message)


def test_relative_paths_count_from_the_folder_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "desk.toml"
    file.write_text(LEAST)
    assert load(file, BoardConfig).socket == tmp_path / "run/card.sock"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no\.toml: cannot be read \(No such file"):
        load(tmp_path / "no.toml", BoardConfig)


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / "binary.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"binary\.toml: cannot be read \(not UTF-8\)"):
        load(file, BoardConfig)


@dataclass(frozen=True, slots=True)
class Unsupported:
    value: complex


@dataclass(frozen=True, slots=True)
class UnsupportedGeneric:
    value: dict[str, int]


@pytest.mark.parametrize("config_class", [Unsupported, UnsupportedGeneric])
def test_a_schema_that_cannot_be_read_is_a_bug(config_class: type) -> None:
    with pytest.raises(TypeError, match="cannot be of type"):
        parse("value = 1", config_class, FOLDER)


# The root key, alike in every daemon.


@pytest.mark.parametrize("digits", ["ab" * 32, "AB" * 32])
def test_a_root_key_is_read(digits: str) -> None:
    config = parse(f'root_key = "{digits}"', RootKeyed, Path("/"))
    assert config.root_public_key == b"\xab" * 32


@pytest.mark.parametrize(
    "digits", ["", "ab" * 31, "ab" * 33, "xy" * 32, "ab " * 32, "ab" * 32 + "\\n"]
)
def test_what_is_no_root_key_is_named(digits: str) -> None:
    with pytest.raises(ConfigError, match="root_key: give the 64 hexadecimal digits"):
        parse(f'root_key = "{digits}"', RootKeyed, Path("/"))
