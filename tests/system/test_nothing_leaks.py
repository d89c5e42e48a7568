"""Nothing leaks: secrets of a whole day stand nowhere but where this page allows it.

`ALLOWED` is the whole list. Whatever else is found anywhere, in any form, fails; and so does a row
that nothing needs. The day, its secrets and the search are in `tests/leaks`.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from common import cbor, cose, enrolment
from common.keys import DeviceKeys
from common.records import CastVote
from common.seal.group import scalar_bytes
from common.seal.halves import secret_scalars
from tests.leaks import secrets
from tests.leaks.canaries import of_bytes
from tests.leaks.day import MOMENTS, SCALAR, VOTERS, LeakDay, LookedAt
from tests.leaks.keys_found import found, opened, opening_keys, windows
from tests.leaks.scan import Scanner, numbers_in

pytestmark = [pytest.mark.day, pytest.mark.timeout(600), pytest.mark.xdist_group("leaks")]

AFTER_OPENING = MOMENTS[1:]
WITH_VOTER = ("in the booth", "voted")
IN_USE = ("in the booth", "at the check value")
"""When a terminal's memory holds what is looked for."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """A place where a kind of secret may stand, when, and why (design §2, §3)."""

    kinds: tuple[str, ...]
    place: str
    moments: tuple[str, ...]
    why: str


