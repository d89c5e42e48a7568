"""What is left of a day: paper, evidence, the verifier's word, and the summary.

Rules: a day is right only if the verifier accepts its bundle, the books balance, and the result is
what the simulated voters touched.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from PIL import Image

from accumulator.dayfiles import SEALING
from common import cbor
from common.book import line_text
from common.records import Discrepancy, Figure, Minutes, OpenedVote, StationPackage
from simulators.bench_client import BenchClient
from simulators.checking_station import Verdict
from simulators.day_options import ROOT, DayOptions
from simulators.prepare import Station
from simulators.progress import DayFailed, Durations, Screen
from simulators.venue import Venue
from simulators.visits import Visit


def keep_paper(venue: Venue) -> None:
    """Keep what the accumulator printed, as pictures that anybody can open."""
    station = venue.station
    with BenchClient(venue.bench) as client:
        printed = client.board(station.accumulator).printed()
    folder = station.folder / "paper"
    folder.mkdir()
    for number, picture in enumerate(printed, 1):
        image = Image.frombytes("1", (picture.width, picture.height), picture.rows, "raw", "1;I")
        image.save(folder / f"{number:02}.png")


def verify(station: Station, screen: Screen) -> bool:
    """Keep the evidence and have the verifier judge it; say what it says."""
    board = station.board_folder(station.accumulator)
    bundle = station.folder / "evidence"
    shutil.copytree(board / "own" / "evidence", bundle)
    shutil.copy(board / "own" / SEALING, station.folder / SEALING)
    other = station.medium_folder(station.accumulator) / station.accumulator
    if _contents(other / "evidence") != _contents(bundle):
        raise DayFailed("the two copies of the evidence differ")
    if (other / SEALING).read_bytes() != (station.folder / SEALING).read_bytes():
        raise DayFailed("the two copies of the act of sealing differ")
    root = station.folder / "root.pub"
    command = [sys.executable, "-m", "verifier", str(bundle), "--root", str(root)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    (station.folder / "verification.txt").write_text(result.stdout, encoding="utf-8")
    screen.say(result.stdout.rstrip() + result.stderr)
    return result.returncode == 0


def summarise(
    station: Station,
    options: DayOptions,
    screen: Screen,
    durations: Durations,
    visits: list[Visit],
    *,
    went_through: Mapping[str, object],
    verified: bool,
) -> dict[str, object]:
    """Say what the day came to, check it and keep it.

    Args:
        went_through: what the boards went through, as it is to stand in the summary.

    Raises:
        DayFailed: it was not as it must be.
    """
    bundle = station.folder / "evidence"
    minutes = _minutes(bundle / "minutes.cose")
    opened, _ = cbor.split_sequence((bundle / "votes-opened.cborseq").read_bytes())
    votes = {vote.code: vote for vote in map(OpenedVote.from_bytes, opened)}
    figures = minutes.figures
    summary: dict[str, object] = {
        name: int(figures.get(figure, 0))
        for name, figure in (
            ("listed", Figure.LISTED),
            ("issued", Figure.ISSUED),
            ("returned", Figure.RETURNED),
            ("void", Figure.VOID),
            ("challenged", Figure.CHALLENGED),
            ("unread", Figure.UNREAD),
            ("deposited", Figure.DEPOSITED),
            ("missing", Figure.MISSING),
            ("counted", Figure.COUNTED),
        )
    }
    summary["codes_checked"], deceived = codes_checked(visits, votes)
    summary["contests"] = _counted(station.package, minutes)
    summary["expected"] = expected_count(station.package, visits)
    summary["discrepancies"] = [Discrepancy(one).name for one in minutes.discrepancies]
    summary["challenges"] = sum(len(visit.checked) for visit in visits)
    summary["check_values_found"] = values_found(visits, bundle)
    summary["verified"] = verified
    summary["seed"] = options.seed
    summary["durations"] = durations.steps
    summary.update(went_through)
    if options.liars:
        summary["lies_found_by_code"] = len(deceived)
        summary["lies_counted"] = _turned(visits, votes.values())
        screen.say(lies_list(summary))
    screen.say(minutes_table(station.package, minutes))
    text = json.dumps(summary, ensure_ascii=False, indent=2)
    (station.folder / "summary.json").write_text(text + "\n", encoding="utf-8")
    if options.rough:
        screen.say(troubles_list(went_through))
    if deceived and not options.liars:
        raise DayFailed(deceived[0])
    # A stop may make a card void, and on a rough day some voters get two.
    came = (
        None
        if options.kills or options.stops or options.mishaps or options.rough
        else len(visits) + sum(len(visit.checked) for visit in visits)
    )
    # Whoever carried a vote home was thanked for it, and the minutes must say so.
    home = {Discrepancy.THANKED_NOT_DEPOSITED.name} if _carried_home(visits) else set()
    check_day(summary, came, verified=verified, told=home, lies=bool(options.liars))
    return summary


def _carried_home(visits: Sequence[Visit]) -> bool:
    return any(
        visit.outcome is not None and visit.outcome.cast and not visit.deposited for visit in visits
    )


def troubles_list(went_through: Mapping[str, object]) -> str:
    """Return what was done to the day, a line each with its count."""
    troubles = went_through.get("troubles")
    lines = [
        f"  {times:>5}  {what}"
        for what, times in (troubles.items() if isinstance(troubles, dict) else ())
    ]
    missing = went_through.get("untroubled")
    rest = [f"         {what}" for what in (missing if isinstance(missing, list) else ())]
    head = "  What did not happen on this day:" if rest else "  All known troubles happened."
    return "\n".join(["", "  What was done to the day:", *lines, "", head, *rest])


def check_day(
    summary: dict[str, object],
    came: int | None,
    *,
    verified: bool,
    told: Collection[str] = frozenset(),
    lies: bool = False,
) -> None:
    """Raise DayFailed unless the books balance, the count is right and the verifier agrees.

    Args:
        came: how many cards must have been issued, if that can be known.
        told: discrepancies that the minutes may tell of, because they are there.
        lies: a terminal turned votes: then the count is as right as it is not lied to, and who had
            the terminals checked must have found it out.
    """
    figures = {name: value for name, value in summary.items() if isinstance(value, int)}
    into = ("deposited", "returned", "void", "challenged", "unread", "missing")
    rest = sum(figures[name] for name in into)
    if not verified:
        raise DayFailed("the verifier refuses the bundle; see verification.txt")
    if lies and not caught(summary):
        raise DayFailed("a terminal lied, and nobody found it out")
    if summary["contests"] != summary["expected"] and not lies:
        raise DayFailed("the result is not what the voters touched; see summary.json")
    if figures["issued"] != rest or came not in {None, figures["issued"]}:
        raise DayFailed("the books do not balance; see summary.json")
    discrepancies = summary["discrepancies"]
    if not isinstance(discrepancies, list) or set(discrepancies) - set(told):
        raise DayFailed(f"the minutes tell of discrepancies: {discrepancies}")


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _minutes(path: Path) -> Minutes:
    """Return the minutes of a bundle that was verified before."""
    body = cbor.decode(path.read_bytes()[2:], max_size=1 << 20)
    if not isinstance(body, tuple) or not isinstance(body[2], bytes):
        raise DayFailed("the minutes are not signed minutes")
    return Minutes.from_bytes(body[2])


def codes_checked(
    visits: Sequence[Visit], votes: Mapping[int, OpenedVote]
) -> tuple[int, list[str]]:
    """Let every voter who has a control code look it up.

    Returns: how many found their own vote; and a line for each who did not.
    """
    checked, deceived = 0, []
    for visit in visits:
        if visit.outcome is None or visit.outcome.code is None or not visit.deposited:
            continue
        vote = votes.get(int(visit.outcome.code))
        if vote is None or vote.selections != visit.outcome.selections:
            found = None if vote is None else vote.selections
            deceived.append(
                f"a voter does not find the own vote under control code {visit.outcome.code}: "
                f"touched {visit.outcome.selections}, found {found}"
            )
        else:
            checked += 1
    return checked, deceived


def _turned(visits: Sequence[Visit], votes: Iterable[OpenedVote]) -> int:
    """Return how many votes were counted that nobody cast so."""
    touched = Counter(
        (visit.voter.style, visit.outcome.selections)
        for visit in visits
        if visit.outcome is not None and visit.deposited
    )
    return (Counter((vote.style, vote.selections) for vote in votes) - touched).total()


def caught(summary: Mapping[str, object]) -> int:
    """Return how often a voter who had a terminal checked found that it lies."""
    troubles = summary.get("troubles")
    return int(troubles.get(Verdict.LIED.value, 0)) if isinstance(troubles, dict) else 0


def lies_list(summary: Mapping[str, object]) -> str:
    """Return what became of an evil terminal's lies."""
    return (
        f"\n  A terminal lied {summary['lies_told']} times. Voters who had one checked caught it "
        f"{caught(summary)} times;\n  {summary['lies_counted']} turned votes were counted, and "
        f"{summary['lies_found_by_code']} of their voters find another vote under the control code."
        "\n  The bundle alone does not show it: nobody but the voter knows what was touched."
    )


