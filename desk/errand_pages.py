"""Pages of the phases in `desk.errands`. Nothing is decided here.

The list of voters that a name may mean is the one page with more than one voter on it. It holds
what the clerk needs to choose by the document, and no IIN.
"""

from __future__ import annotations

from common.pages import Button, Column, Keyboard, Keypad, Page, Table, Text, Widget
from common.turnout import bar
from desk.errand_texts import S
from desk.errands import (
    CountingCards,
    Errand,
    Listed,
    LostCard,
    NoBlankCards,
    Searching,
    TurnoutShown,
    UnreadableCard,
    VotedCard,
)
from desk.finding import MOST_LISTED
from desk.page_maker import PageMaker, full_name
from desk.search import FEWEST_LETTERS
from desk.texts import T
from desk.withdrawal import unclaimed


def errand_page(maker: PageMaker, phase: Errand) -> Page:
    """Return the page of a phase."""
    match phase:
        case Searching():
            return _searching(maker, phase)
        case Listed():
            return _listed(maker, phase)
        case VotedCard():
            state = Text("state", maker.say(S.VOTED), "warning")
            hint = Text("hint", maker.say(S.VOTED_HINT), "strong")
            return maker.made("voted", S.VOTED_TITLE, (state, hint))
        case UnreadableCard():
            said = maker.say(S.UNREADABLE, button=maker.say(T.CARD_UNREADABLE))
            hint = Text("hint", said, "strong")
            buttons = (maker.button("back", T.BACK), maker.button("seal", S.SEAL))
            return maker.made("unreadable", T.ENVELOPE_TITLE, (hint, *buttons))
        case LostCard(line):
            return _lost(maker, line)
        case NoBlankCards(line):
            return _no_blank_cards(maker, line)
        case CountingCards():
            return _counting(maker, phase)
        case TurnoutShown(leaf):
            return _turnout(maker, leaf)


def _searching(maker: PageMaker, phase: Searching) -> Page:
    letters = sum(character.isalnum() for character in phase.typed)
    if letters < FEWEST_LETTERS:
        found = Text("found", maker.say(S.SEARCH_HINT), "note")
    elif phase.found == 0:
        found = Text("found", maker.say(S.FOUND_NONE), "note")
    else:
        what = S.FOUND if phase.found <= MOST_LISTED else S.FOUND_MANY
        found = Text("found", maker.say(what, count=phase.found))
    widgets: tuple[Widget, ...] = (
        Text("typed", phase.typed.upper() or " ", "field"),
        found,
        Keyboard("name", phase.layout, shift=None),
        maker.button("back", T.BACK),
        maker.button("list", S.SHOW_LIST, "primary", enabled=0 < phase.found <= MOST_LISTED),
    )
    return maker.made("search", S.SEARCH_TITLE, widgets)


def _listed(maker: PageMaker, phase: Listed) -> Page:
    roll = maker.rules.roll
    others = len([desk for desk in roll.desks if not desk.spare]) > 1
    columns = ["№", maker.say(S.NAME), maker.say(S.BORN), maker.say(T.ADDRESS)]
    rows = []
    for line in phase.lines:
        voter = roll.by_line[line]
        year, month, day = voter.birth_date.split("-")
        row = [str(line), full_name(voter), f"{day}.{month}.{year}", voter.address]
        if others:
            row.append("" if roll.serves(roll.board, line) else f"→ {roll.desk_of(line)}")
        rows.append(tuple(row))
    if others:
        columns.append(maker.say(S.DESK))
    widgets: tuple[Widget, ...] = (
        Text("hint", maker.say(S.LIST_HINT), "note"),
        *maker.refused(phase.refusal),
        Table("voters", tuple(columns), tuple(rows), phase.leaf, choose=True),
        maker.button("back", T.BACK),
    )
    return maker.made("list", S.LIST_TITLE, widgets)


