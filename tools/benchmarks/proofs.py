"""The count that anybody can check, beside the group operations that it prescribes.

Floor: as many multiplications, additions and subgroup checks of libsodium as the table of
docs/proofs.md §8 says, one after the other, shared by as many threads. Real: the boards' code,
`common.seal`, on a list of ballots of one element: a shuffle with its proof; a board's part of the
opening with its proof; and everything that has to be checked, from the proofs of knowledge to the
opened ballots. The last once more by the verifier's code, which shares nothing with it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from nacl import bindings as sodium

import verifier.opening
import verifier.sealed
import verifier.shuffle
import verifier.work
from common.seal import encoding, firstlists, group, halves, opening, shuffle, shufflecheck
from common.seal.crew import Crew
from common.seal.elgamal import Seal
from common.seal.firstlists import SealedVote
from common.seal.group import Row as Ballot
from common.seal.halves import Maker
from common.seal.opening import Opening, Part
from common.seal.randomness import CheckedSource
from common.seal.shuffle import Mixing, Shuffled
from tools.benchmarks.ratios import Comparison, Progress, Quantity, Row, Timer, compare, timed
from tools.benchmarks.table import amount
from tools.vectors import plain
from verifier.opening import Opener
from verifier.sealed import Cast
from verifier.shuffle import Shuffler

MAX_S = 60.0
_PACKAGE, _START_ORDER, _TERMINAL = b"p" * 32, b"o" * 32, b"t" * 32
_BOARDS = (b"a" * 32, b"d" * 32)
_MIXES = (b"1" * 32, b"2" * 32)
_STYLE = 1
_BALLOT = 3
_DIFFERENT = 20
"""So many ballots are encoded; the others hold the same again, sealed anew."""


@dataclass(frozen=True, slots=True)
class Work:
    """Operations for each ballot: of a point, of the base point, additions, subgroup checks."""

    times: int = 0
    base: int = 0
    additions: int = 0
    checks: int = 0

    def __add__(self, other: Work) -> Work:
        return Work(
            self.times + other.times,
            self.base + other.base,
            self.additions + other.additions,
            self.checks + other.checks,
        )


def shuffling(w: int) -> Work:
    """Return the work of a shuffle and its proof."""
    return Work(w, 1, w + 1) + Work(w + 4, 3, w + 5)


def opening_part(w: int) -> Work:
    """Return the work of a board's part of the opening."""
    return Work(times=2 * w)


def checking(w: int) -> Work:
    """Return the work of checking everything, and reading the ballots.

    A ballot's n is the smallest of about sixteen; half of those tried are not on the curve and
    cost little, so that eight are counted.
    """
    mixed = Work(2 * w + 6, 1, 2 * w + 8)
    opened = Work(2 * w, 0, w)
    return knowledge(w) + mixed + mixed + opened + opened + reading(w)


def knowledge(w: int) -> Work:
    """Return the work of checking the proof of knowledge of a sealed ballot."""
    return Work(1, 1, 1, checks=w)


def reading(w: int) -> Work:
    """Return the work of reading the pieces of a ballot from both boards' factors."""
    return Work(0, 0, 2 * w, checks=8 * w)


def operations(work: Work, ballots: int) -> None:
    """Do so many operations, and nothing else."""
    point, scalar = bytes(group.times_base(12345)), group.scalar_bytes(-6789)
    for _ in range(work.times * ballots):
        sodium.crypto_scalarmult_ed25519_noclamp(scalar, point)
    for _ in range(work.base * ballots):
        sodium.crypto_scalarmult_ed25519_base_noclamp(scalar)
    for _ in range(work.additions * ballots):
        sodium.crypto_core_ed25519_add(point, point)
    for _ in range(work.checks * ballots):
        sodium.crypto_core_ed25519_is_valid_point(point)


