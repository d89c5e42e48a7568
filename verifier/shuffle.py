"""The proof of a shuffle (`docs/proofs.md` §5): the new list is the old one, reordered.

A board takes a list of sealed ballots, seals each again and puts them into another order. Its proof
convinces that it did just this, and tells nothing about the order. The check has three thoughts:

1. The board has committed to an order: C_1 … C_N are the generators H_1 … H_N, reordered and
   blinded (t_1, and with the chain D_1 … D_N t_2 and t_5i: sum and product are kept, and over a
   field only reorderings keep both for weights that nobody could choose).
2. The weights v_i, in the new order, are the weights u_i of the old one in that order (t_3).
3. With these weights the new list adds up to the old one, sealed again (t_4, t_4j). The weights are
   hashed from both lists and the commitments, so a list that was changed in one ballot would have
   to fit by chance: once in about 2^252.

It is the page's check, line by line; the names are the page's.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.encoding import Wrong
from verifier.group import (
    ORDER,
    SIZE,
    ZERO,
    cut,
    first_message,
    generator,
    hashed,
    hashed_scalar,
    minus,
    multiple,
    multiple_of_base,
    plus,
    scalar,
    total,
)
from verifier.work import Work

NOT_HELD = (
    "the proof does not hold: it does not show that the new list is the old one in another order, "
    "each ballot sealed again and none changed"
)


@dataclass(frozen=True, slots=True)
class Shuffler:
    """Who shuffles what: the part of the statement that is no list.

    Attributes:
        package: SHA-256 of the signed package.
        start_order: SHA-256 of the signed start order.
        styles: the ballot styles of the group, ascending.
        position: 1 for the first shuffle, 2 for the second.
        board: Ed25519 public key of the board that shuffles.
        key: the joint key, K_1 … K_w, joined.
    """

    package: bytes
    start_order: bytes
    styles: tuple[int, ...]
    position: int
    board: bytes
    key: bytes

    def context(self) -> bytes:
        """Return what binds a proof to this station, day, group, position and board."""
        styles = list(self.styles)
        return hashed("mix", self.package, self.start_order, styles, self.position, self.board)


@dataclass(frozen=True, slots=True)
class _Claim:
    """Both lists and the proof, cut: c, s_1 … s_4, and of all ballots y, z, C and D, joined.

    Points are read where they are multiplied, and each of them is multiplied.
    """

    row: int
    before: bytes
    after: bytes
    challenge: int
    answers: tuple[int, ...]
    y: bytes
    z: bytes
    commitments: bytes
    chain: bytes


def proof_size(ballots: int) -> int:
    """Return the bytes of a proof for so many ballots."""
    return SIZE * (4 * ballots + 5)


def _claim(row: int, before: bytes, after: bytes, untrusted: bytes) -> _Claim:
    ballots, rest = divmod(len(before), row)
    if rest or not ballots:
        raise Wrong("the old list is no list of ballots")
    if len(after) != len(before):
        raise Wrong("the new list has not as many ballots as the old one")
    if len(untrusted) != proof_size(ballots):
        raise Wrong("the proof has not the length that a proof for so many ballots has")
    head = 5 * SIZE
    challenge, *answers = (scalar(part) for part in cut(untrusted[:head]))
    column = ballots * SIZE
    y, z, commitments, chain = (
        untrusted[at : at + column] for at in range(head, len(untrusted), column)
    )
    return _Claim(row, before, after, challenge, tuple(answers), y, z, commitments, chain)


def check_shuffle(who: Shuffler, before: bytes, after: bytes, proof: bytes, work: Work) -> None:
    """Check that `after` is `before` in another order, each ballot sealed again.

    Args:
        who: who shuffles what.
        before: the old list.
        after: the new list, which nobody has checked.
        proof: c, s_1 … s_4, all y, all z, all C, all D, joined; nobody has checked it.
        work: how to do it.

    Raises:
        Wrong: the lists differ in length, something does not read, or the proof does not hold.
    """
    claim = _claim(len(who.key) + SIZE, before, after, proof)
    c, (s_1, s_2, s_3, s_4) = claim.challenge, claim.answers
    base = hashed("shuffle", who.context(), who.key, before, after, claim.commitments)

    def part(numbers: range) -> _Sums:
        return _sums(base, claim, numbers)

    parts = work.over("shuffle", len(claim.chain) // SIZE, part)
    commitments = total(one.commitments for one in parts)
    generators = total(one.generators for one in parts)
    t_1 = first_message(multiple_of_base(s_1), multiple(c, minus(commitments, generators)))
    product = 1
    for one in parts:
        product = product * one.product % ORDER
    last = minus(claim.chain[-SIZE:], multiple(product, generator(0)))
    t_2 = first_message(multiple_of_base(s_2), multiple(c, last))
    t_3 = first_message(
        plus(multiple_of_base(s_3), total(one.z_generators for one in parts)),
        multiple(c, total(one.u_commitments for one in parts)),
    )
    sealed_again = [multiple_of_base(s_4), *(multiple(s_4, element) for element in cut(who.key))]
    t_4 = b""
    for column, again in enumerate(sealed_again):
        new = total(one.z_after[column] for one in parts)
        old = total(one.u_before[column] for one in parts)
        t_4 += first_message(minus(new, again), multiple(c, old))
    t_5 = b"".join(one.t_5 for one in parts)
    if c != hashed_scalar("shuffle-challenge", base, claim.chain, t_1, t_2, t_3, t_4, t_5):
        raise Wrong(NOT_HELD)


@dataclass(frozen=True, slots=True)
class _Sums:
    """What a range of ballots adds to the sums, and the t_5 of each of them."""

    commitments: bytes
    generators: bytes
    z_generators: bytes
    u_commitments: bytes
    z_after: tuple[bytes, ...]
    u_before: tuple[bytes, ...]
    product: int
    t_5: bytes


def _sums(base: bytes, claim: _Claim, numbers: range) -> _Sums:
    commitments = generators = z_generators = u_commitments = ZERO
    z_after = [ZERO] * (claim.row // SIZE)
    u_before = [ZERO] * (claim.row // SIZE)
    product, t_5 = 1, []
    for at in numbers:
        here = slice(at * SIZE, (at + 1) * SIZE)
        try:
            u = hashed_scalar("shuffle-weight", base, at + 1)
            y, z = scalar(claim.y[here]), scalar(claim.z[here])
            committed, h = claim.commitments[here], generator(at + 1)
            u_commitments = plus(u_commitments, multiple(u, committed))
            z_generators = plus(z_generators, multiple(z, h))
            commitments, generators = plus(commitments, committed), plus(generators, h)
            product = product * u % ORDER
            for column, start in enumerate(range(at * claim.row, (at + 1) * claim.row, SIZE)):
                new, old = claim.after[start : start + SIZE], claim.before[start : start + SIZE]
                z_after[column] = plus(z_after[column], multiple(z, new))
                u_before[column] = plus(u_before[column], multiple(u, old))
            link, previous = claim.chain[here], generator(0)
            if at:
                previous = claim.chain[here.start - SIZE : here.start]
            forward = plus(multiple_of_base(y), multiple(z, previous))
            t_5.append(first_message(forward, multiple(claim.challenge, link)))
        except Wrong as wrong:
            raise Wrong(
                f"ballot {at + 1} of the new list, or its part of the proof: {wrong}"
            ) from wrong
    return _Sums(
        commitments,
        generators,
        z_generators,
        u_commitments,
        tuple(z_after),
        tuple(u_before),
        product,
        b"".join(t_5),
    )