def _lost(maker: PageMaker, line: int) -> Page:
    withdrawn = unclaimed(maker.state)
    widgets: list[Widget] = [
        maker.for_voter(line),
        Text("why", maker.say(S.LOST_WHY), "warning"),
        Text("hint", maker.say(S.LOST_SEEK)),
    ]
    if withdrawn:
        button = maker.say(T.HAND_BACK)
        widgets.append(Text("withdrawn", maker.say(S.TAKEN_BACK, count=withdrawn, button=button)))
        widgets.append(maker.button("hand-back", T.HAND_BACK))
    widgets.append(maker.button("done", T.DONE, "primary"))
    return maker.made("lost", S.LOST_TITLE, tuple(widgets))


def _no_blank_cards(maker: PageMaker, line: int) -> Page:
    issued, returned, void = maker.state.serials.totals
    withdrawn = returned + void + maker.state.serials.challenges
    out = issued - withdrawn - maker.state.unread
    widgets: tuple[Widget, ...] = (
        maker.for_voter(line),
        Text("hint", maker.say(S.NO_CARDS_TEXT), "strong"),
        Text("out", maker.say(S.OUT, count=max(0, out)), "note"),
        maker.button("came", S.CAME, "primary"),
    )
    return maker.made("no-cards", S.NO_CARDS_TITLE, widgets)


def _counting(maker: PageMaker, phase: CountingCards) -> Page:
    widgets: tuple[Widget, ...] = (
        Text("hint", maker.say(S.CARDS_HINT)),
        Text("typed", phase.typed or " ", "field"),
        *stock(maker, always=True),
        Keypad("digits"),
        maker.button("back", T.BACK),
        maker.button("counted", S.COUNTED, "primary", enabled=bool(phase.typed)),
    )
    return maker.made("cards", S.CARDS, widgets)


def stock(maker: PageMaker, *, always: bool) -> tuple[Text, ...]:
    """Return what is known of the blank cards; without `always` only if they get few."""
    tally, now_ms = maker.state.tally, maker.state.now_ms
    if tally.blank is None:
        return (Text("stock", maker.say(S.STOCK_UNKNOWN), "note"),) if always else ()
    if tally.cards_are_few(now_ms):
        return (Text("stock", maker.say(S.FEW, count=tally.blank), "warning"),)
    said = [maker.say(S.STOCK, count=tally.blank)]
    minutes = tally.minutes_left(now_ms)
    if minutes is not None and minutes < 24 * 60:
        said.append(maker.say(S.LASTS, minutes=minutes))
    return (Text("stock", "\n".join(said), "note"),) if always else ()


def _turnout(maker: PageMaker, leaf: int) -> Page:
    turnout, served = maker.state.tally.turnout, maker.rules.roll.served
    hours = turnout.rows(maker.rules.package.opens_s, maker.state.now_ms)
    largest = max((hour.count for hour in hours), default=0)
    rows = [
        (
            f"{hour.begins}–{hour.ends}",
            str(hour.count),
            bar(hour.count, largest),
            str(hour.total),
            f"{100 * hour.total / max(1, served):.1f} %",
        )
        for hour in reversed(hours)  # the latest is looked at most
    ]
    if turnout.before:
        rows.append((maker.say(S.BEFORE), str(turnout.before), "", str(turnout.before), ""))
    columns = (
        maker.say(S.HOUR),
        Column(maker.say(S.IN_THE_HOUR), "right"),
        "",
        Column(maker.say(S.SO_FAR), "right"),
        Column(maker.say(S.SHARE), "right"),
    )
    given = maker.state.marks.voters_given
    widgets: tuple[Widget, ...] = (
        Text("turnout", maker.say(T.TURNOUT, given=given, served=served), "strong"),
        Table("hours", columns, tuple(rows), leaf),
        Button("back", maker.say(T.BACK)),
    )
    return maker.made("turnout", S.TURNOUT_TITLE, widgets)
