"""The accumulator's pages: a phase in, a page out, in the operator's language.

Rules: each page says what to do next, who has done his part and who remains. Names of pages, tables
and buttons never change with the language: simulated officials press them by name, and
`docs/commission-accumulator.md` lists them. No page shows a choice before the count, a serial, or
a typed secret.
"""

from __future__ import annotations

from collections.abc import Iterable

from accumulator import paper
from accumulator.closing import Collecting
from accumulator.counting import Quorum
from accumulator.minutes import Clearing, DayOver, MinutesAct, Papers, Result
from accumulator.opening import Locked, OpeningAct, SharesOut, ZeroCheck, opening_signers_needed
from accumulator.pinslot import AnyPinSlot
from accumulator.signing import Signing
from accumulator.station import Station
from accumulator.stopped import Stopped
from accumulator.texts import BOARD_KINDS, ROLES, Word
from accumulator.turn import Context, Notice, Phase
from accumulator.voting import Open
from common import errors
from common.errors import Reason, Refused
from common.pages import Button, Column, Keyboard, Keypad, Page, Table, Text, Widget
from common.records import Act, ActFact

LANGUAGE_NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
_ROLE_WORDS = {word.name: word for word in ROLES.values()}


def draw_up(phase: Phase, context: Context, language: str) -> Page:
    """Return the page of a phase."""
    writer = _Writer(context, language)
    match phase:
        case Locked():
            return writer.locked(phase)
        case ZeroCheck():
            return writer.zero(phase)
        case SharesOut():
            return writer.shares(phase)
        case OpeningAct():
            return writer.opening_act(phase)
        case Open(closing=True):
            return writer.close(phase)
        case Open():
            return writer.open(phase)
        case Collecting():
            return writer.collect(phase)
        case Quorum():
            return writer.quorum(phase)
        case Result():
            return writer.result(phase)
        case MinutesAct():
            return writer.minutes_act(phase)
        case Papers():
            return writer.papers(phase)
        case Clearing():
            return writer.clearing(phase)
        case DayOver():
            return writer.page("day.over", Word.DAY_TITLE, writer.text("hint", Word.DAY_HINT))
        case Stopped():
            return writer.stopped(phase)
        case _:
            raise TypeError(f"no page for {type(phase).__name__}")


def refusal_page(refused: Refused, language: str) -> Page:
    """Return the page of an accumulator that cannot start; it has no button."""
    said = Text("refusal", refused.text(language), "warning")
    return Page("accumulator.refused", Word.STOPPED_TITLE.text(language), (said,))


