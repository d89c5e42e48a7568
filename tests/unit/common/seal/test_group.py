"""The group: libsodium against plain Python, published points, and everything that is refused."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.seal import group, hashing
from common.seal.group import IDENTITY, Point, ProofError
from common.seal.hashing import Q
from tests.unit.common.seal import curve

# RFC 8032 §7.1, tests 1 to 3 and "1024": secret key, public key.
RFC_8032 = (
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    ),
)
ORDER_8 = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
SCALARS = st.integers(1, Q - 1)


def torsion() -> list[bytes]:
    """Return all eight points of small order, by plain arithmetic."""
    point = curve.decode(ORDER_8)
    assert point is not None
    return [curve.encode(curve.times(factor, point)) for factor in range(8)]


def test_the_order_and_the_base_point_are_those_of_the_standard() -> None:
    assert curve.encode(curve.BASE) == group.BASE == b"\x58" + b"\x66" * 31
    assert Q == curve.Q
    assert curve.times(Q, curve.BASE) == curve.IDENTITY
    assert curve.encode(curve.IDENTITY) == IDENTITY


@pytest.mark.parametrize(("secret", "public"), RFC_8032)
def test_published_points_are_found(secret: str, public: str) -> None:
    clamped = bytearray(hashlib.sha512(bytes.fromhex(secret)).digest()[:32])
    clamped[0] &= 248
    clamped[31] = clamped[31] & 127 | 64
    factor = int.from_bytes(clamped, "little")
    assert group.times_base(factor).hex() == public
    assert curve.encode(curve.times(factor, curve.BASE)).hex() == public


@settings(max_examples=15, deadline=None)
@given(SCALARS, SCALARS)
def test_operations_are_those_of_plain_arithmetic(one: int, other: int) -> None:
    plain, more = curve.times(one, curve.BASE), curve.times(other, curve.BASE)
    point, second = group.times_base(one), group.times_base(other)
    assert (curve.encode(plain), curve.encode(more)) == (point, second)
    assert group.add(point, second) == curve.encode(curve.add(plain, more))
    assert group.times(other, point) == curve.encode(curve.times(other, plain))
    assert group.add(group.subtract(point, second), second) == point
    assert group.total([point, second, point]) == group.times_base(2 * one + other)
    assert group.untrusted_total([point, second]) == group.add(point, second)


def test_the_eight_points_of_small_order_are_refused() -> None:
    points = torsion()
    assert len(set(points)) == 8
    for small in points:
        with pytest.raises(ProofError):
            group.read_point(small)
        with pytest.raises(ProofError):
            group.times(5, small)


@given(SCALARS)
@settings(max_examples=10, deadline=None)
def test_a_point_outside_the_subgroup_is_refused(factor: int) -> None:
    plain = curve.times(factor, curve.BASE)
    for small in torsion()[1:]:
        point = curve.decode(small)
        assert point is not None
        outside = curve.encode(curve.add(plain, point))
        assert group.on_curve(outside)
        for refuse in (group.read_point, lambda bad: group.times(7, bad)):
            with pytest.raises(ProofError):
                refuse(outside)


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=40, deadline=None)
def test_what_reads_is_what_plain_arithmetic_finds_in_the_group(noise: bytes) -> None:
    assert group.is_point(noise) == curve.in_group(noise)
    assert group.on_curve(noise) == (curve.decode(noise) is not None)


@pytest.mark.parametrize("y", range(19))
@pytest.mark.parametrize("sign", [0, 1])
def test_a_second_form_of_a_point_is_refused(y: int, sign: int) -> None:
    second = (curve.P + y | sign << 255).to_bytes(32, "little")
    assert not group.is_point(second)
    with pytest.raises(ProofError):
        group.times(3, second)


@pytest.mark.parametrize("wrong", [b"", bytes(31), group.BASE + b"\0", b"\xff" * 32])
def test_what_is_no_point_is_refused(wrong: bytes) -> None:
    with pytest.raises(ProofError):
        group.read_point(wrong)


def test_scalars_have_one_form() -> None:
    assert group.read_scalars(group.scalar_bytes(Q - 1) + bytes(32)) == (Q - 1, 0)
    for wrong in (Q, Q + 1, 2**256 - 1):
        with pytest.raises(ProofError):
            group.read_scalars(bytes(32) + wrong.to_bytes(32, "little"))
    with pytest.raises(ProofError):
        group.read_scalars(bytes(33))


def test_a_factor_of_zero_and_points_off_the_curve_are_refused() -> None:
    for zero in (0, Q, -Q):
        with pytest.raises(ProofError):
            group.times(zero, group.BASE)
        with pytest.raises(ProofError):
            group.times_base(zero)
    with pytest.raises(ProofError):
        group.untrusted_total([group.BASE, (2).to_bytes(32, "little")])
    with pytest.raises(ProofError):
        group.refuse_identity([group.BASE, Point(IDENTITY)])


def _plain_generator(index: int) -> bytes:
    """Derive a generator once more, with nothing of the program: hashing and plain arithmetic."""
    n = 0
    while True:
        # CBOR by hand: an array of three, a text of 18 characters, two integers.
        head = b"\x83\x72sailau/generator/1"
        integers = b"".join(
            bytes([value])
            if value < 24
            else bytes([24, value])
            if value < 256
            else b"\x19" + value.to_bytes(2, "big")
            for value in (index, n)
        )
        point = curve.decode(hashlib.sha512(head + integers).digest()[:32])
        if point is not None and (eight := curve.times(8, point)) != curve.IDENTITY:
            return curve.encode(eight)
        n += 1


@pytest.mark.parametrize("index", [*range(12), 23, 24, 255, 256, 2999])
def test_generators_are_hashed_so_that_nobody_knows_a_logarithm(index: int) -> None:
    assert group.generator(index) == _plain_generator(index)
    assert curve.in_group(group.generator(index))


def test_no_generator_stands_twice_or_is_a_small_multiple_of_another() -> None:
    generators = [group.BASE, *(group.generator(index) for index in range(40))]
    multiples = [group.times(factor, one) for one in generators for factor in (1, -1, 2, 3)]
    assert len(set(multiples)) == len(multiples)


def test_hashing_takes_every_item_and_its_kind() -> None:
    forms: list[tuple[object, ...]] = [
        (),
        (0,),
        (b"",),
        (b"\0",),
        (b"", b""),
        ([],),
        ([0],),
        ([0, 1],),
        ([0], 1),
        (b"ab", b"c"),
        (b"a", b"bc"),
        (b"abc",),
    ]
    assert len({hashing.hashed("name", *items) for items in forms}) == len(forms)
    assert hashing.hashed("name", 1) != hashing.hashed("nam", 1)
    wide = int.from_bytes(hashing.hashed("name", 1), "little")
    assert hashing.challenge("name", 1) == wide % Q