ALLOWED = (
    Allowed(
        ("PIN", "PUK", "card's own key"),
        r"out/cards/[a-z]+-\d+\.card",
        MOMENTS,
        "the file is the inside of a simulated card, which lets nothing of this out",
    ),
    Allowed(
        ("PIN", "start password"),
        r"out/envelopes\.json",
        MOMENTS,
        "the sealed envelopes and letters of a rehearsal; a centre prints them and forgets",
    ),
    Allowed(
        ("device key",),
        r"out/boards/[a-z]+-\d/own/device\.keys",
        MOMENTS,
        "a board's own keys, always usable, on its own storage and nowhere else",
    ),
    Allowed(
        ("station key", "urn key"),
        r"run/accumulator-1/station\.keys",
        AFTER_OPENING[:-1],
        "in memory, from the start password to the end of the day, gone with the power",
    ),
    Allowed(
        ("serial", "card", "activation"),
        r"out/cards/voter-\d+\.card",
        WITH_VOTER,
        "on the voter's own card, which the accumulator empties",
    ),
    Allowed(
        ("vote on its card", "deposit"),
        r"out/cards/voter-\d+\.card",
        ("voted",),
        "on the voter's own card, sealed, on the way to the accumulator",
    ),
    Allowed(
        ("choice", "code"),
        r"out/boards/accumulator-1/(own|medium/accumulator-1)/evidence/votes-opened\.cborseq",
        ("counted",),
        "the opened votes, after the count, sorted by content",
    ),
    Allowed(
        ("vote on its card",),
        r"out/boards/accumulator-1/(own|medium/accumulator-1)/evidence/votes-sealed\.cborseq",
        ("counted",),
        "the sealed votes as the urn had them, with nothing that says on which card they were",
    ),
    Allowed(
        ("vote on its card",),
        r"out/boards/(accumulator-1/own|(accumulator|desk)-1/medium/accumulator-1)/count/"
        r"votes-sealed\.cborseq",
        ("counted",),
        "the same, for the desk that shuffles them too",
    ),
)


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LookedAt]:
    """The day, with all that was kept of it."""
    out = tmp_path_factory.mktemp("leaks")  # before temporary files go where they are looked at
    with (
        tempfile.TemporaryDirectory(prefix="leaks-") as run,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("TMPDIR", run)
        patch.setattr(tempfile, "tempdir", None)
        yield LeakDay(out, Path(run)).hold()


@dataclass(frozen=True, slots=True)
class Find:
    """A secret that was found."""

    kind: str
    moment: str
    place: str
    what: str

    def is_allowed_by(self, row: Allowed) -> bool:
        """Say whether this row of the table is about it."""
        return (
            self.kind in row.kinds
            and self.moment in row.moments
            and re.fullmatch(row.place, self.place) is not None
        )


@pytest.fixture(scope="session")
def finds(day: LookedAt) -> list[Find]:
    """Everything that was found anywhere."""
    scanner = Scanner(day.canaries)
    codes = {voted.code for voted in day.voted}
    finds = []
    for content, where in day.snapshots.places():
        said = [(hit.canary.kind, str(hit)) for hit in scanner.find(content)]
        said += [("code", f"control code {code}") for code in numbers_in(content) & codes]
        finds += [Find(kind, *at, what) for kind, what in said for at in where]
    return finds


def test_secrets_stand_where_they_may_and_nowhere_else(finds: list[Find]) -> None:
    wrong = [find for find in finds if not any(map(find.is_allowed_by, ALLOWED))]
    assert wrong == []


@pytest.mark.parametrize("row", ALLOWED, ids=lambda row: f"{row.kinds[0]}: {row.place}")
def test_every_allowed_place_is_used(finds: list[Find], row: Allowed) -> None:
    used = [find for find in finds if find.is_allowed_by(row)]
    assert {find.kind for find in used} == set(row.kinds)
    assert {find.moment for find in used} == set(row.moments)


def test_everything_was_looked_at(day: LookedAt) -> None:
    kinds = {canary.kind for canary in day.canaries}
    assert kinds == {
        "PIN", "PUK", "activation", "card", "card authority key", "card kind secret",
        "card's own key", "choice", "deposit", "device key", "one-time secret",
        "order of a shuffle", "root key", "serial", "start password", "station key",
        "tally key", "tally share", "urn key",
        "vote on its card", "voter",
    }  # fmt: skip
    assert len({voted.code for voted in day.voted}) == len(day.voted) == VOTERS
    for moment in MOMENTS:
        places = day.snapshots.moments[moment].keys()
        for needed in (
            "out/boards/desk-1/own/journal.cborseq",
            "out/boards/terminal-1/medium/terminal-1/journal.cborseq",
            "out/boards/accumulator-1/own/secrets.sealed",
            "out/boards/desk-1/own/voters.sealed",
            "out/logs/accumulator-1-accumulatord.log",
            "run/bench/terminal-1.screen",
            "process/desk-1-deskd/environ",
            "process/terminal-1-cardiod/cmdline",
        ):
            assert needed in places, (moment, needed)


def test_daemons_forget(day: LookedAt) -> None:
    in_use = {what for moment, _, what in day.remembered if moment in IN_USE}
    assert any("serial" in what for what in in_use)  # what is in use is found
    assert SCALAR in in_use
    assert [each for each in day.remembered if each[0] not in IN_USE] == []


def test_no_daemon_leaves_a_core_file(day: LookedAt) -> None:
    assert len(day.core_limits) == 6
    assert {line.split()[4:6] == ["0", "0"] for line in day.core_limits.values()} == {True}
    for places in day.snapshots.moments.values():
        assert not [place for place in places if re.search(r"/core(\.|$)", place)]
    assert not list(Path.cwd().glob("core*"))


def test_a_terminal_that_a_voter_has_left_shows_nothing_of_the_voter(day: LookedAt) -> None:
    blank = day.snapshots.content("opened", "run/bench/terminal-1.screen")
    assert day.snapshots.content("in the booth", "run/bench/terminal-1.screen") != blank
    for moment in ("voted", "voting"):
        assert day.snapshots.content(moment, "run/bench/terminal-1.screen") == blank


def test_a_closed_terminal_has_no_codes_left(day: LookedAt) -> None:
    secrets_of_terminal = re.compile(r"out/boards/terminal-1/.*secrets\.sealed")
    for moment, places in day.snapshots.moments.items():
        lying = [place for place in places if secrets_of_terminal.fullmatch(place)]
        assert bool(lying) == (moment not in ("closed", "counted")), (moment, lying)


# Keys


def first_publics(day: LookedAt) -> set[bytes]:
    """Return X_1 of both halves; who opens that element has the beginning of every ballot."""
    assert len(day.halves) == 2
    return {half.public[0] for half in day.halves}


def sealed_points(day: LookedAt) -> set[bytes]:
    """Return a = r·G of every vote; who has its r opens it."""
    path = "out/boards/accumulator-1/own/evidence/votes-sealed.cborseq"
    votes, _ = cbor.split_sequence(day.snapshots.content("counted", path))
    points = {CastVote.from_bytes(cose.payload_of(vote)).sealed[:32] for vote in votes}
    assert len(points) == len(day.voted)
    return points


def test_no_key_on_any_disk_opens_a_vote(day: LookedAt) -> None:
    devices = [
        DeviceKeys.from_bytes(content)
        for board in day.station.package.boards
        if (content := secrets.own_storage(day.station, board.name).read(enrolment.KEYS))
    ]
    station = secrets.station_keys(day.station)
    candidates: set[bytes] = set()
    for moment, votes in (("voted", 4), ("voting", 5), ("closed", 5)):
        readable = list(opened(day.snapshots, moment, devices, station))
        # of both media: two ledgers and the votes; and the lists and secrets sealed to a board
        assert len(readable) >= 2 * (2 + votes) + 3, moment
        candidates |= windows([*found(day.snapshots, moment, "started"), *readable])
    assert len(candidates) > 20_000
    assert opening_keys(candidates, first_publics(day) | sealed_points(day)) == []


def test_nothing_that_the_count_draws_lies_on_any_disk(day: LookedAt) -> None:
    """Neither what a shuffle was hidden with, nor the one-time secret of any proof."""
    votes = len(day.voted)
    assert sum(map(len, day.count.orders)) == 2 * votes, "both boards shuffled every vote"
    assert len(day.count.points) == 2 * votes + 2 * 2 * votes
    candidates = windows(found(day.snapshots, "counted", "started"))
    assert opening_keys(candidates, first_publics(day) | day.count.points) == []


def test_half_a_tally_key_on_a_disk_would_be_found(day: LookedAt) -> None:
    for half in day.halves:
        (scalar,) = map(scalar_bytes, secret_scalars(half.secret, 1))
        for key in (half.secret, scalar):
            for planted in (key, b"x" + key + b"y", bytes(90) + key):
                assert opening_keys(windows([planted]), first_publics(day)) == [key]
        assert list(Scanner([of_bytes("tally key", "whole", half.secret)]).find(b"x" + half.secret))
