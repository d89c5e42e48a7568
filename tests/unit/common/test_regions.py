"""Regions: which one is touched."""

from common.regions import Region, region_at

BELOW = Region("below", 10, 20, 100, 50)
ABOVE = Region("above", 50, 30, 10, 10, "text")


def test_edges_right_and_bottom_are_outside() -> None:
    assert BELOW.contains(10, 20)
    assert BELOW.contains(109, 69)
    assert not BELOW.contains(110, 20)
    assert not BELOW.contains(10, 70)
    assert not BELOW.contains(9, 20)
    assert not BELOW.contains(10, 19)


def test_the_centre_is_inside() -> None:
    assert BELOW.centre == (60, 45)
    assert ABOVE.contains(*ABOVE.centre)


def test_the_topmost_region_is_touched() -> None:
    assert region_at((BELOW, ABOVE), 55, 35) is ABOVE
    assert region_at((BELOW, ABOVE), 20, 35) is BELOW
    assert region_at((BELOW, ABOVE), 0, 0) is None