def floor(work: Work, ballots: int, threads: int) -> None:
    """Do the operations for so many ballots, shared by so many threads."""
    shares = [ballots // threads + (at < ballots % threads) for at in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(operations, work, share) for share in shares]:
            done.result()


class Count:
    """The lists and proofs of one count, made once; each step can be done again."""

    def __init__(self, ballots: int, crew: Crew) -> None:
        source = CheckedSource(os.urandom)
        self._crew, self._source = crew, source
        self._secrets = (source(32), source(32))
        makers = [Maker(_PACKAGE, board) for board in _BOARDS]
        made = [
            halves.make_half(maker, secret, 1, source)
            for maker, secret in zip(makers, self._secrets, strict=True)
        ]
        self._seal = Seal(_PACKAGE, halves.joint_key(made[0].keys, made[1].keys))
        self._keys = [half.keys for half in made]
        self._votes = self._sealed(ballots)
        self._first = self._first_list()
        self._mixes: list[Shuffled] = []
        rows = self._first
        for position in (1, 2):
            self._mixes.append(shuffle.shuffle(self._mixing(position), rows, source, crew))
            rows = self._mixes[-1].rows
        self._last = rows
        self._parts = [self.open_part(which) for which in (0, 1)]

    def _sealed(self, ballots: int) -> list[SealedVote]:
        encoded = [
            encoding.encode(number.to_bytes(_BALLOT, "big"))
            for number in range(min(ballots, _DIFFERENT))
        ]
        votes = []
        for at in range(ballots):
            made = plain.sealed(
                _PACKAGE,
                _STYLE,
                _TERMINAL,
                keys=self._seal.keys,
                messages=encoded[at % len(encoded)],
                r=self._source.scalar(),
                k=self._source.scalar(),
            )
            sealed = made["sealed"]
            if isinstance(sealed, bytes):
                votes.append(SealedVote(self._source(32), _STYLE, _TERMINAL, sealed))
        return votes

    def _first_list(self) -> tuple[Ballot, ...]:
        (only,) = firstlists.first_lists(self._seal, self._votes, 0, self._crew).groups
        return only.rows

    def _mixing(self, position: int) -> Mixing:
        board = _BOARDS[position - 1]
        return Mixing(_PACKAGE, _START_ORDER, (_STYLE,), position, board, self._seal.keys)

    def _opening(self, which: int) -> Opening:
        return Opening(_PACKAGE, _START_ORDER, _BOARDS[which], *_MIXES, self._keys[which])

    def shuffle(self) -> Shuffled:
        """Shuffle the first list."""
        return shuffle.shuffle(self._mixing(1), self._first, self._source, self._crew)

    def open_part(self, which: int = 0) -> Part:
        """Open the last list with one board's half."""
        secret = self._secrets[which]
        return opening.open_part(self._opening(which), secret, self._last, self._source, self._crew)

    def check(self) -> int:
        """Check everything; return how many ballots were read."""
        rows = self._first_list()
        for position, mix in enumerate(self._mixes, 1):
            rows = shufflecheck.read_shuffle(
                self._mixing(position), rows, group.flat(mix.rows), mix.proof, self._crew
            )
        one, other = (
            opening.read_part(
                self._opening(which), rows, group.flat(part.factors), part.proof, self._crew
            )
            for which, part in enumerate(self._parts)
        )
        read = opening.ballots(rows, one, other, _BALLOT, self._crew)
        return sum(ballot is not None for ballot in read)

    def verify(self) -> int:
        """Check everything as anybody does, by the verifier's code; return the ballots read."""
        work, key = verifier.work.Work(), b"".join(self._seal.keys)
        votes = [
            Cast(one.digest, one.style, one.board, one.untrusted_sealed) for one in self._votes
        ]
        (only,) = verifier.sealed.first_lists(votes, 1, key, _PACKAGE, work).groups
        now = only.ballots
        for position, mix in enumerate(self._mixes, 1):
            board, after = _BOARDS[position - 1], group.flat(mix.rows)
            who = Shuffler(_PACKAGE, _START_ORDER, (_STYLE,), position, board, key)
            verifier.shuffle.check_shuffle(who, now, after, mix.proof, work)
            now = after
        for board, keys, part in zip(_BOARDS, self._keys, self._parts, strict=True):
            opener = Opener(_PACKAGE, _START_ORDER, board, *_MIXES, b"".join(keys))
            factors = group.flat(part.factors)
            verifier.opening.check_opening(opener, now, factors, part.proof, work)
        one, other = (group.flat(part.factors) for part in self._parts)
        return sum(map(bool, verifier.opening.contents(now, one, other, _BALLOT, work)))


def measure(timer: Timer, progress: Progress, *, ballots: int, pairs: int) -> tuple[Row, ...]:
    """Compare a shuffle, an opening and all checks with their floors."""
    threads = len(os.sched_getaffinity(0))
    rows: list[Row] = []
    with Crew(threads) as crew:
        progress(f"sealing and shuffling {ballots:,} ballots", 0, 1)
        count = Count(ballots, crew)
        if count.check() != ballots or count.verify() != ballots:
            raise ValueError("not every ballot was read")
        steps: tuple[tuple[str, Work, Callable[[], object], str], ...] = (
            ("a shuffle with its proof", shuffling(1), count.shuffle, "two of them in a count"),
            ("a board's opening with its proof", opening_part(1), count.open_part, "two as well"),
            ("checking all proofs", checking(1), count.check, "until every ballot is read"),
            ("verifying all proofs", checking(1), count.verify, "the same, by the verifier"),
        )
        for name, work, real, note in steps:
            comparison = Comparison(
                f"{name}, {ballots:,} ballots",
                (Quantity(name),),
                timed(partial(floor, work, ballots, threads), timer),
                timed(real, timer),
                pairs,
                MAX_S,
            )
            (row,) = compare(comparison, timer, progress)
            each = amount(row.real.median / ballots, row.quantity.unit)
            on = f"{threads} thread{'s' * (threads > 1)}"
            rows.append(replace(row, note=f"{ballots:,} ballots, {on}; {each} each; {note}"))
    return tuple(rows)
