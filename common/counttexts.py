"""How far the count of two boards is, in words for people: Kazakh, Russian, English.

Both boards of the evening show how far a long computation is, while `common.seal.crew` is at work,
and how many votes there are in the count, for the members to compare. Rules: every step that
`common.seal` and `common.evening` name has its words here (a test looks); it tells how many
ballots, never which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from common.pages import Text
from common.trilingual import Trilingual

STEPS: Final = {
    "signatures of the votes": (
        "Дауыстардың қолтаңбалары тексерілуде",
        "Проверяются подписи голосов",
        "Checking the signatures of the votes",
    ),
    "proofs of knowledge": (
        "Әр дауыстың шифрлану дәлелі тексерілуде",
        "Проверяются доказательства шифрования каждого голоса",
        "Checking of each vote the proof that it was sealed here",
    ),
    "shuffling": (
        "Дауыстар араластырылып, жаңадан шифрлануда",
        "Голоса перемешиваются и шифруются заново",
        "Shuffling the votes and sealing them anew",
    ),
    "proof of the shuffle, first part": (
        "Араластыру дәлелі жасалуда, 1-бөлік",
        "Составляется доказательство перемешивания, часть 1",
        "Making the proof of the shuffle, part 1",
    ),
    "proof of the shuffle, second part": (
        "Араластыру дәлелі жасалуда, 2-бөлік",
        "Составляется доказательство перемешивания, часть 2",
        "Making the proof of the shuffle, part 2",
    ),
    "checking a shuffle, first part": (
        "Араластыру дәлелі тексерілуде, 1-бөлік",
        "Проверяется доказательство перемешивания, часть 1",
        "Checking the proof of a shuffle, part 1",
    ),
    "checking a shuffle, second part": (
        "Араластыру дәлелі тексерілуде, 2-бөлік",
        "Проверяется доказательство перемешивания, часть 2",
        "Checking the proof of a shuffle, part 2",
    ),
    "opening": (
        "Осы құрылғының мөрі дауыстардан алынуда",
        "С голосов снимается печать этого устройства",
        "Taking this board's seal off the votes",
    ),
    "checking an opening": (
        "Екінші құрылғының дауыстарды ашу бөлігі тексерілуде",
        "Проверяется часть вскрытия другого устройства",
        "Checking the other board's part of the opening",
    ),
    "reading the ballots": (
        "Бюллетеньдер оқылуда",
        "Читаются бюллетени",
        "Reading the ballots",
    ),
}
"""What each step of `common.seal` and `common.evening` is called: Kazakh, Russian, English."""
_BEGINNING: Final = (
    "Басталуда, күте тұрыңыз",
    "Начинается, подождите",
    "Beginning, please wait",
)
_LANGUAGES: Final = ("kk", "ru", "en")


class CountText(Trilingual):
    """What both boards say of the votes in the count."""

    LEFT_OUT = (
        "Кірмегені: {count}. Дәлелі дұрыс емес немесе көшірме; жарамсыз деп саналады.",
        "Не вошли: {count}. Доказательство неверно или это копия; они считаются недействительными.",
        "Left out: {count}. The proof does not hold, or it is a copy; they count as invalid.",
    )


@dataclass(frozen=True, slots=True)
class Ballots:
    """How many votes there are in the count.

    Attributes:
        shuffled: those in the lists, which are shuffled and opened.
        left_out: the others that were taken in (docs/proofs.md, section 4).
    """

    shuffled: int
    left_out: int = 0

    def left_out_said(self, language: str) -> Text | None:
        """Return what a page says of those that are left out, if there are any."""
        if not self.left_out:
            return None
        said = CountText.LEFT_OUT.text(language, count=self.left_out)
        return Text("left-out", said, "warning")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work is: its step, as `common.seal` names it, and so many ballots of all.

    Before the first step is done `step` is empty.
    """

    step: str = ""
    done: int = 0
    total: int = 0

    def widgets(self, language: str) -> tuple[Text, Text]:
        """Return what a page shows of it: the step in words, and how far it is."""
        words = STEPS.get(self.step, _BEGINNING)[_LANGUAGES.index(language)]
        percent = 100 * self.done // self.total if self.total else 0
        return Text("step", words, "strong"), Text("progress", f"{percent} %", "figure")
