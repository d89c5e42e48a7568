"""Reasons: closed, numbered once, told in three languages with the same facts."""

import re
import string

import pytest

from common.errors import LANGUAGES, Reason, Refused, Thing, text
from tests.source_calls import calls

KAZAKH_ONLY = set("ӘәҒғҚқҢңӨөҰұҮүҺһІі")


def placeholders(pattern: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}


def filled(reason: Reason, language: str) -> str:
    return text(reason, language, **dict.fromkeys(reason.placeholders, 7))


def test_numbers_and_codes_are_used_once() -> None:
    assert len({reason.value for reason in Reason}) == len(Reason.__members__)
    assert len({thing.value for thing in Thing}) == len(Thing.__members__)
    assert Reason.numbered(200) is Reason.CARD_FOREIGN
    with pytest.raises(ValueError, match="no reason 1"):
        Reason.numbered(1)


def test_the_three_texts_of_a_reason_ask_for_the_same_facts() -> None:
    for reason in Reason:
        for language in LANGUAGES:
            assert placeholders(getattr(reason, language)) == reason.placeholders, reason


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_is_a_sentence_in_its_language(language: str) -> None:
    for reason in Reason:
        said = filled(reason, language)
        assert said == said.strip(), reason
        assert said[-1] in ".!?»”", reason
        assert "  " not in said, reason
        assert "{" not in said, reason
        letters = re.sub(r"PIN|CBOR|IIN", "", said)
        has_latin = re.search("[a-z]", letters, re.IGNORECASE) is not None
        has_cyrillic = re.search("[а-яәғқңөұүһі]", letters, re.IGNORECASE) is not None
        assert (has_latin, has_cyrillic) == (language == "en", language != "en"), reason
        assert language != "ru" or not KAZAKH_ONLY & set(said), reason


def test_kazakh_texts_use_kazakh_letters() -> None:
    with_them = [reason for reason in Reason if KAZAKH_ONLY & set(reason.kk)]
    assert len(with_them) > 0.95 * len(Reason)
    assert all(reason.kk != reason.ru for reason in Reason)


def test_things_are_named_in_three_languages() -> None:
    for thing in Thing:
        assert all(getattr(thing, language)[0].isupper() for language in LANGUAGES), thing
        assert not KAZAKH_ONLY & set(thing.ru), thing
        assert thing.en.isascii(), thing


def test_a_refusal_tells_everybody_the_same() -> None:
    refusal = Refused(
        Reason.RECORD_OTHER_STATION, thing=Thing.PACKAGE, found="0412", expected="0421"
    )
    assert str(refusal) == (
        "Station package: belongs to station 0412, this is station 0421. "
        "Take the one of this station."
    )
    assert refusal.text("kk").startswith("Учаске пакеті: №0412 учаскесіне жатады")
    assert refusal.text("ru").startswith("Пакет участка: относится к участку № 0412")
    assert refusal.facts == {"thing": Thing.PACKAGE, "found": "0412", "expected": "0421"}


def test_a_thing_that_came_over_a_socket_is_named_too() -> None:
    said = text(Reason.RECORD_DAMAGED, "kk", thing="start-order")
    assert said.startswith("Ашу өкімі: ")
    assert text(Reason.RECORD_DAMAGED, "en", thing="nothing known").startswith("nothing known: ")


def test_a_fact_that_is_missing_does_not_turn_a_refusal_into_a_crash() -> None:
    assert text(Reason.PIN_WRONG, "en") == "Wrong PIN. Attempts left: ?. Enter it again."
    assert text(Reason.CARD_TORN, "en", surplus=1) == Reason.CARD_TORN.en


def test_braces_in_a_fact_stay_as_they_are() -> None:
    said = text(Reason.OPTION_MISSING, "en", name="{thing}")
    assert "{thing}" in said


def test_a_language_that_there_is_not_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="kk, ru, en"):
        text(Reason.CARD_TORN, "de")


def test_whoever_names_a_reason_gives_its_facts() -> None:
    wrong = []
    for call in calls("Reason"):
        wanted = Reason[call.member].placeholders
        raises_or_tells = call.called in {"Refused", "text"}
        if raises_or_tells and call.facts is not None and call.facts != wanted:
            wrong.append(f"{call.where}: {call.member} wants {sorted(wanted)}")
    assert wrong == []


def test_no_reason_asks_for_what_must_not_be_said() -> None:
    asked = set().union(*(reason.placeholders for reason in Reason))
    assert not asked & {"voter", "iin", "serial", "card", "choice", "code", "line", "vote"}
