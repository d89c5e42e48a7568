"""`sailau-sim day` without a day: its options, and what it makes of a day's figures."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from common.book import line_text
from common.records import ContestResult, Figure, Minutes, OpenedVote, Voter
from common.service import EXIT_USAGE
from simulators import day_options
from simulators.day import spares_needed
from simulators.day_options import MARK, DayOptions, Death, Kill, Moment, read_options
from simulators.progress import DayFailed
from simulators.summary import (
    check_day,
    codes_checked,
    expected_count,
    minutes_table,
    values_found,
)
from simulators.visits import Visit
from simulators.voter import Outcome, Wish
from tests import samples

Refused = Callable[..., str]
ELECTION = day_options.ELECTION.read_text(encoding="utf-8")


# Options.


@pytest.fixture
def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Refused:
    def refused(*argv: str) -> str:
        usual = () if "--out" in argv else ("--out", str(tmp_path / "out"))
        with pytest.raises(SystemExit) as left:
            read_options([*argv, *usual])
        assert left.value.code == EXIT_USAGE
        return capsys.readouterr().err.splitlines()[-1]

    return refused


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--voters", "0"], "--voters: '0' will not do; give 1 to 3000 voters"),
        (["--voters", "3001"], "--voters: '3001' will not do; give 1 to 3000 voters"),
        (["--voters", "many"], "--voters: 'many' will not do; give 1 to 3000 voters"),
        (["--terminals", "9"], "--terminals: '9' will not do; give 1 to 8 booths"),
        (["--speed", "0"], "--speed: '0' will not do; give 0.1 to 1000.0 clock seconds"),
        (["--speed", "nan"], "--speed: 'nan' will not do; give 0.1"),
        (["--seed", "1.5"], "--seed: '1.5' will not do; give 0 to"),
        (["--kill", "deskd@3"], "--kill deskd@3: give BOARD/DAEMON@VOTERS, e.g. desk-1/deskd@20"),
        (["--kill", "desk-1/deskd"], "--kill desk-1/deskd: give BOARD/DAEMON@VOTERS"),
        (
            ["--voters", "9", "--kill", "desk-1/deskd@9"],
            "--kill desk-1/deskd@9: only 9 voters come; give a smaller number",
        ),
        (["--clock", "desk-1"], "--clock desk-1: give BOARD=SECONDS or BOARD=stopped"),
        (["--clock", "desk-1=soon"], "--clock desk-1=soon: give BOARD=SECONDS"),
        (["--evil", "desk-1=2"], "--evil desk-1=2: give TERMINAL=N, e.g. terminal-1=2"),
        (["--evil", "terminal-1=0"], "--evil terminal-1=0: give TERMINAL=N"),
        (["--replace", "desk-1"], "--replace desk-1: give BOARD@VOTERS, e.g. desk-1@20"),
        (["--replace", "@3"], "--replace @3: give BOARD@VOTERS"),
        (
            ["--voters", "9", "--replace", "desk-1@9"],
            "--replace desk-1@9: only 9 voters come; give a smaller number",
        ),
        (["--vote", "9"], "unrecognized arguments: --vote 9"),
    ],
)
def test_a_wrong_option_is_named_with_the_fix(
    refused: Refused, tmp_path: Path, argv: list[str], message: str
) -> None:
    assert message in refused(*argv)
    assert list(tmp_path.iterdir()) == [], "nothing is made for a day that cannot be"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not [ toml", "it is not TOML: "),
        (ELECTION.replace("date =", "day ="), "election.date: it is missing"),
        (ELECTION.replace("votes_allowed = 1", "votes_allowed = 9", 1), "contest[1].votes_allowed"),
        ("\udcff", "byte 0: it is not UTF-8"),
    ],
)
def test_a_wrong_file_is_named_with_the_place(
    refused: Refused, tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "wrong.toml"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert f"--election {path}: {message}" in refused("--election", str(path))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ["--election", "--commission"])
def test_a_file_that_is_not_there_is_named(refused: Refused, tmp_path: Path, option: str) -> None:
    path = tmp_path / "none.toml"
    assert f"{option} {path}: it cannot be read" in refused(option, str(path))


def test_a_folder_with_other_things_in_it_is_left_alone(refused: Refused, tmp_path: Path) -> None:
    for name in ("letter.txt", "summary.json"):
        (tmp_path / name).write_text("mine")
        message = refused("--out", str(tmp_path))
        assert f"--out {tmp_path}: the folder has other things in it; give a new" in message
        assert (tmp_path / name).read_text() == "mine"
        (tmp_path / name).unlink()


def test_a_file_is_no_folder(refused: Refused, tmp_path: Path) -> None:
    file = tmp_path / "out"
    file.write_text("mine")
    assert f"--out {file}: it is no folder; give a new" in refused("--out", str(file))
    inside = refused("--out", str(file / "day"))
    assert f"--out {file / 'day'}: " in inside
    assert "give a folder that can be written" in inside
    assert file.read_text() == "mine"


def test_a_folder_that_cannot_be_written(
    refused: Refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(Path, "mkdir", refuse)
    message = refused("--out", str(tmp_path / "out"))
    assert f"--out {tmp_path / 'out'}: Permission denied; give a folder" in message


def test_an_earlier_day_makes_room_for_the_next(tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = read_options(["--out", str(out)])
    assert [path.name for path in out.iterdir()] == [MARK]
    (out / "evidence").mkdir()
    (out / "evidence" / "minutes.cose").write_bytes(b"old")
    (out / "summary.json").write_text("{}")
    (tmp_path / "kept").mkdir()
    (out / "link").symlink_to(tmp_path / "kept")
    assert read_options(["--out", str(out)]).out == options.out == out
    assert [path.name for path in out.iterdir()] == [MARK]
    assert (tmp_path / "kept").is_dir()


def test_an_empty_folder_will_do_and_what_is_not_given_is_usual(tmp_path: Path) -> None:
    options = read_options(["--out", str(tmp_path), "--seed", "5", "--kill", "desk-1/deskd@3"])
    assert options == DayOptions(
        election=day_options.ELECTION,
        commission=day_options.COMMISSION,
        voters=100,
        terminals=3,
        seed=5,
        speed=60.0,
        out=tmp_path,
        kills=(Kill("desk-1-deskd", 3),),
    )


def test_boards_die_in_the_order_of_the_voters(tmp_path: Path) -> None:
    argv = ["--out", str(tmp_path), "--replace", "terminal-1@9", "--replace", "desk-1@3"]
    assert read_options(argv).deaths == (Death("desk-1", 3), Death("terminal-1", 9))


def test_only_boards_of_the_count_die_in_the_evening(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["--out", str(tmp_path), "--replace", "desk-1@mixed", "--replace", "desk-1@closed"]
    options = read_options(argv)
    assert {(death.board, death.moment) for death in options.deaths} == {
        ("desk-1", Moment.MIXED),
        ("desk-1", Moment.CLOSED),
    }
    assert spares_needed(options) == 2
    for wrong in ("terminal-1@mixed", "desk-1@later", "@closed"):
        with pytest.raises(SystemExit):
            read_options(["--out", str(tmp_path), "--replace", wrong])
        assert "accumulator-1@closed" in capsys.readouterr().err


# What a day's figures must say.


def summary(**changed: object) -> dict[str, object]:
    right: dict[str, object] = {
        "issued": 10,
        "returned": 1,
        "void": 0,
        "challenged": 0,
        "unread": 0,
        "deposited": 9,
        "missing": 0,
        "contests": {"president": {"1": 9, "blank": 0}},
        "expected": {"president": {"1": 9, "blank": 0}},
        "discrepancies": [],
    }
    return {**right, **changed}


def test_a_right_day_passes() -> None:
    check_day(summary(), 10, verified=True)
    # A stop may make cards void: nobody knows beforehand how many are issued then.
    check_day(summary(issued=11, void=1), None, verified=True)


def test_the_minutes_may_tell_of_what_is_so() -> None:
    there = summary(discrepancies=["THANKED_NOT_DEPOSITED"])
    check_day(there, 10, verified=True, told={"THANKED_NOT_DEPOSITED"})
    with pytest.raises(DayFailed, match="THANKED_NOT_DEPOSITED"):
        check_day(there, 10, verified=True)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"contests": {"president": {"1": 8, "blank": 1}}}, "not what the voters touched"),
        ({"issued": 11}, "the books do not balance"),
        ({"missing": 1}, "the books do not balance"),
        ({"issued": 9, "deposited": 8}, "the books do not balance"),
        ({"discrepancies": ["SERIALS"]}, "the minutes tell of discrepancies: .*SERIALS"),
    ],
)
def test_a_wrong_day_fails_with_what_is_wrong(changed: dict[str, object], message: str) -> None:
    with pytest.raises(DayFailed, match=message):
        check_day(summary(**changed), 10, verified=True)


def test_a_day_whose_bundle_is_refused_fails() -> None:
    with pytest.raises(DayFailed, match="the verifier refuses the bundle"):
        check_day(summary(), 10, verified=False)


TURNED: dict[str, object] = {
    "contests": {"president": {"1": 8, "blank": 1}},
    "troubles": {"voter has the terminal checked, and it lied": 1},
}


def test_a_liar_turns_votes_and_must_be_found_out() -> None:
    check_day(summary(**TURNED), 10, verified=True, lies=True)
    for troubles in ({}, {"voter has the terminal checked": 3}):
        with pytest.raises(DayFailed, match="a terminal lied, and nobody found it out"):
            check_day(summary(**{**TURNED, "troubles": troubles}), 10, verified=True, lies=True)
    with pytest.raises(DayFailed, match="not what the voters touched"):
        check_day(summary(**TURNED), 10, verified=True)
    with pytest.raises(DayFailed, match="the books do not balance"):
        check_day(summary(**TURNED, issued=11), 10, verified=True, lies=True)


SELECTIONS = ((1,), (0, 2, 6), ())


def visit(
    selections: tuple[tuple[int, ...], ...] | None,
    *,
    style: int = 1,
    deposited: bool = True,
    code: str | None = None,
) -> Visit:
    voter = Voter(1, "061211600012", "Әліқожаева", "Гауһар", "", "2006-12-11", "", style)
    wish = Wish(style, "kk", ((), (), ()))
    outcome = None
    if selections is not None:
        outcome = Outcome(thanked=True, code=code, selections=selections, last_page="code")
    made = Visit(voter, wish, by_bar_code=True)
    made.outcome, made.deposited = outcome, deposited
    return made


MINE, OTHERS = "7K3M Q9XW B2H4 TZVN 0RGE", "0000 1111 2222 3333 4444"


def noted(value: str, *checked: str, deposited: bool = True) -> Visit:
    """Return a visit of somebody who noted a check value, and had others checked before."""
    made = visit(SELECTIONS, deposited=deposited)
    assert made.outcome is not None
    made.outcome = replace(made.outcome, noted=value)
    made.checked += checked
    return made


def test_voters_find_their_check_values_and_none_of_a_vote_that_was_checked(
    tmp_path: Path,
) -> None:
    assert values_found([noted(MINE)], tmp_path) == 0, "a count without check values"
    published = tmp_path / "check-values.txt"
    published.write_text(f"{OTHERS}\n{MINE}\n".replace(" ", "-"))
    visits = [noted(MINE, "5555 5555 5555 5555 5555"), noted("AAAA", deposited=False), noted("")]
    assert values_found(visits, tmp_path) == 1
    with pytest.raises(DayFailed, match="does not find the own check value"):
        values_found([noted("AAAA BBBB CCCC DDDD EEEE")], tmp_path)
    with pytest.raises(DayFailed, match="among the sealed votes"):
        values_found([noted(MINE, OTHERS)], tmp_path)


def test_expected_is_what_was_touched_of_the_votes_that_were_deposited() -> None:
    visits = [
        visit(SELECTIONS),
        visit(((2,), (), ()), style=2),  # only the first contest is on this ballot
        visit(((), (6,), (1,))),
        visit(SELECTIONS, deposited=False),
        visit(None, deposited=False),  # brought the card back
    ]
    assert expected_count(samples.package(), visits) == {
        "president": {"1": 0, "2": 1, "3": 1, "blank": 1},
        "council": {"1": 1, "2": 0, "3": 1, "4": 0, "5": 0, "6": 0, "7": 2, "blank": 0},
        "question": {"1": 0, "2": 1, "blank": 1},
    }


def test_voters_find_their_vote_under_their_code() -> None:
    visits = [visit(SELECTIONS, code="0427"), visit(SELECTIONS), visit(None)]
    visits.append(visit(SELECTIONS, code="0815", deposited=False))  # carried home
    votes = {427: OpenedVote(1, SELECTIONS, 427)}
    assert codes_checked(visits, votes) == (1, [])
    for wrong in ({}, {427: OpenedVote(1, ((0,), (0, 2, 6), ()), 427)}):
        found, (told,) = codes_checked(visits, wrong)
        assert found == 0
        assert "does not find the own vote under control code 0427" in told


# The table.


def minutes() -> Minutes:
    figures: dict[int, int] = {Figure.LISTED: 1200, Figure.ISSUED: 950, Figure.COUNTED: 949}
    contests = (
        ContestResult(0, 949, 940, 5, 4, (601, 339, 5)),
        ContestResult(2, 12, 12, 0, 0, (7, 5)),
    )
    zero = bytes(32)
    return Minutes("0421", "E", 1, zero, zero, zero, 1, 2, 3, figures, contests, (), (), (), (), ())


def test_the_table_names_everybody_in_both_languages_with_the_votes() -> None:
    package = samples.package()
    table = minutes_table(package, minutes())
    lines = [line.strip() for line in table.splitlines()]
    assert {package.title.kk, package.title.ru, package.place.kk, package.place.ru} <= set(lines)
    assert "Тізімдегі сайлаушылар / Избирателей в списке" in table
    rows = {line.rpartition("  ")[0].strip(): line.split()[-1] for line in lines if line}
    assert rows["Саналған дауыстар / Подсчитано голосов"] == "949"
    assert rows["Жоғалған / Утеряно"] == "0"
    for result in minutes().contests:
        contest = package.contests[result.contest]
        assert f"{contest.title.kk} / {contest.title.ru}" in lines
        for number, (line, votes) in enumerate(zip(contest.lines, result.lines, strict=True), 1):
            names = f"{line_text(line, 'kk')} / {line_text(line, 'ru')}"
            assert rows[f"{number}  {names}"] == str(votes)
    assert f"{package.contests[1].title.kk} / " not in table
    assert [line.split()[-1] for line in lines if line.startswith("Таңдау жасалмаған")] == [
        "4",
        "0",
    ]


def test_the_tables_numbers_stand_in_one_column() -> None:
    rows = minutes_table(samples.package(), minutes()).partition("\n\n")[2].splitlines()
    ends = {len(row) for row in rows if row and row[-1].isdigit()}
    assert len(ends) == 1
