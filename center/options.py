"""The options of `sailau-center`, subcommand by subcommand.

Rules: what a person typed is judged here as far as it can be without opening a file; the message
says what to give instead. What a subcommand does stands in `center.__main__`.
"""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path

from cardio.applets import APPLETS
from center.drawing import Screen
from center.voters import MAX_LINE


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line; `command` is the subcommand's name."""
    centre = argparse.ArgumentParser(
        prog="sailau-center", description="Prepare an election at the centre."
    )
    commands = centre.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text)

    init = command("init", "make the centre's keys, once")
    _centre(init)
    init.add_argument(
        "--territorial-key",
        type=_key,
        metavar="HEX",
        help="the territorial commission's X25519 public key; without it one is made",
    )

    voters = command("voters", "check a voter list")
    _file(voters, "--election", "election file")
    _file(voters, "--voters", "voter list (CSV)")
    voters.add_argument("--max-listed", type=_count, default=3000, help="default 3000")

    made_up = command("made-up-voters", "write a list of voters who do not exist")
    _file(made_up, "--election", "election file")
    made_up.add_argument("--count", type=_count, required=True, help="how many")
    made_up.add_argument("--seed", type=int, default=0, help="the same seed, the same voters")
    made_up.add_argument("--out", type=Path, required=True, metavar="FILE", help="to be written")

    book = command("book", "draw the ballot book alone")
    _file(book, "--election", "election file")
    _screen_option(book)
    book.add_argument("--out", type=Path, required=True, metavar="DIR", help="to be written")

    enrol = command("enrol", "take a board's request, or the accumulator's offer")
    _centre(enrol)
    _file(enrol, "--election", "election file")
    _file(enrol, "--commission", "commission file")
    what = enrol.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--request", type=_existing, action="append", metavar="FILE", help="may be given again"
    )
    what.add_argument("--offer", type=_existing, metavar="FILE", help="from the accumulator")
    _screen_option(enrol)

    cards = command("cards", "make cards in the centre's card reader")
    _centre(cards)
    _file(cards, "--election", "election file")
    _file(cards, "--commission", "commission file")
    cards.add_argument("kind", choices=("officials", "shares", "couriers", "voters"))
    cards.add_argument("--first", type=_count, default=1, help="number of the first card")
    cards.add_argument("--last", type=_count, help="number of the last card")
    cards.add_argument("--reader", default="", help="part of the reader's name, if there are two")
    cards.add_argument("--applet", choices=sorted(APPLETS), required=True, help="of the cards")
    _screen_option(cards)

    package = command("package", "make a station's package")
    _centre(package)
    _file(package, "--election", "election file")
    _file(package, "--commission", "commission file")
    _file(package, "--voters", "voter list (CSV)")
    package.add_argument("--number", type=_count, default=1, help="a higher one supersedes")
    _screen_option(package)
    return centre


def _centre(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--centre", type=Path, required=True, metavar="DIR", help="its folder")


def _file(parser: argparse.ArgumentParser, name: str, text: str) -> None:
    parser.add_argument(name, type=_existing, required=True, metavar="FILE", help=text)


def _screen_option(parser: argparse.ArgumentParser) -> None:
    usual = Screen()
    parser.add_argument(
        "--screen",
        type=_screen_size,
        default=(usual.width, usual.height, usual.dots_per_inch),
        metavar="WIDTHxHEIGHT@DPI",
        help=f"of the terminals; {usual.width}x{usual.height}@{usual.dots_per_inch} by default",
    )


def _existing(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text}; check the path")
    return path


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_LINE):
        raise argparse.ArgumentTypeError(
            f"{text!r} will not do; give a number from 1 to {MAX_LINE}"
        )
    return int(text)


def _key(text: str) -> bytes:
    with contextlib.suppress(ValueError):
        key = bytes.fromhex(text)
        if len(key) == 32:
            return key
    raise argparse.ArgumentTypeError("give the 64 hexadecimal digits of the public key")


def _screen_size(text: str) -> tuple[int, int, int]:
    size, at, dots = text.partition("@")
    width, by, height = size.partition("x")
    numbers = (width, height, dots)
    if not (at and by and all(one.isascii() and one.isdigit() for one in numbers)):
        raise argparse.ArgumentTypeError(f"{text!r} will not do; write it like 1280x800@149")
    if not all(0 < int(one) <= 4096 for one in numbers):
        raise argparse.ArgumentTypeError("each number must be from 1 to 4096")
    return int(width), int(height), int(dots)
