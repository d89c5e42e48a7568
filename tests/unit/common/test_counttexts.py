"""Every step of the long computations has its words, and a page shows how far it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from common import seal
from common.counttexts import STEPS, Ballots, Progress
from common.errors import LANGUAGES

KAZAKH_ONLY = set("ӘәҒғҚқҢңӨөҰұҮүҺһІі")


def test_every_step_of_the_seal_has_its_words_and_no_other_has() -> None:
    folder = Path(seal.__file__).parent
    named = set[str]()
    for path in (*folder.glob("*.py"), folder.parent / "evening.py"):
        named |= set(re.findall(r'crew\.(?:each|ranges)\(\s*"([^"]+)"', path.read_text("utf-8")))
    assert named == set(STEPS)


@pytest.mark.parametrize("step", ["", *STEPS])
def test_the_words_are_of_their_language(step: str) -> None:
    said = [Progress(step, 1, 3).widgets(language)[0].text for language in LANGUAGES]
    assert len(set(said)) == len(LANGUAGES)
    assert KAZAKH_ONLY & set(said[0])
    assert not KAZAKH_ONLY & set(said[1])
    assert said[2].isascii()


def test_how_far_it_is_stands_in_whole_percent() -> None:
    assert [widget.text for widget in Progress("shuffling", 32, 96).widgets("en")] == [
        "Shuffling the votes and sealing them anew",
        "33 %",
    ]
    assert Progress("shuffling", 96, 96).widgets("ru")[1].text == "100 %"
    assert Progress().widgets("kk")[1].text == "0 %"


def test_votes_that_are_left_out_are_told_if_there_are_any() -> None:
    assert Ballots(57).left_out_said("kk") is None
    said = [Ballots(57, 2).left_out_said(language) for language in LANGUAGES]
    assert [text is not None and ": 2." in text.text for text in said] == [True] * 3
