"""`sailau-verify BUNDLE --root KEY`: say whether the evidence is whole, signed, and adds up.

`sailau-verify --card FOLDER --root KEY`: read a vote that a voter had checked off her card, and say
in words what the terminal sealed.

Exit code 0: accepted, or the vote was opened. 1: refused. 2: the command line is wrong.
"""

from __future__ import annotations

import argparse
import binascii
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self, TextIO

from verifier.card import CardContent, read_in_reader
from verifier.checking import Lied, read_spoiled, read_station
from verifier.encoding import Wrong
from verifier.evidence import Case
from verifier.report import examine
from verifier.work import Work

KEY_BYTES = 32


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="sailau-verify",
        description="Check the evidence bundle of a polling station from the root key alone.",
        epilog="Exit code 0: accepted; 1: refused; 2: wrong command line.",
    )
    parser.add_argument(
        "bundle",
        type=Path,
        metavar="BUNDLE",
        help="the folder called evidence; with --card also any folder with the station's "
        "package.cose and start-order.cose",
    )
    parser.add_argument(
        "--root",
        required=True,
        metavar="KEY",
        help="the centre's public root key: 64 hexadecimal digits, or a file that holds them",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--code",
        metavar="DIGITS",
        help="also show the vote that has this four-digit control code",
    )
    parser.add_argument(
        "--card",
        action="store_true",
        help="show what the terminal sealed in the spoiled vote on the card in the reader",
    )
    parser.add_argument(
        "--spoiled",
        type=Path,
        metavar="FILE",
        help="with --card: object 5FC10E as another program read it off the card",
    )
    parser.add_argument(
        "--opening", type=Path, metavar="FILE", help="with --spoiled: object 5FC10F"
    )
    options = parser.parse_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal without Kazakh letters, or a file's odd name, must not end the report.
        sys.stdout.reconfigure(errors="backslashreplace")
    root_key = _root_key(options.root)
    if root_key is None:
        parser.error(
            f"--root {options.root}: not a root key. Give 64 hexadecimal digits, or the path of "
            "the file root.pub that the centre published."
        )
    if options.code is not None and not (options.code.isdecimal() and len(options.code) == 4):
        parser.error(f"--code {options.code}: a control code has four digits, for example 0421.")
    if options.code is not None and options.json:
        parser.error("--code: it shows a vote in words; leave out --json.")
    if not options.card and (options.spoiled or options.opening):
        parser.error("--spoiled and --opening go with --card.")
    if options.opening and not options.spoiled:
        parser.error("--opening: give the other object, too, with --spoiled.")
    if options.card:
        return check_card(options.bundle, root_key, options.spoiled, options.opening)
    with Progress(sys.stderr) as progress:
        report, case = examine(options.bundle, root_key, Work(told=progress.told))
    print(report.as_json() if options.json else report.as_text())
    if report.accepted and case is not None and options.code is not None:
        print(_vote_with(case, int(options.code)))
    return 0 if report.accepted else 1


def check_card(folder: Path, root_key: bytes, spoiled: Path | None, opening: Path | None) -> int:
    """Show what was sealed in a vote that was checked; return the exit code."""
    try:
        case = read_station(folder, root_key)
        if spoiled is None:
            content = read_in_reader()
        else:
            empty = b"" if opening is None else opening.read_bytes()
            content = CardContent(spoiled.read_bytes(), empty)
        checked = read_spoiled(case, content.spoiled, content.opening)
    except Lied as lied:
        print(f"THE TERMINAL LIED: {lied}. Keep the card, and call the commission.")
        return 1
    except (Wrong, OSError) as wrong:
        print(f"NOT CHECKED: {wrong}.")
        return 1
    print("Салыстыру мәні / Значение для сверки / Check value:")
    print(f"  {checked.check_value}")
    print(f"Терминал / Терминал / Terminal: {checked.board}")
    if checked.selections is None:
        print(
            "NOT CHECKED: what opens this vote is not on the card, so that nobody can say what it "
            "holds. The terminal was interrupted; if that happens again, it does not want to be "
            "checked."
        )
        return 1
    print("Осы дауыста шифрланған / В этом голосе зашифровано / Sealed in this vote:")
    print("\n".join(_in_words(case.package, checked.selections)))
    return 0


class Progress:
    """Tells people who sit before a terminal, on one line, how far long work is."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream if stream.isatty() else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._show("")

    def told(self, what: str, done: int, of: int) -> None:
        """Show it."""
        self._show(f"{what}: {done} of {of}")

    def _show(self, text: str) -> None:
        if self._stream is not None:
            self._stream.write(f"\r\x1b[K{text}")
            self._stream.flush()


def _root_key(given: str) -> bytes | None:
    text = given
    path = Path(given)
    try:
        if path.is_file():
            content = path.read_bytes()
            if len(content) == KEY_BYTES:
                return content
            text = content.decode("ascii").strip()
        key = binascii.unhexlify(text)
    except (OSError, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def _vote_with(case: Case, code: int) -> str:
    """Return in words the vote that has this control code, in Kazakh and Russian."""
    found = [selections for _, selections, one in case.opened if one == code]
    if not found:
        return f"Control code {code:04}: no opened vote has it."
    lines = []
    for selections in found:
        lines.append(f"Control code {code:04}:")
        lines += _in_words(case.package, selections)
    return "\n".join(lines)


def _in_words(package: dict[int, Any], selections: Sequence[Sequence[int]]) -> list[str]:
    """Return a ballot in words, in Kazakh and Russian, a line for each contest."""
    lines = []
    for contest, chosen in zip(package[11], selections, strict=True):
        said = "blank, or not on this ballot"
        if chosen:
            said = "; ".join(_name(contest[5][line]) for line in chosen)
        lines.append(f"  {contest[2][0]} / {contest[2][1]}: {said}")
    return lines


def _name(line: dict[int, dict[int, str]]) -> str:
    parts = [line[key] for key in (0, 1, 2) if key in line]
    return " / ".join(" ".join(part[language] for part in parts) for language in (0, 1))


if __name__ == "__main__":
    sys.exit(main())
