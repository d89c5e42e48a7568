"""The catalogue of events: closed, in three languages, and unable to hold what must stay secret."""

import re
import string
from pathlib import Path

import pytest

from common import catalogue
from common.catalogue import (
    Ending,
    EventType,
    FactError,
    FactName,
    Form,
    Group,
    check_facts,
    describe,
    markdown,
    read_facts,
)
from common.errors import LANGUAGES, Reason, Thing
from tests.source_calls import calls

EXAMPLES: dict[Form, object] = {
    Form.COUNT: 12,
    Form.SECONDS: -3,
    Form.FLAG: 1,
    Form.REASON: Reason.CARD_TORN,
    Form.THING: Thing.REMOVABLE,
    Form.BOARD: "terminal-2",
    Form.HASH: bytes(range(32)),
}
WRONG: dict[Form, list[object]] = {
    Form.COUNT: [-1, 2**32 + 1, "1", None, b"1", 1.5],
    Form.SECONDS: [2**33, -(2**33), "1", None],
    Form.FLAG: [2, -1, "1"],
    Form.REASON: [1, "CARD_TORN", Thing.URN, None],
    Form.THING: ["a card", 1, Reason.CARD_TORN],
    Form.BOARD: ["", "a b", "x" * 33, "desk\n1", "Сейтқали", 5],
    Form.HASH: [bytes(31), bytes(33), "0" * 64, 5],
}
KAZAKH_ONLY = set("ӘәҒғҚқҢңӨөҰұҮүҺһІі")


def example(event: EventType) -> dict[str, object]:
    return {fact.keyword: EXAMPLES[fact.form] for fact in event.facts}


def placeholders(pattern: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None]


def test_the_texts_of_an_event_say_all_its_facts() -> None:
    for event in EventType:
        names = sorted(fact.keyword for fact in event.facts)
        for language in LANGUAGES:
            assert sorted(placeholders(getattr(event, language))) == names, event
        assert event.group in Group, event
        assert event.ending in Ending, event
        assert event.kk != event.ru, event
        assert not KAZAKH_ONLY & set(event.ru), event
        assert not re.search("[а-я]", event.en, re.IGNORECASE), event


def test_facts_are_kept_by_number_and_read_back() -> None:
    for event in EventType:
        kept = check_facts(event, example(event))
        assert set(kept) == {fact.value for fact in event.facts}
        assert read_facts(event.value, kept) == (event, example(event))
        for language in LANGUAGES:
            said = describe(event, read_facts(event.value, kept)[1], language)
            assert not set("{?") & set(said), event


def test_numbers_are_used_once_and_tell_the_group() -> None:
    assert len({event.value for event in EventType}) == len(EventType.__members__)
    assert len({fact.value for fact in FactName}) == len(FactName.__members__)
    assert EventType.VOTE_STORED.group is Group.TERMINAL


@pytest.mark.parametrize("form", Form)
def test_a_fact_of_another_form_is_refused(form: Form) -> None:
    event, fact = next((e, f) for e in EventType for f in e.facts if f.form is form)
    for wrong in WRONG[form]:
        with pytest.raises(FactError, match=fact.keyword):
            check_facts(event, {**example(event), fact.keyword: wrong})


def test_facts_must_be_exactly_those_of_the_event() -> None:
    for facts in ({}, {"starts": 1, "count": 1}, {"count": 1}):
        with pytest.raises(FactError, match="STARTED"):
            check_facts(EventType.STARTED, facts)
    with pytest.raises(FactError):
        read_facts(EventType.STARTED.value, {6: 1, 5: 1})
    with pytest.raises(FactError):
        read_facts(EventType.STARTED.value, {250: 1})
    with pytest.raises(FactError, match="no event"):
        read_facts(999, {})


def test_kazakh_texts_use_kazakh_letters() -> None:
    with_them = [event for event in EventType if KAZAKH_ONLY & set(event.kk)]
    assert len(with_them) > 0.9 * len(EventType)


# What a journal can never hold (design, section 6).

SECRETS = "choice|voter|iin|serial|card|code|line|selection|vote|ballot|style|presentation|name"


def test_no_fact_can_hold_a_choice_a_voter_a_serial_a_card_or_a_code() -> None:
    for fact in FactName:
        assert not re.search(rf"(^|_)({SECRETS})s?($|_)", fact.keyword), fact
    assert set(Form) == set(EXAMPLES), "a new form needs a look at what it could hold"


def test_hashes_are_of_published_records_only() -> None:
    hashes = {fact.keyword for fact in FactName if fact.form is Form.HASH}
    assert hashes == {
        "package",
        "program",
        "book",
        "start_order",
        "statement",
        "head",
        "act",
        "minutes",
        "mix",
        "tally_half",
    }


def test_texts_come_from_closed_lists_or_name_a_board() -> None:
    texts = {fact.keyword for fact in FactName if fact.form in {Form.BOARD, Form.THING}}
    assert texts == {"board", "spare", "thing", "kind"}


def test_what_happens_to_a_voter_at_a_board_has_no_fact_but_a_reason_or_an_act() -> None:
    about_voters = [event for event in EventType if event.group in {Group.DESK, Group.TERMINAL}]
    about_boards = {
        EventType.LIST_LOADED,
        EventType.CODES_BURNT,
        EventType.BLANK_CARDS_COUNTED,
        EventType.VOTERS_CARRIED_OVER,
    }
    for event in about_voters:
        if event not in about_boards:
            assert set(event.facts) <= {FactName.REASON, FactName.ACT}, event
    for event in (
        EventType.VOTE_TAKEN_IN,
        EventType.VOTE_ALREADY_COUNTED,
        EventType.INTAKE_COMPLETED,
        EventType.INTAKE_CANCELLED,
        EventType.CARD_NOT_ERASED,
    ):
        assert event.facts == ()


def test_repairs_of_the_urn_say_how_many_blocks_and_not_which() -> None:
    assert FactName.SLOTS.meaning == "slots of the urn"
    assert FactName.SLOTS.form is Form.COUNT
    assert "slot" not in {fact.keyword for fact in FactName}


# Everybody who writes an entry.


def test_whoever_journals_an_event_gives_its_facts() -> None:
    wrong = []
    for call in calls("EventType"):
        wanted = {fact.keyword for fact in EventType[call.member].facts}
        journals = call.called in {"append", "Record", "record"}
        if journals and call.facts is not None and call.facts != wanted:
            wrong.append(f"{call.where}: {call.member} wants {sorted(wanted) or 'no facts'}")
    assert wrong == []


# The documentation.


def test_the_documentation_is_made_from_the_table() -> None:
    page = Path(__file__).parents[3] / "docs/journal.md"
    text = page.read_text(encoding="utf-8")
    head, _, rest = text.partition(catalogue.MADE_FROM_HERE + "\n")
    assert head
    assert rest == "\n" + markdown(), "run: python -m common.catalogue docs/journal.md"


def test_the_documentation_is_written_anew(tmp_path: Path) -> None:
    page = tmp_path / "journal.md"
    page.write_text(f"# Journal\n\n{catalogue.MADE_FROM_HERE}\nold\n", encoding="utf-8")
    catalogue.write_documentation(page)
    assert page.read_text(encoding="utf-8") == (
        f"# Journal\n\n{catalogue.MADE_FROM_HERE}\n\n{markdown()}"
    )


def test_a_language_that_there_is_not_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="kk, ru, en"):
        describe(EventType.STOPPED, {}, "de")
