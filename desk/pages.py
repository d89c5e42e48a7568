"""The desk's pages: a state in, one page out, in the operator's language. Nothing is decided here.

Page names are `desk.<phase>`; target names are those that the machine knows. A page shows one voter
at most, and only while that voter is served.
"""

from __future__ import annotations

from cardio.messages import OfficialCardSeen, VoterCardSeen
from common import daytime
from common.errors import Reason, Refused
from common.pages import Column, Keypad, Page, Table, Text, Widget
from common.remedies import remedy_of
from desk.clockcheck import DIGITS
from desk.errand_pages import errand_page, stock
from desk.errand_texts import S
from desk.evening_pages import evening_page
from desk.evening_phases import EveningPhase
from desk.evening_texts import E
from desk.half_pages import courier_page, shares_page, waiting_page
from desk.page_maker import PageMaker
from desk.phases import (
    SIGNERS_OF_AN_ACT,
    BlankWanted,
    CardIn,
    Checking,
    ClockCheck,
    ClockShift,
    Closed,
    ConfirmClose,
    Decide,
    Envelope,
    Erasing,
    Found,
    GiveOut,
    HalfToCourier,
    HandBack,
    Interrupted,
    Opened,
    Ready,
    Replacing,
    Row,
    Rules,
    SharesGiven,
    Signing,
    Spare,
    State,
    TakeOut,
    Waiting,
    Withdrawn,
    Writing,
)
from desk.refusal import Refusal
from desk.spare_page import spare_page
from desk.state import MAY_BE_GIVEN, Mark
from desk.texts import T
from desk.withdrawal import unclaimed

CARD_TEXTS = {
    Found.ACTIVATED: T.CARD_ACTIVATED,
    Found.WITHDRAWN: T.CARD_WITHDRAWN,
    Found.NOTHING_VALID: T.CARD_NOTHING,
    Found.SPOILED: T.CARD_CHECKED,
}


def page_of(rules: Rules, state: State) -> Page:
    """Return the page that shows this state."""
    return _Pages(rules, state).page()


def away_page(language: str, *, counts: bool) -> Page:
    """Return the page of a closed desk whose medium is at the accumulator."""
    title = T.CLOSED_TITLE.text(language)
    widgets = [Text("done", title, "good")]
    if counts:
        widgets.append(Text("hint", E.AWAY.text(language), "strong"))
    return Page("desk.closed", title, tuple(widgets))


def stopped_page(refused: Refused, language: str) -> Page:
    """Return the page of a desk that cannot go on: why, what is safe, who puts it right."""
    said = [Text("refusal", refused.text(language), "warning")]
    remedy = remedy_of(refused.reason)
    if remedy is not None:
        said.append(Text("remedy", remedy.text(language), "strong"))
    said.append(Text("code", T.STOPPED_CODE.text(language, number=refused.reason.value)))
    return Page("desk.stopped", T.STOPPED_TITLE.text(language), tuple(said))


