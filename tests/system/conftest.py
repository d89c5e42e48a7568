"""Whole voting days, held once for all tests that look at what they leave."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ELECTIONS = ROOT / "tests" / "elections"


@dataclass(frozen=True, slots=True)
class HeldDay:
    """What a day left."""

    out: Path
    summary: dict[str, Any]
    said: str

    @property
    def evidence(self) -> Path:
        """The evidence bundle."""
        return self.out / "evidence"

    @property
    def root_key(self) -> bytes:
        """The centre's public key."""
        return bytes.fromhex((self.out / "root.pub").read_text(encoding="ascii"))


HoldDay = Callable[..., HeldDay]


@pytest.fixture(scope="session")
def hold_day(tmp_path_factory: pytest.TempPathFactory, day_seed: int) -> HoldDay:
    """Hold a day by the command that people use."""

    def hold(election: str, voters: int, *options: str) -> HeldDay:
        out = tmp_path_factory.mktemp("day") / "out"
        command = [sys.executable, "-m", "simulators", "day", "--out", str(out)]
        command += ["--election", str(ELECTIONS / f"{election}.toml")]
        command += ["--voters", str(voters), "--seed", str(day_seed), *options]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        logs = "\n".join(
            f"--- {log.name}\n{log.read_text(encoding='utf-8')[-1500:]}"
            for log in sorted((out / "logs").glob("*.log"))
        )
        assert result.returncode == 0, (
            f"{result.stdout[-3000:]}\n{result.stderr[-3000:]}\n{logs}\n"
            f"to repeat these voters: pytest --day-seed {day_seed}"
        )
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
        return HeldDay(out, summary, result.stdout)

    return hold


@pytest.fixture(scope="session")
def evidence_day(hold_day: HoldDay) -> HeldDay:
    """A day of the big election, so that styles are merged and ballots have several elements."""
    return hold_day("big", 16, "--terminals", "2")
