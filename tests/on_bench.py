"""A bench inside the test's own process, for whoever needs a board's parts or hands on them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from common.clock import Clock
from hal.config import PartsConfig
from hal.parts import Parts
from simulators.bench import Bench, BenchConfig
from simulators.bench_client import BenchClient
from simulators.board_parts import bench_parts
from simulators.piv_card import CardState
from simulators.station import BoardOnBench

START_MS = 1_790_000_000_000
NO_WIRING = PartsConfig()


@dataclass(frozen=True)
class OnBench:
    """A running bench with a board or more, and a client of it."""

    bench: Bench
    socket: Path
    folder: Path
    client: BenchClient

    def parts(self, board: str) -> Parts:
        return bench_parts(self.socket, board)

    def clock(self, board: str) -> Clock:
        return self.parts(board).clock(NO_WIRING)

    def make_card(self, name: str) -> None:
        (self.folder / "cards" / f"{name}.card").write_bytes(CardState.blank().to_bytes())


@contextmanager
def running_bench(
    folder: Path, *boards: str, speed: float = 1.0, width: int = 16, height: int = 8
) -> Iterator[OnBench]:
    """Run a bench with these boards in a thread; their media are `<folder>/<board>/medium`."""
    socket = folder / "bench.sock"
    plans = tuple(
        BoardOnBench(name, folder / name / "medium", width=width, height=height) for name in boards
    )
    bench = Bench(BenchConfig(socket, folder / "bench", folder / "cards", START_MS, plans, speed))
    thread = threading.Thread(target=bench.run, name="bench")
    thread.start()
    try:
        with BenchClient(socket) as client:
            yield OnBench(bench, socket, folder, client)
    finally:
        bench.stop()
        thread.join()
        bench.close()
