"""Page changes on the terminal, beside copying one frame.

Real: `terminal.display` composes a page of the station's ballot book and shows it through the real
`LinuxFramebufferScreen` on a file in memory that stands for the device. The pages are those of
voters' sessions from the invitation to the control code, in both languages, every touch of a line
included. Floor: one copy of the same frame into the same file.

Measured twice: with all pictures unpacked already, and with as many as the terminal keeps.
"""

from __future__ import annotations

import mmap
import os
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

from common.book import LANGUAGES, Book, PageKey
from common.records import CONTROL_CODES, Presentation
from hal.config import ScreenConfig
from hal.drivers.framebuffer import LinuxFramebufferScreen
from terminal import filling
from terminal.display import Display
from terminal.effects import Show
from terminal.filling import Filling, OnReview
from terminal.plan import Plan, make_plans
from tools.benchmarks.ratios import (
    Comparison,
    Progress,
    Quantity,
    Row,
    Timer,
    compare,
    percentile,
    timed,
)
from tools.benchmarks.station import BenchmarkStation
from tools.benchmarks.table import amount

MAX_S = 15.0
_BYTES_PER_PIXEL = 4


def session(plan: Plan, style: int, language: str, draw: random.Random) -> Iterator[Show]:
    """Yield what a terminal shows to one voter, from the invitation on."""
    yield Show(PageKey("insert"))
    yield Show(PageKey("language"))
    ballot = filling.start(plan, style, language, Presentation.NORMAL)
    yield _shown(ballot)
    while not ballot.is_cast:
        for region in _touches(ballot, draw):
            ballot = filling.touched(ballot, region)
            yield _shown(ballot)
    for name in ("casting", "thanks"):
        yield Show(PageKey(name, language))
    digits = f"{draw.randrange(CONTROL_CODES):04}"
    yield Show(PageKey("code", language), {f"digit:{at}": digit for at, digit in enumerate(digits)})
    yield Show(PageKey("take", language))


def _shown(ballot: Filling) -> Show:
    return Show(filling.page(ballot), filling.fills(ballot))


def _touches(ballot: Filling, draw: random.Random) -> Iterator[str]:
    """Yield what a voter touches on the page at hand: one line of a contest, then on."""
    match ballot.place:
        case filling.OnContest(order):
            contest = ballot.plan.contests[order]
            if not ballot.choices[contest.number]:
                yield f"line:{draw.randrange(contest.lines)}"
            yield "next"
        case OnReview(page):
            yield "cast" if page + 1 == ballot.plan.review_pages else "next"
        case _:
            raise ValueError(f"a voter who makes no mistakes came to {ballot.place}")


def measure(
    station: BenchmarkStation, timer: Timer, progress: Progress, *, pairs: int, seed: int
) -> tuple[Row, ...]:
    """Compare page changes with copying a frame, from the book in memory and as it is kept."""
    folder = station.prepared.folder / "package" / "book"
    kept = Book.load(folder, station.package.book)
    all_bytes = _BYTES_PER_PIXEL * sum(
        width * height for width, height in kept.index.images.values()
    )
    unpacked = Book.load(folder, station.package.book, cache_bytes=all_bytes)
    unpacked.check_images()
    return tuple(
        _measure(name, book, _sessions(station, book, seed), timer, progress, pairs=pairs)
        for name, book in (
            ("page change, picture unpacked", unpacked),
            ("page change, as on a terminal", kept),
        )
    )


def _measure(
    name: str,
    book: Book,
    shows: Iterator[Show],
    timer: Timer,
    progress: Progress,
    *,
    pairs: int,
) -> Row:
    length = book.width * book.height * _BYTES_PER_PIXEL
    with ExitStack() as stack:
        device = os.memfd_create("screen", os.MFD_CLOEXEC)
        stack.callback(os.close, device)
        os.truncate(device, length)
        path = Path(f"/proc/self/fd/{device}")
        screen = LinuxFramebufferScreen(ScreenConfig(book.width, book.height, path))
        stack.enter_context(closing(screen))
        display = Display(screen, book)
        mapped = stack.enter_context(mmap.mmap(device, length))
        frame = book.frame()
        book.compose(frame, PageKey("insert"), {})  # one never written is one page of zeros

        def copy() -> None:
            mapped[:] = frame.pixels

        quantity = Quantity(name)
        comparison = Comparison(
            name,
            (quantity,),
            timed(copy, timer),
            timed(_each(display.show, shows), timer),
            pairs,
            MAX_S,
            warm_up=20,
        )
        (row,) = compare(comparison, timer, progress)
    p50, p99 = (amount(percentile(row.real_samples, part), quantity.unit) for part in (0.5, 0.99))
    note = f"p50 {p50}, p99 {p99} of voters' sessions; {book.width}×{book.height} pixels, one copy"
    return replace(row, note=note)


def _sessions(station: BenchmarkStation, book: Book, seed: int) -> Iterator[Show]:
    """Yield page after page, voter after voter, for ever."""
    draw = random.Random(f"pages/{seed}")  # noqa: S311 - choices to measure with, not secrets
    plans = make_plans(station.package, book)
    while True:
        style = draw.choice(station.package.styles).number
        language = draw.choice(LANGUAGES)
        yield from session(plans[style, Presentation.NORMAL, language], style, language, draw)


def _each(work: Callable[[Show], object], shows: Iterator[Show]) -> Callable[[], None]:
    def next_page() -> None:
        work(next(shows))

    return next_page
