"""What an operators' page shows while cards with a PIN are asked for, on whatever board.

Rules: names of widgets never change with the language. Who remains stands first: of a big
commission, not everybody is in sight at once. A typed PIN shows as dots.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cardio.pin_slot import AnyPinSlot
from common.pages import Button, Keypad, Table, Text, Widget
from common.pintexts import ROLES, PinText
from common.records import StationPackage
from common.trilingual import Trilingual


def pin_widgets(slot: AnyPinSlot, package: StationPackage, language: str) -> tuple[Widget, ...]:
    """Return the widgets for the card in the slot: whose PIN, and the pad."""
    if slot.card is None:
        return ()
    if slot.busy:
        return (Text("pin.state", PinText.CARD_WORKING.text(language), "strong"),)
    name = name_of(package, slot.card.official)
    attempts = PinText.PIN_ATTEMPTS.text(language, attempts=slot.card.pin_attempts)
    return (
        Text("pin.who", PinText.PIN_OF.text(language, name=name), "strong"),
        Text("pin.left", attempts, "note"),
        Text("pin.typed", "•" * len(slot.digits) or " ", "field"),
        Keypad("pin"),
    )


def pin_button(slot: AnyPinSlot, language: str) -> Button | None:
    """Return the button under the pad."""
    if slot.card is None or slot.busy:
        return None
    return Button("pin.enter", PinText.PIN_ENTER.text(language), kind="primary")


def people_table(
    name: str,
    package: StationPackage,
    language: str,
    *,
    done: Trilingual,
    finished: Iterable[int],
    officials: Iterable[int],
    instead: Mapping[int, str] | None = None,
) -> Table:
    """Return a table of officials and whether each has done his part.

    `instead` is what is said of those who have not, and of whom it is not expected any more.
    """
    numbers, excused = set(finished), instead or {}
    rows = []
    for official in sorted(officials, key=lambda number: number in numbers or number in excused):
        person = package.official(official)
        role = ROLES[person.role].text(language) if person else ""
        state = (done if official in numbers else PinText.WAITING).text(language)
        if official in excused and official not in numbers:
            state = excused[official]
        rows.append((name_of(package, official), role, state))
    columns = (PinText.NAME.text(language), "", PinText.STATE.text(language))
    return Table(name, columns, tuple(rows))


def share_table(
    package: StationPackage, language: str, *, done: Trilingual, cards: Iterable[int]
) -> Table:
    """Return the table of share cards, by the officials they belong to; `cards` are done."""
    numbers = set(cards)
    finished = [card.official for card in package.share_cards if card.number in numbers]
    officials = [card.official for card in package.share_cards]
    return people_table(
        "shares", package, language, done=done, finished=finished, officials=officials
    )


def name_of(package: StationPackage, official: int) -> str:
    """Return an official's name; empty when the package has none of this number."""
    person = package.official(official)
    return person.name if person else ""
