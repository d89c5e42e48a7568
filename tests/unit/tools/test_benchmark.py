"""The machinery of the ratios: turns, medians, the floor's work, what is told. Nothing is timed."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from common import records
from common.media import FolderMedium
from common.records import CastVote
from terminal.plan import Plan, PlannedContest
from tests import samples
from tools import benchmark
from tools.benchmarks import pages, ratios, table
from tools.benchmarks.intake import NotedMedium, RawFiles, Write
from tools.benchmarks.ratios import Comparison, Quantity, Row, Spread, Unit, compare, percentile
from tools.benchmarks.starting import Launcher, NotReady
from tools.benchmarks.station import SignatureCheck

TIME = Quantity("a thing")


class Hand:
    """A clock that goes only when somebody works."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s

    def work(self, seconds: float) -> Callable[[], None]:
        def advance() -> None:
            self.now_s += seconds

        return advance


def silent(step: str, done: int, total: int) -> None:
    pass


def side(name: str, calls: list[str], *measured: float) -> Callable[[], tuple[float]]:
    """Return a side that measures these values, one after the other, and then the last again."""
    left = list(measured)

    def measure() -> tuple[float]:
        calls.append(name)
        return (left.pop(0) if len(left) > 1 else left[0],)

    return measure


def test_floor_and_real_take_turns_and_the_first_pairs_do_not_count() -> None:
    calls: list[str] = []
    floor, real = side("A", calls, 100, 1, 2, 4), side("B", calls, 1, 3, 8, 4)
    comparison = Comparison("x", (TIME,), floor, real, pairs=3, max_s=1.0, warm_up=1)
    (row,) = compare(comparison, Hand(), silent)
    assert "".join(calls) == "AB" * 4
    assert list(row.floor_samples) == [1, 2, 4]
    assert list(row.real_samples) == [3, 8, 4]


def test_the_ratio_is_the_median_of_the_pairs_not_of_the_sides() -> None:
    row = Row(TIME, floor_samples=(1, 10, 100), real_samples=(3, 20, 500))
    assert row.ratio.median == 3
    assert row.real.median / row.floor.median == 2


def test_one_bad_moment_hardly_moves_the_ratio() -> None:
    row = Row(TIME, floor_samples=(1,) * 9, real_samples=(2,) * 8 + (1000,))
    assert row.ratio == Spread(2, 2, 2)


def test_no_pair_begins_after_the_time_but_three_are_always_measured() -> None:
    hand = Hand()
    sides = ratios.timed(hand.work(2), hand), ratios.timed(hand.work(4), hand)
    many = Comparison("x", (TIME,), *sides, pairs=100, max_s=30, warm_up=0)
    (row,) = compare(many, hand, silent)
    assert list(row.real_samples) == [4] * 5
    (row,) = compare(Comparison("x", (TIME,), *sides, 100, max_s=0), hand, silent)
    assert list(row.floor_samples) == [2] * ratios.MIN_PAIRS


def test_each_quantity_has_its_own_row() -> None:
    quantities = (Quantity("start"), Quantity("memory", Unit.BYTES))
    comparison = Comparison("x", quantities, lambda: (1, 10), lambda: (3, 20), 3, 1.0)
    start, memory = compare(comparison, Hand(), silent)
    assert (start.ratio.median, memory.ratio.median) == (3, 2)
    assert memory.quantity.unit is Unit.BYTES


@pytest.mark.parametrize("measured", [(), (1, 2), (0,), (-1,)])
def test_what_measures_nothing_is_refused(measured: tuple[float, ...]) -> None:
    comparison = Comparison("x", (TIME,), lambda: (1,), lambda: measured, 3, 1.0)
    with pytest.raises(ValueError, match="wanted are a thing"):
        compare(comparison, Hand(), silent)


def test_progress_ends_with_all_pairs() -> None:
    shown: list[tuple[str, int, int]] = []
    comparison = Comparison("x", (TIME,), lambda: (1,), lambda: (1,), 4, 1.0)
    compare(comparison, Hand(), lambda *step: shown.append(step))
    assert shown == [("x", done, 4) for done in range(5)]


