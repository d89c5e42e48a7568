"""Simulated voters: wishes drawn from the shares, and how they find their way in a booth."""

import random
from dataclasses import replace

import pytest

from simulators.sight import ROUNDS, Seen
from simulators.voter import Outcome, SimVoter, VoterStuck, Wish, draw_wish
from tests import samples
from tests.unit.simulators.paper_booth import CODE, PaperBooth


def test_wishes_keep_to_the_rules_and_follow_the_shares() -> None:
    package = samples.package()
    shares = [[70, 20, 10], [1] * 7, [9, 1]]
    draw = random.Random(4)
    wishes = [draw_wish(package, 1 + n % 2, shares, draw) for n in range(2000)]
    for wish in wishes:
        style = package.style(wish.style)
        assert style is not None
        for choices in (dict(enumerate(wish.choices)), wish.first_choices):
            for index, chosen in choices.items():
                contest = package.contests[index]
                assert index in style.contests or not chosen
                assert len(chosen) <= contest.votes_allowed
                assert list(chosen) == sorted(set(chosen))
                against = [line for line in chosen if contest.lines[line].against_all]
                assert not against or len(chosen) == 1
    first = [wish.choices[0] for wish in wishes]
    assert 0.60 < first.count((0,)) / len(first) < 0.76
    assert 0.01 < first.count(()) / len(first) < 0.06
    assert {wish.language for wish in wishes} == {"kk", "ru"}
    assert {len(wish.choices[1]) for wish in wishes if wish.style == 1} == {0, 1, 2, 3}


def test_the_seed_fixes_the_wish() -> None:
    package = samples.package()
    shares = [[1, 1, 1], [1] * 7, [1, 1]]
    one, other = (draw_wish(package, 1, shares, random.Random(9)) for _ in range(2))
    assert one == other


# A voter in a booth.

WISH = Wish(1, "ru", ((1,), (0, 2, 6), (1,)))


def voted(booth: PaperBooth, wish: Wish = WISH) -> Outcome:
    return SimVoter(booth, wish).vote()


def test_a_voter_goes_through_all_contests_and_casts_what_is_meant() -> None:
    booth = PaperBooth()
    outcome = voted(booth)
    assert booth.cast == WISH.choices
    assert outcome == Outcome(thanked=True, code=CODE, selections=WISH.choices, last_page="code")
    assert booth.did[:2] == ["insert insert", "language language:ru"]
    assert booth.did[-1] == "code take"


def test_a_blank_question_is_confirmed() -> None:
    booth = PaperBooth()
    wish = Wish(1, "kk", ((), (4,), ()))
    assert voted(booth, wish).selections == ((), (4,), ())
    assert booth.cast == ((), (4,), ())
    assert [done for done in booth.did if done.startswith("blank:")] == [
        "blank:0 yes",
        "blank:2 yes",
    ]


def test_a_voter_who_meant_something_else_first_changes_it_at_the_review() -> None:
    booth = PaperBooth()
    first = {0: (2,), 1: (0, 1, 2), 2: ()}
    outcome = voted(booth, replace(WISH, first_choices=first))
    assert {"review:0 change:0", "review:0 change:1", "review:1 change:2"} <= set(booth.did)
    assert booth.cast == WISH.choices
    assert outcome.selections == WISH.choices, "what was cast, not what was touched at first"
    casts = [done for done in booth.did if done.endswith(" cast")]
    assert casts == ["review:1 cast"]


def test_a_full_contest_is_answered_by_unmarking_first() -> None:
    """The lines to be unmarked stand on the first page, those to be marked on the second."""
    booth = PaperBooth()
    booth.marks[1] = {4, 5, 6}  # as a session that goes on shows it
    voted(booth)
    assert "overvote:1 ok" in booth.did
    assert booth.cast == WISH.choices


def test_a_contest_that_seems_blank_although_it_is_not_sends_the_voter_back() -> None:
    booth = PaperBooth()
    booth.interruptions["contest:1:0 line:0"] = "blank:1"
    wish = replace(WISH, choices=((1,), (0,), (1,)))
    voted(booth, wish)
    assert "blank:1 no" in booth.did
    assert "contest:1:1 back" in booth.did
    assert booth.cast == wish.choices


def test_who_is_asked_whether_still_there_says_yes() -> None:
    booth = PaperBooth()
    booth.interruptions["contest:1:0 line:2"] = "timeout"
    assert voted(booth).thanked
    assert "timeout yes" in booth.did
    assert booth.cast == WISH.choices


def test_who_wants_no_code_takes_the_card_at_the_thanks() -> None:
    booth = PaperBooth()
    outcome = voted(booth, replace(WISH, wants_code=False))
    assert (outcome.thanked, outcome.code, outcome.last_page) == (True, None, "thanks")
    assert booth.keys == []


