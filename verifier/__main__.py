"""`sailau-verify BUNDLE --root KEY`: say whether the evidence is whole, signed, and adds up.

Exit code 0: accepted. 1: refused. 2: the command line is wrong.
"""

from __future__ import annotations

import argparse
import binascii
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self, TextIO

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
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="the folder called evidence")
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
    with Progress(sys.stderr) as progress:
        report, case = examine(options.bundle, root_key, Work(told=progress.told))
    print(report.as_json() if options.json else report.as_text())
    if report.accepted and case is not None and options.code is not None:
        print(_vote_with(case, int(options.code)))
    return 0 if report.accepted else 1


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
        for contest, chosen in zip(case.package[11], selections, strict=True):
            if chosen:
                names = "; ".join(_name(contest[5][line]) for line in chosen)
                lines.append(f"  {contest[2][0]} / {contest[2][1]}: {names}")
            else:
                lines.append(f"  {contest[2][0]} / {contest[2][1]}: blank, or not on this ballot")
    return "\n".join(lines)


def _name(line: dict[int, dict[int, str]]) -> str:
    parts = [line[key] for key in (0, 1, 2) if key in line]
    return " / ".join(" ".join(part[language] for part in parts) for language in (0, 1))


if __name__ == "__main__":
    sys.exit(main())
