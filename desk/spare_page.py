"""The page of a spare desk that replaced nobody yet."""

from __future__ import annotations

from common.pages import Page, Text, Widget
from desk.evening_texts import E
from desk.page_maker import PageMaker
from desk.phases import Spare
from desk.texts import T


def spare_page(maker: PageMaker, phase: Spare) -> Page:
    """Return the page: what to do when a desk died, or whose medium lies in the slot."""
    if not phase.dead:
        hint = Text("hint", maker.say(T.SPARE_WAITS), "strong")
        return maker.made("spare", T.SPARE_TITLE, (hint, *maker.refused(phase.refusal)))
    facts: dict[str, int | str] = {
        "board": phase.dead,
        "entries": phase.entries,
        "issued": phase.issued,
    }
    head = phase.head.hex()
    widgets: tuple[Widget, ...] = (
        Text("found", maker.say(T.SPARE_FOUND, **facts), "strong"),
        Text("head", maker.say(T.SPARE_HEAD, head=f"{head[:32]} {head[32:]}"), "note"),
        Text("hint", maker.say(E.SPARE_NEXT if phase.closed else T.SPARE_NEXT), "body"),
        *maker.refused(phase.refusal),
        maker.button("take", T.SPARE_TAKE, "primary"),
    )
    return maker.made("spare", T.SPARE_TITLE, widgets)
