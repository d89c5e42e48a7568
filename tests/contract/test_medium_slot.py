"""One set of rules for every medium slot: the shared stand-in, the bench's, and mount points."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.errors import Reason, Refused
from common.media import FaultKind, Medium, MediumFault
from hal.config import SlotConfig
from hal.drivers.mounted_slot import MountedMediumSlot
from hal.faults import PartFault
from hal.medium_slot import MediumSlot, SlotState, medium_in, removable_medium
from simulators.bench_client import RECORDING
from simulators.media import SharedMediumSlot, SimMediumSlot
from tests.on_bench import NO_WIRING, running_bench


@dataclass(frozen=True)
class Bay:
    """The board's side, and the hand that changes media `a` and `b`."""

    slot: MediumSlot
    plug: Callable[[str], None]
    unplug: Callable[[], object]
    root: Callable[[str], Path]


def shared(folder: Path) -> Iterator[Bay]:
    hand = SimMediumSlot(folder / "slot")
    for name in ("a", "b"):
        (folder / name).mkdir()
    yield Bay(
        SharedMediumSlot(RECORDING, folder / "slot"),
        lambda name: hand.plug(folder / name),
        hand.unplug,
        lambda name: folder / name,
    )
    hand.close()


def on_the_bench(folder: Path) -> Iterator[Bay]:
    with running_bench(folder, "a", "b") as on:
        hands = on.client.board("a")
        hands.unplug()
        yield Bay(
            on.parts("a").recording_slot(NO_WIRING, on.clock("a")),
            hands.plug,
            hands.unplug,
            lambda name: folder / name / "medium",
        )


def mounted(folder: Path) -> Iterator[Bay]:
    """Moves folders, and says that what is there is a mount point."""
    point = folder / "mnt"
    for name in ("a", "b"):
        (folder / name).mkdir()
    inside: list[str] = []

    def plug(name: str) -> None:
        (folder / name).rename(point)
        inside.append(name)

    def unplug() -> None:
        point.rename(folder / inside.pop())

    yield Bay(
        MountedMediumSlot(RECORDING, SlotConfig(point), Path.is_dir),
        plug,
        unplug,
        lambda name: point if inside == [name] else folder / name,
    )


@pytest.fixture(params=[shared, on_the_bench, mounted])
def bay(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bay]:
    made = request.param(tmp_path)
    bay: Bay = next(made)
    yield bay
    bay.slot.close()
    assert next(made, None) is None


def test_an_empty_slot_is_a_value(bay: Bay) -> None:
    assert bay.slot.state() is SlotState.EMPTY
    with pytest.raises(PartFault, match="it is empty"):
        bay.slot.medium()


def test_what_is_written_is_on_the_medium(bay: Bay) -> None:
    bay.plug("a")
    assert bay.slot.state() is SlotState.PRESENT
    medium = bay.slot.medium()
    assert medium.name == RECORDING
    medium.append("desk-1/journal", b"one")
    medium.append("desk-1/journal", b"two")
    medium.write_at("desk-1/journal", 1, b"NE")
    medium.folder("desk-1").replace("statement", b"three")
    medium.replace("gone", b"x")
    medium.remove("gone")
    assert medium.read("desk-1/journal") == b"oNEtwo"
    assert medium.read_at("desk-1/journal", 4, 9) == b"wo"
    assert medium.size("desk-1/statement") == 5
    assert medium.list() == ("desk-1/journal", "desk-1/statement")
    assert (bay.root("a") / "desk-1/statement").read_bytes() == b"three"


def test_a_medium_that_was_taken_out_is_gone_also_when_another_is_in(bay: Bay) -> None:
    bay.plug("a")
    medium = bay.slot.medium()
    medium.append("x", b"1")
    bay.unplug()
    assert bay.slot.state() is SlotState.EMPTY
    for use in (lambda: medium.append("x", b"2"), lambda: medium.read("x"), medium.list):
        with pytest.raises(MediumFault) as fault:
            use()
        assert fault.value.kind is FaultKind.GONE
    bay.plug("b")
    with pytest.raises(MediumFault) as fault:
        medium.append("x", b"2")
    assert fault.value.kind is FaultKind.GONE
    assert bay.slot.medium().read("x") is None
    assert (bay.root("a") / "x").read_bytes() == b"1"


def test_a_board_finds_its_own_folder_on_the_medium(bay: Bay) -> None:
    bay.plug("a")
    medium = removable_medium(bay.slot, "desk-1")
    medium.append("journal", b"one")
    assert bay.slot.medium().list() == ("desk-1/journal",)
    assert removable_medium(bay.slot, "desk-1").read("journal") == b"one"


def test_a_stray_file_makes_a_medium_nobodys(bay: Bay) -> None:
    bay.plug("a")
    (bay.root("a") / "readme.txt").write_bytes(b"from the shop")
    assert removable_medium(bay.slot, "desk-1").list() == ()


def test_no_medium_is_refused(bay: Bay) -> None:
    assert medium_in(bay.slot) is None
    with pytest.raises(Refused) as refused:
        removable_medium(bay.slot, "desk-1")
    assert refused.value.reason is Reason.MEDIUM_MISSING


def test_the_medium_of_other_boards_is_refused_by_their_names(bay: Bay) -> None:
    bay.plug("a")
    for name in ("terminal-2", "terminal-1"):
        bay.slot.medium().append(f"{name}/journal", b"one")
    with pytest.raises(Refused) as refused:
        removable_medium(bay.slot, "desk-1")
    assert refused.value.reason is Reason.MEDIUM_OTHER_BOARD
    assert refused.value.facts == {"found": "terminal-1, terminal-2", "expected": "desk-1"}


@pytest.mark.parametrize(
    "error", [PartFault("slot", "it is empty"), MediumFault(FaultKind.GONE, "recording")]
)
def test_a_medium_pulled_out_this_very_moment_is_none(error: Exception) -> None:
    class Pulled:
        def state(self) -> SlotState:
            return SlotState.PRESENT

        def medium(self) -> Medium:
            raise error

        def close(self) -> None:
            pass

    assert medium_in(Pulled()) is None


def test_a_medium_that_is_in_and_ill_is_not_said_to_be_missing() -> None:
    class Broken:
        def state(self) -> SlotState:
            return SlotState.PRESENT

        def medium(self) -> Medium:
            raise MediumFault(FaultKind.IO, "recording")

        def close(self) -> None:
            pass

    with pytest.raises(MediumFault) as fault:
        medium_in(Broken())
    assert fault.value.kind is FaultKind.IO
