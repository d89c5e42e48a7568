"""What a day takes, weighed on things of known weight."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.supervisor import Supervisor, Unit
from simulators.weighing import disk_usage, peak_memory

GREEDY = """
import os, signal, socket
much = bytearray(os.urandom(64)) * (1 << 20)
del much
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
    told.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
signal.pause()
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor(tmp_path / "logs") as supervisor:
        yield supervisor


def test_a_peak_counts_although_it_is_over(supervisor: Supervisor) -> None:
    supervisor.start(Unit("greedy", (sys.executable, "-c", GREEDY)))
    supervisor.wait_ready()
    peak = peak_memory(supervisor, "greedy")
    assert peak is not None
    assert 64 << 20 < peak < 160 << 20


def test_a_daemon_that_is_dead_weighs_nothing(supervisor: Supervisor) -> None:
    supervisor.start(Unit("greedy", (sys.executable, "-c", GREEDY)))
    supervisor.wait_ready()
    supervisor.bury("greedy")
    assert peak_memory(supervisor, "greedy") is None


def test_all_files_below_a_folder_count_once(tmp_path: Path) -> None:
    assert disk_usage(tmp_path) == 0
    (tmp_path / "deep").mkdir()
    (tmp_path / "one").write_bytes(bytes(5000))
    (tmp_path / "deep" / "other").write_bytes(bytes(100_000))
    assert 105_000 <= disk_usage(tmp_path) < 125_000
