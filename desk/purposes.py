"""Why officials sign an act at the desk, in the words that stand in the act.

Rules: a text never changes: acts that are stored are known by it.
"""

from __future__ import annotations

from enum import Enum

from common.catalogue import EventType


class ActPurpose(Enum):
    """Why officials sign an act at the desk; the text stands in the act.

    All but FOUND allow one voter another card.
    """

    UNREAD = (
        "Оқылмайтын карточка конвертке салынып, мөрленді; сайлаушыға басқа карточка беріледі. / "
        "Нечитаемая карточка запечатана в конверт; избирателю выдаётся другая."
    )
    INTERRUPTED = (
        "Карточка беру үзілді, оның жазылғанын анықтау мүмкін емес; басқа карточка беріледі. / "
        "Выдача карточки прервана, и нельзя установить, записана ли она; выдаётся другая."
    )
    RETURNED = (
        "Карточкасын қайтарған сайлаушыға басқа карточка беріледі. / "
        "Избирателю, вернувшему карточку, выдаётся другая."
    )
    FOUND = (
        "Табылған оқылмайтын карточка конвертке салынып, мөрленді; оның сайлаушысы белгісіз. / "
        "Найденная нечитаемая карточка запечатана в конверт; чья она, неизвестно."
    )
    SEALED_BEFORE = (
        "Сайлаушының оқылмайтын карточкасы бұрын конвертке салынған; басқа карточка беріледі. / "
        "Нечитаемая карточка избирателя уже лежит в конверте; выдаётся другая."
    )

    @property
    def cards(self) -> int:
        """How many cards were sealed in an envelope."""
        return int(self in (ActPurpose.UNREAD, ActPurpose.FOUND))

    @property
    def journalled(self) -> EventType:
        """What the journal says when the act is signed."""
        match self:
            case ActPurpose.UNREAD:
                return EventType.CARD_UNREAD
            case ActPurpose.FOUND:
                return EventType.FOUND_CARD_SEALED
            case ActPurpose.SEALED_BEFORE:
                return EventType.SEALED_CARD_CLAIMED
            case ActPurpose.INTERRUPTED | ActPurpose.RETURNED:
                return EventType.ANOTHER_CARD_ALLOWED


ALLOWING = frozenset(purpose.value for purpose in ActPurpose if purpose is not ActPurpose.FOUND)
"""What stands in an act that allows one voter another card."""