class _Writer:
    """Writes pages in one language for one moment."""

    def __init__(self, context: Context, language: str) -> None:
        self.context = context
        self.station: Station = context.station
        self.language = language

    # Parts of pages

    def say(self, word: Word, **facts: int | str) -> str:
        return word.text(self.language, **facts)

    def text(self, name: str, word: Word, **facts: int | str) -> Text:
        return Text(name, self.say(word, **facts))

    def button(
        self, name: str, word: Word, *, enabled: bool = True, primary: bool = False
    ) -> Button:
        return Button(name, self.say(word), enabled, "primary" if primary else "plain")

    def page(self, name: str, title: Word, *widgets: Widget | None) -> Page:
        return Page(
            name=f"accumulator.{name}",
            title=self.say(title),
            widgets=tuple(widget for widget in widgets if widget is not None),
            header=self.say(Word.STATION, station=self.station.package.station),
            corner=tuple(
                Button(f"language.{code}", shown, enabled=code != self.language)
                for code, shown in LANGUAGE_NAMES.items()
            ),
        )

    def notice(self, notice: Notice | None, name: str = "notice") -> Text | None:
        if notice is None:
            return None
        facts = {key: self._fact(key, value) for key, value in notice.facts}
        if isinstance(notice.what, Reason):
            text = errors.text(notice.what, self.language, **facts)
            board = facts.get("board")
            if board is not None and "board" not in notice.what.placeholders:
                text = self.say(Word.BOARD_REFUSED, board=board, text=text)
        else:
            text = self.say(notice.what, **facts)
        return Text(name, text, "good" if notice.good else "warning")

    def _fact(self, key: str, value: int | str) -> int | str:
        if key == "role" and value in _ROLE_WORDS:
            return self.say(_ROLE_WORDS[str(value)])
        return value

    def pin(self, slot: AnyPinSlot) -> tuple[Widget, ...]:
        """Return the widgets for the card in the slot: whose PIN, the pad, its button."""
        if slot.card is None:
            return ()
        if slot.busy:
            return (Text("pin.state", self.say(Word.CARD_WORKING), "strong"),)
        name = self.station.name_of(slot.card.official)
        return (
            Text("pin.who", self.say(Word.PIN_OF, name=name), "strong"),
            Text("pin.left", self.say(Word.PIN_ATTEMPTS, attempts=slot.card.pin_attempts), "note"),
            Text("pin.typed", "•" * len(slot.digits) or " ", "field"),
            Keypad("pin"),
        )

    def pin_button(self, slot: AnyPinSlot) -> Button | None:
        if slot.card is None or slot.busy:
            return None
        return self.button("pin.enter", Word.PIN_ENTER, primary=True)

    def unless_card(self, slot: AnyPinSlot, button: Button) -> Button | None:
        """Return the page's own button; while a card is asked for its PIN, it is not there."""
        return button if slot.card is None else None

    def people(
        self, name: str, done: Word, numbers: Iterable[int], officials: Iterable[int]
    ) -> Table:
        """Return a table of officials and whether each has done his part.

        Who remains stands first: of a big commission, not everybody is in sight at once.
        """
        finished = set(numbers)
        rows = []
        for official in sorted(officials, key=lambda number: number in finished):
            person = self.station.package.official(official)
            role = self.say(ROLES[person.role]) if person else ""
            state = self.say(done if official in finished else Word.WAITING)
            rows.append((self.station.name_of(official), role, state))
        columns = (self.say(Word.NAME), "", self.say(Word.STATE))
        return Table(name, columns, tuple(rows))

    def share_people(self, done: Word, cards: Iterable[int]) -> Table:
        """Return the table of share cards, by the officials they belong to."""
        finished = set(cards)
        all_cards = self.station.package.share_cards
        numbers = [card.official for card in all_cards if card.number in finished]
        return self.people("shares", done, numbers, [card.official for card in all_cards])

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

    def shares(self, phase: SharesOut) -> Page:
        ready = phase.enough(self.station.package)
        return self.page(
            "shares",
            Word.SHARES_TITLE,
            self.text("hint", Word.SHARES_HINT) if phase.slot.card is None else None,
            self.notice(phase.slot.notice),
            *self.pin(phase.slot),
            self.share_people(Word.WRITTEN, phase.written) if phase.slot.card is None else None,
            self.pin_button(phase.slot),
            self.unless_card(
                phase.slot,
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
        finish = self.button(
            "sign.finish", Word.ACT_OPEN, enabled=phase.complete(self.context), primary=True
        )
        if phase.working:
            return self.waiting("act", Word.ACT_TITLE)
        needed = opening_signers_needed(self.context)
        widgets = self.signing(phase.signing, hint, needed)
        last = self.unless_card(phase.signing.slot, finish)
        return self.page("act", Word.ACT_TITLE, *widgets, last)

    def signing(self, signing: Signing, hint: Text, needed: int) -> tuple[Widget | None, ...]:
        """Return what stands above the last button while officials sign."""
        slot = signing.slot
        if slot.card is not None:
            return (self.notice(slot.notice), *self.pin(slot), self.pin_button(slot))
        signed = signing.signed_by(self.station)
        people = [person.number for person in self.station.commission]
        return (
            hint,
            Text(
                "progress", self.say(Word.SIGNED_OF, present=len(signed), needed=needed), "strong"
            ),
            self.notice(slot.notice),
            self.people("people", Word.SIGNED, signed, people),
        )

    def waiting(self, name: str, title: Word, word: Word = Word.PLEASE_WAIT) -> Page:
        """Return the page that is shown while something takes long."""
        return self.page(name, title, Text("wait", self.say(word), "strong"))

    # Pages of the day

    def open(self, phase: Open) -> Page:
        package = self.station.package
        closes = self.context.local_time(package.closes_s)
        votes = self.context.urn.count if self.context.urn else 0
        return self.page(
            "open",
            Word.OPEN_TITLE,
            self.text("label", Word.OPEN_COUNT),
            Text("count", str(votes), "figure"),
            self.notice(phase.intake.notice),
            self.text("hint", Word.OPEN_HINT),
            Text("courier", self.say(Word.COURIER_FIRST), "note")
            if not phase.courier.written
            else None,
            self.notice(phase.paper, "paper"),
            Text("closes", self.say(Word.OPEN_CLOSES, time=closes), "note"),
            self.button("report", Word.OPEN_REPORT),
            self.button("close", Word.OPEN_CLOSE),
        )

    def close(self, phase: Open) -> Page:
        votes = self.context.urn.count if self.context.urn else 0
        return self.page(
            "close",
            Word.CLOSE_TITLE,
            self.text("ask", Word.CLOSE_ASK),
            self.text("label", Word.OPEN_COUNT),
            Text("count", str(votes), "figure"),
            Text("wait", self.say(Word.PLEASE_WAIT), "note") if phase.working else None,
            self.button("close.back", Word.BACK, enabled=not phase.working),
            Button("close.confirm", self.say(Word.CLOSE_CONFIRM), not phase.working, "danger"),
        )

    # Pages of the evening

    def collect(self, phase: Collecting) -> Page:
        rows = []
        for board in self.station.package.boards:
            if board.name in phase.boards_in:
                state = Word.BOARD_IN
            elif board.name in phase.boards_wanted:
                state = Word.BOARD_MISSING
            else:
                state = Word.BOARD_SPARE
            kind = BOARD_KINDS[board.kind]
            rows.append((board.name, self.say(kind), self.say(state)))
        columns = (self.say(Word.BOARD), self.say(Word.KIND), self.say(Word.STATE))
        notices = [
            self.notice(notice, f"notice.{number}")
            for number, notice in enumerate(phase.notices[:4], 1)
        ]
        ready = not phase.missing and not phase.working
        return self.page(
            "collect",
            Word.COLLECT_TITLE,
            self.text("hint", Word.COLLECT_HINT),
            Text("wait", self.say(Word.COLLECT_READING), "strong") if phase.working else None,
            *notices,
            Table("boards", columns, tuple(rows), phase.leaf),
            self.button("visitor.read", Word.COLLECT_READ, enabled=not phase.working),
            self.button("count", Word.COLLECT_COUNT, enabled=ready, primary=True),
        )

    def quorum(self, phase: Quorum) -> Page:
        if phase.working:
            return self.waiting("quorum", Word.QUORUM_TITLE, Word.QUORUM_COUNTING)
        needed = self.station.package.quorum
        hint = self.text("hint", Word.QUORUM_HINT, present=len(phase.shares), needed=needed)
        slot = phase.slot
        return self.page(
            "quorum",
            Word.QUORUM_TITLE,
            hint,
            self.notice(phase.refused, "refused"),
            self.notice(slot.notice),
            *self.pin(slot),
            self.share_people(Word.READ, phase.shares) if slot.card is None else None,
            self.pin_button(slot),
            self.unless_card(slot, self.button("quorum.back", Word.BACK)),
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

    def minutes_act(self, phase: MinutesAct) -> Page:
        finish = self.button(
            "sign.finish", Word.MINUTES_FINISH, enabled=phase.complete(self.context), primary=True
        )
        if phase.working:
            return self.waiting("minutes", Word.MINUTES_TITLE)
        hint = self.text("hint", Word.MINUTES_HINT)
        needed = len(self.station.minutes_signers)
        widgets = self.signing(phase.signing, hint, needed)
        lower = (self.button("sign.back", Word.BACK), finish)
        last = [self.unless_card(phase.signing.slot, button) for button in lower]
        return self.page("minutes", Word.MINUTES_TITLE, *widgets, *last)

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
        return self.page(
            "stopped",
            Word.STOPPED_TITLE,
            self.notice(phase.notice),
            self.text("hint", Word.STOPPED_HINT),
            Text("wait", self.say(Word.PLEASE_WAIT), "note") if phase.working else None,
            self.button("retry", Word.STOPPED_RETRY, enabled=not phase.working, primary=True),
        )


def _number(fact: int | str | bytes | None) -> int:
    return fact if isinstance(fact, int) else 0
