"""What the machines know of their station: the package in force, and which board this is.

Rules: frozen, public, and the same from start to end. Nothing here is secret, and nothing changes.
"""

from __future__ import annotations

from dataclasses import dataclass

from common import evening
from common.records import (
    SERIALS_PER_DESK,
    Board,
    BoardKind,
    Official,
    Role,
    ShareCard,
    StationPackage,
)


@dataclass(frozen=True, slots=True)
class Station:
    """One station's election as this accumulator has it installed.

    `package_hash` is the SHA-256 (32 bytes) of the signed package; `board` is this board's name.
    """

    package: StationPackage
    package_hash: bytes
    board: str

    @property
    def desks(self) -> tuple[Board, ...]:
        """The boards that activate cards."""
        return self.package.boards_of(BoardKind.DESK)

    @property
    def voting_boards(self) -> tuple[Board, ...]:
        """The boards whose cast votes are votes."""
        return evening.voting_boards(self.package)

    @property
    def commission(self) -> tuple[Official, ...]:
        """Chair, secretary and members; not the technician, who signs no minutes."""
        return tuple(
            person for person in self.package.officials if person.role is not Role.TECHNICIAN
        )

    @property
    def minutes_signers(self) -> tuple[Official, ...]:
        """Who must sign the minutes (L24)."""
        if self.package.parameters.all_sign_minutes:
            return self.commission
        return tuple(person for person in self.commission if person.role is Role.CHAIR)

    def desk_of(self, serial: int) -> Board | None:
        """Return the desk that may issue this serial."""
        for desk in self.desks:
            first = desk.first_serial
            if first is not None and first <= serial < first + SERIALS_PER_DESK:
                return desk
        return None

    def share_card(self, number: int) -> ShareCard | None:
        """Return the share card of this number."""
        cards = self.package.share_cards
        return next((card for card in cards if card.number == number), None)

    def name_of(self, official: int) -> str:
        """Return an official's name; empty when the package has none of this number."""
        person = self.package.official(official)
        return person.name if person else ""
