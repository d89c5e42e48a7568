"""One set of rules for every touch panel: stand-in, over the bench, and FT5x06 on its registers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.clock import SystemClock
from hal.config import TouchConfig
from hal.drivers.ft5x06 import Ft5x06Touch
from hal.faults import PartFault
from hal.touch import Touch, TouchEvent, TouchKind
from simulators.history import History
from simulators.inputs import SimTouch
from simulators.registers import Ft5x06, SimI2cBus
from tests.on_bench import NO_WIRING, running_bench

PATIENCE_S = 5.0


@dataclass(frozen=True)
class Panel:
    """The board's side, and a finger."""

    touch: Touch
    put: Callable[[int, int], None]
    move: Callable[[int, int], None]
    lift: Callable[[], None]
    break_it: Callable[[], None]


def stand_in(_: Path) -> Iterator[Panel]:
    clock = SystemClock()
    touch = SimTouch(History(clock.now_ms), clock)
    yield Panel(touch, touch.press, touch.move, touch.release, touch.fail_next)


def over_the_bench(folder: Path) -> Iterator[Panel]:
    with running_bench(folder, "desk-1") as on:
        hands = on.client.board("desk-1")
        touch = on.parts("desk-1").touch(NO_WIRING, on.clock("desk-1"))
        yield Panel(
            touch,
            hands.put_finger,
            hands.move_finger,
            hands.lift_finger,
            lambda: hands.fail_next("touch"),
        )


def ft5x06(_: Path) -> Iterator[Panel]:
    chip = Ft5x06()
    bus = SimI2cBus({Ft5x06.ADDRESS: chip})
    touch = Ft5x06Touch(bus, TouchConfig(), SystemClock())
    yield Panel(touch, chip.put, chip.put, chip.lift, lambda: bus.fail_next(1000))


@pytest.fixture(params=[stand_in, over_the_bench, ft5x06])
def panel(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Panel]:
    made = request.param(tmp_path)
    panel: Panel = next(made)
    yield panel
    panel.touch.close()
    assert next(made, None) is None


def test_nothing_is_none(panel: Panel) -> None:
    assert panel.touch.read(0.0) is None
    assert panel.touch.read(0.02) is None


def test_a_finger_comes_moves_and_goes(panel: Panel) -> None:
    panel.put(1279, 799)
    assert panel.touch.read(PATIENCE_S) == TouchEvent(TouchKind.DOWN, 1279, 799)
    panel.move(3, 799)
    assert panel.touch.read(PATIENCE_S) == TouchEvent(TouchKind.MOVE, 3, 799)
    panel.move(3, 799)
    assert panel.touch.read(0.02) is None
    panel.lift()
    assert panel.touch.read(PATIENCE_S) == TouchEvent(TouchKind.UP, 3, 799)
    assert panel.touch.read(0.02) is None


def test_a_second_touch_is_like_the_first(panel: Panel) -> None:
    for place in ((1, 2), (300, 400)):
        panel.put(*place)
        assert panel.touch.read(PATIENCE_S) == TouchEvent(TouchKind.DOWN, *place)
        panel.lift()
        assert panel.touch.read(PATIENCE_S) == TouchEvent(TouchKind.UP, *place)


def test_a_broken_panel_is_a_fault(panel: Panel) -> None:
    panel.break_it()
    with pytest.raises(PartFault, match="touch"):
        panel.touch.read(PATIENCE_S)
