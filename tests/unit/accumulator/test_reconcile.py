"""The books balance serial by serial, and what does not add up is named."""

import pytest

from accumulator.reconcile import Books, reconcile
from common.records import Discrepancy, Figure, SerialSet, Statement
from tests import samples

PACKAGE = samples.package()
H = bytes(32)


def bits(*serials: int) -> bytes:
    return sum(1 << serial for serial in serials).to_bytes(512, "little")


def desk(
    issued: tuple[int, ...],
    withdrawn: tuple[int, ...] = (),
    name: str = "desk-1",
    **figures: int,
) -> Statement:
    named = {int(Figure[key.upper()]): value for key, value in figures.items()}
    named.setdefault(int(Figure.RETURNED), len(withdrawn))
    return Statement(
        name,
        H,
        H,
        0,
        H,
        0,
        named,
        SerialSet(name, bits(*issued)),
        SerialSet(name, bits(*withdrawn)),
        (),
    )


def terminal(sessions: int) -> Statement:
    figures = {int(Figure.SESSIONS): sessions, int(Figure.STARTS): 2}
    return Statement("terminal-1", H, H, 0, H, 0, figures, None, None, ())


def books(*statements: Statement, spent: tuple[int, ...] = (), invalid: int = 0) -> Books:
    return reconcile(
        PACKAGE,
        statements,
        {"desk-1": bits(*spent)},
        counted=len(spent) - invalid,
        invalid=invalid,
    )


def test_a_day_on_which_everything_adds_up() -> None:
    found = books(
        desk(
            (0, 1, 2, 3, 4, 5, 6, 7, 8),
            (4, 5, 6, 7, 8),
            unread=1,
            void=1,
            returned=1,
            challenged=3,
            voters_given=5,
        ),
        terminal(2),
        spent=(0, 1),
    )
    figures = found.figures
    assert not found.discrepancies
    assert figures[Figure.ISSUED] == 9
    assert (figures[Figure.RETURNED], figures[Figure.VOID]) == (1, 1)
    assert figures[Figure.CHALLENGED] == 3
    assert (figures[Figure.DEPOSITED], figures[Figure.COUNTED]) == (2, 2)
    assert (figures[Figure.CARDS_OUT], figures[Figure.UNREAD], figures[Figure.MISSING]) == (2, 1, 1)
    assert figures[Figure.ISSUED] == sum(
        figures[one]
        for one in (
            Figure.DEPOSITED,
            Figure.RETURNED,
            Figure.VOID,
            Figure.CHALLENGED,
            Figure.UNREAD,
            Figure.MISSING,
        )
    )
    assert (figures[Figure.LISTED], figures[Figure.STARTS]) == (PACKAGE.listed, 2)


def test_serials_of_two_desks_are_apart() -> None:
    found = reconcile(
        PACKAGE,
        [desk((0, 1)), desk((0, 7), name="desk-spare")],
        {"desk-1": bits(0), "desk-spare": bits(7)},
        counted=2,
        invalid=0,
    )
    assert not found.discrepancies
    assert found.figures[Figure.CARDS_OUT] == 2


@pytest.mark.parametrize(
    ("found", "discrepancy"),
    [
        (books(desk((0,)), spent=(0, 1)), Discrepancy.SPENT_NOT_ISSUED),
        (books(spent=(0,)), Discrepancy.SPENT_NOT_ISSUED),
        (books(desk((0, 1), (1,)), spent=(1,)), Discrepancy.SPENT_AND_WITHDRAWN),
        (books(desk((0,), (1,))), Discrepancy.WITHDRAWN_NOT_ISSUED),
        (books(desk((0, 1), (1,), returned=0)), Discrepancy.FIGURES_AND_SETS_DIFFER),
        (books(desk((0, 1), (1,), returned=1, challenged=1)), Discrepancy.FIGURES_AND_SETS_DIFFER),
        (books(desk((0, 1), unread=3)), Discrepancy.MORE_UNREAD_THAN_OUT),
        (books(desk((0,), voters_given=2)), Discrepancy.MORE_GIVEN_THAN_ISSUED),
        (books(desk((0,)), terminal(2), spent=(0,)), Discrepancy.THANKED_NOT_DEPOSITED),
        (books(desk((0,)), spent=(0,), invalid=1), Discrepancy.INVALID_BALLOTS),
        (
            reconcile(PACKAGE, [desk((0,))], {"desk-1": bits(0)}, counted=2, invalid=0),
            Discrepancy.DEPOSITED_NOT_COUNTED,
        ),
    ],
)
def test_what_does_not_add_up_is_named(found: Books, discrepancy: Discrepancy) -> None:
    assert found.discrepancies == {discrepancy}


def test_figures_are_never_negative() -> None:
    found = books(desk((0, 1), unread=3), spent=())
    assert found.figures[Figure.MISSING] == 0
    for returned, void, challenged in ((5, 5, 0), (0, 0, 5), (5, 0, 5), (0, 5, 0), (0, 0, 0)):
        stated = desk((0, 1), (0,), returned=returned, void=void, challenged=challenged)
        wrong = books(stated).figures
        split = [wrong[one] for one in (Figure.RETURNED, Figure.VOID, Figure.CHALLENGED)]
        assert sum(split) == 1
        assert min(wrong.values()) >= 0
