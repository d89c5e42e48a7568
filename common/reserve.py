"""How many bytes a board keeps free on each medium for the rest of its day.

A board that has less stops before the next person is served, never in the middle
(`TwoMedia.check_room`). Rules: the figures are generous, and shrink with those who are still to
come; files that are overwritten in place need none.
"""

from __future__ import annotations

from typing import Final

PER_PERSON: Final = 16 << 10
"""Journal entries about one person: at most 16 of at most 1 KiB, whatever goes wrong."""
REST: Final = 1 << 20
"""Acts, starts and repairs, the statement."""


FOR_THE_CLOSE: Final = REST + PER_PERSON
"""What a journal, however long, keeps for the person who comes next and for the close."""


def for_people(people: int) -> int:
    """Return the reserve of a board that may serve so many more people."""
    return REST + people * PER_PERSON


def for_count(votes: int, sealed_size: int) -> int:
    """Return what a medium needs that carries the evening of two boards, for so many votes.

    The votes as they were sealed, two shuffles with their proofs, and both parts of the opening.

    Args:
        votes: who can have voted.
        sealed_size: bytes of a sealed ballot.
    """
    return REST + votes * (5 * sealed_size + 1024)


def for_evidence(people: int, sealed_size: int, book_size: int) -> int:
    """Return what an accumulator needs besides, for other boards' records and for the bundle.

    Args:
        people: who can have voted.
        sealed_size: bytes of a sealed ballot.
        book_size: bytes of the ballot book.
    """
    journals = 2 * for_people(people)  # of desks and terminals, all together
    votes = people * 2 * (sealed_size + 512)  # sealed, and opened
    proofs = 2 * for_count(people, sealed_size)  # on the way, and in the bundle
    return 2 * journals + votes + proofs + book_size
