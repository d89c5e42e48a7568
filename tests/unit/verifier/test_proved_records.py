"""The records of a count with proofs: written with bare CBOR and bare keys, changed, refused."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import cache
from typing import Any

import cbor2
import pytest

from tests.unit.verifier.bundle_records import (
    ACCUMULATOR,
    DESK,
    OTHER_TERMINAL,
    TERMINAL,
    Item,
    digest,
    public,
    sequence,
    sign,
)
from tests.unit.verifier.prover import Station, station
from verifier import evidence
from verifier.checks import STEPS
from verifier.encoding import Wrong
from verifier.evidence import Case
from verifier.figures import cast_votes
from verifier.group import SIZE, cut
from verifier.opening import check_value
from verifier.proved import PROVED, Count
from verifier.recount import Opened

SPARE_DESK, SPARE_ACCUMULATOR = "desk-2", "accumulator-2"
SPARES = {SPARE_DESK, SPARE_ACCUMULATOR}
KINDS = {DESK: 1, SPARE_DESK: 1, TERMINAL: 2, OTHER_TERMINAL: 2, ACCUMULATOR: 3}
KINDS |= {SPARE_ACCUMULATOR: 3}
START_ORDER = b"a start order that was checked"
LINE = {3: False}
VOTES: list[tuple[int, str, bytes, Opened]] = [
    (0, TERMINAL, b"\0\1\1", (0, ((0,),), 1)),
    (0, OTHER_TERMINAL, b"\0\2\4", (0, ((2,),), 2)),
    (1, TERMINAL, b"\0\3\0", (1, ((),), 3)),
]
Change = Callable[[Item], None]


def as_it_is(_: Item) -> None:
    return


class Day:
    """What the boards of a station write; a test changes records before they are signed."""

    def __init__(self) -> None:
        boards = public(ACCUMULATOR), public(DESK)
        here = station(1, boards=boards, terminal=public(TERMINAL))
        self.here: Station = replace(here, start_order=digest(START_ORDER))
        package = {
            11: [{3: 1, 5: [LINE] * 3}],
            12: [{0: 0, 2: [0]}, {0: 1, 2: [0]}],
            13: [
                {0: name, 1: kind, 2: public(name), 4: name in SPARES}
                for name, kind in KINDS.items()
            ],
            17: {1: 1},
            19: "elgamal-edwards25519/1",
            20: 128,
        }
        votes = []
        for style, terminal, content, _ in VOTES:
            by = replace(self.here, terminal=public(terminal))
            (sealed,) = by.sealed([content], style)
            votes.append(sign({0: here.package, 1: style, 2: sealed}, "CastVote", terminal))
        votes.sort(key=digest)
        self.votes = votes
        self.package = package
        self.values: bytes | None = None
        self.published = [opened for _, _, _, opened in VOTES]
        self.halves = [
            self.half(0, ACCUMULATOR),
            self.half(1, DESK),
        ]
        by_style: dict[int, bytes] = {}
        for vote in votes:
            record = dict(self.payload(vote))
            by_style[record[1]] = by_style.get(record[1], b"") + record[2][: 2 * SIZE]
        self.lists = sorted(by_style.items())
        self.mixes: list[bytes] = []
        self.mix(ACCUMULATOR)
        self.mix(DESK)
        self.checked = {name: self.check(name) for name in (ACCUMULATOR, DESK)}
        self.openings = {
            ACCUMULATOR: self.opening(0, ACCUMULATOR),
            DESK: self.opening(1, DESK),
        }

    @staticmethod
    def payload(signed: bytes) -> Item:
        found: Item = cbor2.loads(cbor2.loads(signed).value[2])
        return found

    def half(self, which: int, signer: str, change: Change = as_it_is) -> bytes:
        half = self.here.halves[which]
        item: Item = {0: self.here.package, 1: signer, 2: cut(half.points), 3: half.proof}
        change(item)
        return sign(item, "TallyHalf", signer)

    def mix(self, signer: str, change: Change = as_it_is) -> None:
        """Let a board shuffle the lists as they are now."""
        position = len(self.mixes) + 1
        groups: list[list[Any]] = []
        by = replace(self.here, boards=(public(signer), public(signer)))
        for style, before in self.lists:
            made = self.here.prover.shuffle(by.shuffler(position, (style,)), before)
            groups.append([style, made])
        self.lists = [(style, made.after) for style, made in groups]
        item: Item = {
            0: self.here.package,
            1: digest(START_ORDER),
            2: signer,
            3: position,
            5: [{0: [style], 1: made.after, 2: made.proof} for style, made in groups],
        }
        if self.mixes:
            item[4] = digest(self.mixes[0])
        change(item)
        self.mixes.append(sign(item, "Mix", signer))

    def after_both(self, signer: str) -> Item:
        return {
            0: self.here.package,
            1: digest(START_ORDER),
            2: signer,
            3: digest(self.mixes[0]),
            4: digest(self.mixes[1]),
        }

    def check(self, signer: str, change: Change = as_it_is) -> bytes:
        item = self.after_both(signer)
        change(item)
        return sign(item, "MixChecked", signer)

    def opening(self, which: int, signer: str, change: Change = as_it_is) -> bytes:
        mixes = digest(self.mixes[0]), digest(self.mixes[1])
        by = replace(self.here, boards=(public(signer), public(signer)))
        ballots = b"".join(after for _, after in self.lists)
        secrets = self.here.halves[which].secrets
        factors, proof = self.here.prover.opening(by.opener(which, mixes), ballots, secrets)
        item = self.after_both(signer) | {5: factors, 6: proof}
        change(item)
        return sign(item, "Opening", signer)

    def files(self) -> dict[str, bytes]:
        values = sorted(check_value(vote).replace(" ", "-") for vote in self.votes)
        listed = "".join(f"{value}\n" for value in values).encode()
        return {
            evidence.START_ORDER: START_ORDER,
            evidence.SEALED: sequence(self.votes),
            evidence.CHECK_VALUES: listed if self.values is None else self.values,
            **dict(zip(evidence.MIXES, self.mixes, strict=False)),
            **{f"checked/{name}.cose": signed for name, signed in self.checked.items()},
            **{f"openings/{name}.cose": signed for name, signed in self.openings.items()},
        }

    def examined(self) -> tuple[Count, dict[str, str]]:
        case = Case(self.files(), b"")
        case.package, case.package_hash = self.package, self.here.package
        case.start_order = {3: self.halves, 4: ACCUMULATOR}
        case.votes = cast_votes(case, "the list of sealed votes")
        case.opened = self.published
        found = {step.name: step.check(case) for step in STEPS if step.name in PROVED}
        return case.counting(), found

    def refused(self, match: str) -> None:
        with pytest.raises(Wrong, match=match):
            self.examined()


@cache
def honest_day() -> Day:
    return Day()


@pytest.fixture
def day() -> Day:
    return deepcopy(honest_day())


def short(value: object) -> str:
    return str(value)[:20]


def put(key: int, value: object) -> Change:
    def change(item: Item) -> None:
        item[key] = value

    return change


def test_a_days_records_prove_the_count(day: Day) -> None:
    count, found = day.examined()
    assert list(found) == list(PROVED)
    assert found["contents"].startswith("3 opened votes are what the sealed votes hold; invalid: 0")
    assert found["openings"].endswith(f": {ACCUMULATOR}, {DESK}")
    assert count.remarks == []
    values = day.files()[evidence.CHECK_VALUES].decode().split()
    assert [len(value) for value in values] == [24] * 3


def test_a_spare_desk_shuffles_checks_and_opens_with_the_dead_ones_half(day: Day) -> None:
    day.lists = sorted((group[0][0], group[1]) for group in day.payload(day.mixes[0])[5])
    del day.mixes[1]
    day.mix(SPARE_DESK)
    day.checked = {name: day.check(name) for name in (ACCUMULATOR, SPARE_DESK)}
    day.openings = {
        ACCUMULATOR: day.opening(0, ACCUMULATOR),
        SPARE_DESK: day.opening(1, SPARE_DESK),
    }
    assert day.examined()[1]["checks"] == f"signed by {ACCUMULATOR}, {SPARE_DESK}"
    day.checked[DESK] = day.check(DESK)  # it died when it had checked
    day.examined()


@pytest.mark.parametrize(
    ("key", "value", "match"),
    [
        (0, bytes(32), "another package"),
        (1, DESK, "that signed it"),
        (2, [], "documented form"),
        (2, [bytes(32)], "point"),
        (3, bytes(64), "zero"),
        (3, bytes(96), "one number for each element"),
        (3, bytes(63), "documented form"),
        (7, 0, "documented form"),
    ],
    ids=short,
)
def test_halves_that_are_not_right(day: Day, key: int, value: object, match: str) -> None:
    day.halves[0] = day.half(0, ACCUMULATOR, put(key, value))
    day.refused(match)


def test_halves_are_one_of_each_board(day: Day) -> None:
    accumulators, desks = day.halves
    for halves in (
        [accumulators],
        [accumulators, accumulators],
        [desks, accumulators],
        [desks, day.half(0, SPARE_DESK)],
        [accumulators, desks, day.half(1, SPARE_DESK)],
        [],
    ):
        day.halves = halves
        day.refused("not a half of the accumulator and then one of the desk")
    day.halves = [day.half(0, SPARE_ACCUMULATOR), desks]
    day.refused("not of the accumulator that opened the station")
    day.halves = [day.half(0, TERMINAL), desks]
    day.refused("not of the desk or accumulator")
    day.halves = [day.half(0, "nobody"), desks]
    day.refused("not signed by a board of this station")


@pytest.mark.parametrize(
    ("key", "value", "match"),
    [
        (0, bytes(32), "another package"),
        (1, bytes(32), "another start order"),
        (2, ACCUMULATOR, "that signed it"),
        (3, 1, "not the one that the desk makes"),
        (3, 3, "documented form"),
        (4, bytes(32), "does not follow"),
        (5, [], "other groups"),
        (6, 0, "documented form"),
    ],
    ids=short,
)
def test_shuffles_that_are_not_right(day: Day, key: int, value: object, match: str) -> None:
    del day.mixes[1]
    day.mix(DESK, put(key, value))
    day.refused(match)


def test_the_first_shuffle_follows_none(day: Day) -> None:
    day.mixes.clear()
    day.mix(ACCUMULATOR, put(4, bytes(32)))
    day.mix(DESK)
    day.refused("shuffle 1 does not follow")


def test_groups_are_not_exchanged_joined_or_renamed(day: Day) -> None:
    def swap(item: Item) -> None:
        item[5].reverse()

    def rename(item: Item) -> None:
        item[5][0][0] = [2]

    def join(item: Item) -> None:
        item[5] = [{0: [0, 1], 1: item[5][0][1] + item[5][1][1], 2: item[5][0][2]}]

    for change in (swap, rename, join):
        del day.mixes[1:]
        day.mix(DESK, change)
        day.refused("other groups")


def test_both_shuffles_are_there_in_their_order(day: Day) -> None:
    first, second = day.mixes
    for mixes, match in (
        ([second, first], "not the one that the accumulator makes"),
        ([first, first], "not the one that the desk makes"),
    ):
        day.mixes = mixes
        day.refused(match)


@pytest.mark.parametrize(
    ("key", "value", "match"),
    [
        (0, bytes(32), "another package"),
        (1, bytes(32), "another start order"),
        (2, DESK, "that signed it"),
        (3, bytes(32), "other shuffles"),
        (4, bytes(32), "other shuffles"),
        (5, b"", "as many opened elements"),
        (5, bytes(96), "ballot 1 of the opening"),
        (6, bytes(64), "zero"),
        (6, bytes(96), "one number for each element"),
        (6, bytes(32), "documented form"),
        (7, 0, "documented form"),
    ],
    ids=short,
)
def test_openings_that_are_not_right(day: Day, key: int, value: object, match: str) -> None:
    day.openings[ACCUMULATOR] = day.opening(0, ACCUMULATOR, put(key, value))
    day.refused(match)


def test_openings_are_one_of_each_board_with_its_own_half(day: Day) -> None:
    one, other = day.openings.values()
    day.checked[SPARE_DESK] = day.check(SPARE_DESK)
    spare = day.opening(1, SPARE_DESK)
    both: dict[str, bytes] = {ACCUMULATOR: one, DESK: other}
    for openings in ({ACCUMULATOR: one}, {DESK: other}, {**both, SPARE_DESK: spare}, {}):
        day.openings = openings
        day.refused("not one opening of the accumulator and one of the desk")
    day.openings = {ACCUMULATOR: other, DESK: one}
    day.refused(f"the opening of {ACCUMULATOR} is signed by {DESK}")
    day.openings = {ACCUMULATOR: day.opening(1, ACCUMULATOR), DESK: day.opening(0, DESK)}
    day.refused(f"the opening of {ACCUMULATOR}: the proof does not hold")


@pytest.mark.parametrize(
    ("key", "value", "match"),
    [
        (0, bytes(32), "another package"),
        (1, bytes(32), "another start order"),
        (3, bytes(32), "other shuffles"),
        (4, bytes(32), "other shuffles"),
        (5, b"", "documented form"),
    ],
    ids=short,
)
def test_checks_that_are_not_right(day: Day, key: int, value: object, match: str) -> None:
    day.checked[DESK] = day.check(DESK, put(key, value))
    day.refused(match)


def test_a_board_that_did_not_sign_that_it_checked_is_named(day: Day) -> None:
    day.checked = {name: day.check(name) for name in (ACCUMULATOR, SPARE_DESK)}
    day.refused(f"{DESK} opened, but did not sign")


def test_records_are_signed_under_their_own_names(day: Day) -> None:
    day.checked[ACCUMULATOR] = sign(day.after_both(ACCUMULATOR), "Opening", ACCUMULATOR)
    day.refused("signature is wrong")
    day.checked[ACCUMULATOR] = b"\xd2\x80"
    day.refused("not a signed record")
    day.checked[ACCUMULATOR] = day.checked[DESK]
    day.refused(f"the check of {ACCUMULATOR} is signed by {DESK}")


def test_check_values_are_those_of_the_sealed_votes(day: Day) -> None:
    honest = day.files()[evidence.CHECK_VALUES]
    lines = honest.splitlines(keepends=True)
    for values in (
        b"",
        honest[:-1],
        b"".join(lines[1:]),
        b"".join([*lines, lines[-1]]),
        b"".join(reversed(lines)),
        honest.replace(b"-", b" "),
        honest.lower(),
    ):
        day.values = values
        day.refused("does not hold the check values of the sealed votes")


def test_votes_of_nobody_or_of_another_package_are_refused(day: Day) -> None:
    record = day.payload(day.votes[0])
    day.votes[0] = sign(record, "CastVote", DESK)
    day.refused("not signed by a terminal")
    day.votes[0] = sign(record | {0: bytes(32)}, "CastVote", TERMINAL)
    day.refused("another package")


def test_a_vote_that_was_signed_by_another_terminal_is_left_out(day: Day) -> None:
    record = day.payload(day.votes[0])
    honest = day.votes[0]
    signed = {sign(record, "CastVote", name) for name in (TERMINAL, OTHER_TERMINAL)}
    (day.votes[0],) = signed - {honest}
    day.refused(r"as many ballots as the old one|other groups")
