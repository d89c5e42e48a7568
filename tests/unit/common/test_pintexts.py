"""Words said while cards with a PIN are asked for: whole, in three languages, none idle."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

from common.errors import Reason
from common.notice import Notice
from common.pintexts import ROLES, PinText
from common.records import Role


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("text", PinText, ids=lambda text: text.name)
def test_texts_are_whole_in_three_languages(text: PinText) -> None:
    assert all((text.kk, text.ru, text.en))
    assert text.kk.strip() == text.kk
    assert _placeholders(text.kk) == _placeholders(text.ru) == _placeholders(text.en)
    assert text.text("ru", **dict.fromkeys(_placeholders(text.ru), "x"))


def test_every_role_has_its_word() -> None:
    assert set(ROLES) == set(Role)


def test_no_text_stands_idle() -> None:
    root = Path(__file__).parents[3]
    files = [
        path
        for board in ("accumulator", "desk", "cardio")
        for path in root.glob(f"{board}/**/*.py")
    ]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    used = source + "".join(f"PinText.{text.name}" for text in ROLES.values())
    assert [text.name for text in PinText if f"PinText.{text.name}" not in used] == []


def test_a_notice_says_a_refusal_or_what_was_done() -> None:
    assert "2" in Notice(Reason.PIN_WRONG, (("attempts", 2),)).text("kk")
    done = Notice(PinText.SHARE_WRITTEN, (("name", "Ғани"),), good=True)
    assert done.text("en").startswith("Ғани")
