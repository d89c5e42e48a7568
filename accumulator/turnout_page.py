"""Votes taken in, by the hour: the page, and the rows of the hourly paper."""

from __future__ import annotations

from accumulator.page_parts import PageParts
from accumulator.texts import Word
from common.pages import Column, Page, Table, Text
from common.turnout import Turnout, bar


def turnout_page(parts: PageParts, leaf: int, paper: Text | None) -> Page:
    """Return the page; the latest hour stands first. `paper`: what the printer said last."""
    context, package = parts.context, parts.station.package
    turnout = context.turnout or Turnout(package.zone_minutes)
    hours = turnout.rows(package.opens_s, context.now_ms)
    largest = max((hour.count for hour in hours), default=0)
    rows = [
        (
            f"{hour.begins}–{hour.ends}",
            str(hour.count),
            bar(hour.count, largest),
            str(hour.total),
            f"{100 * hour.total / max(1, package.listed):.1f} %",
        )
        for hour in reversed(hours)
    ]
    if turnout.before:
        before = str(turnout.before)
        rows.append((parts.say(Word.TURNOUT_BEFORE), before, "", before, ""))
    columns = (
        parts.say(Word.TURNOUT_HOUR),
        Column(parts.say(Word.TURNOUT_IN_HOUR), "right"),
        "",
        Column(parts.say(Word.TURNOUT_SO_FAR), "right"),
        Column(parts.say(Word.TURNOUT_SHARE), "right"),
    )
    total = parts.say(Word.TURNOUT_OF, votes=turnout.total, listed=package.listed)
    return parts.page(
        "turnout",
        Word.TURNOUT_TITLE,
        Text("total", total, "strong"),
        paper,
        Table("hours", columns, tuple(rows), leaf),
        parts.button("turnout.back", Word.BACK),
        parts.button("report", Word.OPEN_REPORT),
    )
