"""The tally key in two halves, each made by one board, and the joint key (docs/proofs.md, §2).

Rules:
- a half comes from one secret of 32 bytes, which alone is split over the share cards;
- it is believed only with a proof that its maker knows the secret: otherwise the board that makes
  its half later could choose it so that the joint key is its own;
- the proof's one-time secrets are hedged, for a repeated one would give the half away.

The caller splits the secret and forgets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from common.seal import group
from common.seal.group import IDENTITY, SIZE, Point, ProofError, scalar_bytes
from common.seal.hashing import Q, challenge
from common.seal.randomness import CheckedSource, Draw, Hedged, scalars


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes a half, for what.

    Attributes:
        package: SHA-256 of the signed package.
        board: Ed25519 public key of the board.
    """

    package: bytes
    board: bytes

    def challenge(self, keys: Sequence[bytes], firsts: Sequence[bytes]) -> int:
        """Return the challenge of the proof."""
        return challenge("tally-half", self.package, self.board, b"".join(keys), b"".join(firsts))


@dataclass(frozen=True, slots=True)
class Half:
    """The public part of a half: X_1 … X_w, and c ‖ s_1 ‖ … ‖ s_w."""

    keys: tuple[Point, ...]
    proof: bytes


def secret_scalars(secret: bytes, w: int) -> tuple[int, ...]:
    """Return x_1 … x_w of a secret of 32 bytes."""
    return tuple(challenge("tally-secret", secret, j) for j in range(1, w + 1))


def make_half(maker: Maker, secret: bytes, w: int, source: CheckedSource) -> Half:
    """Return the half that comes of a fresh secret of 32 bytes, for ballots of w elements."""
    hedged = Hedged(source, secret, (maker.package, maker.board))
    return prove_half(maker, secret_scalars(secret, w), hedged)


def prove_half(maker: Maker, x: Sequence[int], draw: Draw) -> Half:
    """Return the half of these secret scalars; `draw` gives the one-time secrets k_1 … k_w."""
    k = scalars(draw, len(x))
    keys = tuple(group.times_base(x_j) for x_j in x)
    c = maker.challenge(keys, [group.times_base(k_j) for k_j in k])
    s = [(k_j + c * x_j) % Q for k_j, x_j in zip(k, x, strict=True)]
    return Half(keys, b"".join(map(scalar_bytes, (c, *s))))


def read_half(
    maker: Maker, untrusted_keys: Sequence[bytes], untrusted_proof: bytes
) -> tuple[Point, ...]:
    """Return the keys of a half whose proof holds. Raises: ProofError."""
    if len(untrusted_proof) != SIZE * (len(untrusted_keys) + 1):
        raise ProofError("the proof of a half has not one scalar for each key")
    keys = tuple(map(group.read_point, untrusted_keys))
    c, *s = group.read_scalars(untrusted_proof)
    firsts = [
        group.subtract(group.times_base(s_j), group.times(c, key))
        for s_j, key in zip(s, keys, strict=True)
    ]
    group.refuse_identity(firsts)
    if maker.challenge(keys, firsts) != c:
        raise ProofError("nobody has proved to know the secret of this half")
    return keys


def joint_key(accumulator: Sequence[Point], desk: Sequence[Point]) -> tuple[Point, ...]:
    """Return K_1 … K_w, to which ballots are sealed. Raises: ProofError: no ballot can be."""
    if len(accumulator) != len(desk):
        raise ProofError("the two halves have not the same number of keys")
    joint = tuple(group.add(one, other) for one, other in zip(accumulator, desk, strict=True))
    if IDENTITY in joint:
        raise ProofError("the two halves cancel each other")
    return joint
