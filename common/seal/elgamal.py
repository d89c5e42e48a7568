"""Sealing a ballot to the joint key, with a proof of knowledge (docs/proofs.md, section 3).

Whoever seals knows r. The proof binds the sealed ballot to package, ballot style, terminal and key,
so that nobody can take it over, or make another of it. All of a station have one length.

Sources: ElGamal, IEEE Trans. Inf. Theory 31 (1985); Schnorr, CRYPTO '89; Bernhard, Pereira and
Warinschi, How Not to Prove Yourself, ASIACRYPT 2012 (the whole statement is hashed).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from common.seal import encoding, group
from common.seal.group import SIZE, Point, ProofError, Row, scalar_bytes
from common.seal.hashing import challenge
from common.seal.randomness import CheckedSource, Draw, Hedged


@dataclass(frozen=True, slots=True)
class SealedBallot:
    """A sealed ballot, and what it was sealed with.

    Attributes:
        sealed: a ‖ b_1 ‖ … ‖ b_w ‖ c ‖ s.
        r: who has it can read the ballot. It leaves the terminal only when the voter, with the
            check value before her eyes, wants the machine checked instead of the vote cast.
    """

    sealed: bytes = field(repr=False)
    r: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Seal:
    """What all sealed ballots of a station have in common.

    Attributes:
        package: SHA-256 of the signed package.
        keys: the joint key, K_1 … K_w.
    """

    package: bytes
    keys: tuple[Point, ...]

    @property
    def size(self) -> int:
        """Bytes of each sealed ballot."""
        return sealed_size(len(self.keys))

    def seal(self, style: int, board: bytes, ballot: bytes, source: CheckedSource) -> SealedBallot:
        """Return a sealed ballot.

        What is drawn is hedged with the ballot: a source that repeats itself still does not seal
        two different ballots alike.

        Args:
            style: number of the ballot style.
            board: Ed25519 public key of the terminal.
            ballot: the encoded ballot, of the station's one length.

        Raises:
            ProofError: the ballot has another length than the key is for.
            BadRandomness: see `randomness`.
        """
        statement = (self.package, style.to_bytes(2, "big"), board)
        return self.seal_with(style, board, ballot, Hedged(source, ballot, statement))

    def seal_with(self, style: int, board: bytes, ballot: bytes, draw: Draw) -> SealedBallot:
        """Return the sealed ballot for r and k, which `draw` gives in this order."""
        messages = encoding.encode(ballot)
        if len(messages) != len(self.keys):
            raise ProofError("the ballot has not the length that the key is for")
        r, k = draw(), draw()
        a = group.times_base(r)
        b = (
            group.add(message, group.times(r, key))
            for message, key in zip(messages, self.keys, strict=True)
        )
        row = (a, *b)
        c = self._challenge(style, board, row, group.times_base(k))
        sealed = b"".join((*row, scalar_bytes(c), scalar_bytes(k + c * r)))
        return SealedBallot(sealed, scalar_bytes(r))

    def read(self, style: int, board: bytes, untrusted: bytes) -> Row:
        """Return a, b_1 … b_w of a sealed ballot whose proof of knowledge holds.

        Raises:
            ProofError: it does not, or something in it does not read.
        """
        if len(untrusted) != self.size:
            raise ProofError("a sealed ballot has not the station's one length")
        row = tuple(map(group.read_point, group.cut(untrusted[: -2 * SIZE])))
        c, s = group.read_scalars(untrusted[-2 * SIZE :])
        first = group.subtract(group.times_base(s), group.times(c, row[0]))
        group.refuse_identity((first,))
        if self._challenge(style, board, row, first) != c:
            raise ProofError("nobody has proved to have sealed this, for this style, there")
        return row

    def read_with(
        self, style: int, board: bytes, untrusted: bytes, untrusted_r: bytes, ballot_size: int
    ) -> bytes:
        """Return what a sealed ballot holds that is not cast, for the terminal gave its r away.

        Raises:
            ProofError: it is not sealed so, or r is not its.
            NoBallot: it is sealed so, and holds no ballot.
        """
        a, *b = self.read(style, board, untrusted)
        (r,) = group.read_scalars(untrusted_r)
        if group.times_base(r) != a:
            raise ProofError("this ballot was sealed with another scalar")
        points = [
            group.subtract(one, group.times(r, key)) for one, key in zip(b, self.keys, strict=True)
        ]
        return encoding.decode(points, ballot_size)

    def _challenge(self, style: int, board: bytes, row: Sequence[Point], first: Point) -> int:
        return challenge(
            "sealed-ballot",
            self.package,
            style,
            board,
            b"".join(self.keys),
            b"".join(row),
            first,
        )


def sealed_size(w: int) -> int:
    """Return the bytes of a sealed ballot of w elements."""
    return SIZE * (w + 3)


def reseal(row: Sequence[Point], keys: Sequence[Point], r: int) -> Row:
    """Return the same ballot sealed again: nobody who does not know r can tell that it is."""
    a, *b = row
    return (
        group.add(a, group.times_base(r)),
        *(group.add(one, group.times(r, key)) for one, key in zip(b, keys, strict=True)),
    )
