"""Points and scalars as the verifier reads them, against a second implementation of the curve."""

from __future__ import annotations

from hashlib import sha512

import cbor2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.verifier import curve
from verifier import group
from verifier.encoding import Wrong

BASE = group.multiple_of_base(1)
factors = st.integers(1, group.ORDER - 1)


def in_subgroup(point: curve.Point) -> bool:
    return point != curve.ZERO and curve.multiple(group.ORDER, point) == curve.ZERO


@given(st.binary(min_size=32, max_size=32))
@example(bytes(32))
@example(group.ZERO)
@example(BASE)
@settings(max_examples=60, deadline=None)
def test_what_reads_as_a_point_is_what_the_page_says(content: bytes) -> None:
    point = curve.read(content)
    assert group.is_point(content) == (point is not None and in_subgroup(point))


@given(factors, factors)
@settings(max_examples=10, deadline=None)
def test_sums_and_multiples_are_those_of_the_curve(one: int, other: int) -> None:
    base = curve.read(BASE)
    assert base is not None
    left, right = curve.multiple(one, base), curve.multiple(other, base)
    assert group.multiple_of_base(one) == curve.written(left)
    assert group.multiple(other, curve.written(left)) == curve.written(curve.multiple(other, left))
    assert group.plus(curve.written(left), curve.written(right)) == curve.written(
        curve.plus(left, right)
    )
    assert group.minus(group.plus(curve.written(left), BASE), BASE) == curve.written(left)


def test_sums_may_be_zero_but_nothing_is_multiplied_by_it() -> None:
    assert group.minus(BASE, BASE) == group.ZERO == group.total([])
    assert group.plus(group.ZERO, BASE) == BASE
    with pytest.raises(Wrong, match="not a point"):
        group.multiple(5, group.ZERO)
    for factor in (0, group.ORDER):
        with pytest.raises(Wrong):
            group.multiple(factor, BASE)
        with pytest.raises(Wrong, match="zero"):
            group.multiple_of_base(factor)


@pytest.mark.parametrize("at", range(8))
def test_points_of_small_order_and_what_holds_one_are_refused(at: int) -> None:
    small = curve.small()[at]
    good = curve.read(group.multiple_of_base(77))
    assert good is not None
    for point in (small, curve.plus(good, small)):
        written = curve.written(point)
        reads = at == 0 and point != curve.ZERO
        assert group.is_point(written) is reads
        if not reads:
            with pytest.raises(Wrong):
                group.multiple(3, written)


@pytest.mark.parametrize(
    "content",
    [
        *((group.FIELD + y).to_bytes(32, "little") for y in range(19)),
        *((group.FIELD + y + 2**255).to_bytes(32, "little") for y in range(19)),
        (1 + 2**255).to_bytes(32, "little"),  # zero, and its x is said to be odd
        (group.FIELD - 1 + 2**255).to_bytes(32, "little"),
        b"",
        BASE[:31],
        BASE + b"\0",
    ],
)
def test_another_form_of_a_point_is_none(content: bytes) -> None:
    assert not group.is_point(content)
    with pytest.raises(Wrong):
        group.multiple(3, content)


def test_a_scalar_is_below_the_order() -> None:
    largest = (group.ORDER - 1).to_bytes(32, "little")
    assert group.scalar(largest) == group.ORDER - 1
    assert group.scalar(bytes(32)) == 0
    for bad in (group.ORDER.to_bytes(32, "little"), b"\xff" * 32, bytes(31), bytes(33), b""):
        with pytest.raises(Wrong):
            group.scalar(bad)
    with pytest.raises(Wrong):
        group.cut(bytes(33))


def test_generators_are_hashed_to_the_group_as_the_page_says() -> None:
    for number in range(12):
        for attempt in range(99):
            item = cbor2.dumps(["sailau/generator/1", number, attempt])
            point = curve.read(sha512(item).digest()[:32])
            eighth = curve.ZERO if point is None else curve.multiple(8, point)
            if eighth != curve.ZERO:
                assert group.generator(number) == curve.written(eighth)
                break
    found = [group.generator(number) for number in range(300)]
    assert len(set(found)) == 300
    assert all(map(group.is_point, found))


def test_a_generator_is_no_hash_that_is_out_of_form_or_of_small_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Nobody will ever see such hashes, so they are put in the place of the first ones.
    odd = [(group.FIELD + y).to_bytes(32, "little") for y in range(19)]
    small = [curve.written(point) for point in curve.small()]
    tries = [*odd, *small, b"\2" + bytes(31), BASE]
    monkeypatch.setattr(group, "hashed", lambda _name, _number, attempt: tries[attempt] + bytes(32))
    assert curve.read(b"\2" + bytes(31)) is None
    assert group.generator.__wrapped__(0) == group.multiple(8, BASE)


def test_a_hash_changes_with_its_name_and_each_of_its_parts() -> None:
    made = {
        group.hashed(name, *parts)
        for name in ("one", "other")
        for parts in ((b"ab", b"c"), (b"a", b"bc"), (b"abc",), (b"ab", b"c", 1), (b"ab", b"c", [1]))
    }
    assert len(made) == 10
    assert group.hashed_scalar("one", 1) == (
        int.from_bytes(group.hashed("one", 1), "little") % group.ORDER
    )
