"""Boards that lie about the count, each as a whole bundle that everybody signed: who catches them.

The minutes, the list of opened votes and all other records fit the lie, so that nothing but the
proofs can tell. Each test says which step refuses the bundle; what is not refused is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import pytest

from tests.unit.verifier import curve
from tests.unit.verifier import prover as honest
from tests.unit.verifier.bundle_records import (
    ACCUMULATOR,
    DESK,
    Item,
    digest,
    public,
)
from tests.unit.verifier.bundles import (
    BOARDS,
    Bundle,
    Change,
    ballot,
    beyond,
    off_the_group,
    says,
)
from tests.unit.verifier.prover import Half, Row, Shuffled, number, rows_of
from verifier.group import (
    ORDER,
    SIZE,
    ZERO,
    cut,
    hashed,
    hashed_scalar,
    minus,
    multiple,
    multiple_of_base,
    plus,
)

Bad = Callable[[bytes], bytes]
Touch = Callable[["EvilBundle", list[Row]], None]
NOT_SHUFFLED = "it does not show that the new list is the old one in another order"
STEP = {1: "first shuffle", 2: "second shuffle"}


@dataclass
class EvilBundle(Bundle):
    """A board at `position` changes its new list by `touch`, and proves as well as it can."""

    position: int = 1
    touch: Touch | None = None

    def shuffle(self, position: int, styles: tuple[int, ...], before: bytes) -> Shuffled:
        who = self.here.shuffler(position, styles)
        if position != self.position or self.touch is None or styles != (0,):
            return self.prover.shuffle(who, before)
        touch = self.touch
        return self.prover.shuffle(who, before, change=lambda rows: touch(self, rows))

    def sealed_again(self, content: bytes) -> Row:
        """Return a ballot that the board has sealed itself: it knows all but the key."""
        (r,) = self.prover.fresh(1)
        return self.prover.seal(self.here.key, self.prover.pieces(content), r)


def figures_of_invalid(bundle: Bundle) -> None:
    """Let the minutes tell of invalid ballots, as they must."""
    bundle.minutes = {14: [5]}


# --- a mixer that drops, adds or replaces votes --------------------------------------------------


def replaces(here: EvilBundle, rows: list[Row]) -> None:
    rows[0] = here.sealed_again(ballot(0, [1], []))


def repeats(here: EvilBundle, rows: list[Row]) -> None:
    again = multiple_of_base(7), multiple(7, here.here.key)
    rows[0] = [plus(mine, more) for mine, more in zip(rows[1], again, strict=True)]


def bends(here: EvilBundle, rows: list[Row]) -> None:
    """Turn a vote for line 0 into one for line 1, without knowing which vote it is."""
    old, new = (here.prover.pieces(ballot(0, chosen, []))[0] for chosen in ([0], [1]))
    rows[0][1] = plus(rows[0][1], minus(new, old))


def exchanges(here: EvilBundle, rows: list[Row]) -> None:
    del here
    rows[0][1], rows[1][1] = rows[1][1], rows[0][1]


@pytest.mark.parametrize("position", [1, 2])
@pytest.mark.parametrize("touch", [replaces, repeats, bends, exchanges])
def test_a_mixer_that_changes_a_vote_is_caught(position: int, touch: Touch) -> None:
    bundle = EvilBundle(position=position, touch=touch)
    bundle.voted = bundle.contents()
    bundle.opened[0] = (0, [[1], []])  # what the board would have liked
    says(bundle, STEP[position], NOT_SHUFFLED)


def drops(_: EvilBundle, rows: list[Row]) -> None:
    del rows[0]


def adds(here: EvilBundle, rows: list[Row]) -> None:
    rows.append(here.sealed_again(ballot(9, [1], [])))


@pytest.mark.parametrize("position", [1, 2])
@pytest.mark.parametrize("touch", [drops, adds])
def test_a_mixer_that_drops_or_adds_a_vote_is_caught(position: int, touch: Touch) -> None:
    class Careless(EvilBundle):
        def shuffle(self, at: int, styles: tuple[int, ...], before: bytes) -> Shuffled:
            """Prove another list than the one that came in."""
            if at != position or styles != (0,):
                return self.prover.shuffle(self.here.shuffler(at, styles), before)
            rows = rows_of(before, self.here.key)
            touch(self, rows)
            other = honest.joined(rows)
            return self.prover.shuffle(self.here.shuffler(at, styles), other)

    bundle = Careless()
    if touch is drops:
        bundle.voted = bundle.contents()
        del bundle.opened[0]
        figures_of_invalid(bundle)
    says(bundle, STEP[position], "the new list has not as many ballots as the old one")


def test_a_vote_called_invalid_that_is_none_is_caught() -> None:
    bundle = Bundle()
    bundle.voted = bundle.contents()
    del bundle.opened[0]
    figures_of_invalid(bundle)
    says(bundle, "contents", "the published opened votes are not what the sealed votes hold")


def test_a_board_that_shuffles_twice_is_caught() -> None:
    bundle = Bundle(boards=(ACCUMULATOR, ACCUMULATOR))
    says(bundle, "second shuffle", "shuffle 2 is not the one that the desk makes")


def test_shuffles_that_are_exchanged_are_caught() -> None:
    class Exchanged(Bundle):
        def laid_down(self, made: dict[str, bytes]) -> dict[str, bytes]:
            first, second = made["mixes/1.cose"], made["mixes/2.cose"]
            return made | {"mixes/1.cose": second, "mixes/2.cose": first}

    says(Exchanged(), "first shuffle", "shuffle 1 is not the one that the accumulator makes")


# --- a wrong decryption --------------------------------------------------------------------------


@dataclass
class Opener(Bundle):
    """The board `which` takes off other factors, and proves them with what it has."""

    which: int = 0

    def open_(self, which: int, mixes: tuple[bytes, bytes], ballots: bytes) -> tuple[bytes, bytes]:
        factors, proof = super().open_(which, mixes, ballots)
        if which != self.which:
            return factors, proof
        old, new = (self.prover.pieces(ballot(at, [0], []))[0] for at in (0, 1))
        wrong = plus(factors[:SIZE], minus(old, new)) + factors[SIZE:]
        firsts = [row[0] for row in rows_of(ballots, self.here.key)]
        secrets = self.here.halves[which].secrets
        who = self.here.opener(which, mixes)
        return wrong, self.prover.opening_proof(who, firsts, wrong, secrets)


@pytest.mark.parametrize("which", [0, 1])
def test_a_wrong_opening_is_caught(which: int) -> None:
    says(Opener(which=which), "openings", f"the opening of {BOARDS[which]}: the proof does not")


@pytest.mark.parametrize("which", [0, 1])
def test_another_key_than_was_announced_is_caught(which: int) -> None:
    class OtherKey(Bundle):
        def open_(self, at: int, mixes: tuple[bytes, bytes], ballots: bytes) -> tuple[bytes, bytes]:
            secrets = self.here.halves[at].secrets
            if at == which:
                secrets = (secrets[0] + 1,)
            return self.prover.opening(self.here.opener(at, mixes), ballots, secrets)

    says(OtherKey(), "openings", f"the opening of {BOARDS[which]}: the proof does not hold")


# --- halves that are no halves -------------------------------------------------------------------


def test_a_desk_that_fits_its_half_to_the_accumulators_is_caught() -> None:
    # Of the sum it would know the secret alone, and could open every vote as it comes in.
    class Fitting(Bundle):
        theirs: bytes

        def half(self, package: bytes, which: int) -> Half:
            made = super().half(package, which)
            if which == 0:
                self.theirs = made.points
                return made
            fitted = minus(made.points, self.theirs)
            (k,) = self.prover.fresh(1)
            c = hashed_scalar("tally-half", package, public(DESK), fitted, multiple_of_base(k))
            return Half(made.secrets, fitted, number(c) + number(k + c * made.secrets[0]))

    says(Fitting(), "halves of the key", "does not prove that it knows the secret")


def test_halves_that_cancel_each_other_are_caught() -> None:
    class Cancelling(Bundle):
        def half(self, package: bytes, which: int) -> Half:
            secrets = [5 if which == 0 else ORDER - 5]
            board = public(BOARDS[which])
            points = multiple_of_base(secrets[0])
            return Half(tuple(secrets), points, self.prover.half_proof(package, board, secrets))

        def cast(self, package: bytes) -> list[bytes]:
            self.here = replace(self.here, key=multiple_of_base(11))
            return super().cast(package)

    says(Cancelling(), "halves of the key", "cancel each other")


# --- points and numbers that do not read ---------------------------------------------------------


BAD_POINTS: dict[str, Bad] = {
    "outside the subgroup": off_the_group,
    "the identity": lambda _: ZERO,
    "of small order": lambda _: curve.written(curve.small()[1]),
    "not in its one form": lambda _: (2**255 - 18).to_bytes(SIZE, "little"),
    "no point": lambda _: (2).to_bytes(SIZE, "little"),
}
C, S_1, Y, Z, COMMITMENT, CHAIN = 0, 1, 5, 7, 9, 11  # parts of a proof of two ballots


def in_group(key: int, part: int, bad: Bad) -> Change:
    def change(item: Item) -> None:
        parts = cut(item[5][0][key])
        parts[part] = bad(parts[part])
        item[5][0][key] = b"".join(parts)

    return change


def in_field(key: int, bad: Bad) -> Change:
    def change(item: Item) -> None:
        value = item[key]
        if isinstance(value, list):
            item[key] = [bad(value[0]), *value[1:]]
        else:
            item[key] = bad(value[:SIZE]) + value[SIZE:]

    return change


PLACES: list[tuple[str, str, Callable[[Bad], Change]]] = [
    ("half-1", "halves of the key", partial(in_field, 2)),
    ("half-2", "halves of the key", partial(in_field, 2)),
    *(
        (f"mixes/{position}.cose", STEP[position], partial(in_group, *at))
        for position in (1, 2)
        for at in ((1, 0), (1, 1), (2, COMMITMENT), (2, CHAIN), (2, CHAIN + 1))
    ),
    *((f"openings/{name}.cose", "openings", partial(in_field, 5)) for name in BOARDS),
]


@pytest.mark.parametrize("why", BAD_POINTS)
@pytest.mark.parametrize(("path", "step", "change"), PLACES)
def test_what_is_no_point_of_the_group_is_caught(
    path: str, step: str, change: Callable[[Bad], Change], why: str
) -> None:
    says(Bundle(changes={path: change(BAD_POINTS[why])}), step)


@pytest.mark.parametrize(
    ("path", "step", "change"),
    [
        ("half-1", "halves of the key", in_field(3, beyond)),
        *(
            (f"mixes/{position}.cose", STEP[position], in_group(2, part, beyond))
            for position in (1, 2)
            for part in (C, S_1, S_1 + 1, S_1 + 2, S_1 + 3, Y, Z)
        ),
        (f"openings/{DESK}.cose", "openings", in_field(6, beyond)),
    ],
)
def test_a_number_that_is_not_in_its_one_form_is_caught(
    path: str, step: str, change: Change
) -> None:
    # Without this check the same proof could be written in two ways.
    says(Bundle(changes={path: change}), step, "not below the order of the group")


# --- generators whose logarithms somebody knows --------------------------------------------------


def test_generators_with_known_logarithms_are_not_the_verifiers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(honest, "generator", lambda i: multiple_of_base(i + 5))
    says(Bundle(), "first shuffle", NOT_SHUFFLED)


# --- challenges over less than the whole statement; challenges used again ------------------------


@pytest.mark.parametrize(
    ("name", "item", "step"),
    [
        *(("tally-half", item, "halves of the key") for item in range(4)),
        # A ballot that nobody has proved is left out: so the lists are not those that were mixed.
        *(("sealed-ballot", item, "first shuffle") for item in range(6)),
        *(("mix", item, "first shuffle") for item in range(5)),
        *(("shuffle", item, "first shuffle") for item in range(5)),
        *(("shuffle-weight", item, "first shuffle") for item in range(2)),
        *(("shuffle-challenge", item, "first shuffle") for item in range(7)),
        *(("opening", item, "openings") for item in range(10)),
    ],
)
def test_a_challenge_over_less_than_the_whole_statement_is_caught(
    name: str, item: int, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def less(really: str, *parts: object) -> bytes:
        if really == name:
            parts = (*parts[:item], *parts[item + 1 :])
        return hashed(really, *parts)

    def less_scalar(really: str, *parts: object) -> int:
        return int.from_bytes(less(really, *parts), "little") % ORDER

    monkeypatch.setattr(honest, "hashed", less)
    monkeypatch.setattr(honest, "hashed_scalar", less_scalar)
    says(Bundle(), step)


@pytest.mark.parametrize("parts", [slice(0, 1), slice(0, None)], ids=["challenge", "proof"])
@pytest.mark.parametrize("position", [1, 2])
def test_a_challenge_or_proof_of_another_group_is_caught(position: int, parts: slice) -> None:
    def used_again(item: Item) -> None:
        one, other = (cut(group[2]) for group in item[5])
        other[parts] = one[parts]
        item[5][1][2] = b"".join(other)

    bundle = Bundle()
    bundle.changes[f"mixes/{position}.cose"] = used_again
    says(bundle, STEP[position], "ballot style 1")


def test_a_challenge_of_the_other_boards_opening_is_caught() -> None:
    class Again(Bundle):
        first: bytes = b""

        def open_(
            self, which: int, mixes: tuple[bytes, bytes], ballots: bytes
        ) -> tuple[bytes, bytes]:
            factors, proof = super().open_(which, mixes, ballots)
            if which == 0:
                self.first = proof
                return factors, proof
            return factors, self.first[:SIZE] + proof[SIZE:]

    says(Again(), "openings", f"the opening of {DESK}: the proof does not hold")


def test_the_first_shuffle_is_not_the_second_as_well() -> None:
    class Lazy(Bundle):
        def shuffle(self, position: int, styles: tuple[int, ...], before: bytes) -> Shuffled:
            """Hand on at the second place what came in, with the proof of the first."""
            if position == 1:
                self.made[styles] = super().shuffle(1, styles, before)
            return self.made[styles]

        made: dict[tuple[int, ...], Shuffled]

    bundle = Lazy()
    bundle.made = {}
    says(bundle, "second shuffle", NOT_SHUFFLED)


# --- another station, round or day ---------------------------------------------------------------


class OfAnotherStation(Bundle):
    """Boards that shuffle for another package than they say."""

    def shuffle(self, position: int, styles: tuple[int, ...], before: bytes) -> Shuffled:
        who = replace(self.here, package=digest(b"another")).shuffler(position, styles)
        return self.prover.shuffle(who, before)


class OfAnotherDay(Bundle):
    """Boards that shuffle under another start order than they say."""

    def shuffle(self, position: int, styles: tuple[int, ...], before: bytes) -> Shuffled:
        who = replace(self.here, start_order=digest(b"another")).shuffler(position, styles)
        return self.prover.shuffle(who, before)


@pytest.mark.parametrize("kind", [OfAnotherStation, OfAnotherDay])
def test_proofs_of_another_station_or_day_are_caught(kind: type[Bundle]) -> None:
    says(kind(), "first shuffle", NOT_SHUFFLED)


@pytest.mark.parametrize("path", ["half-1", "mixes/1.cose", f"checked/{DESK}.cose"])
@pytest.mark.parametrize("key", [0, 1])
def test_records_of_another_station_or_day_are_caught(path: str, key: int) -> None:
    def elsewhere(item: Item) -> None:
        item[key] = digest(b"another") if path != "half-1" or key == 0 else DESK

    bundle = Bundle()
    bundle.changes[path] = elsewhere
    step = {"half-1": "halves of the key", "mixes/1.cose": "first shuffle"}.get(path, "checks")
    says(bundle, step)


def test_the_whole_count_of_another_day_is_caught() -> None:
    """Everything that two days of one station prove, laid into each other's bundles."""

    class Laid(Bundle):
        def laid_down(self, made: dict[str, bytes]) -> dict[str, bytes]:
            return made | {path: self.other[path] for path in self.paths}

        other: dict[str, bytes]
        paths: tuple[str, ...]

    other = Bundle(prover=honest.Prover(2)).files()
    for paths, step in (
        (("mixes/1.cose", "mixes/2.cose"), "first shuffle"),
        (("mixes/2.cose",), "second shuffle"),
        ((f"checked/{DESK}.cose",), "checks"),
        ((f"openings/{ACCUMULATOR}.cose",), "openings"),
        (("check-values.txt",), "check values"),
    ):
        bundle = Laid()
        bundle.other, bundle.paths = other, paths
        says(bundle, step)


# --- a prover that throws no dice ----------------------------------------------------------------


def test_a_first_message_of_zero_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def times(factor: int, point: bytes) -> bytes:
        return multiple(factor, point) if factor % ORDER else ZERO

    class NoDice(Bundle):
        def shuffle(self, position: int, styles: tuple[int, ...], before: bytes) -> Shuffled:
            made = super().shuffle(position, styles, before)
            if position == 1:
                monkeypatch.setattr(honest, "multiple", times)
                monkeypatch.setattr(
                    honest, "multiple_of_base", lambda factor: times(factor, multiple_of_base(1))
                )
                monkeypatch.setattr(self.prover, "fresh", lambda count: [0] * count)
                who = self.here.shuffler(position, styles)
                proof = self.prover.shuffle_proof(who, before, made.after, made.order, made.again)
                monkeypatch.undo()
                return replace(made, proof=proof)
            return made

    says(NoDice(), "first shuffle", "zero")
