"""No control code is used twice, whenever power is cut and whatever happens to one medium."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from common.errors import Refused
from common.media import TwoMedia
from terminal import codes
from terminal.codes import CODES, Codes
from tests import samples
from tests.recording_medium import Cut, Power, PowerCut, RecordingMedium

PACKAGE = b"p" * 32
KEY = samples.device("terminal-1").signing
ALL = tuple(range(200, 240))
BATCH = 7


@dataclass(frozen=True)
class Run:
    """One run of the program.

    Attributes:
        draws: how many voters come.
        cut_at: the write at which power goes off, from the start of the run.
        cut: what that write leaves.
        damage: what happens to one file after the run: nothing, it is gone, a bit flips, or it is
            as it was some writes ago.
    """

    draws: int
    cut_at: int | None
    cut: Cut
    damage: str
    back: int


RUNS = st.lists(
    st.builds(
        Run,
        draws=st.integers(0, 20),
        cut_at=st.none() | st.integers(1, 9),
        cut=st.sampled_from(Cut),
        damage=st.sampled_from(["none", "gone", "flipped", "older"]),
        back=st.integers(1, 4),
    ),
    max_size=8,
)


def damage(medium: RecordingMedium, run: Run, before: list[bytes]) -> None:
    """Do to one medium what the run says; `before` is what its file was after earlier runs."""
    content = medium.files.get(CODES)
    match run.damage:
        case "gone":
            medium.files.clear()
        case "flipped" if content is not None:
            medium.flip(CODES, run.back * 997 % (8 * len(content)))
        case "older":
            medium.files[CODES] = before[max(0, len(before) - run.back)]


@given(runs=RUNS, which=st.sampled_from([0, 1]), seed=st.text(max_size=4))
def test_no_code_is_drawn_twice(runs: list[Run], which: int, seed: str) -> None:
    power = Power()
    media = RecordingMedium("own", power), RecordingMedium("removable", power)
    both = TwoMedia(media[0], media[1])
    codes.create(both, PACKAGE, KEY, len(ALL))
    random_bytes = samples.seeded(seed)
    used: list[int] = []
    before = [media[which].files[CODES]]
    for run in runs:
        power.restore()
        if run.cut_at is not None:
            power.fail_at(run.cut_at, run.cut)
        try:
            source = Codes(
                both, PACKAGE, KEY, codes=ALL, batch_size=BATCH, random_bytes=random_bytes
            )
            used.extend(source.draw() for _ in range(run.draws) if source.reserve())
        except PowerCut:
            pass
        before.append(media[which].files.get(CODES, b""))
        damage(media[which], run, before)
    assert len(used) == len(set(used))
    assert set(used) <= set(ALL)


@given(draws=st.lists(st.integers(0, 15), max_size=6))
def test_losing_both_files_ends_the_day_rather_than_repeat_a_code(draws: list[int]) -> None:
    media = RecordingMedium("own"), RecordingMedium("removable")
    both = TwoMedia(media[0], media[1])
    codes.create(both, PACKAGE, KEY, len(ALL))
    for number in draws:
        source = Codes(
            both, PACKAGE, KEY, codes=ALL, batch_size=BATCH, random_bytes=samples.seeded("x")
        )
        for _ in range(number):
            source.reserve()
    for medium in media:
        medium.files.clear()
    try:
        Codes(both, PACKAGE, KEY, codes=ALL, batch_size=BATCH, random_bytes=samples.seeded("x"))
    except Refused:
        return
    raise AssertionError("it started with nothing to tell which codes are burnt")
