"""Finding the voter: by bar code, IIN or list number, or by name from a list to choose from.

Whoever is found stands on a page of his own next, to be compared with the document. A voter of
another desk is never served here: the page names the right desk. What was typed is forgotten with
the page.
"""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from common.catalogue import EventType
from common.errors import Reason, Refused
from common.pages import KeyboardLayout, key_of, row_of, type_key
from common.records import Voter
from desk.errands import CountingCards, Listed, Searching, TurnoutShown
from desk.events import CodeScanned, Event, Touched
from desk.phases import Interrupted, Ready, Row
from desk.refusal import Refusal
from desk.state import BEING_GIVEN, Mark
from desk.turn import Turn

MAX_TYPED = 12
MAX_NAME = 48
MOST_LISTED = 60
"""More voters than this are not listed: a few letters more make it fewer."""

_LAYOUTS: dict[str, KeyboardLayout] = {"kk": "kk", "ru": "ru", "en": "latin"}


def at_ready(turn: Turn, phase: Ready, event: Event) -> None:
    """Decide while the next voter may come."""
    match event:
        case CodeScanned(code):
            by_code(turn, code)
        case Touched("find"):
            _by_number(turn, phase.typed)
        case Touched("by-name"):
            turn.go(Searching(_LAYOUTS[turn.state.language]))
        case Touched("cards"):
            turn.go(CountingCards())
        case Touched("by-hour"):
            turn.go(TurnoutShown())
        case Touched(name) if key := key_of("digits", name):
            turn.stay(Ready(type_key(phase.typed, key, MAX_TYPED)))


def by_code(turn: Turn, code: str) -> None:
    """Find the voter whose document was scanned."""
    try:
        voter = turn.rules.roll.find_scanned(code)
    except Refused as refused:
        turn.go(Ready(refusal=_refused(turn, refused)))
        return
    _show(turn, voter)


def _by_number(turn: Turn, typed: str) -> None:
    try:
        voter = turn.rules.roll.find(typed)
    except Refused as refused:
        turn.stay(Ready(refusal=_refused(turn, refused)))
        return
    _show(turn, voter)


def _refused(turn: Turn, refused: Refused) -> Refusal:
    turn.record(EventType.VOTER_NOT_FOUND, reason=refused.reason.value)
    return Refusal.of(refused)


def _show(turn: Turn, voter: Voter) -> None:
    """Show a voter's row, or what is to be settled first."""
    turn.record(EventType.VOTER_FOUND)
    mark = turn.state.marks.of(voter.line)
    if mark in BEING_GIVEN:
        turn.go(Interrupted(voter.line))
        return
    if mark is Mark.GIVEN:
        turn.record(EventType.VOTER_CAME_AGAIN)
    turn.go(Row(voter.line))


# --- by name ----------------------------------------------------------------------------------


def at_searching(turn: Turn, phase: Searching, event: Event) -> None:
    """Decide while a name is typed."""
    match event:
        case CodeScanned(code):
            by_code(turn, code)
        case Touched("back"):
            turn.go(Ready())
        case Touched("list") if 0 < phase.found <= MOST_LISTED:
            lines = tuple(voter.line for voter in turn.rules.roll.names.find(phase.typed))
            turn.record(EventType.NAMES_LISTED)
            turn.go(Listed(phase, lines))
        case Touched(name) if key := key_of("name", name):
            turn.stay(_typed(turn, phase, key))


def _typed(turn: Turn, phase: Searching, key: str) -> Searching:
    if key in get_args(KeyboardLayout):
        return replace(phase, layout=_layout(key))
    typed = type_key(phase.typed, key, MAX_NAME)
    return replace(phase, typed=typed, found=len(turn.rules.roll.names.find(typed)))


def _layout(key: str) -> KeyboardLayout:
    return next(layout for layout in _LAYOUTS.values() if layout == key)


def at_listed(turn: Turn, phase: Listed, event: Event) -> None:
    """Decide while voters are listed to choose from."""
    match event:
        case CodeScanned(code):
            by_code(turn, code)
        case Touched("back"):
            turn.go(phase.search)
        case Touched("voters.next"):
            turn.stay(replace(phase, leaf=phase.leaf + 1, refusal=None))
        case Touched("voters.previous"):
            turn.stay(replace(phase, leaf=max(0, phase.leaf - 1), refusal=None))
        case Touched(name) if (row := row_of("voters", name)) is not None:
            if row < len(phase.lines):
                _chosen(turn, phase, phase.lines[row])


def _chosen(turn: Turn, phase: Listed, line: int) -> None:
    roll = turn.rules.roll
    if not roll.serves(roll.board, line):
        right_desk = Refused(Reason.VOTER_OTHER_DESK, board=roll.desk_of(line))
        turn.stay(replace(phase, refusal=_refused(turn, right_desk)))
        return
    _show(turn, roll.by_line[line])
