"""A campaign that is ended leaves no worker, no nursery and no daemon behind."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CAMPAIGN = '''
import os, sys, tempfile, time
from pathlib import Path
from simulators.campaign import PlannedDay
from simulators.torture import Task, end_when_terminated, worker


class Endless(dict):
    """What a day is held in; the day begins, and does not end."""

    def __missing__(self, big):
        Path(tempfile.mkdtemp()).joinpath("begun").touch()
        while True:
            time.sleep(60)


if __name__ == "__main__":
    end_when_terminated()
    with tempfile.TemporaryDirectory(dir=sys.argv[1]) as folder, worker(Endless(), folder) as asked:
        asked.send(Task(0, PlannedDay(()), Path("out"), executed=False))
        asked.recv()
'''


def family(pid: int) -> dict[int, str]:
    """Return a process and all that come from it, with their command lines."""
    parents = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):  # one that ends meanwhile
            stat = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            parents[int(entry.name)] = int(stat[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return {one: Path(f"/proc/{one}/cmdline").read_text(encoding="utf-8") for one in found}


@contextmanager
def watched(pids: list[int]) -> Iterator[list[int]]:
    """Hold these processes, so that their numbers stay theirs; whoever is left is killed."""
    with ExitStack() as stack:
        held = []
        for pid in pids:
            one = os.pidfd_open(pid)
            stack.callback(os.close, one)
            stack.callback(_kill, one)
            held.append(one)
        yield held


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(process, signal.SIGKILL)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_whatever_ends_a_campaign_ends_all_that_belongs_to_it(
    tmp_path: Path, how: signal.Signals
) -> None:
    program, temporary = tmp_path / "campaign.py", tmp_path / "temporary"
    program.write_text(CAMPAIGN, encoding="utf-8")
    temporary.mkdir()
    with subprocess.Popen(
        [sys.executable, str(program), str(temporary)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # so that it is this one process alone that gets the signal
    ) as campaign:
        while not list(temporary.glob("*/*/begun")):
            assert campaign.poll() is None
            select.select([], [], [], 0.02)
        there = family(campaign.pid)
        assert any("nursery" in command for command in there.values())
        assert len(there) >= 3, "campaign, worker, nursery"
        with watched(list(there)) as held:
            campaign.send_signal(how)
            for process in held:
                assert select.select([process], [], [], 20.0)[0], there
        campaign.wait()
    if how is not signal.SIGKILL:
        assert not list(temporary.iterdir()), "nor is anything left on the disk"
