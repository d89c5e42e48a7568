"""Drawing without bias from a source of random bytes.

The source is injected, so that tests and rehearsals can repeat what they saw; production passes the
operating system's (`nacl.utils.random`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
RandomBytes = Callable[[int], bytes]


def below(bound: int, random_bytes: RandomBytes) -> int:
    """Return an integer from 0 to `bound` - 1, each as likely as the others; bound ≤ 2**32."""
    if not 0 < bound <= 1 << 32:
        raise ValueError("a bound from 1 to 2**32 is needed")
    limit = (1 << 32) - (1 << 32) % bound
    while True:
        drawn = int.from_bytes(random_bytes(4), "big")
        if drawn < limit:
            return drawn % bound


def shuffled(things: Sequence[T], random_bytes: RandomBytes) -> list[T]:
    """Return the things in an order drawn at random (Fisher and Yates)."""
    order = list(things)
    for last in range(len(order) - 1, 0, -1):
        at = below(last + 1, random_bytes)
        order[at], order[last] = order[last], order[at]
    return order