def values_found(visits: Sequence[Visit], bundle: Path) -> int:
    """Let every voter who noted a check value look it up; return how many found theirs.

    Raises:
        DayFailed: a value is missing, or that of a vote that was checked and not cast is there.
    """
    published = bundle / "check-values.txt"
    if not published.exists():
        return 0
    values = set(published.read_text(encoding="ascii").split())
    found = 0
    for visit in visits:
        if values & {_published(value) for value in visit.checked if value}:
            raise DayFailed("a vote with which a terminal was checked is among the sealed votes")
        if visit.outcome is None or not visit.outcome.noted or not visit.deposited:
            continue
        if _published(visit.outcome.noted) not in values:
            raise DayFailed("a voter does not find the own check value")
        found += 1
    return found


def _published(value: str) -> str:
    return value.replace(" ", "-")


def _counted(package: StationPackage, minutes: Minutes) -> dict[str, dict[str, int]]:
    return {
        package.contests[result.contest].identifier: {
            **{str(line): votes for line, votes in enumerate(result.lines, 1)},
            "blank": result.blank,
        }
        for result in minutes.contests
    }


def expected_count(package: StationPackage, visits: Sequence[Visit]) -> dict[str, dict[str, int]]:
    """Count what was touched, for votes that were thanked (or found written) and deposited."""
    expected = {
        contest.identifier: {
            **{str(line): 0 for line in range(1, len(contest.lines) + 1)},
            "blank": 0,
        }
        for contest in package.contests
    }
    for visit in visits:
        style = package.style(visit.voter.style)
        if visit.outcome is None or not visit.deposited or style is None:
            continue
        for index in style.contests:
            votes = expected[package.contests[index].identifier]
            for line in visit.outcome.selections[index]:
                votes[str(line + 1)] += 1
            votes["blank"] += not visit.outcome.selections[index]
    return expected