def test_percentiles_lie_between_neighbours() -> None:
    assert [percentile([30, 10, 20], part) for part in (0, 0.25, 0.5, 1)] == [10, 15, 20, 30]
    assert percentile([7], 0.99) == 7
    assert Spread.of([4, 1, 3, 2]) == Spread(2.5, 1.75, 3.25)
    with pytest.raises(ValueError, match="nothing was measured"):
        Spread.of([])


# --- the floor's work -----------------------------------------------------------------------------


def test_a_bare_check_is_the_one_that_the_record_needs() -> None:
    key = samples.device("terminal-1").signing
    signed = records.sign(CastVote(b"p" * 32, 1, b"s" * 52), key)
    check = SignatureCheck.of(CastVote.external(), signed, bytes(key.verify_key))
    VerifyKey(check.public_key).verify(check.signed, check.signature)
    other = SignatureCheck.of("sailau/Deposit/1", signed, bytes(key.verify_key))
    with pytest.raises(BadSignatureError):
        VerifyKey(other.public_key).verify(other.signed, other.signature)


def test_the_floor_writes_as_much_as_the_real_one_was_seen_to_write(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    seen: list[Write] = []
    plain = FolderMedium(tmp_path / "real", "plain")
    plain.replace("urn", bytes(3 * 4096))
    plain.replace("journal", b"")
    medium = NotedMedium(tmp_path / "real", 2, seen)
    medium.write_at("urn", 4096, b"u" * 4096)
    medium.append("journal", b"e" * 141)
    assert seen == [Write(2, "urn", 4096, at_end=False), Write(2, "journal", 141, at_end=True)]
    assert (medium.read("journal"), medium.read_at("urn", 4095, 2)) == (b"e" * 141, b"\0u")

    with closing(RawFiles(tmp_path / "raw", urn_size=3 * 4096)) as raw:
        raw.write(seen[0])
        before = (tmp_path / "raw" / "2" / "urn").read_bytes()
        for write in seen * 2:
            raw.write(write)
        after = (tmp_path / "raw" / "2" / "urn").read_bytes()
    assert len(after) == 3 * 4096
    assert after != before
    assert (tmp_path / "raw" / "2" / "journal").stat().st_size == 2 * 141


def test_an_intake_that_writes_whole_files_is_another_than_the_floor_knows(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the floor must learn it"):
        NotedMedium(tmp_path, 1, []).replace("urn", b"")


def test_a_session_goes_from_the_invitation_through_every_page_to_the_code() -> None:
    contests = (PlannedContest(0, 3, 1, 2, pages=2), PlannedContest(2, 2, 1, None, pages=1))
    plan = Plan(contests, review_pages=2, all_contests=3)
    shown = list(pages.session(plan, 1, "kk", random.Random(1)))
    names = [show.page.name for show in shown]
    assert names == [
        "insert",
        "language",
        *["contest:0:0"] * 2,
        "contest:0:1",
        *["contest:2:0"] * 2,
        "review:0",
        "review:1",
        "review:1",
        "casting",
        "thanks",
        "code",
        "take",
    ]
    assert [show.fills.get("counter") for show in shown[2:4]] == ["0", "1"]
    assert list(shown[-2].fills) == ["digit:0", "digit:1", "digit:2", "digit:3"]


# --- processes ------------------------------------------------------------------------------------

READY = """
import os, signal, socket, sys
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
signal.pause()
"""


@pytest.fixture
def launcher(tmp_path: Path) -> Launcher:
    return Launcher(tmp_path, Hand())


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-W", "ignore", "-c", code)


def test_a_process_is_measured_when_it_is_ready_and_ended_afterwards(launcher: Launcher) -> None:
    with launcher.ready(python(READY)) as started:
        assert started.process.poll() is None
        assert 1 << 20 < started.resident_bytes < 1 << 30
    assert started.process.poll() is not None


def test_a_process_that_ends_before_is_told_with_the_end_of_its_log(launcher: Launcher) -> None:
    with (
        pytest.raises(NotReady, match="no such election"),
        launcher.ready(python("raise SystemExit('no such election')")),
    ):
        pytest.fail("it cannot be ready")


def test_a_process_that_says_nothing_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def watched(argv: tuple[str, ...], **options: Any) -> subprocess.Popen[bytes]:
        started.append(popen(argv, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", watched)
    hours = iter(range(0, 3600 * 100, 3600))
    launcher = Launcher(tmp_path, lambda: float(next(hours)))
    with pytest.raises(NotReady):
        launcher.measure(python("import time; time.sleep(60)"))
    assert started[0].poll() is not None


# --- what is told ---------------------------------------------------------------------------------

ROWS = (
    Row(Quantity("count"), (0.25, 0.5, 0.25), (0.5, 1.5, 0.5), "of votes"),
    Row(Quantity("resident", Unit.BYTES), (2.0**20,) * 3, (3 * 2.0**20,) * 3),
)


def test_the_table_has_every_row_the_machine_and_the_notes() -> None:
    assert table.text_table(ROWS, {"Python": "3.11.7"}).splitlines() == [
        "Python 3.11.7",
        "",
        "             floor      real  ratio  middle half  pairs",
        "count       250 ms    500 ms   2.00    2.00–2.50      3",
        "resident  1.00 MiB  3.00 MiB   3.00    3.00–3.00      3",
        "",
        "count: of votes",
    ]


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1.5, Unit.SECONDS, "1.50 s"),
        (0.0123, Unit.SECONDS, "12.3 ms"),
        (0.000456, Unit.SECONDS, "456 µs"),
        (512.0, Unit.BYTES, "512 B"),
        (40 * 2.0**20, Unit.BYTES, "40.0 MiB"),
    ],
)
def test_amounts_have_three_figures_and_a_unit(value: float, unit: Unit, shown: str) -> None:
    assert table.amount(value, unit) == shown


def test_json_has_the_same_rows_unrounded() -> None:
    said = json.loads(table.as_json(ROWS, {"Python": "3.11.7"}, quick=True))
    assert (said["quick"], said["machine"]) == (True, {"Python": "3.11.7"})
    assert said["rows"][0] == {
        "name": "count",
        "unit": "s",
        "pairs": 3,
        "floor": {"median": 0.25, "low": 0.25, "high": 0.375},
        "real": {"median": 0.5, "low": 0.5, "high": 1.0},
        "ratio": {"median": 2.0, "low": 2.0, "high": 2.5},
        "note": "of votes",
    }


def test_the_file_system_is_the_one_that_the_folder_lies_on(tmp_path: Path) -> None:
    device = tmp_path.stat().st_dev
    here = f"{os.major(device)}:{os.minor(device)}"
    mounts = f"1 0 0:999 / /x rw - tmpfs none rw\n2 1 {here} / / rw shared:1 - ext4 /dev/vda rw\n"
    assert benchmark.file_system(tmp_path, mounts) == "ext4"
    assert benchmark.file_system(tmp_path, "") == "unknown"


def test_without_options_everything_is_measured_in_full() -> None:
    options = benchmark.parse([])
    assert options.parts == benchmark.PARTS
    assert options.amount == benchmark.FULL
    assert options.bundle is None


def test_a_bundle_brings_its_root_key(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "manifest.cose").touch()
    (tmp_path / "root.pub").write_text("ab" * 32 + "\n", encoding="ascii")
    arguments = ["--quick", "--only", "verify", "--bundle", str(tmp_path / "evidence")]
    options = benchmark.parse(arguments)
    assert (options.root_key, options.parts) == (b"\xab" * 32, ("verify",))
    assert options.amount == benchmark.QUICK


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "tea"], "invalid choice: 'tea'"),
        (["--json", "/nowhere/at/all.json"], "make it first"),
        (["--bundle", "/nowhere"], "give the folder called evidence"),
        (["--root", "root.pub"], "give both or neither"),
    ],
)
def test_a_wrong_command_line_names_the_option_and_the_fix(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        benchmark.parse(arguments)
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert arguments[0] in error
    assert said in error


def test_a_bundle_without_its_root_key_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "manifest.cose").touch()
    with pytest.raises(SystemExit):
        benchmark.parse(["--bundle", str(tmp_path), "--root", str(tmp_path / "manifest.cose")])
    assert "--root" in capsys.readouterr().err
