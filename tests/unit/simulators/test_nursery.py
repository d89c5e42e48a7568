"""The nursery: programs are forked with their own environment and log, and end with it."""

from __future__ import annotations

import os
import select
import signal
import sys
from pathlib import Path

import pytest

from simulators.nursery import Nursery
from simulators.supervisor import OVERWRITTEN, Supervisor, Unit, simulated


def ended(pid: int) -> None:
    """Wait for the end of a process that is no child of ours."""
    try:
        waiting = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([waiting], [], [], 30)[0]
    finally:
        os.close(waiting)


@pytest.fixture
def bench(tmp_path: Path) -> Unit:
    """A unit that listens, is ready, and waits."""
    cards = tmp_path / "cards"
    cards.mkdir()
    (tmp_path / "bench").mkdir()
    config = tmp_path / "bench.toml"
    config.write_text(
        f'socket = "{tmp_path}/bench.sock"\nfolder = "{tmp_path}/bench"\n'
        f'cards = "{cards}"\nstart_ms = 0\nboards = []\n',
        encoding="utf-8",
    )
    return simulated("bench", "bench", "--config", str(config))


def test_a_unit_is_looked_after_as_if_it_had_been_executed(bench: Unit, tmp_path: Path) -> None:
    with Nursery() as nursery, Supervisor(tmp_path / "logs", launch=nursery.launch) as supervisor:
        supervisor.start(bench)
        supervisor.wait_ready("bench")
        pid = supervisor.pid("bench")
        assert pid is not None
        assert os.getsid(pid) == pid
        supervisor.wait_restarted("bench", supervisor.kill("bench"))
        assert supervisor.pid("bench") != pid
        first, again = supervisor.launches()
        assert (first.again, again.again) == (False, True)
        assert again.ready_s is not None
        assert first.ready_s is not None
        supervisor.stop("bench")
        assert supervisor.pid("bench") is None


def test_what_a_program_says_goes_into_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with Nursery() as nursery, log.open("ab") as out:
        child = nursery.launch(simulated("board", "board", "nothingd"), dict(os.environ), out)
        ended(child.pid)
        assert child.wait() is None
        child.send_signal(signal.SIGTERM)  # nobody there any more
    assert "nothingd" in log.read_text(encoding="utf-8")


def test_children_end_with_the_nursery(bench: Unit, tmp_path: Path) -> None:
    nursery = Nursery()
    with nursery, (tmp_path / "log").open("ab") as out:
        child = nursery.launch(bench, {**os.environ, **OVERWRITTEN}, out)
    ended(child.pid)


def test_children_end_with_a_nursery_that_is_killed(bench: Unit, tmp_path: Path) -> None:
    with Nursery() as nursery, (tmp_path / "log").open("ab") as out:
        child = nursery.launch(bench, {**os.environ, **OVERWRITTEN}, out)
        nursery._process.kill()
        ended(child.pid)
        with pytest.raises((BrokenPipeError, ConnectionResetError, ChildProcessError)):
            nursery.launch(bench, {}, out)


def test_nothing_but_our_own_programs_is_forked(tmp_path: Path) -> None:
    sleeping = Unit("sleep", (sys.executable, "-c", "pass"))
    with (
        Nursery() as nursery,
        (tmp_path / "log").open("ab") as out,
        pytest.raises(ValueError, match="sleep is no program of sailau-sim"),
    ):
        nursery.launch(sleeping, {}, out)
