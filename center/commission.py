"""The commission file: a station, its hours, commission, boards and parameters, checked.

TOML; docs/election-file.md describes every key. Everything on which sources disagree, or that the
law may change, is a parameter here and never a constant (requirements.md).

Rules: exactly one chair and one secretary; 5 to 11 members in all (chair and secretary included);
each holds a share card; the quorum is a majority of them unless the file says otherwise. At least
one desk, one terminal and one accumulator that are not spares.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from center import toml_file
from center.toml_file import Table
from common.records import MAX_DESKS, MAX_URN_SLOTS, Bilingual, BoardKind, Parameters, Role

LEAST_MEMBERS = 5
MOST_MEMBERS = 11
MOST_BOARDS_OF_A_KIND = 8
STATION = r"[0-9A-Za-z-]{1,16}"
DEFAULT_ZONE_MINUTES = 300
KAZAKHSTAN_OPENS = dt.time(7)
KAZAKHSTAN_CLOSES = dt.time(20)
BOARD_KINDS = {
    "desk": BoardKind.DESK,
    "terminal": BoardKind.TERMINAL,
    "accumulator": BoardKind.ACCUMULATOR,
}
ROLES = {"chair": Role.CHAIR, "secretary": Role.SECRETARY, "member": Role.MEMBER}
DEFAULT_PARAMETERS = Parameters(
    max_listed=3000,
    small_style_threshold=10,
    all_sign_minutes=True,
    opening_signers=2,
    idle_ask_s=120,
    idle_end_s=30,
    code_shown_s=60,
    guard_ms=400,
    code_batch=64,
    max_clock_offset_s=60,
    urn_slots=4096,
    challenge_allowed=False,
    hourly_print_s=3600,
    max_clock_ahead_s=1800,
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a card."""

    role: Role
    name: str


@dataclass(frozen=True, slots=True)
class PlannedBoard:
    """A board that the station is to have; its name is a file name, too."""

    name: str
    kind: BoardKind
    spare: bool


@dataclass(frozen=True, slots=True)
class Commission:
    """A checked commission file.

    Attributes:
        round: of the election, from 1.
        opens, closes: local time of day.
        zone_minutes: local time, east of UTC.
        people: chair, secretary, members, then technicians, in the order of the file.
        quorum: so many share cards open the votes.
    """

    station: str
    place: Bilingual
    round: int
    opens: dt.time
    closes: dt.time
    zone_minutes: int
    people: tuple[Person, ...]
    quorum: int
    boards: tuple[PlannedBoard, ...]
    parameters: Parameters

    @property
    def members(self) -> tuple[Person, ...]:
        """Everybody but the technicians: those who hold share cards."""
        return tuple(one for one in self.people if one.role is not Role.TECHNICIAN)


def load_commission(path: Path) -> Commission:
    """Read a commission file.

    Raises:
        toml_file.FileError: naming the path of what is wrong.
    """
    return parse_commission(toml_file.read_text(path), str(path))


