"""The accumulator's pages: a phase in, a page out, in the operator's language.

Rules: each page says what to do next, who has done his part and who remains. Names of pages, tables
and buttons never change with the language: simulated officials press them by name, and
`docs/commission-accumulator.md` lists them. No page shows a choice before the count, a serial, or
a typed secret.
"""

from __future__ import annotations

from dataclasses import replace

from accumulator import paper
from accumulator.absence_act import AbsenceAct, ChooseAbsent, ChooseReason
from accumulator.clockcheck import DIGITS, ClockAct, ClockCheck
from accumulator.closing import Collecting
from accumulator.dead_pages import dead_page, spare_page
from accumulator.minutes import Clearing, MinutesAct, Papers, Result
from accumulator.minutes_pages import absence_page, minutes_page
from accumulator.mixing import HalfQuorum, Walk
from accumulator.mixing_pages import mixing_page
from accumulator.opening import (
    DeskHalf,
    Locked,
    OpeningAct,
    SharesOut,
    ZeroCheck,
    desk_name,
)
from accumulator.page_parts import PageParts
from accumulator.sealing_act import DayOver, SealingAct, Seals
from accumulator.sealing_pages import sealing_page
from accumulator.sparing import Spare, TakeOverAct
from accumulator.stopped import Stopped
from accumulator.texts import BOARD_KINDS, Word
from accumulator.turn import Context, Phase
from accumulator.turnout_page import turnout_page
from accumulator.voting import Open
from accumulator.writingoff import ChooseDead, ChooseSpare, DeadAct, DeadMedium
from common import daytime
from common.errors import Reason, Refused, Thing
from common.pages import Button, Column, Keyboard, Keypad, Page, Table, Text
from common.pintexts import PinText
from common.records import Act, ActFact
from common.remedies import remedy_of

FEW_PLACES = 16
"""So many votes before the urn is full, the page of the day begins to say so."""


def draw_up(
    phase: Phase, context: Context, language: str, mended: tuple[tuple[Thing, int], ...] = ()
) -> Page:
    """Return the page of a phase; `mended` says how many files were mended on which medium."""
    page = _page_of(phase, context, language)
    if not mended:
        return page
    said = [
        Word.MENDED.text(language, thing=getattr(thing, language), count=files)
        for thing, files in mended
    ]
    return replace(page, widgets=(Text("mended", " ".join(said), "good"), *page.widgets))


def _page_of(phase: Phase, context: Context, language: str) -> Page:
    writer = _Writer(context, language)
    match phase:
        case Locked():
            return writer.locked(phase)
        case ClockCheck(typed=None):
            return writer.clock(phase)
        case ClockCheck():
            return writer.clock_setting(phase)
        case ClockAct():
            return writer.clock_act(phase)
        case ZeroCheck():
            return writer.zero(phase)
        case DeskHalf():
            return writer.desk_half(phase)
        case SharesOut():
            return writer.shares(phase)
        case OpeningAct():
            return writer.opening_act(phase)
        case Open(closing=True):
            return writer.close(phase)
        case Open(hours=int(leaf)):
            return turnout_page(writer, leaf, writer.notice(phase.paper, "paper"))
        case Open():
            return writer.open(phase)
        case Collecting():
            return writer.collect(phase)
        case ChooseDead() | ChooseSpare() | DeadMedium() | DeadAct():
            return dead_page(writer, phase)
        case Spare() | TakeOverAct():
            return spare_page(writer, phase)
        case Walk() | HalfQuorum():
            return mixing_page(writer, phase)
        case Result():
            return writer.result(phase)
        case MinutesAct():
            return minutes_page(writer, phase)
        case ChooseAbsent() | ChooseReason() | AbsenceAct():
            return absence_page(writer, phase)
        case Papers():
            return writer.papers(phase)
        case Clearing():
            return writer.clearing(phase)
        case Seals() | SealingAct() | DayOver():
            return sealing_page(writer, phase)
        case Stopped():
            return writer.stopped(phase)
        case _:
            raise TypeError(f"no page for {type(phase).__name__}")