@pytest.mark.parametrize("page", ["sealed", "sealed:check"])
def test_a_voter_notes_the_check_value_and_casts(page: str) -> None:
    booth = PaperBooth(sealed=page)
    outcome = voted(booth)
    assert outcome.thanked
    assert outcome.noted == "7K3M Q9XW B2H4 TZVN 0RGE"
    assert f"{page} cast" in booth.did


def test_who_wants_the_terminal_checked_takes_the_card_away_unthanked() -> None:
    booth = PaperBooth(sealed="sealed:check")
    outcome = voted(booth, replace(WISH, checks=1))
    assert (outcome.thanked, outcome.code, outcome.checked) == (False, None, True)
    assert outcome.noted == "7K3M Q9XW B2H4 TZVN 0RGE"
    assert booth.did[-2:] == ["sealed:check check", "spoiled take"]


def test_where_nobody_can_check_the_vote_is_cast() -> None:
    booth = PaperBooth(sealed="sealed")
    assert voted(booth, replace(WISH, checks=1)).thanked


def test_a_value_that_changes_after_the_choice_is_noticed() -> None:
    class TwoValues(PaperBooth):
        def _sealed_touched(self, rest: str, name: str) -> None:
            self.values.append("0" * 20)
            super()._sealed_touched(rest, name)

    with pytest.raises(VoterStuck, match="another one"):
        voted(TwoValues(sealed="sealed:check"), replace(WISH, checks=1))


@pytest.mark.parametrize("first", [1, 2])
def test_both_keys_are_pressed_in_the_order_of_the_wish(first: int) -> None:
    booth = PaperBooth()
    assert voted(booth, replace(WISH, first_key=first)).code == CODE
    assert booth.keys == [first, 3 - first]


def test_before_the_invitation_no_page_is_acted_on() -> None:
    """What still stands there speaks to who was before: code, review, a question, a fault."""
    before = ("code", "review:1", "timeout", "contest:0:0", "fault:CARD_VOTED", "waiting")
    booth = PaperBooth(before)
    assert voted(booth).thanked
    assert booth.pages[: len(before) + 1] == [*before, "insert"]
    assert booth.did[0] == "insert insert"


@pytest.mark.parametrize("page", ["ended", "fault:CARD_VOTED", "fault:PART_MISSING"])
def test_a_session_that_ended_is_left_with_the_card(page: str) -> None:
    booth = PaperBooth()
    booth.interruptions["contest:2:0 next"] = page
    outcome = voted(booth)
    assert (outcome.thanked, outcome.code, outcome.last_page) == (False, None, page)
    assert booth.cast is None
    assert booth.did[-1] == f"{page} take"


def test_a_terminal_that_shows_nothing_more_is_an_error_that_names_the_page() -> None:
    with pytest.raises(VoterStuck, match="after page none nothing more came"):
        voted(_Frozen())


class _Frozen(PaperBooth):
    """A screen that shows no page of the book."""

    def look(self, timeout_s: float, *, unlike: Seen | None = None) -> Seen | None:
        return None


def test_a_review_that_never_shows_the_wish_is_never_cast() -> None:
    class Lying(PaperBooth):
        def _review_touched(self, rest: str, name: str) -> None:
            super()._review_touched(rest, name)
            self.marks[0] = {0}

        def _contest_touched(self, rest: str, name: str) -> None:
            super()._contest_touched(rest, name)
            if self._page.startswith("review"):
                self.marks[0] = {0}

    booth = Lying()
    with pytest.raises(VoterStuck, match="the same page came 30 times and led nowhere"):
        voted(booth)
    assert booth.cast is None
    assert booth.did.count("review:0 change:0") <= ROUNDS


def test_a_page_that_leads_nowhere_is_told_with_all_that_stands_on_it() -> None:
    class Circle(PaperBooth):
        def _contest_touched(self, rest: str, name: str) -> None:
            if name == "next":
                self._page = "language"
            else:
                super()._contest_touched(rest, name)

    booth = Circle()
    with pytest.raises(VoterStuck) as stuck:
        voted(booth, replace(WISH, choices=((), (), ())))
    assert str(stuck.value).startswith(
        "the same page came 30 times and led nowhere; done last: next touched on contest:0:0; "
        "there is: page language; its regions: language:"
    )
    assert booth.did.count("language language:ru") == ROUNDS


def test_a_voter_whose_card_slipped_out_of_the_slot_puts_it_in_anew() -> None:
    booth = PaperBooth()
    booth.interruptions["language language:ru"] = "insert"
    assert voted(booth).thanked
    assert booth.cast == WISH.choices
    assert booth.did.count("insert insert") == 2
    assert booth.did.count("insert take") == 1
