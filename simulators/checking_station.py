"""The checking station: where voters take cards with which they had a terminal checked.

It is the verifier (`sailau-verify --card`), run as a process of its own, with package and start
order from a terminal's folder. What it says is read as a voter reads it: the check value must be
the one that was noted in the booth, and every contest must say what was touched. The card's objects
are read as any other program reads them off a card. Those that prove that a terminal lied are kept
in `lies/`, with what the checking station said of them: the card is given back at the desk.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

from cardio.piv import ObjectId
from common.book import LANGUAGES, line_text
from common.records import BoardKind, StationPackage
from simulators.piv_card import CardState
from simulators.prepare import Station
from simulators.progress import DayFailed
from simulators.voter import Wish

ROOT = Path(__file__).resolve().parent.parent
SPOILED, OPENING = ObjectId.RETIRED_CERTIFICATE_2, ObjectId.RETIRED_CERTIFICATE_3


class Verdict(Enum):
    """What a voter goes away with."""

    HONEST = "voter has the terminal checked, and it was honest"
    NOT_OPENED = "terminal stopped before it wrote what opens a checked vote"
    LIED = "voter has the terminal checked, and it lied"


class CheckingStation:
    """The computer with the verifier, and a voter before it."""

    def __init__(self, station: Station) -> None:
        self._station = station
        terminal = station.of_kind(BoardKind.TERMINAL)[0]
        self._folder = station.board_folder(terminal) / "own"

    def check(self, card: str, noted: str, wish: Wish) -> Verdict:
        """Have a card's vote shown, and compare.

        Args:
            card: its name in the tray; it is in no slot.
            noted: the check value as the terminal showed it.
            wish: what the voter touched.

        Raises:
            DayFailed: it is another vote than the one that was noted.
        """
        path = self._station.folder / "cards" / f"{card}.card"
        objects = CardState.from_bytes(path.read_bytes()).objects
        said, right = self._said(objects.get(SPOILED, b""), objects.get(OPENING))
        if noted and noted not in said:
            raise DayFailed("the checking station shows another check value than the terminal")
        if OPENING not in objects and not right:
            return Verdict.NOT_OPENED
        missing = [line for line in _expected(self._station.package, wish) if line not in said]
        if not right or missing:
            self._keep_proof(objects, said)
            return Verdict.LIED
        return Verdict.HONEST

    def _keep_proof(self, objects: Mapping[int, bytes], said: str) -> None:
        lies = self._station.folder / "lies"
        lies.mkdir(exist_ok=True)
        proof = Path(tempfile.mkdtemp(prefix="", dir=lies))
        (proof / "spoiled.cose").write_bytes(objects.get(SPOILED, b""))
        (proof / "opening.cose").write_bytes(objects.get(OPENING, b""))
        (proof / "said.txt").write_text(said, encoding="utf-8")

    def _said(self, spoiled: bytes, opening: bytes | None) -> tuple[str, bool]:
        with tempfile.TemporaryDirectory() as name:
            files = {"--spoiled": spoiled} | ({} if opening is None else {"--opening": opening})
            command = [sys.executable, "-m", "verifier", "--card", str(self._folder)]
            command += ["--root", str(self._station.folder / "root.pub")]
            for option, content in files.items():
                path = Path(name, option.strip("-"))
                path.write_bytes(content)
                command += [option, str(path)]
            result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        if result.stderr:
            raise DayFailed(f"the checking station: {result.stderr}")
        return result.stdout, result.returncode == 0


def _expected(package: StationPackage, wish: Wish) -> list[str]:
    """Return the lines that must be shown for what was touched."""
    style = package.style(wish.style)
    lines = []
    for number in () if style is None else style.contests:
        contest = package.contests[number]
        names = "; ".join(
            " / ".join(line_text(contest.lines[line], language) for language in LANGUAGES)
            for line in wish.choices[number]
        )
        said = names or "blank, or not on this ballot"
        lines.append(f"{contest.title.kk} / {contest.title.ru}: {said}")
    return lines
