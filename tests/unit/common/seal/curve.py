"""edwards25519 in plain Python, from RFC 8032 alone: the judge over what libsodium says.

Slow, and nothing in it is secret.
"""

from __future__ import annotations

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)

Affine = tuple[int, int]
IDENTITY: Affine = (0, 1)


def decode(encoded: bytes) -> Affine | None:
    """Return the point of 32 bytes, or nothing (RFC 8032 §5.1.3)."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & 2**255 - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return (x if x & 1 == sign else P - x, y)


def encode(point: Affine) -> bytes:
    """Return a point as 32 bytes (RFC 8032 §5.1.2)."""
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def add(one: Affine, other: Affine) -> Affine:
    """Return the sum by the complete formulas of twisted Edwards curves."""
    (x1, y1), (x2, y2) = one, other
    product = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P
    return x, y


def times(factor: int, point: Affine) -> Affine:
    """Return factor·point, of any size of factor."""
    result = IDENTITY
    while factor:
        if factor & 1:
            result = add(result, point)
        point = add(point, point)
        factor >>= 1
    return result


_y = 4 * pow(5, -1, P) % P
BASE = decode(_y.to_bytes(32, "little")) or IDENTITY


def in_group(encoded: bytes) -> bool:
    """Say whether 32 bytes are the one form of a point of prime order."""
    point = decode(encoded)
    return point is not None and point != IDENTITY and times(Q, point) == IDENTITY
