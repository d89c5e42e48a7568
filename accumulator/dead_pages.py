"""Pages about a board that died: on an accumulator (`writingoff`), on its spare (`sparing`)."""

from __future__ import annotations

from accumulator.page_parts import PageParts
from accumulator.sparing import Spare, TakeOverAct
from accumulator.texts import BOARD_KINDS, Word
from accumulator.writingoff import ChooseDead, ChooseSpare, DeadAct, DeadMedium
from common.pages import Page, Table, Text


def dead_page(parts: PageParts, phase: ChooseDead | ChooseSpare | DeadMedium | DeadAct) -> Page:
    """Return the page of one of these phases."""
    match phase:
        case ChooseDead():
            return _which(parts, phase)
        case ChooseSpare():
            return _spare(parts, phase)
        case DeadMedium():
            return _medium(parts, phase)
        case DeadAct():
            return _act(parts, phase)


def _boards(parts: PageParts, name: str, boards: tuple[str, ...], leaf: int = 0) -> Table:
    """Return a table of boards of which one is chosen by touching it."""
    rows = []
    for board_name in boards:
        board = parts.station.package.board(board_name)
        rows.append((board_name, parts.say(BOARD_KINDS[board.kind]) if board else ""))
    columns = (parts.say(Word.BOARD), parts.say(Word.KIND))
    return Table(name, columns, tuple(rows), leaf, choose=True)


def _which(parts: PageParts, phase: ChooseDead) -> Page:
    names = tuple(each.board for each in phase.candidates)
    return parts.page(
        "dead",
        Word.DEAD_TITLE,
        parts.text("hint", Word.DEAD_HINT),
        parts.notice(phase.notice),
        _boards(parts, "boards", names, phase.leaf),
        parts.button("dead.back", Word.BACK),
    )


def _spare(parts: PageParts, phase: ChooseSpare) -> Page:
    return parts.page(
        "dead.spare",
        Word.DEAD_TITLE,
        parts.text("hint", Word.DEAD_SPARE_HINT, board=phase.chosen.board),
        _boards(parts, "spares", phase.chosen.spares),
        parts.button("dead.back", Word.BACK),
        parts.button("dead.none", Word.DEAD_NO_SPARE),
    )


def _medium(parts: PageParts, phase: DeadMedium) -> Page:
    read = phase.read.entries if phase.read is not None else 0
    found = (
        Text("found", parts.say(Word.DEAD_READ, number=read), "good")
        if read
        else Text("found", parts.say(Word.DEAD_NO_JOURNAL), "note")
    )
    idle = not phase.working
    return parts.page(
        "dead.medium",
        Word.DEAD_TITLE,
        parts.text("hint", Word.DEAD_MEDIUM_HINT, board=phase.dead),
        None if phase.spare else Text("none", parts.say(Word.DEAD_NONE_INSTEAD), "strong"),
        Text("wait", parts.say(Word.COLLECT_READING), "strong") if phase.working else found,
        parts.notice(phase.notice),
        parts.button("dead.back", Word.BACK, enabled=idle),
        parts.button("dead.read", Word.COLLECT_READ, enabled=idle),
        parts.button("dead.act", Word.CONTINUE, enabled=idle, primary=True),
    )


def _act(parts: PageParts, phase: DeadAct) -> Page:
    word = Word.DEAD_ACT_REPLACED if phase.spare else Word.DEAD_ACT_GONE
    hint = parts.text("hint", word, board=phase.dead, spare=phase.spare)
    return parts.act(
        "dead.act", Word.DEAD_ACT_TITLE, phase, hint, Word.DEAD_ACT_FINISH, back="dead.back"
    )


def spare_page(parts: PageParts, phase: Spare | TakeOverAct) -> Page:
    """Return the page of a spare that replaced nobody yet."""
    match phase:
        case Spare():
            return _spare_waits(parts, phase)
        case TakeOverAct():
            return _take_over(parts, phase)


def _spare_waits(parts: PageParts, phase: Spare) -> Page:
    found, idle = phase.found, not phase.working
    if not found.dead:
        return parts.page(
            "spare",
            Word.SPARE_TITLE,
            parts.text("hint", Word.SPARE_HINT),
            Text("wait", parts.say(Word.COLLECT_READING), "strong") if phase.working else None,
            parts.notice(phase.notice),
            parts.button("retry", Word.STOPPED_RETRY, enabled=idle),
        )
    facts: dict[str, int | str] = {
        "board": found.dead,
        "entries": found.entries,
        "votes": found.votes,
    }
    head = found.head.hex()
    return parts.page(
        "spare",
        Word.SPARE_TITLE,
        Text("found", parts.say(Word.SPARE_FOUND, **facts), "strong"),
        Text("head", parts.say(Word.SPARE_HEAD, head=f"{head[:32]} {head[32:]}"), "note"),
        parts.text("hint", Word.SPARE_NEXT),
        parts.notice(phase.notice),
        parts.button("retry", Word.STOPPED_RETRY, enabled=idle),
        parts.button("spare.take", Word.SPARE_TAKE, enabled=idle, primary=True),
    )


def _take_over(parts: PageParts, phase: TakeOverAct) -> Page:
    hint = parts.text("hint", Word.SPARE_ACT_HINT, board=phase.dead.board, votes=phase.dead.votes)
    return parts.act(
        "spare.act", Word.SPARE_ACT_TITLE, phase, hint, Word.DEAD_ACT_FINISH, back="spare.back"
    )
