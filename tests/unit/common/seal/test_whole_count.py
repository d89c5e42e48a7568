"""A whole count of the pure cores, from the halves to the ballots, through the signed records.

The boards' code makes it; the verifier, which shares nothing with it, finds it right. Everything
between them is the bytes of records.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from nacl.signing import SigningKey

from common import ballot, records
from common.ballot import Ballot
from common.records import CastVote, Mix, MixChecked, MixedGroup, Opening, TallyHalf
from common.seal import elgamal, encoding, firstlists, group, halves, opening, shuffle, shufflecheck
from common.seal.crew import Crew
from common.seal.elgamal import Seal
from common.seal.firstlists import Group, SealedVote
from common.seal.group import Row
from common.seal.halves import Maker
from common.seal.randomness import CheckedSource
from common.seal.shuffle import Mixing
from tests import samples
from tests.unit.common.seal.stations import source
from verifier import encoding as verifier_encoding
from verifier import proved
from verifier.encoding import Wrong
from verifier.sealed import Cast
from verifier.work import Work

PACKAGE = samples.package_hash()
SIZE = ballot.encoded_size(samples.package())
START_ORDER = b"o" * 32
THRESHOLD = 1
VOTES = (
    Ballot(1, ((0,), (1, 2), (1,)), 421),
    Ballot(1, ((), (), ()), 17),
    Ballot(1, ((2,), (6,), ()), 9999),
    Ballot(2, ((1,), (), ()), 1000),
    Ballot(1, ((0,), (1, 2), (1,)), 3),
    Ballot(2, ((), (), ()), 4),
)


@dataclass(frozen=True, slots=True)
class CountingBoard:
    """A board that makes a half, shuffles and opens: `name` in the package."""

    name: str
    position: int

    @property
    def signing(self) -> SigningKey:
        return samples.device(self.name).signing

    @property
    def key(self) -> bytes:
        return bytes(self.signing.verify_key)

    @property
    def secret(self) -> bytes:
        return self.name.encode().ljust(32, b"s")

    def half(self, drawn: CheckedSource) -> bytes:
        half = halves.make_half(
            Maker(PACKAGE, self.key), self.secret, encoding.elements(SIZE), drawn
        )
        return records.sign(TallyHalf(PACKAGE, self.name, half.keys, half.proof), self.signing)

    def mixing(self, seal: Seal, styles: tuple[int, ...]) -> Mixing:
        return Mixing(PACKAGE, START_ORDER, styles, self.position, self.key, seal.keys)

    def mix(
        self, seal: Seal, groups: Iterable[Group], before: bytes | None, drawn: CheckedSource
    ) -> bytes:
        mixed = []
        with Crew(2) as crew:
            for one in groups:
                made = shuffle.shuffle(self.mixing(seal, one.styles), one.rows, drawn, crew)
                mixed.append(MixedGroup(one.styles, group.flat(made.rows), made.proof))
        record = Mix(PACKAGE, START_ORDER, self.name, self.position, before, tuple(mixed))
        return records.sign(record, self.signing)

    def read_mix(self, seal: Seal, groups: Iterable[Group], signed: bytes) -> tuple[Group, ...]:
        mix = records.open_record(Mix, signed, self.key)
        with Crew(2) as crew:
            return tuple(
                Group(
                    one.styles,
                    shufflecheck.read_shuffle(
                        self.mixing(seal, one.styles), one.rows, mixed.list, mixed.proof, crew
                    ),
                )
                for one, mixed in zip(groups, mix.groups, strict=True)
            )

    def opening(self, half: TallyHalf, mixes: list[bytes]) -> opening.Opening:
        keys = halves.read_half(Maker(PACKAGE, self.key), half.keys, half.proof)
        first, second = map(records.digest, mixes)
        return opening.Opening(PACKAGE, START_ORDER, self.key, first, second, keys)

    def open_(
        self, half: TallyHalf, mixes: list[bytes], rows: tuple[Row, ...], drawn: CheckedSource
    ) -> bytes:
        with Crew(2) as crew:
            part = opening.open_part(self.opening(half, mixes), self.secret, rows, drawn, crew)
        first, second = map(records.digest, mixes)
        factors = group.flat(part.factors)
        record = Opening(PACKAGE, START_ORDER, self.name, first, second, factors, part.proof)
        return records.sign(record, self.signing)


ACCUMULATOR, DESK = CountingBoard("accumulator", 1), CountingBoard("desk-1", 2)
BOARDS = (ACCUMULATOR, DESK)


@dataclass(frozen=True, slots=True)
class Day:
    """Everything that a bundle would hold."""

    halves: list[bytes]
    votes: list[bytes]
    mixes: list[bytes]
    openings: list[bytes]
    ballots: list[tuple[tuple[int, ...], bytes | None]]
    left_out: int


@pytest.fixture(scope="module")
def day() -> Day:
    drawn = source("day")
    package = samples.package()
    signed_halves = [board.half(drawn) for board in BOARDS]
    read = [
        records.open_record(TallyHalf, signed, board.key)
        for board, signed in zip(BOARDS, signed_halves, strict=True)
    ]
    keys = [board.opening(half, [b"", b"2"]).keys for board, half in zip(BOARDS, read, strict=True)]
    seal = Seal(PACKAGE, halves.joint_key(keys[0], keys[1]))

    votes = []
    for at, vote in enumerate(VOTES):
        terminal = samples.device(f"terminal-{1 + at % 2}").signing
        by = bytes(terminal.verify_key)
        sealed = seal.seal(vote.style, by, ballot.encode(package, vote), drawn).sealed
        votes.append(records.sign(CastVote(PACKAGE, vote.style, sealed), terminal))
    copied = records.open_record(CastVote, votes[0], samples.device("terminal-1").sign_key).sealed
    other = samples.device("terminal-2").signing
    votes.append(records.sign(CastVote(PACKAGE, 1, copied), other))
    # A terminal may seal what is no ballot: too many lines, in a contest that takes one.
    nonsense = seal.seal(1, bytes(other.verify_key), b"\0\1\7\0\0", drawn).sealed
    votes.append(records.sign(CastVote(PACKAGE, 1, nonsense), other))

    sealed_votes = []
    for signed in votes:
        cast, signer = records.open_by_board(CastVote, signed, package.boards)
        sealed_votes.append(
            SealedVote(records.digest(signed), cast.style, signer.sign_key, cast.sealed)
        )
    with Crew(2) as crew:
        first = firstlists.first_lists(seal, sealed_votes, THRESHOLD, crew)
    mixes = [ACCUMULATOR.mix(seal, first.groups, None, drawn)]
    between = ACCUMULATOR.read_mix(seal, first.groups, mixes[0])
    mixes.append(DESK.mix(seal, between, records.digest(mixes[0]), drawn))
    last = DESK.read_mix(seal, between, mixes[1])
    digests = [records.digest(mix) for mix in mixes]
    for board in BOARDS:
        checked = MixChecked(PACKAGE, START_ORDER, board.name, digests[0], digests[1])
        signed = records.sign(checked, board.signing)
        assert records.open_record(MixChecked, signed, board.key) == checked

    rows = tuple(row for one in last for row in one.rows)
    styles = [one.styles for one in last for _ in one.rows]
    openings, factors = [], []
    for board, half in zip(BOARDS, read, strict=True):
        openings.append(board.open_(half, mixes, rows, drawn))
        opened = records.open_record(Opening, openings[-1], board.key)
        with Crew(2) as crew:
            factors.append(
                opening.read_part(
                    board.opening(half, mixes), rows, opened.factors, opened.proof, crew
                )
            )
    with Crew(2) as crew:
        found = opening.ballots(rows, factors[0], factors[1], SIZE, crew)
    return Day(
        signed_halves,
        votes,
        mixes,
        openings,
        list(zip(styles, found, strict=True)),
        len(first.left_out),
    )


def test_the_ballots_are_those_that_were_sealed(day: Day) -> None:
    package = samples.package()
    sealed = Counter(((vote.style,), ballot.encode(package, vote)) for vote in VOTES)
    assert day.left_out == 1
    assert Counter(day.ballots) == sealed + Counter([((1,), b"\0\1\7\0\0")])
    assert elgamal.sealed_size(encoding.elements(SIZE)) == 128


def _examined(day: Day) -> proved.Count:
    """Read everything once more with the verifier's code alone, as far as the openings."""

    def read(signed: bytes, rule: str, board: bytes) -> dict[int, object]:
        return verifier_encoding.signed_record(signed, rule, board, rule)

    names = {
        verifier_encoding.key_name(board.sign_key): board.sign_key
        for board in samples.package().boards
    }
    votes = []
    for signed in day.votes:
        terminal = names[verifier_encoding.claimed_signer(signed, "a vote")]
        item = read(signed, "CastVote", terminal)
        style, sealed = item[1], item[2]
        assert isinstance(style, int)
        assert isinstance(sealed, bytes)
        votes.append(Cast(verifier_encoding.sha256(signed), style, terminal, sealed))
    package = read(samples.signed_package(), "StationPackage", samples.ROOT_KEY)
    package |= {17: {1: 1}}  # the threshold: every style by itself, as above
    count = proved.Count(package, PACKAGE, START_ORDER, votes, Work(2))
    made = []
    for board, signed in zip(BOARDS, day.halves, strict=True):
        _, _, keys, proof = read(signed, "TallyHalf", board.key).values()
        assert isinstance(keys, tuple | list)
        assert isinstance(proof, bytes)
        made.append(proved.Half(board.key, b"".join(keys), proof))
    proved.check_halves(count, made)
    proved.check_lists(count)
    for board, signed in zip(BOARDS, day.mixes, strict=True):
        groups = read(signed, "Mix", board.key)[5]
        assert isinstance(groups, tuple | list)
        proved.check_mix(
            count,
            proved.Mix(
                verifier_encoding.sha256(signed),
                board.key,
                tuple(proved.ShuffledGroup(tuple(one[0]), one[1], one[2]) for one in groups),
            ),
        )
    parts = []
    for board, signed, half in zip(BOARDS, day.openings, made, strict=True):
        item = read(signed, "Opening", board.key)
        factors, proof = item[5], item[6]
        assert isinstance(factors, bytes)
        assert isinstance(proof, bytes)
        parts.append(proved.Opening(board.key, half.points, factors, proof))
    proved.check_openings(count, parts)
    return count


def test_the_verifier_finds_it_right(day: Day) -> None:
    count = _examined(day)
    assert len(count.left_out) == 1
    published = [(vote.style, vote.selections, vote.code) for vote in VOTES]
    said = proved.check_contents(count, published)
    assert said == (
        "6 opened votes are what the sealed votes hold; invalid: 1 left out, 1 that are no ballots"
    )
    with pytest.raises(Wrong):
        proved.check_contents(count, published[1:])
