"""edwards25519 in plain Python (RFC 8032 §5.1): slow, and a second opinion about libsodium.

It also makes what libsodium refuses to make: points outside the subgroup.
"""

from __future__ import annotations

from functools import cache

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int]
ZERO: Point = (0, 1)


def plus(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    bend = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + bend, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - bend, -1, P)
    return x % P, y % P


def multiple(factor: int, point: Point) -> Point:
    result = ZERO
    for bit in f"{factor:b}":
        result = plus(result, result)
        if bit == "1":
            result = plus(result, point)
    return result


def written(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def read(content: bytes) -> Point | None:
    """Return the point of the whole curve, or None (RFC 8032 §5.1.3)."""
    number = int.from_bytes(content, "little")
    y, odd = number % 2**255, number >> 255
    if y >= P:
        return None
    above, below = (y * y - 1) % P, (D * y * y + 1) % P
    x = above * below**3 * pow(above * below**7, (P - 5) // 8, P) % P
    if below * x * x % P == -above % P:
        x = x * ROOT % P
    if below * x * x % P != above or (x == 0 and odd):
        return None
    return (P - x if x & 1 != odd else x), y


@cache
def small() -> tuple[Point, ...]:
    """Return the eight points whose eightfold is zero; zero is the first."""
    order = 2**252 + 27742317777372353535851937790883648493
    for y in range(2, 99):
        point = read(y.to_bytes(32, "little"))
        if point is None:
            continue
        eighth = multiple(order, point)
        if multiple(4, eighth) != ZERO:
            return tuple(multiple(times, eighth) for times in range(8))
    raise AssertionError("there is such a point")
