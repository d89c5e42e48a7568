"""`make pictures`: the picture in the README, made from the pages that the boards really show.

    python -m tools.pictures [--out FILE]

A made-up station is prepared as for a rehearsal. Of it are shown: a voter's row, in Kazakh, as the
desk renders it; a contest in Kazakh and the review in Russian, filled in by the terminal's own
rules from the ballot book; the open accumulator, in Russian. The seed fixes who the voters are, and
no key is in sight, so that the same program and the same Pillow make the same file.

It draws nothing itself but the frames and the captions around the pages.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

from accumulator import intake, pages, station, turn, voting
from accumulator.texts import Word
from cardio.messages import CardRemoved
from common import records
from common.book import Book
from common.pages import render
from common.pages.typeface import font
from common.records import BoardKind, Presentation, StationPackage, Voter
from common.turnout import Turnout
from common.urn import Intake
from desk.pages import page_of
from desk.phases import Row, Rules, State
from desk.state import Marks, Serials
from desk.tally import Tally
from desk.voters import VoterRoll
from simulators import prepare
from terminal import filling
from terminal.plan import make_plans

ROOT = Path(__file__).resolve().parents[1]
ELECTION = ROOT / "tests" / "elections" / "big.toml"
COMMISSION = ROOT / "tests" / "elections" / "commission.toml"
OUT = ROOT / "docs" / "pictures" / "day.png"
SEED = 1
VOTERS = 100
VOTES = 57
STYLE = 2
TOUCHED = (("line:1", "line:4"), ("line:0",))
"""The lines that the voter touches, contest by contest of that ballot style."""

PAGE_WIDTH, PAGE_HEIGHT = 776, 485  # of the boards' 1280 x 800
GAP, CAPTION = 16, 34
PAPER, INK, EDGE = (255, 255, 255), (0x18, 0x20, 0x28), (0x7D, 0x98, 0xB5)
COLOURS = 256


@dataclass(frozen=True, slots=True)
class Shown:
    """One page: what is said above it, and its pixels (XRGB8888, row after row)."""

    caption: str
    frame: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class UrnInSight:
    """What a page needs of the urn: the number of votes."""

    count: int

    def examine(self, serial: int, cast_vote: bytes) -> Intake:
        """Refuse: a picture takes in no votes."""
        raise NotImplementedError


def shown(folder: Path) -> tuple[Shown, ...]:
    """Prepare a station in `folder`, which must be empty, and return its four pages in order."""
    made = prepare.prepare(
        folder,
        run=folder / "run",
        election=ELECTION,
        commission=COMMISSION,
        voters=VOTERS,
        terminals=3,
        seed=SEED,
        voter_cards=1,
        progress=lambda *_: None,
    )
    book = Book.load(folder / "package" / "book", made.package.book)
    voter = max(
        (one for one in made.voters if one.style == STYLE),
        key=lambda one: len(one.surname + one.given + one.patronymic),
    )
    return (
        on_desk(made.package, made.voters, voter),
        on_terminal("2. The terminal: a contest", made.package, book, "kk", review=False),
        on_terminal("3. The terminal: the review", made.package, book, "ru", review=True),
        on_accumulator(made.package),
    )


def on_desk(package: StationPackage, voters: Sequence[Voter], voter: Voter) -> Shown:
    """Return the row of a voter, to be compared with the document."""
    (board, *_) = package.boards_of(BoardKind.DESK)
    roll = VoterRoll.of(voters, board, package)
    rules = Rules(package, bytes(32), board, roll, bytes)
    tally = Tally(Turnout(package.zone_minutes))
    marks = Marks.fresh(roll.last_line)
    state = State(Row(voter.line), Serials(), marks, "kk", tally, CardRemoved())
    picture = render(page_of(rules, state), *package.screen)
    return Shown("1. The desk: a voter's row", picture.frame, picture.width, picture.height)


def on_terminal(
    caption: str, package: StationPackage, book: Book, language: str, *, review: bool
) -> Shown:
    """Return the terminal with the first contest marked, or with the review of them all."""
    plan = make_plans(package, book)[STYLE, Presentation.NORMAL, language]
    ballot = filling.start(plan, STYLE, language, Presentation.NORMAL)
    for lines in TOUCHED if review else TOUCHED[:1]:
        for region in (*lines, "finish") if review else lines:
            ballot = filling.touched(ballot, region)
    key = filling.page(ballot)
    slots = {slot.name for slot in book.page(key).slots}
    marks = {name: value for name, value in filling.fills(ballot).items() if name in slots}
    frame = book.frame()
    book.compose(frame, key, marks)
    return Shown(caption, bytes(frame.pixels), book.width, book.height)


def on_accumulator(package: StationPackage) -> Shown:
    """Return the open accumulator that has just taken a vote in."""
    (board, *_) = package.boards_of(BoardKind.ACCUMULATOR)
    counted = turn.Notice(Word.COUNTED, (("number", VOTES),), good=True)
    phase = voting.Open(
        voting.Courier(b"", written=True), intake.Intake(intake.Stage.OVER, counted)
    )
    at_ms = (package.opens_s + 4 * 3600) * 1000
    context = turn.Context(
        station.Station(package, records.digest(b""), board.name), at_ms, UrnInSight(VOTES)
    )
    picture = render(pages.draw_up(phase, context, "ru"), *package.screen)
    return Shown("4. The accumulator", picture.frame, picture.width, picture.height)


def composed(four: Sequence[Shown]) -> bytes:
    """Return one PNG with the four pages, two beside each other."""
    width = 2 * PAGE_WIDTH + 3 * GAP
    height = 2 * (CAPTION + PAGE_HEIGHT + GAP) + GAP
    sheet = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(sheet)
    for at, page in enumerate(four):
        x = GAP + at % 2 * (PAGE_WIDTH + GAP)
        y = GAP + at // 2 * (CAPTION + PAGE_HEIGHT + GAP)
        draw.text((x, y + CAPTION - 12), page.caption, INK, font("semibold", 22), anchor="ls")
        image = Image.frombytes("RGB", (page.width, page.height), page.frame, "raw", "BGRX")
        image = image.resize((PAGE_WIDTH, PAGE_HEIGHT), Image.Resampling.LANCZOS)
        sheet.paste(image, (x, y + CAPTION))
        corner = (x + PAGE_WIDTH - 1, y + CAPTION + PAGE_HEIGHT - 1)
        draw.rectangle((x, y + CAPTION, *corner), outline=EDGE)
    content = BytesIO()
    sheet.quantize(COLOURS, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
    return content.getvalue()


def main(argv: Sequence[str]) -> int:
    """Make the picture; return the exit code."""
    parser = argparse.ArgumentParser(prog="pictures", description="Make the README's picture.")
    parser.add_argument("--out", type=Path, default=OUT, help="file to be written (PNG)")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="sailau-") as folder:
        content = composed(shown(Path(folder)))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(content)
    sys.stdout.write(f"{options.out}: {len(content)} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