class _Pages(PageMaker):
    """The pages of one state, in its language."""

    def page(self) -> Page:
        match self.state.phase:
            case Spare() as spare:
                return spare_page(self, spare)
            case Waiting() as waiting:
                return waiting_page(self, waiting)
            case SharesGiven() as shares:
                return shares_page(self, shares)
            case HalfToCourier() as half:
                return courier_page(self, half)
            case ClockCheck(typed=None) as check:
                return self.clock(check)
            case ClockCheck() as check:
                return self.clock_setting(check)
            case Opened():
                done = Text("done", self.say(T.OPENED_TITLE), "good")
                hint = Text("hint", self.say(T.OPENED), "strong")
                return self.made("opened", T.OPENED_TITLE, (done, hint))
            case Ready() as ready:
                return self.ready(ready)
            case Row(line, refusal):
                return self.row(line, refusal)
            case BlankWanted(line, refusal):
                return self.blank_wanted(line, refusal)
            case Writing() | Checking():
                hint = Text("hint", self.say(T.WRITING), "strong")
                return self.made("writing", T.WRITING_TITLE, (hint,))
            case Erasing():
                hint = Text("hint", self.say(T.WRITING), "strong")
                return self.made("erasing", T.ERASING_TITLE, (hint,))
            case Interrupted() as interrupted:
                return self.interrupted(interrupted)
            case Decide(line=line):
                return self.decide(line)
            case GiveOut(line=line):
                return self.give_out(undo=line is not None)
            case TakeOut(refusal):
                widgets: tuple[Widget, ...] = self.refused(refusal)
                if refusal.reason is Reason.CLOSE_NOT_REACHED:
                    widgets = (*widgets, self.button("clock.check", T.CLOCK_CHECK))
                return self.made("take-out", T.TAKE_OUT_TITLE, widgets)
            case CardIn() as card:
                return self.card_in(card)
            case Withdrawn():
                return self.withdrawn()
            case HandBack(line, refusal):
                return self.hand_back(line, refusal)
            case Envelope(line):
                return self.envelope(line)
            case Signing() as signing:
                return self.signing(signing)
            case ConfirmClose():
                return self.confirm_close()
            case Closed():
                return self.closed()
            case phase if isinstance(phase, EveningPhase):
                return evening_page(self, phase)
            case errand:
                return errand_page(self, errand)

    # --- pages with more on them --------------------------------------------------------------

    def clock(self, phase: ClockCheck) -> Page:
        zone = self.rules.package.zone_minutes
        buttons = [
            self.button("clock.change", T.CLOCK_CHANGE),
            self.button("clock.right", T.CLOCK_RIGHT, "primary", enabled=phase.is_right),
        ]
        if phase.start_order is None:
            buttons.insert(0, self.button("clock.leave", T.CLOCK_LEAVE))
        was_set = Text("done", self.say(T.CLOCK_WAS_SET), "good")
        widgets: tuple[Widget, ...] = (
            *self.refused(phase.refusal),
            *([was_set] if phase.was_set else []),
            Text("ask", self.say(T.CLOCK_ASK), "body"),
            Text("time", daytime.hours(phase.now_ms, zone), "figure"),
            Text("date", daytime.date_and_weekday(phase.now_ms, zone, self.language), "strong"),
            *buttons,
        )
        return self.made("clock", T.CLOCK_TITLE, widgets)

    def clock_setting(self, phase: ClockCheck) -> Page:
        typed = phase.typed or ""
        widgets: tuple[Widget, ...] = (
            Text("hint", self.say(T.CLOCK_SET_HINT), "body"),
            Text("typed", typed or " ", "field"),
            *self.refused(phase.refusal),
            Keypad("digits"),
            self.button("clock.back", T.BACK),
            self.button("clock.set", T.CLOCK_SET, "primary", enabled=len(typed) == DIGITS),
        )
        return self.made("clock.set", T.CLOCK_SET_TITLE, widgets)

    def ready(self, phase: Ready) -> Page:
        marks = self.state.marks
        all_issued, returned, void = self.state.serials.totals
        turnout = self.say(T.TURNOUT, given=marks.voters_given, served=self.rules.roll.served)
        issued = self.say(
            T.ISSUED,
            issued=all_issued,
            returned=returned,
            void=void,
            unread=self.state.unread,
        )
        widgets: tuple[Widget, ...] = (
            Text("hint", self.say(T.READY), "body"),
            Text("typed", phase.typed or " ", "field"),
            *self.refused(phase.refusal),
            Keypad("digits"),
            Text("turnout", turnout, "strong"),
            Text("figures", issued, "note"),
            Text("card-hint", self.card_hint(), "note"),
            *stock(self, always=False),
            self.button("by-hour", S.TURNOUT),
            self.button("cards", S.CARDS),
            self.button("by-name", S.BY_NAME),
            self.button("find", T.FIND, "primary", enabled=bool(phase.typed)),
        )
        return self.made("ready", T.READY_TITLE, widgets)

    def card_hint(self) -> str:
        match self.state.slot:
            case VoterCardSeen() as card if card.blank:
                return self.say(S.BLANK_HERE)
            case _:
                return self.say(T.CARD_BACK_HINT)

    def row(self, line: int, refusal: Refusal | None) -> Page:
        mark = self.state.marks.of(line)
        left = self.state.acts > self.state.marks.acts_used
        widgets: list[Widget] = [*self.refused(refusal)]
        buttons = [self.button("back", T.BACK)]
        if mark in MAY_BE_GIVEN:
            if mark is Mark.ANOTHER_ALLOWED:
                widgets.append(Text("state", self.say(T.MAY_HAVE_ANOTHER), "good"))
            buttons.append(self.button("refuse", T.REFUSE, "danger"))
            buttons.append(self.button("confirm", T.CONFIRM, "primary"))
        elif mark is Mark.GIVEN:
            widgets.append(Text("state", self.say(T.HAS_CARD), "warning"))
            buttons.append(self.button("hand-back", T.HAND_BACK))
            buttons.append(self.button("unread", T.CARD_UNREADABLE))
            buttons.append(self.button("lost", S.LOST))
        elif mark is Mark.RETURNED:
            widgets.append(Text("state", self.say(T.HAS_RETURNED), "warning"))
            buttons.append(self.button("another", T.ANOTHER))
        if left and mark in (Mark.GIVEN, Mark.RETURNED):
            buttons.append(self.button("use-act", T.USE_ACT))
        return self.made("row", T.ROW_TITLE, (*widgets, self.voter_table(line), *buttons))

    def voter_table(self, line: int) -> Table:
        voter = self.rules.roll.by_line[line]
        year, month, day = voter.birth_date.split("-")
        rows = [
            (T.SURNAME, voter.surname),
            (T.GIVEN, voter.given),
            (T.PATRONYMIC, voter.patronymic),
            (T.BIRTH_DATE, f"{day}.{month}.{year}"),
            (T.IIN, voter.iin),
            (T.ADDRESS, voter.address),
            (T.LIST_NUMBER, str(voter.line)),
        ]
        style = self.rules.package.style(voter.style)
        if style is not None and len(self.rules.package.styles) > 1:
            rows.append((T.STYLE, style.name.ru if self.language == "ru" else style.name.kk))
        shown = tuple((self.say(what), value) for what, value in rows if value)
        return Table("voter", ("", ""), shown, large=True, whole=True)

    def blank_wanted(self, line: int, refusal: Refusal | None) -> Page:
        widgets: tuple[Widget, ...] = (
            self.for_voter(line),
            Text("hint", self.say(T.BLANK), "strong"),
            *self.refused(refusal),
            self.button("back", T.BACK),
            self.button("no-cards", S.NO_CARDS),
        )
        return self.made("blank", T.BLANK_TITLE, widgets)

    def interrupted(self, phase: Interrupted) -> Page:
        buttons = [
            self.button("unread", T.CARD_UNREADABLE),
            self.button("act", T.DRAW_UP_ACT),
        ]
        if phase.tried:
            buttons.append(self.button("again", T.AGAIN, "primary"))
        if self.state.acts > self.state.marks.acts_used:
            buttons.append(self.button("use-act", T.USE_ACT))
        widgets: tuple[Widget, ...] = (
            self.for_voter(phase.line),
            Text("hint", self.say(T.INTERRUPTED), "strong"),
            *self.refused(phase.refusal),
            *buttons,
        )
        return self.made("interrupted", T.INTERRUPTED_TITLE, widgets)

    def decide(self, line: int) -> Page:
        widgets: tuple[Widget, ...] = (
            Text("hint", self.say(T.DECIDE), "strong"),
            self.voter_table(line),
            self.button("withdraw", T.WITHDRAW, "danger"),
            self.button("give", T.GIVE_IT, "primary"),
        )
        return self.made("decide", T.INTERRUPTED_TITLE, widgets)

    def give_out(self, *, undo: bool) -> Page:
        widgets: list[Widget] = [
            Text("done", self.say(T.GIVE_TITLE), "good"),
            Text("hint", self.say(T.GIVE), "strong"),
        ]
        if undo:
            widgets.append(self.button("withdraw", T.TAKE_BACK_AT_ONCE))
        return self.made("give", T.GIVE_TITLE, tuple(widgets))

    def card_in(self, phase: CardIn) -> Page:
        said = Text("state", self.say(CARD_TEXTS[phase.found]), "strong")
        hint = Text("hint", self.say(T.TAKE_OUT_TITLE), "note")
        buttons = [self.button("blank", T.BLANK_IT, "primary")]
        if phase.found is Found.ACTIVATED:
            hint = Text("hint", self.say(S.STILL_HERE))
            buttons = [
                self.button("void", T.AS_VOID),
                self.button("left", S.AS_LEFT),
                self.button("returned", T.AS_RETURNED),
            ]
        if phase.found is Found.SPOILED:
            hint = Text("hint", self.say(T.CARD_CHECKED_HINT, button=self.say(T.HAND_BACK)))
            buttons = [self.button("left", S.AS_LEFT)]
        widgets: tuple[Widget, ...] = (said, *self.refused(phase.refusal), hint, *buttons)
        return self.made("card", T.CARD_TITLE, widgets)

    def withdrawn(self) -> Page:
        hint = self.say(T.WITHDRAWN_HINT, button=self.say(T.HAND_BACK))
        widgets: tuple[Widget, ...] = (
            Text("state", self.say(T.WITHDRAWN), "good"),
            Text("hint", hint, "body"),
            self.button("done", T.DONE, "primary"),
        )
        return self.made("withdrawn", T.WITHDRAWN_TITLE, widgets)

    def hand_back(self, line: int, refusal: Refusal | None) -> Page:
        withdrawn = unclaimed(self.state)
        widgets: list[Widget] = [
            self.for_voter(line),
            Text("hint", self.say(T.HAND_BACK_TEXT), "strong"),
            *self.refused(refusal),
        ]
        buttons = [self.button("back", T.BACK)]
        if withdrawn:
            button = self.say(T.WITHDRAWN_BEFORE)
            said = self.say(S.TAKEN_BACK, count=withdrawn, button=button)
            widgets.append(Text("withdrawn", said))
            buttons.append(self.button("withdrawn-before", T.WITHDRAWN_BEFORE))
        return self.made("hand-back", T.HAND_BACK_TITLE, (*widgets, *buttons))

    def envelope(self, line: int | None) -> Page:
        sealed = self.state.tally.sealed if line is not None else 0
        widgets: list[Widget] = [] if line is None else [self.for_voter(line)]
        widgets.append(Text("hint", self.say(T.ENVELOPE), "strong"))
        buttons = [self.button("back", T.BACK)]
        if sealed:
            button = self.say(S.SEALED_BEFORE)
            said = self.say(S.SEALED_BEFORE_HINT, count=sealed, button=button)
            widgets.append(Text("before", said))
            buttons.append(self.button("sealed-before", S.SEALED_BEFORE))
        buttons.append(self.button("sealed", T.SEALED, "primary"))
        return self.made("envelope", T.ENVELOPE_TITLE, (*widgets, *buttons))

    def confirm_close(self) -> Page:
        widgets: tuple[Widget, ...] = (
            Text("hint", self.say(T.CLOSE_TEXT), "warning"),
            self.figures(),
            self.button("back", T.BACK),
            self.button("close", T.CLOSE, "danger"),
        )
        return self.made("close", T.CLOSE_TITLE, widgets)

    def closed(self) -> Page:
        widgets: list[Widget] = [Text("hint", self.say(T.CLOSED_TEXT), "good")]
        if self.rules.makes_half:
            widgets.append(Text("stays-on", self.say(E.STAYS_ON), "strong"))
        return self.made("closed", T.CLOSED_TITLE, (*widgets, self.figures()))

    def signing(self, phase: Signing) -> Page:
        signed = self.say(T.SIGNATURES, present=len(phase.signers), needed=SIGNERS_OF_AN_ACT)
        hint = self.say(T.NEXT_SIGNER)
        slot = self.state.slot
        can_sign = isinstance(slot, OfficialCardSeen) and slot.official not in phase.signers
        if isinstance(slot, OfficialCardSeen) and can_sign:
            hint = self.say(T.TYPE_PIN, name=slot.name)
        if phase.asked is not None:
            hint = self.say(T.SIGNING_NOW)
        widgets: tuple[Widget, ...] = (
            Text("purpose", self.act_text(phase), "note"),
            Text("signatures", signed, "body"),
            Text("hint", hint, "strong"),
            Text("pin-line", "•" * len(phase.pin) or " ", "field"),
            *self.refused(phase.refusal),
            Keypad("pin"),
            self.button("back", T.BACK),
            self.button("sign", T.SIGN, "primary", enabled=can_sign and bool(phase.pin)),
        )
        return self.made("signing", T.SIGNING_TITLE, widgets)

    def act_text(self, phase: Signing) -> str:
        if isinstance(phase.purpose, ClockShift):
            zone, shift = self.rules.package.zone_minutes, phase.purpose
            return self.say(
                T.CLOCK_ACT,
                shown=daytime.date_and_hours(shift.right_ms - shift.offset_ms, zone),
                right=daytime.date_and_hours(shift.right_ms, zone),
            )
        if isinstance(phase.purpose, Replacing):
            dead, board = phase.purpose.back.dead, self.rules.board.name
            return self.say(T.SPARE_ACT, board=dead, spare=board)
        kk, _, ru = phase.purpose.value.partition(" / ")
        return ru if self.language == "ru" else kk

    def figures(self) -> Table:
        issued, returned, void = self.state.serials.totals
        rows = (
            (T.LISTED, self.rules.roll.served),
            (T.VOTERS_GIVEN, self.state.marks.voters_given),
            (T.CARDS_ISSUED, issued),
            (T.CARDS_RETURNED, returned),
            (T.CARDS_VOID, void),
            (T.CARDS_CHALLENGED, self.state.serials.challenges),
            (T.CARDS_UNREAD, self.state.unread),
        )
        return Table(
            "figures",
            (self.say(T.FIGURE), Column(self.say(T.NUMBER), "right")),
            tuple((self.say(what), str(number)) for what, number in rows),
        )
