"""What the accumulator's pages are put together from: words, notices, PINs, tables of people.

Rules: names of widgets never change with the language. Nothing here knows a phase; `pages` and
`dead_pages` do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from accumulator.signing import ActPhase, Signing
from accumulator.station import Station
from accumulator.texts import Word
from accumulator.turn import Context, Notice
from cardio.pin_page import people_table, pin_button, pin_widgets, share_table
from cardio.pin_slot import AnyPinSlot
from common import errors
from common.errors import Reason
from common.pages import Button, Page, Table, Text, Widget
from common.pintexts import ROLES
from common.trilingual import Trilingual

LANGUAGE_NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
_ROLE_WORDS = {word.name: word for word in ROLES.values()}


class PageParts:
    """Parts of pages in one language for one moment."""

    def __init__(self, context: Context, language: str) -> None:
        self.context = context
        self.station: Station = context.station
        self.language = language

    def say(self, word: Trilingual, **facts: int | str) -> str:
        return word.text(self.language, **facts)

    def text(self, name: str, word: Trilingual, **facts: int | str) -> Text:
        return Text(name, self.say(word, **facts))

    def button(
        self, name: str, word: Trilingual, *, enabled: bool = True, primary: bool = False
    ) -> Button:
        return Button(name, self.say(word), enabled, "primary" if primary else "plain")

    def page(self, name: str, title: Trilingual, *widgets: Widget | None) -> Page:
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
            text = notice.what.text(self.language, **facts)
        return Text(name, text, "good" if notice.good else "warning")

    def _fact(self, key: str, value: int | str) -> int | str:
        if key == "role" and value in _ROLE_WORDS:
            return _ROLE_WORDS[str(value)].text(self.language)
        return value

    def pin(self, slot: AnyPinSlot) -> tuple[Widget, ...]:
        """Return the widgets for the card in the slot: whose PIN, the pad, its button."""
        return pin_widgets(slot, self.station.package, self.language)

    def pin_button(self, slot: AnyPinSlot) -> Button | None:
        return pin_button(slot, self.language)

    def unless_card(self, slot: AnyPinSlot, button: Button) -> Button | None:
        """Return the page's own button; while a card is asked for its PIN, it is not there."""
        return button if slot.card is None else None

    def people(
        self,
        name: str,
        done: Trilingual,
        numbers: Iterable[int],
        officials: Iterable[int],
        instead: Mapping[int, str] | None = None,
    ) -> Table:
        """Return a table of officials and whether each has done his part."""
        return people_table(
            name,
            self.station.package,
            self.language,
            done=done,
            finished=numbers,
            officials=officials,
            instead=instead or {},
        )

    def share_people(self, done: Trilingual, cards: Iterable[int]) -> Table:
        """Return the table of share cards, by the officials they belong to."""
        return share_table(self.station.package, self.language, done=done, cards=cards)

    def signing(
        self,
        signing: Signing,
        hint: Text,
        needed: int,
        people: Iterable[int] | None = None,
        instead: Mapping[int, str] | None = None,
    ) -> tuple[Widget | None, ...]:
        """Return what stands above the last button while officials sign.

        Args:
            signing: the signatures so far.
            hint: what is signed.
            needed: so many must sign.
            people: numbers of those in the table; the whole commission if not given.
            instead: what the table says of those who need not sign.

        """
        slot = signing.slot
        if slot.card is not None:
            return (self.notice(slot.notice), *self.pin(slot), self.pin_button(slot))
        signed = signing.signed_by(self.station)
        everybody = [person.number for person in self.station.commission]
        return (
            hint,
            Text(
                "progress", self.say(Word.SIGNED_OF, present=len(signed), needed=needed), "strong"
            ),
            self.notice(slot.notice),
            self.people("people", Word.SIGNED, signed, people or everybody, instead),
        )

    def act(
        self,
        name: str,
        title: Trilingual,
        phase: ActPhase,
        hint: Text,
        finish: Trilingual,
        *,
        back: str = "",
        people: Iterable[int] | None = None,
    ) -> Page:
        """Return the page on which an act is signed.

        Args:
            name, title: of the page.
            phase: the act.
            hint: what is signed.
            finish: what the button says that lets the act take effect.
            back: the name of the button back, if there is one.
            people: numbers of those in the table; the whole commission if not given.

        """
        if phase.working:
            return self.waiting(name, title)
        ready = phase.complete(self.context)
        buttons = [self.button(back, Word.BACK)] if back else []
        buttons.append(self.button("sign.finish", finish, enabled=ready, primary=True))
        return self.page(
            name,
            title,
            *self.signing(phase.signing, hint, phase.needed(self.context), people),
            *(self.unless_card(phase.signing.slot, button) for button in buttons),
        )

    def waiting(self, name: str, title: Trilingual, word: Trilingual = Word.PLEASE_WAIT) -> Page:
        """Return the page that is shown while something takes long."""
        return self.page(name, title, Text("wait", self.say(word), "strong"))
