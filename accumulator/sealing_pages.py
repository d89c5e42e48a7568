"""Pages of the act of sealing (`sealing_act`), and the last page of the day."""

from __future__ import annotations

from accumulator.page_parts import PageParts
from accumulator.sealing_act import DayOver, SealingAct, Seals
from accumulator.texts import Word
from common.pages import Keyboard, Page, Text


def sealing_page(parts: PageParts, phase: Seals | SealingAct | DayOver) -> Page:
    """Return the page of one of these phases."""
    match phase:
        case Seals():
            return _seals(parts, phase)
        case SealingAct():
            return _act(parts, phase)
        case DayOver():
            return parts.page(
                "day.over",
                Word.DAY_TITLE,
                parts.text("hint", Word.DAY_HINT),
                Text("seals", phase.seals, "strong"),
            )


def _seals(parts: PageParts, phase: Seals) -> Page:
    if phase.working:
        return parts.waiting("seals", Word.SEALS_TITLE)
    return parts.page(
        "seals",
        Word.SEALS_TITLE,
        None if phase.notice else parts.text("hint", Word.SEALS_HINT),
        Text("typed", phase.typed.upper() or " ", "field"),
        parts.notice(phase.notice),
        Keyboard("seals", "latin", shift=None, others=False),
        parts.button("seals.sign", Word.CONTINUE, enabled=bool(phase.typed.strip()), primary=True),
    )


def _act(parts: PageParts, phase: SealingAct) -> Page:
    hint = parts.text("hint", Word.SEALS_ACT_HINT, seals=phase.seals)
    return parts.act(
        "seals.act", Word.SEALS_ACT_TITLE, phase, hint, Word.DEAD_ACT_FINISH, back="sign.back"
    )
