"""Whole voting days: three elections, and daemons killed in the middle."""

from __future__ import annotations

import tomllib
from collections import Counter

import pytest

from simulators.blows import AHEAD, BACK, KILLED
from simulators.checking_station import Verdict
from simulators.lying import FAVOURED
from simulators.rough import BLACKOUT, DIES, KNOWN, MIXED_UP, Fate, fate_told
from tests.system.conftest import ELECTIONS, HeldDay, HoldDay
from verifier.checking import read_spoiled, read_station

pytestmark = [pytest.mark.day, pytest.mark.timeout(600)]
FIGURES = ("listed", "issued", "returned", "void", "challenged", "unread", "deposited", "missing")
CLOCKS = ("accumulator-1=stopped", "desk-1=-600", "terminal-1=7200")
COUNTS = (*FIGURES, "counted", "codes_checked")


def balanced(day: HeldDay, voters: int) -> None:
    """Insist on everything that a day's summary must say."""
    summary = day.summary
    assert all(type(summary[name]) is int for name in COUNTS)
    assert summary["listed"] == voters
    assert summary["issued"] >= voters  # one more for each card that a stop made void
    assert summary["deposited"] + summary["returned"] == voters
    out = ("deposited", "returned", "void", "challenged", "unread", "missing")
    assert summary["issued"] == sum(summary[name] for name in out)
    assert summary["contests"] == summary["expected"]
    assert summary["counted"] == summary["deposited"] > 0
    assert 0 < summary["codes_checked"] <= summary["counted"]
    assert summary["verified"] is True
    for contest in summary["contests"].values():
        assert list(contest) == [*(str(n) for n in range(1, len(contest))), "blank"]


def test_the_names_stand_uncut_in_order(election_day: tuple[str, HeldDay]) -> None:
    election, day = election_day
    balanced(day, 60)
    assert day.summary["issued"] == 60 + day.summary["challenged"]
    wanted = tomllib.loads((ELECTIONS / f"{election}.toml").read_text(encoding="utf-8"))
    at = 0
    for contest in wanted["contest"]:
        for language in ("kk", "ru"):
            assert contest["title"][language] in day.said
        for line in contest["line"]:
            names = [" ".join(line[language].values()) for language in ("kk", "ru")]
            at = day.said.index(" / ".join(names), at)


@pytest.fixture(params=["president-2022", "mazhilis-2023", "big"], scope="session")
def election_day(request: pytest.FixtureRequest, hold_day: HoldDay) -> tuple[str, HeldDay]:
    """One day of each election with 60 voters; in one of them clocks are wrong in the morning."""
    clocks = CLOCKS if request.param == "big" else ()
    options = [part for clock in clocks for part in ("--clock", clock)]
    return request.param, hold_day(request.param, 60, *options)


def test_clocks_that_were_wrong_are_put_right_and_told(election_day: tuple[str, HeldDay]) -> None:
    election, day = election_day
    said = (day.out / "verification.txt").read_text(encoding="utf-8")
    for board, how in (
        ("accumulator-1", "under an act"),
        ("desk-1", "under an act"),
        ("terminal-1", "with the courier card"),
    ):
        remarks = [line for line in said.splitlines() if f"the clock of {board} was put" in line]
        assert [how in line for line in remarks] == ([True] if election == "big" else [])
    assert "goes back" not in said


def test_every_daemon_is_killed_once_and_nothing_is_lost(hold_day: HoldDay) -> None:
    kills = (
        "desk-1/deskd@3",
        "terminal-1/terminald@6",
        "accumulator-1/accumulatord@9",
        "desk-1/cardiod@12",
        "terminal-2/cardiod@15",
        "accumulator-1/cardiod@18",
    )
    options = [part for kill in kills for part in ("--kill", kill)]
    balanced(hold_day("president-2022", 30, *options), 30)


def test_a_day_on_which_everything_goes_wrong_ends_as_any_other(hold_day: HoldDay) -> None:
    day = hold_day("president-2022", 20, "--rough", "--terminals", "2")
    summary = day.summary
    out = ("deposited", "returned", "void", "challenged", "unread", "missing")
    assert summary["listed"] == 20
    assert summary["issued"] == sum(summary[name] for name in out)
    assert summary["contests"] == summary["expected"]
    assert summary["counted"] == summary["deposited"] > 0
    assert summary["verified"] is True
    troubles, untroubled = summary["troubles"], summary["untroubled"]
    assert len(troubles) > 30
    assert set(KNOWN) == set(untroubled) | (set(troubles) & set(KNOWN))
    assert all(what in day.said for what in (*troubles, *untroubled))
    assert any(what in troubles for what in DIES.values())
    assert {KILLED, AHEAD, BACK, BLACKOUT, MIXED_UP} <= set(troubles)
    assert len(list((day.evidence / "absence").iterdir())) == 1
    assert "did not sign the minutes: the card cannot be used; act signed by" in day.said
    told = Counter(troubles)
    assert summary["missing"] >= told[fate_told(Fate.LOSES)] + told[fate_told(Fate.LOSES_VOTED)]
    assert summary["unread"] >= sum(times for what, times in told.items() if "break" in what)


