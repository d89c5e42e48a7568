"""The opened votes are counted twice, and both counts must agree.

Rules: two counts of different make (`count_a`, `count_b`) read the same list of opened votes. If
one of them fails, or they differ anywhere, there is no result.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from accumulator import count_a, count_b
from accumulator.votes import Opened
from common.errors import Reason, Refused
from common.records import ContestResult, StationPackage

Count = Callable[
    [bytes, StationPackage, Mapping[int, int], Collection[int], int], tuple[ContestResult, ...]
]


def count_twice(
    opened: Opened,
    package: StationPackage,
    first: Count | None = None,
    second: Count | None = None,
) -> tuple[ContestResult, ...]:
    """Count the opened votes with both counts and return the result on which they agree.

    `first` and `second` are `count_a.count` and `count_b.count`; tests plant faults in them.

    Raises:
        Refused: COUNTS_DISAGREE, also when one of them finds the votes impossible.

    """
    try:
        by_style, merged = opened.ballots_by_style, opened.merged
        arguments = (opened.votes, package, by_style, merged, opened.merged_invalid)
        results = (first or count_a.count)(*arguments)
        again = (second or count_b.count)(*arguments)
    except (ValueError, LookupError, ArithmeticError) as error:
        raise Refused(Reason.COUNTS_DISAGREE) from error
    if results != again:
        raise Refused(Reason.COUNTS_DISAGREE)
    return results
