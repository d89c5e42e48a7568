# ruff: noqa: E501 - one text stands on one line, so that translators can compare the three
"""What a page says beside the reason why a board stopped: what is safe, and who decides.

Rules: a board that only lacks a medium goes on by itself when it has one; what neither medium can
mend is for people, and what concerns the urn for the higher commission. Nothing here says what to
do with votes.
"""

from __future__ import annotations

from enum import unique
from typing import Final

from common.errors import Reason
from common.trilingual import Trilingual


@unique
class Remedy(Trilingual):
    """Who puts it right."""

    GOES_ON = (
        "Жазылғанның бәрі сақталған. Бұл реттелген бойда құрылғы жұмысын өзі жалғастырады.",
        "Всё записанное сохранено. Как только это будет исправлено, устройство продолжит само.",
        "Everything recorded is safe. As soon as this is put right, the board goes on by itself.",
    )
    COMMISSION = (
        "Құрылғы өзі жалғастырмайды. Шешімді комиссия қабылдайды: акт бойынша оны қосалқы құрылғы алмастырады. Екі тасымалдағышқа да тиіспеңіз.",
        "Само устройство не продолжит. Решает комиссия: по акту его заменяет запасное. Не трогайте оба носителя.",
        "The board does not go on by itself. The commission decides: its spare takes its place under an act. Leave both media untouched.",
    )
    HIGHER_COMMISSION = (
        "Құрылғы өзі жалғастырмайды. Комиссия екі тасымалдағышты мөрлейді, электрондық жәшік туралы шешімді жоғары тұрған комиссия қабылдайды.",
        "Само устройство не продолжит. Комиссия опечатывает оба носителя; об урне решает вышестоящая комиссия.",
        "The board does not go on by itself. The commission seals both media; about the urn the higher commission decides.",
    )


_URN: Final = frozenset(
    {
        Reason.URN_MISMATCH,
        Reason.URN_DAMAGED,
        Reason.URN_KEY_WRONG,
        Reason.URN_MISSING,
        Reason.URN_OTHER_SHAPE,
        Reason.URN_NOT_EMPTY,
    }
)
_MEDIUM: Final = frozenset(
    {
        Reason.MEDIUM_MISSING,
        Reason.MEDIUM_FULL,
        Reason.MEDIUM_READ_ONLY,
        Reason.MEDIUM_DAMAGED,
        Reason.MEDIUM_OTHER_BOARD,
        Reason.MEDIUM_OTHER_STATION,
        Reason.MEDIUM_OTHER_DAY,
        Reason.MEDIUM_UNKNOWN,
        Reason.MEDIUM_ALMOST_FULL,
        Reason.OWN_STORAGE_FULL,
        Reason.OWN_STORAGE_READ_ONLY,
        Reason.OWN_STORAGE_DAMAGED,
        Reason.OWN_STORAGE_ALMOST_FULL,
    }
)
_PEOPLE: Final = frozenset(
    {
        Reason.MEDIA_DISAGREE,
        Reason.STATE_OUT_OF_DATE,
        Reason.LOST_ON_BOTH,
        Reason.JOURNAL_BROKEN,
        Reason.JOURNAL_SHORTENED,
        Reason.JOURNAL_ALMOST_FULL,
        Reason.BOARD_KEYS_LOST,
        Reason.RECORD_MISSING,
        Reason.RECORD_DAMAGED,
        Reason.RECORD_SIGNATURE_WRONG,
        Reason.RECORD_OTHER_PACKAGE,
        Reason.RECORD_NOT_CBOR,
        Reason.TALLY_HALF_WRONG,
    }
)


def remedy_of(reason: Reason) -> Remedy | None:
    """Return who puts right what stopped a board; None for what is not about its media."""
    if reason in _MEDIUM:
        return Remedy.GOES_ON
    if reason in _URN:
        return Remedy.HIGHER_COMMISSION
    return Remedy.COMMISSION if reason in _PEOPLE else None
