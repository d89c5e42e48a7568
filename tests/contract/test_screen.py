"""One set of rules for every screen: in memory, the frame-buffer driver on a file, the bench's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.clock import SystemClock
from common.regions import Region
from hal.config import ScreenConfig
from hal.drivers.framebuffer import LinuxFramebufferScreen
from hal.faults import PartFault
from hal.screen import Screen, ScreenSize
from simulators.history import History
from simulators.screen import SimScreen
from tests.on_bench import NO_WIRING, running_bench

SIZE = ScreenSize(16, 8)
BYTES = 16 * 8 * 4


@dataclass(frozen=True)
class Display:
    """The board's side, and eyes."""

    screen: Screen
    look: Callable[[], bytes]


def in_memory(_: Path) -> Iterator[Display]:
    screen = SimScreen(History(SystemClock().now_ms), SIZE)
    yield Display(screen, lambda: screen.shown[-1])


def frame_buffer(folder: Path) -> Iterator[Display]:
    device = folder / "fb"
    device.write_bytes(bytes(BYTES))
    yield Display(LinuxFramebufferScreen(ScreenConfig(16, 8, device)), device.read_bytes)


def on_the_bench(folder: Path) -> Iterator[Display]:
    with running_bench(folder, "desk-1", width=16, height=8) as on:
        hands = on.client.board("desk-1")

        def look() -> bytes:
            shown = hands.look()
            assert shown is not None
            return shown.frame

        yield Display(on.parts("desk-1").screen(NO_WIRING, on.clock("desk-1")), look)


@pytest.fixture(params=[in_memory, frame_buffer, on_the_bench])
def display(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Display]:
    made = request.param(tmp_path)
    display: Display = next(made)
    yield display
    display.screen.close()
    assert next(made, None) is None


def test_the_size_is_known(display: Display) -> None:
    assert display.screen.size == SIZE


def test_the_last_frame_stands(display: Display) -> None:
    first, second = bytes(range(256)) * 2, b"\xff" * BYTES
    display.screen.show(first, ())
    assert display.look() == first
    display.screen.show(memoryview(bytearray(second)), [Region("ok", 1, 1, 2, 2, "Иә")])
    assert display.look() == second


@pytest.mark.parametrize("length", [0, BYTES - 1, BYTES + 1])
def test_a_frame_of_another_size_is_a_fault(display: Display, length: int) -> None:
    display.screen.show(b"\x11" * BYTES, ())
    with pytest.raises(PartFault, match="frame of"):
        display.screen.show(bytes(length), ())
    assert display.look() == b"\x11" * BYTES
