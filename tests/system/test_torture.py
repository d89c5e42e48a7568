"""The short form of `make torture`: a drawn sample of all stops of a day; it prints its seed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.conftest import ROOT

pytestmark = [pytest.mark.day, pytest.mark.timeout(600)]
STOPS = 30


def test_a_day_is_stopped_at_drawn_points_and_nothing_is_lost(
    tmp_path: Path, day_seed: int
) -> None:
    out = tmp_path / "torture"
    command = [sys.executable, "-m", "simulators", "torture", "--out", str(out)]
    command += ["--seed", str(day_seed), "--points", str(STOPS), "--big-points", "0"]
    command += ["--media", "0"]  # test_media.py has a day of these
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = [path.read_text(encoding="utf-8") for path in sorted(out.glob("findings/*/*.txt"))]
    assert result.returncode == 0, "\n".join([result.stdout, result.stderr, *found])
    campaign = json.loads((out / "torture.json").read_text(encoding="utf-8"))
    happened = len(campaign["stops"])
    assert happened > STOPS * 3 // 4, campaign["stops"]
    assert campaign["restarts"] >= happened
    ways = {where.rpartition("/")[2] for where in campaign["hits"]}
    assert ways >= {"killed", "no power"}
    kinds = {where.partition("/")[2] for points in campaign["points"].values() for where in points}
    assert kinds == {"own", "removable", "bus-out", "bus-in", "apdu"}
    assert not list(out.glob("day-*"))
