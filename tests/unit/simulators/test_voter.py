"""Simulated voters' wishes: drawn from the shares, within the rules of the ballot."""

import random

from simulators.voter import draw_wish
from tests import samples


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