def refusal_page(refused: Refused, language: str) -> Page:
    """Return the page of an accumulator that cannot start; it has no button."""
    said = Text("refusal", refused.text(language), "warning")
    remedy = remedy_of(refused.reason)
    more = () if remedy is None else (Text("remedy", remedy.text(language), "strong"),)
    code = Text("code", Word.STOPPED_CODE.text(language, number=refused.reason.value))
    return Page("accumulator.refused", Word.STOPPED_TITLE.text(language), (said, *more, code))


class _Writer(PageParts):
    """Writes the page of each phase."""

    # Pages of the morning

    def locked(self, phase: Locked) -> Page:
        if phase.working:
            return self.waiting("start", Word.START_TITLE, Word.START_CHECKING)
        return self.page(
            "start",
            Word.START_TITLE,
            None if phase.notice else self.text("hint", Word.START_HINT),
            None if phase.notice else Text("after", self.say(Word.START_AFTER), "note"),
            Text("typed", "•" * len(phase.typed) or " ", "field"),
            self.notice(phase.notice),
            Keyboard("password", phase.layout, phase.shift),
            self.button("enter", Word.START_ENTER, enabled=bool(phase.typed), primary=True),
        )

    def clock(self, phase: ClockCheck) -> Page:
        context, package = self.context, self.station.package
        shown = daytime.date_and_weekday(context.now_ms, package.zone_minutes, self.language)
        in_the_day = phase.after is not None
        leave = self.button("clock.leave", Word.CLOCK_LEAVE) if in_the_day else None
        return self.page(
            "clock",
            Word.CLOCK_TITLE,
            self.text("ask", Word.CLOCK_ASK),
            Text("time", daytime.hours(context.now_ms, package.zone_minutes), "figure"),
            Text(
                "date",
                self.say(Word.CLOCK_ZONE, date=shown, zone=_zone(package.zone_minutes)),
                "strong",
            ),
            self.notice(phase.notice) or self._clock_fault(phase),
            leave,
            self.button("clock.change", Word.CLOCK_CHANGE),
            self.button(
                "clock.right",
                Word.CLOCK_RIGHT,
                enabled=phase.may_be_right(context),
                primary=True,
            ),
        )

    def _clock_fault(self, phase: ClockCheck) -> Text | None:
        """Return why this clock cannot be called right, if so."""
        context, package = self.context, self.station.package
        if context.doubted:
            return Text("notice", self.say(Word.CLOCK_DOUBTED), "warning")
        if phase.may_be_right(context):
            return None
        said = self.say(
            Word.CLOCK_OTHER_DAY,
            date=daytime.date(package.opens_s * 1000, package.zone_minutes),
            **dict(phase.hours(context).facts),
        )
        return Text("notice", said, "warning")

    def clock_setting(self, phase: ClockCheck) -> Page:
        return self.page(
            "clock.set",
            Word.CLOCK_SET_TITLE,
            self.text("hint", Word.CLOCK_SET_HINT),
            Text("typed", phase.typed or " ", "field"),
            self.notice(phase.notice),
            Keypad("digits"),
            self.button("clock.back", Word.BACK),
            self.button(
                "clock.set",
                Word.CLOCK_SET,
                enabled=len(phase.typed or "") == DIGITS,
                primary=True,
            ),
        )

    def clock_act(self, phase: ClockAct) -> Page:
        act = Act.from_bytes(phase.signing.body.payload)
        zone = self.station.package.zone_minutes
        hint = self.text(
            "hint",
            Word.CLOCK_ACT_HINT,
            shown=daytime.date_and_hours(act.time_ms - phase.offset_ms, zone),
            right=daytime.date_and_hours(act.time_ms, zone),
        )
        finish = Word.CLOCK_ACT_FINISH
        return self.act("clock.act", Word.CLOCK_ACT_TITLE, phase, hint, finish, back="sign.back")

    def zero(self, phase: ZeroCheck) -> Page:
        rows = paper.zero_rows(self.station.package, self.language)
        columns = (self.say(Word.ZERO_LINE), Column(self.say(Word.ZERO_VOTES), "right"))
        return self.page(
            "zero",
            Word.ZERO_TITLE,
            self.text("hint", Word.ZERO_HINT),
            self.notice(phase.notice),
            Text("wait", self.say(Word.PLEASE_WAIT), "note") if phase.working else None,
            Table("figures", columns, rows, phase.leaf),
            self.button(
                "zero.print", Word.ZERO_PRINT, enabled=not phase.working, primary=not phase.tried
            ),
            self.button(
                "zero.continue",
                Word.CONTINUE,
                enabled=phase.tried and not phase.working,
                primary=phase.tried,
            ),
        )

    def desk_half(self, phase: DeskHalf) -> Page:
        if phase.working:
            return self.waiting("half", Word.HALF_TITLE)
        return self.page(
            "half",
            Word.HALF_TITLE,
            self.text("hint", Word.HALF_HINT, board=desk_name(self.context)),
            Text("after", self.say(Word.HALF_AFTER), "note"),
            self.notice(phase.notice),
        )

    def shares(self, phase: SharesOut) -> Page:
        ready, slot = phase.round.enough(self.station.package), phase.round.slot
        return self.page(
            "shares",
            Word.SHARES_TITLE,
            self.text("hint", Word.SHARES_HINT) if slot.card is None else None,
            self.notice(slot.notice),
            *self.pin(slot),
            self.share_people(PinText.WRITTEN, phase.round.written) if slot.card is None else None,
            self.pin_button(slot),
            self.unless_card(
                slot,
                self.button("shares.continue", Word.CONTINUE, enabled=ready, primary=True),
            ),
        )

    def opening_act(self, phase: OpeningAct) -> Page:
        act = Act.from_bytes(phase.signing.body.payload)
        hint = self.text(
            "hint",
            Word.ACT_HINT,
            shares=_number(act.facts.get(ActFact.SHARES)),
            quorum=_number(act.facts.get(ActFact.QUORUM)),
        )
        return self.act("act", Word.ACT_TITLE, phase, hint, Word.ACT_OPEN)

    # Pages of the day

    def open(self, phase: Open) -> Page:
        package = self.station.package
        closes = self.context.local_time(package.closes_s)
        votes = self.context.urn.count if self.context.urn else 0
        room = package.parameters.urn_slots - votes
        return self.page(
            "open",
            Word.OPEN_TITLE,
            self.text("label", Word.OPEN_COUNT),
            Text("count", str(votes), "figure"),
            Text("room", self.say(Word.URN_ALMOST_FULL, number=room), "warning")
            if room <= FEW_PLACES
            else None,
            self.notice(phase.intake.notice),
            self.text("hint", Word.OPEN_HINT),
            Text("courier", self.say(Word.COURIER_FIRST), "note")
            if not phase.courier.written
            else None,
            self.notice(phase.paper, "paper"),
            Text("clock", self.say(Word.CLOCK_DOUBTED), "warning")
            if self.context.doubted
            else None,
            Text("closes", self.say(Word.OPEN_CLOSES, time=closes), "note"),
            self.button("clock.check", Word.CLOCK_CHECK),
            self.button("turnout", Word.TURNOUT),
            self.button("report", Word.OPEN_REPORT),
            self.button("dead", Word.DEAD),
            self.button("close", Word.OPEN_CLOSE),
        )

    def close(self, phase: Open) -> Page:
        votes = self.context.urn.count if self.context.urn else 0
        return self.page(
            "close",
            Word.CLOSE_TITLE,
            self.text("ask", Word.CLOSE_ASK),
            self.text(
                "now",
                Word.CLOCK_NOW,
                time=self.context.local_time(self.context.now_ms // 1000),
                closes=self.context.local_time(self.station.package.closes_s),
            ),
            self.text("label", Word.OPEN_COUNT),
            Text("count", str(votes), "figure"),
            Text("wait", self.say(Word.PLEASE_WAIT), "note") if phase.working else None,
            self.button("close.back", Word.BACK, enabled=not phase.working),
            Button("close.confirm", self.say(Word.CLOSE_CONFIRM), not phase.working, "danger"),
        )

    # Pages of the evening

    def collect(self, phase: Collecting) -> Page:
        rows, roll = [], phase.roll
        for board in self.station.package.boards:
            spare = dict(roll.gone).get(board.name)
            if spare is not None:
                state = Word.BOARD_REPLACED_BY if spare else Word.BOARD_WRITTEN_OFF
            elif board.name in roll.boards_in:
                state = Word.BOARD_IN
            elif board.name in roll.wanted:
                state = Word.BOARD_MISSING
            else:
                state = Word.BOARD_SPARE
            kind = BOARD_KINDS[board.kind]
            rows.append((board.name, self.say(kind), self.say(state, spare=spare or "")))
        columns = (self.say(Word.BOARD), self.say(Word.KIND), PinText.STATE.text(self.language))
        notices = [
            self.notice(notice, f"notice.{number}")
            for number, notice in enumerate(phase.notices[:4], 1)
        ]
        ready = not roll.missing and not phase.working
        return self.page(
            "collect",
            Word.COLLECT_TITLE,
            self.text("hint", Word.COLLECT_HINT),
            Text("wait", self.say(Word.COLLECT_READING), "strong") if phase.working else None,
            *notices,
            Table("boards", columns, tuple(rows), phase.leaf),
            self.button("visitor.read", Word.COLLECT_READ, enabled=not phase.working),
            self.button("dead", Word.DEAD, enabled=not phase.working),
            self.button("count", Word.COLLECT_COUNT, enabled=ready, primary=True),
        )

    def result(self, phase: Result) -> Page:
        rows = paper.result_rows(phase.minutes, self.station.package, self.language)
        columns = ("", Column("", "right"))
        return self.page(
            "result",
            Word.RESULT_TITLE,
            Table("figures", columns, rows, phase.leaf),
            self.button("result.sign", Word.RESULT_SIGN, primary=True),
        )

    def papers(self, phase: Papers) -> Page:
        def button(name: str, word: Word) -> Button:
            fresh = name not in phase.printed
            return self.button(f"print.{name}", word, enabled=not phase.working, primary=fresh)

        return self.page(
            "papers",
            Word.PAPERS_TITLE,
            self.text("hint", Word.PAPERS_HINT),
            Text("wait", self.say(Word.PRINTING), "strong") if phase.working else None,
            self.notice(phase.notice),
            button("protocol", Word.PAPERS_PROTOCOL),
            button("codes", Word.PAPERS_CODES),
            self.button("papers.continue", Word.CONTINUE, enabled=not phase.working),
        )

    def clearing(self, phase: Clearing) -> Page:
        slot = phase.slot
        return self.page(
            "clear",
            Word.CLEAR_TITLE,
            self.text("hint", Word.CLEAR_HINT) if slot.card is None else None,
            self.notice(slot.notice),
            *self.pin(slot),
            self.share_people(Word.CLEARED, phase.cleared) if slot.card is None else None,
            self.pin_button(slot),
            self.unless_card(slot, self.button("clear.finish", Word.CLEAR_FINISH)),
        )

    def stopped(self, phase: Stopped) -> Page:
        why = phase.notice.what
        remedy = remedy_of(why) if isinstance(why, Reason) else None
        return self.page(
            "stopped",
            Word.STOPPED_TITLE,
            self.notice(phase.notice),
            self.text("hint", Word.STOPPED_HINT)
            if remedy is None
            else Text("hint", remedy.text(self.language), "strong"),
            self.text("code", Word.STOPPED_CODE, number=why.value)
            if isinstance(why, Reason)
            else None,
            Text("wait", self.say(Word.PLEASE_WAIT), "note") if phase.working else None,
            self.button("retry", Word.STOPPED_RETRY, enabled=not phase.working, primary=True),
        )


def _zone(minutes: int) -> str:
    """Return an offset from UTC as people write it, such as +05:00."""
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _number(fact: int | str | bytes | None) -> int:
    return fact if isinstance(fact, int) else 0
