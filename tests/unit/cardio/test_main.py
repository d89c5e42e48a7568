"""cardiod as a process: configuration, start, SIGKILL, SIGTERM."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cardio.client import CardClient
from cardio.messages import (
    Activate,
    Answer,
    Done,
    Notification,
    ReaderMissing,
    VoterCardSeen,
)
from common.chain import CardKind
from common.service import EXIT_CONFIG, EXIT_FAILED, EXIT_STOPPED
from tests import card_samples, samples
from tests.card_samples import CONFIGURE, activation, made

ROOT = Path(__file__).parents[3]
PATIENCE_S = 30.0


def configuration(folder: Path, root_key: str = samples.ROOT_KEY.hex()) -> Path:
    """Write a configuration and the board's state that it names."""
    state = folder / "state"
    state.mkdir(exist_ok=True)
    (state / "package.cose").write_bytes(card_samples.signed_package())
    (folder / "card").write_bytes(made(CardKind.VOTER, 1)[0].to_bytes())
    path = folder / "cardiod.toml"
    path.write_text(
        f'socket = "cardiod.sock"\nstate = "state"\nroot_key = "{root_key}"\n'
        'card_keys = "aes-256"\n[parts]\n[parts.card_reader]\nname = ""\n'
    )
    return path


@contextmanager
def process(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    script = Path(__file__).with_name("run_cardiod.py")
    running = subprocess.Popen(
        [sys.executable, str(script), str(folder / "card"), *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


def test_a_day_with_a_sigkill(tmp_path: Path) -> None:
    path = configuration(tmp_path)
    posted: queue.Queue[Notification | Answer] = queue.Queue()
    client = CardClient(tmp_path / "cardiod.sock", posted.put)

    def told(kind: type[Notification | Answer]) -> Notification | Answer:
        while True:
            message = posted.get(timeout=PATIENCE_S)
            if isinstance(message, kind):
                return message

    with client:
        configured = client.request(CONFIGURE)
        with process(tmp_path, "--config", str(path)) as running:
            seen = told(VoterCardSeen)
            assert isinstance(seen, VoterCardSeen)
            assert seen.blank
            assert told(Done) == Done(configured)
            running.kill()
            assert told(ReaderMissing) == ReaderMissing()
        with process(tmp_path, "--config", str(path)) as running:
            told(VoterCardSeen)
            number = client.request(Activate(activation(seen.key_hash)))
            assert told(Done) == Done(number)  # it was configured again without being asked
            running.send_signal(signal.SIGTERM)
            _, log = running.communicate(timeout=PATIENCE_S)
            assert running.returncode == EXIT_STOPPED
    events = [json.loads(line) for line in log.splitlines()]
    assert [event["event"] for event in events if event["event"] in ("ready", "stopped")] == [
        "ready",
        "stopped",
    ]
    assert seen.key_hash.hex() not in log


def ends(folder: Path, *arguments: str) -> tuple[int, str]:
    with process(folder, *arguments) as running:
        _, said = running.communicate(timeout=PATIENCE_S)
        return running.returncode, said


def test_the_configuration_can_be_checked(tmp_path: Path) -> None:
    path = configuration(tmp_path)
    assert ends(tmp_path, "--config", str(path), "--check-config")[0] == EXIT_STOPPED
    assert not (tmp_path / "cardiod.sock").exists()


@pytest.mark.parametrize("root_key", ["", "00", "xyz", "00" * 31])
def test_a_root_key_that_is_none(tmp_path: Path, root_key: str) -> None:
    path = configuration(tmp_path, root_key)
    code, said = ends(tmp_path, "--config", str(path), "--check-config")
    assert code == EXIT_CONFIG
    assert "root" in said


def test_a_package_of_another_root_is_not_taken(tmp_path: Path) -> None:
    path = configuration(tmp_path, "11" * 32)
    code, said = ends(tmp_path, "--config", str(path))
    assert code == EXIT_CONFIG
    assert "signature is wrong" in said


@pytest.mark.parametrize("bit", [0, 999])
def test_a_damaged_package_is_waited_for_by_new_starts(tmp_path: Path, bit: int) -> None:
    path = configuration(tmp_path)
    package = tmp_path / "state" / "package.cose"
    content = bytearray(package.read_bytes())
    content[bit // 8 if bit else len(content) - 1] ^= 1
    package.write_bytes(bytes(content))
    code, said = ends(tmp_path, "--config", str(path))
    assert code == EXIT_FAILED, said


def test_without_a_package_there_is_no_cardiod(tmp_path: Path) -> None:
    path = configuration(tmp_path)
    (tmp_path / "state" / "package.cose").unlink()
    code, said = ends(tmp_path, "--config", str(path))
    assert code == EXIT_CONFIG
    assert "No station package is installed" in said
