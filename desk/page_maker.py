"""What all pages of the desk share: title, place, languages, buttons, refusals, a voter's name."""

from __future__ import annotations

from cardio.messages import ReaderMissing
from common.errors import text
from common.pages import Button, Page, Text, Widget
from common.records import Voter
from common.trilingual import Trilingual
from desk.phases import Rules, State
from desk.refusal import Refusal
from desk.texts import T

LANGUAGE_NAMES = {"kk": "ҚАЗ", "ru": "РУС", "en": "ENG"}


class PageMaker:
    """Makes pages of one state, in its language."""

    def __init__(self, rules: Rules, state: State) -> None:
        self.rules, self.state, self.language = rules, state, state.language

    def say(self, what: Trilingual, **facts: int | str) -> str:
        return what.text(self.language, **facts)

    def made(self, name: str, title: Trilingual, widgets: tuple[Widget, ...]) -> Page:
        if isinstance(self.state.slot, ReaderMissing) and name != "closed":
            missing = Text("reader", self.say(T.READER_MISSING), "warning")
            widgets = (missing, *widgets)
        place = self.say(T.PLACE, station=self.rules.package.station, board=self.rules.board.name)
        corner = tuple(
            Button(f"language.{code}", shown, enabled=code != self.language)
            for code, shown in LANGUAGE_NAMES.items()
        )
        return Page(f"desk.{name}", self.say(title), widgets, header=place, corner=corner)

    def button(
        self, name: str, what: Trilingual, kind: str = "plain", *, enabled: bool = True
    ) -> Button:
        match kind:
            case "primary":
                return Button(name, self.say(what), enabled, "primary")
            case "danger":
                return Button(name, self.say(what), enabled, "danger")
            case _:
                return Button(name, self.say(what), enabled)

    def refused(self, refusal: Refusal | None) -> tuple[Text, ...]:
        if refusal is None:
            return ()
        said = text(refusal.reason, self.language, **dict(refusal.facts))
        return (Text("refusal", said, "warning"),)

    def for_voter(self, line: int) -> Text:
        name = full_name(self.rules.roll.by_line[line])
        return Text("voter", self.say(T.FOR_VOTER, name=name), "body")


def full_name(voter: Voter) -> str:
    """Return surname, given name and patronymic as far as there are."""
    return " ".join(part for part in (voter.surname, voter.given, voter.patronymic) if part)
