"""An evidence bundle in memory, honest until a test makes a board lie.

Each thing that a board makes has a method of its own, which an evil board overrides, and a change
of its record before it is signed. Two contests of three lines; style 0 asks the first, 1 the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import cbor2

from tests.unit.verifier import curve
from tests.unit.verifier.bundle_records import (
    ACCUMULATOR,
    DESK,
    OTHER_TERMINAL,
    TERMINAL,
    BundleRecords,
    Item,
    digest,
    public,
    sign,
)
from tests.unit.verifier.prover import Half, Prover, Shuffled, Station
from verifier.encoding import sequence as items_of
from verifier.group import ORDER, SIZE, cut, plus
from verifier.opening import check_value
from verifier.recount import MERGED

Change = Callable[[Item], None]
WIDTH = 1
BOARDS = (ACCUMULATOR, DESK)


def payload(signed: bytes) -> Item:
    """Return what a signed record says."""
    found: Item = cbor2.loads(cbor2.loads(signed).value[2])
    return found


def ballot(code: int, *chosen: list[int]) -> bytes:
    """Return a ballot in its one form."""
    bits = (sum(1 << line for line in lines) for lines in chosen)
    return code.to_bytes(2, "big") + bytes(bits)


@dataclass
class Bundle(BundleRecords):
    """The whole bundle. Of each place in `sealed` the same place in `opened` is the content.

    Attributes:
        voted: what the sealed votes hold instead: bytes of a ballot each.
        unproved: places in `sealed` of votes that the first lists must leave out, copies aside.
        changes: what is done to a record before it is signed, by its path, or `half-1`, `half-2`.
        boards: who makes first and second shuffle, checks and openings.
    """

    sealed: list[tuple[str, int]] = field(
        default_factory=lambda: [
            (who, style) for style in (0, 1) for who in (TERMINAL, OTHER_TERMINAL)
        ]
    )
    voted: list[bytes] | None = None
    prover: Prover = field(default_factory=Prover)
    unproved: set[int] = field(default_factory=set)
    changes: dict[str, Change] = field(default_factory=dict)
    boards: tuple[str, str] = BOARDS

    def contents(self) -> list[bytes]:
        """Return what each of `sealed` holds."""
        if self.voted is not None:
            return self.voted
        return [ballot(self.code(at), *chosen) for at, (_, chosen) in enumerate(self.opened)]

    def merge(self) -> Bundle:
        """Publish all ballot styles as one."""
        self.threshold, self.merged = 10, [0, 1]
        self.opened = [(MERGED, chosen) for _, chosen in self.opened]
        return self

    def tally_keys(self, package: bytes) -> list[bytes]:
        """Make both halves; return them, signed."""
        halves = tuple(self.half(package, which) for which in (0, 1))
        key = b"".join(map(plus, *(cut(half.points) for half in halves)))
        boards = public(self.boards[0]), public(self.boards[1])
        self.here = Station(
            self.prover, WIDTH, package, b"", (halves[0], halves[1]), key, boards, b""
        )
        return [
            self.signed(
                {0: package, 1: name, 2: cut(half.points), 3: half.proof},
                "TallyHalf",
                name,
                f"half-{number}",
            )
            for number, (name, half) in enumerate(zip(BOARDS, halves, strict=True), 1)
        ]

    def half(self, package: bytes, which: int) -> Half:
        """Return a board's half of the tally key."""
        return self.prover.half(package, public(BOARDS[which]), WIDTH)

    def signed(self, item: Item, rule: str, signer: str, path: str) -> bytes:
        """Return a record signed, with what a test changes in it."""
        if path in self.changes:
            self.changes[path](item)
        return sign(item, rule, signer)

    def cast(self, package: bytes) -> list[bytes]:
        """Return the sealed votes, signed by their terminals."""
        self.signed_votes = [
            sign({0: package, 1: style, 2: self.seal(content, style, who)}, "CastVote", who)
            for (who, style), content in zip(self.sealed, self.contents(), strict=True)
        ]
        return self.signed_votes

    def seal(self, content: bytes, style: int, terminal: str) -> bytes:
        """Return a sealed ballot."""
        by = replace(self.here, terminal=public(terminal))
        return by.sealed([content], style)[0]

    def ballots_with(self, contest: int) -> int:
        """Return how many ballots hold this contest, of those that were opened."""
        if self.merged:
            return super().ballots_with(contest)
        return sum(style == contest for style, _ in self.opened)

    def mixed(self, signed_votes: list[bytes]) -> list[bytes]:
        """Return the votes that come into the first lists."""
        gone = {self.signed_votes[at] for at in self.unproved}
        firsts = set()
        kept = []
        for signed in signed_votes:
            first = payload(signed)[2][:SIZE]
            if signed not in gone and first not in firsts:
                firsts.add(first)
                kept.append(signed)
        return kept

    def first_lists(self, signed_votes: list[bytes]) -> list[tuple[tuple[int, ...], bytes]]:
        """Return styles and ballots of each list that is shuffled first."""
        lists: dict[tuple[int, ...], bytes] = {}
        for vote in map(payload, self.mixed(signed_votes)):
            styles = tuple(self.merged) if vote[1] in self.merged else (vote[1],)
            lists[styles] = lists.get(styles, b"") + vote[2][: -2 * SIZE]
        return sorted(lists.items())

    def shuffle(self, position: int, styles: tuple[int, ...], before: bytes) -> Shuffled:
        """Return a new list of a group, and its proof."""
        return self.prover.shuffle(self.here.shuffler(position, styles), before)

    def open_(self, which: int, mixes: tuple[bytes, bytes], ballots: bytes) -> tuple[bytes, bytes]:
        """Return a board's factors of all ballots, and their proof."""
        secrets = self.here.halves[which].secrets
        return self.prover.opening(self.here.opener(which, mixes), ballots, secrets)

    def proofs(self, files: dict[str, bytes]) -> dict[str, bytes]:
        """Shuffle, check and open; return the records."""
        self.here = replace(self.here, start_order=digest(files["start-order.cose"]))
        signed_votes = items_of(files["votes-sealed.cborseq"], "the sealed votes")
        lists = self.first_lists(signed_votes)
        start: Item = {0: self.here.package, 1: self.here.start_order}
        made: dict[str, bytes] = {}
        for position, name in enumerate(self.boards, 1):
            path = f"mixes/{position}.cose"
            groups = [(styles, self.shuffle(position, styles, before)) for styles, before in lists]
            item: Item = start | {2: name, 3: position}
            if position == 2:
                item[4] = digest(made["mixes/1.cose"])
            item[5] = [{0: list(styles), 1: one.after, 2: one.proof} for styles, one in groups]
            made[path] = self.signed(item, "Mix", name, path)
            lists = [(styles, one.after) for styles, one in groups]
        mixes = digest(made["mixes/1.cose"]), digest(made["mixes/2.cose"])
        ballots = b"".join(after for _, after in lists)
        for which, name in enumerate(self.boards):
            item = start | {2: name, 3: mixes[0], 4: mixes[1]}
            path = f"checked/{name}.cose"
            made[path] = self.signed(dict(item), "MixChecked", name, path)
            factors, proof = self.open_(which, mixes, ballots)
            path = f"openings/{name}.cose"
            made[path] = self.signed(item | {5: factors, 6: proof}, "Opening", name, path)
        values = sorted(check_value(vote).replace(" ", "-") for vote in signed_votes)
        made["check-values.txt"] = "".join(f"{value}\n" for value in values).encode()
        return self.laid_down(made)

    def laid_down(self, made: dict[str, bytes]) -> dict[str, bytes]:
        """Return the files as they are laid into the bundle."""
        return made


def says(bundle: Bundle, step: str, why: str = "") -> None:
    """Insist that this step refuses the bundle, and says why."""
    said = bundle.refused()
    assert said.startswith(f"{step}: "), said
    assert why in said


def off_the_group(point: bytes) -> bytes:
    """Return the point with one of order two added: no point of the group."""
    read = curve.read(point)
    assert read is not None
    return curve.written(curve.plus(read, curve.small()[4]))


def beyond(part: bytes) -> bytes:
    """Return a number in another form than its one: the same, mod q."""
    return (int.from_bytes(part, "little") + ORDER).to_bytes(SIZE, "little")