def parse_commission(text: str, name: str) -> Commission:
    """Read the text of a commission file; see `load_commission`."""
    top = toml_file.parse(text, name)
    station, place, election_round = top.within("station", _read_station)
    opens, closes, zone_minutes = KAZAKHSTAN_OPENS, KAZAKHSTAN_CLOSES, DEFAULT_ZONE_MINUTES
    if top.has("hours"):
        opens, closes, zone_minutes = top.within("hours", _read_hours)
    people = _read_people(top)
    members = sum(one.role is not Role.TECHNICIAN for one in people)
    quorum = top.integer("quorum", 2, members, members // 2 + 1)
    boards = standard_boards()
    if top.has("boards"):
        boards = top.within("boards", _read_boards)
    parameters = DEFAULT_PARAMETERS
    if top.has("parameters"):
        parameters = top.within("parameters", _read_parameters)
    if parameters.opening_signers > members:
        raise top.wrong(
            "parameters.opening_signers",
            f"{parameters.opening_signers} are to sign the opening, but there are {members}",
        )
    top.close()
    return Commission(
        station=station,
        place=place,
        round=election_round,
        opens=opens,
        closes=closes,
        zone_minutes=zone_minutes,
        people=people,
        quorum=quorum,
        boards=boards,
        parameters=parameters,
    )


def standard_boards(
    desks: int = 1, terminals: int = 3, *, spares: int = 1
) -> tuple[PlannedBoard, ...]:
    """Return the boards of a usual station: one accumulator, and a spare or more of each kind."""
    return _boards({"desk": desks, "terminal": terminals, "accumulator": 1}, dict.fromkeys(
        BOARD_KINDS, spares
    ))  # fmt: skip


def _boards(working: dict[str, int], spares: dict[str, int]) -> tuple[PlannedBoard, ...]:
    return tuple(
        PlannedBoard(f"{name}-{number}", kind, spare=number > working[name])
        for name, kind in BOARD_KINDS.items()
        for number in range(1, working[name] + spares[name] + 1)
    )


def _read_station(table: Table) -> tuple[str, Bilingual, int]:
    return (
        table.text("number", 16, pattern=STATION),
        table.bilingual("place", 200),
        table.integer("round", 1, 9, 1),
    )


def _read_hours(table: Table) -> tuple[dt.time, dt.time, int]:
    opens = table.time("opens", KAZAKHSTAN_OPENS)
    closes = table.time("closes", KAZAKHSTAN_CLOSES)
    if closes <= opens:
        raise table.wrong("closes", f"{closes} is not after {opens}, when the station opens")
    return opens, closes, table.integer("zone_minutes", -720, 840, DEFAULT_ZONE_MINUTES)


def _read_people(top: Table) -> tuple[Person, ...]:
    people = top.each("member", _read_member, least=LEAST_MEMBERS)
    if len(people) > MOST_MEMBERS:
        raise top.wrong("member", f"there are {len(people)}; a commission has up to {MOST_MEMBERS}")
    for role in (Role.CHAIR, Role.SECRETARY):
        count = sum(one.role is role for one in people)
        if count != 1:
            raise top.wrong("member", f'there are {count} with role "{role.name.lower()}", not one')
    technicians = top.each("technician", _read_technician)
    everybody = people + technicians
    names = [one.name for one in everybody]
    for at, name in enumerate(names):
        if name in names[:at]:
            raise top.wrong("member", f"{name!r} stands twice; one person has one office")
    if len(everybody) > 16:
        raise top.wrong("technician", f"there are {len(everybody)} people; at most 16 fit")
    return everybody


def _read_member(table: Table) -> Person:
    return Person(ROLES[table.choice("role", tuple(ROLES))], table.text("name", 64))


def _read_technician(table: Table) -> Person:
    return Person(Role.TECHNICIAN, table.text("name", 64))


def _read_boards(table: Table) -> tuple[PlannedBoard, ...]:
    most = MOST_BOARDS_OF_A_KIND
    working = {
        "desk": table.integer("desks", 1, most, 1),
        "terminal": table.integer("terminals", 1, most, 3),
        "accumulator": table.integer("accumulators", 1, 1, 1),
    }
    spares = {
        "desk": table.integer("spare_desks", 0, most, 1),
        "terminal": table.integer("spare_terminals", 0, most, 1),
        "accumulator": table.integer("spare_accumulators", 0, 4, 1),
    }
    desks = working["desk"] + spares["desk"]
    if desks > MAX_DESKS:
        problem = f"there are {desks} with the spares; the urn keeps the serials of {MAX_DESKS}"
        raise table.wrong("desks", problem)
    return _boards(working, spares)


def _read_parameters(table: Table) -> Parameters:
    usual = DEFAULT_PARAMETERS

    def number(key: str, least: int, most: int) -> int:
        return table.integer(key, least, most, getattr(usual, key))

    return Parameters(
        max_listed=number("max_listed", 1, 20_000),
        small_style_threshold=number("small_style_threshold", 0, 10_000),
        all_sign_minutes=table.flag("all_sign_minutes", default=usual.all_sign_minutes),
        opening_signers=number("opening_signers", 1, 32),
        idle_ask_s=number("idle_ask_s", 1, 3600),
        idle_end_s=number("idle_end_s", 1, 3600),
        code_shown_s=number("code_shown_s", 1, 600),
        guard_ms=number("guard_ms", 0, 5000),
        code_batch=number("code_batch", 1, 1000),
        max_clock_offset_s=number("max_clock_offset_s", 1, 86_400),
        urn_slots=number("urn_slots", 1, MAX_URN_SLOTS),
        challenge_allowed=table.flag("challenge_allowed", default=usual.challenge_allowed),
        hourly_print_s=number("hourly_print_s", 0, 86_400),
        max_clock_ahead_s=number("max_clock_ahead_s", 60, 86_400),
    )
