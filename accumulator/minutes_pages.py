"""Pages on which the minutes are signed, and of somebody who does not sign (`absence_act`)."""

from __future__ import annotations

from accumulator.absence_act import REASONS, AbsenceAct, ChooseAbsent, ChooseReason
from accumulator.absence_texts import ROWS, WHY, AbsenceText
from accumulator.minutes import MinutesAct
from accumulator.page_parts import PageParts
from accumulator.texts import Word
from common.pages import Page, Table, Text
from common.pintexts import ROLES, PinText


def absence_page(parts: PageParts, phase: ChooseAbsent | ChooseReason | AbsenceAct) -> Page:
    """Return the page of one of these phases."""
    match phase:
        case ChooseAbsent():
            return _who(parts, phase)
        case ChooseReason():
            return _why(parts, phase)
        case AbsenceAct():
            return _act(parts, phase)


def minutes_page(parts: PageParts, phase: MinutesAct) -> Page:
    """Return the page on which the officials sign the minutes."""
    if phase.working:
        return parts.waiting("minutes", Word.MINUTES_TITLE)
    context, slot = parts.context, phase.signing.slot
    hint = parts.text("hint", Word.MINUTES_HINT)
    states = {
        one.official: parts.say(AbsenceText.BY_ACT, why=parts.say(WHY[one.reason]))
        for one in phase.absences
    }
    later = phase.absence_waits(context) and slot.card is None
    absence = parts.button("minutes.absence", AbsenceText.BUTTON)
    finish = parts.button(
        "sign.finish", Word.MINUTES_FINISH, enabled=phase.complete(context), primary=True
    )
    lower = (
        parts.button("sign.back", Word.BACK),
        *((absence,) if phase.may_be_absent(context) else ()),
        finish,
    )
    return parts.page(
        "minutes",
        Word.MINUTES_TITLE,
        *parts.signing(phase.signing, hint, phase.needed(context), instead=states),
        Text("later", parts.say(AbsenceText.LATER), "note") if later else None,
        *(parts.unless_card(slot, button) for button in lower),
    )


def _who(parts: PageParts, phase: ChooseAbsent) -> Page:
    rows = []
    for number in phase.officials(parts.context):
        person = parts.station.package.official(number)
        role = parts.say(ROLES[person.role]) if person else ""
        rows.append((parts.station.name_of(number), role))
    columns = (PinText.NAME.text(parts.language), "")
    return parts.page(
        "absence",
        AbsenceText.TITLE,
        parts.text("hint", AbsenceText.WHO),
        parts.notice(phase.notice),
        Table("people", columns, tuple(rows), phase.leaf, choose=True),
        parts.button("absence.back", Word.BACK),
    )


def _why(parts: PageParts, phase: ChooseReason) -> Page:
    name = parts.station.name_of(phase.official)
    rows = tuple((parts.say(ROWS[reason]),) for reason in REASONS)
    return parts.page(
        "absence.reason",
        AbsenceText.TITLE,
        Text("hint", parts.say(AbsenceText.WHY, name=name)),
        parts.notice(phase.notice),
        Table("reasons", (parts.say(AbsenceText.REASON),), rows, choose=True),
        parts.button("absence.back", Word.BACK),
    )


def _act(parts: PageParts, phase: AbsenceAct) -> Page:
    absent = phase.absence.official
    why = parts.say(WHY[phase.absence.reason])
    hint = Text(
        "hint", parts.say(AbsenceText.ACT_HINT, name=parts.station.name_of(absent), why=why)
    )
    return parts.act(
        "absence.act",
        AbsenceText.ACT_TITLE,
        phase,
        hint,
        AbsenceText.FINISH,
        back="absence.back",
        people=[one.number for one in parts.station.commission if one.number != absent],
    )