def minutes_table(package: StationPackage, minutes: Minutes) -> str:
    """Return the minutes as a table for a terminal, in Kazakh and Russian, nothing cut."""
    rows: list[tuple[str, str]] = []
    names = {
        Figure.LISTED: "Тізімдегі сайлаушылар / Избирателей в списке",
        Figure.ISSUED: "Берілген карточкалар / Выдано карточек",
        Figure.RETURNED: "Қайтарылған / Возвращено",
        Figure.VOID: "Жарамсыз / Погашено",
        Figure.CHALLENGED: "Терминалды тексеруге / На проверку терминалов",
        Figure.UNREAD: "Оқылмаған / Не прочитано",
        Figure.MISSING: "Жоғалған / Утеряно",
        Figure.DEPOSITED: "Жинақтаушыға салынған / Принято накопителем",
        Figure.COUNTED: "Саналған дауыстар / Подсчитано голосов",
        Figure.INVALID: "Жарамсыз дауыстар / Недействительных",
    }
    rows += [(name, str(minutes.figures.get(figure, 0))) for figure, name in names.items()]
    for result in minutes.contests:
        contest = package.contests[result.contest]
        rows += [("", ""), (f"{contest.title.kk} / {contest.title.ru}", "")]
        rows += [
            (f"{number:3}  {line_text(line, 'kk')} / {line_text(line, 'ru')}", str(votes))
            for number, (line, votes) in enumerate(zip(contest.lines, result.lines, strict=True), 1)
        ]
        rows.append(("     Таңдау жасалмаған / Без выбора", str(result.blank)))
    width = max(len(name) for name, _ in rows)
    table = "\n".join(f"  {name:<{width}}  {value:>6}".rstrip() for name, value in rows)
    head = f"  {package.title.kk}\n  {package.title.ru}\n  {package.place.kk}\n  {package.place.ru}"
    return f"\n{head}\n\n{table}\n"
