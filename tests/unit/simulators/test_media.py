"""Media that fill up, break, vanish, and take the power with them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.media import FaultKind, Medium, MediumFault
from simulators.media import (
    SharedMediumSlot,
    SimMediumSlot,
    Trouble,
    bring_back,
    flip_bit,
    keep_copy,
)


class PowerCut(Exception):
    pass


@dataclass(frozen=True)
class Bay:
    hand: SimMediumSlot
    board: SharedMediumSlot
    root: Path

    @property
    def medium(self) -> Medium:
        return self.board.medium()


def cut_power() -> None:
    raise PowerCut


@pytest.fixture
def bay(tmp_path: Path) -> Iterator[Bay]:
    root = tmp_path / "medium"
    root.mkdir()
    hand = SimMediumSlot(tmp_path / "slot")
    hand.plug(root)
    board = SharedMediumSlot("recording", tmp_path / "slot", cut_power)
    yield Bay(hand, board, root)
    hand.close()
    board.close()


WRITES: dict[str, Callable[[Medium], None]] = {
    "append": lambda medium: medium.append("f", b"1234"),
    "write_at": lambda medium: medium.write_at("f", 0, b"1234"),
    "replace": lambda medium: medium.replace("f", b"1234"),
    "remove": lambda medium: medium.remove("f"),
    "in a folder": lambda medium: medium.folder("d").append("f", b"1234"),
}
READS: dict[str, Callable[[Medium], object]] = {
    "read": lambda medium: medium.read("f"),
    "read_at": lambda medium: medium.read_at("f", 0, 1),
    "size": lambda medium: medium.size("f"),
    "list": lambda medium: medium.list(),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (Trouble.GONE, FaultKind.GONE),
        (Trouble.READ_ONLY, FaultKind.READ_ONLY),
        (Trouble.BROKEN, FaultKind.IO),
    ],
)
def test_a_write_meets_the_trouble(
    bay: Bay, trouble: Trouble, kind: FaultKind, write: Callable[[Medium], None]
) -> None:
    medium = bay.medium
    medium.append("f", b"abcd")
    bay.hand.make(trouble)
    with pytest.raises(MediumFault) as fault:
        write(medium)
    assert fault.value.kind is kind
    assert (bay.root / "f").read_bytes() == b"abcd"
    bay.hand.make(Trouble.NONE)
    write(medium)


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_read_meets_what_stops_reading(bay: Bay, read: Callable[[Medium], object]) -> None:
    medium = bay.medium
    medium.append("f", b"abcd")
    for trouble, kind in ((Trouble.GONE, FaultKind.GONE), (Trouble.BROKEN, FaultKind.IO)):
        bay.hand.make(trouble)
        with pytest.raises(MediumFault) as fault:
            read(medium)
        assert fault.value.kind is kind
    for trouble in (Trouble.READ_ONLY, Trouble.POWER_CUT):
        bay.hand.make(trouble)
        read(medium)


def test_trouble_comes_after_so_many_writes_and_stays(bay: Bay) -> None:
    medium = bay.medium
    bay.hand.make(Trouble.BROKEN, after_writes=2)
    for _ in range(2):
        assert medium.read("g") is None
        medium.append("f", b"1")
    for _ in range(2):
        with pytest.raises(MediumFault):
            medium.append("f", b"1")
    assert (bay.root / "f").read_bytes() == b"11"


@pytest.mark.parametrize(
    ("trouble", "appended", "overwritten"),
    [(Trouble.POWER_CUT, b"abcd", b"abcd"), (Trouble.POWER_CUT_IN_WRITE, b"abcd12", b"12cd")],
)
def test_a_power_cut_ends_the_process_before_or_in_a_write(
    bay: Bay, trouble: Trouble, appended: bytes, overwritten: bytes
) -> None:
    for write, left in (("append", appended), ("write_at", overwritten), ("replace", b"abcd")):
        (bay.root / "f").write_bytes(b"abcd")
        bay.hand.make(trouble)
        with pytest.raises(PowerCut):
            WRITES[write](bay.medium)
        assert (bay.root / "f").read_bytes() == left


def test_a_medium_fills_up(bay: Bay) -> None:
    medium = bay.medium
    bay.hand.leave_room(10)
    medium.append("a/f", b"12345678")
    medium.write_at("a/f", 0, b"x")
    medium.append("g", b"12")
    for write in (WRITES["append"], WRITES["replace"]):
        with pytest.raises(MediumFault) as fault:
            write(medium)
        assert fault.value.kind is FaultKind.FULL
    medium.remove("g")
    medium.append("g", b"1")
    bay.hand.leave_room(None)
    medium.append("g", bytes(1000))


def test_a_medium_put_in_again_works(bay: Bay) -> None:
    bay.hand.make(Trouble.BROKEN)
    bay.hand.leave_room(0)
    assert bay.hand.unplug() == bay.root
    bay.hand.plug(bay.root)
    bay.medium.append("f", b"1")


def test_what_a_hand_cannot_do(bay: Bay, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a medium in the slot already"):
        bay.hand.plug(bay.root)
    bay.hand.unplug()
    with pytest.raises(ValueError, match="the slot is empty"):
        bay.hand.unplug()
    with pytest.raises(ValueError, match="is no folder"):
        bay.hand.plug(tmp_path / "nothing")


def test_a_bit_flips(bay: Bay) -> None:
    bay.medium.append("d/f", b"\0\0")
    flip_bit(bay.root, "d/f", 9)
    assert bay.medium.read("d/f") == b"\x00\x40"
    flip_bit(bay.root, "d/f", 9)
    assert bay.medium.read("d/f") == b"\0\0"


def test_an_older_copy_comes_back(bay: Bay, tmp_path: Path) -> None:
    copy = tmp_path / "copies" / "noon"
    with pytest.raises(ValueError, match="no copy called noon"):
        bring_back(bay.root, copy)
    bay.medium.append("d/f", b"1")
    keep_copy(bay.root, copy)
    with pytest.raises(ValueError, match="a copy called noon already"):
        keep_copy(bay.root, copy)
    bay.medium.append("d/f", b"2")
    bay.medium.append("g", b"3")
    bay.hand.unplug()
    bring_back(bay.root, copy)
    bay.hand.plug(bay.root)
    assert bay.medium.list() == ("d/f",)
    assert bay.medium.read("d/f") == b"1"