def test_a_desk_a_terminal_and_the_accumulator_die_and_their_spares_go_on(
    hold_day: HoldDay,
) -> None:
    """Each in the middle of a voter, who goes on at the spare."""
    deaths = ("desk-1@3/middle", "terminal-1@6/middle", "accumulator-1@9/middle")
    options = [part for death in deaths for part in ("--replace", death)]
    day = hold_day("president-2022", 14, "--terminals", "2", *options)
    balanced(day, 14)
    assert 14 <= day.summary["issued"] - day.summary["challenged"] <= 15
    assert not day.summary["discrepancies"]
    for dead, spare in (
        ("desk-1", "desk-2"),
        ("terminal-1", "terminal-3"),
        ("accumulator-1", "accumulator-2"),
    ):
        assert f"{dead} died and was replaced by {spare} under an act" in day.said
        assert (day.evidence / "journals" / f"{dead}.cborseq").exists()
        assert not (day.evidence / "statements" / f"{dead}.cose").exists()
        assert (day.evidence / "statements" / f"{spare}.cose").exists()
    assert "votes were moved from accumulator-1 to accumulator-2" in day.said


def test_a_terminal_that_turns_votes_is_caught_by_those_who_have_it_checked(
    hold_day: HoldDay,
) -> None:
    """The bundle cannot show it, for only the voter knows what was touched; the card does."""
    day = hold_day("mazhilis-2023", 8, "--terminals", "2", "--evil", "terminal-1=2")
    summary, troubles = day.summary, Counter(day.summary["troubles"])
    caught, honest = troubles[Verdict.LIED.value], troubles[Verdict.HONEST.value]
    assert caught >= 1
    assert caught + honest == summary["challenges"] == summary["challenged"] >= 7
    assert summary["lies_told"] == caught + summary["lies_counted"]
    assert (summary["contests"] == summary["expected"]) is (summary["lies_counted"] == 0)
    assert summary["lies_found_by_code"] <= summary["lies_counted"]
    assert summary["verified"] is True
    assert not summary["discrepancies"]
    assert f"caught it {caught} times" in " ".join(day.said.split())
    proofs = list((day.out / "lies").iterdir())
    assert len(proofs) == caught
    case = read_station(day.evidence, day.root_key)
    for proof in proofs:
        spoiled, opening = (
            (proof / f"{name}.cose").read_bytes() for name in ("spoiled", "opening")
        )
        checked = read_spoiled(case, spoiled, opening)
        assert checked.board == "terminal-1", "it signed what it sealed"
        assert checked.selections is not None
        assert checked.selections[0] == FAVOURED
        assert checked.check_value in (proof / "said.txt").read_text(encoding="utf-8")


def test_boards_of_the_count_die_in_the_evening_and_spares_go_on(hold_day: HoldDay) -> None:
    """Each of both dies after the close, and its spare after the shuffle, in one evening."""
    deaths = ("desk-1@closed", "accumulator-1@closed", "accumulator-1@mixed", "desk-1@mixed")
    options = [part for death in deaths for part in ("--replace", death)]
    day = hold_day("president-2022", 5, "--terminals", "1", *options)
    assert day.summary["verified"] is True
    assert day.summary["counted"] == day.summary["check_values_found"] == 5
    assert not day.summary["discrepancies"]
    for dead, spare in (("accumulator-1", "accumulator-2"), ("accumulator-2", "accumulator-3")):
        assert f"{dead} died and was replaced by {spare} under an act" in day.said
        assert f"5 votes were moved from {dead} to {spare}" in day.said
    files = {path.relative_to(day.evidence).as_posix() for path in day.evidence.rglob("*.cose")}
    assert {"openings/accumulator-3.cose", "openings/desk-3.cose"} <= files
    assert {"checked/accumulator-3.cose", "statements/desk-1.cose"} <= files


def test_a_count_that_anybody_can_check(hold_day: HoldDay) -> None:
    """Two boards, without power in the middle of the morning and of the evening, count together."""
    stops = (
        "desk-1/deskd:bus-out@8:power",
        "accumulator-1/accumulatord:bus-out@12:power",
        "accumulator-1/accumulatord:count/own@4:power",
        "desk-1/deskd:count/removable@3:power",
    )
    options = [part for stop in stops for part in ("--stop", stop)]
    day = hold_day("president-2022", 6, "--terminals", "1", *options)
    assert day.summary["verified"] is True
    assert day.summary["counted"] == 6
    assert day.summary["check_values_found"] == 6
    assert day.summary["challenges"] == day.summary["challenged"] >= 1
    files = {path.relative_to(day.evidence).as_posix() for path in day.evidence.rglob("*.*")}
    assert {"mixes/1.cose", "mixes/2.cose", "check-values.txt"} <= files
    assert {f"openings/{board}.cose" for board in ("accumulator-1", "desk-1")} <= files
    assert "NOT CHECKED: that the opened votes are the sealed ones" not in day.said
