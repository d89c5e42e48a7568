"""Sharing the control codes out among a station's terminals (design §2, L15).

There are 10,000 codes and none may be shown twice in a station. Each terminal, spares included,
gets a random subset of its own, half as many again as it needs: its part of the listed voters.
Codes are burnt in whole batches, and a restart burns what was left of one, so each terminal gets a
few batches on top, and more of them where there are codes enough: a terminal of a small station
must not be at its end after five restarts. What does not fit is refused here, long before the day.

Never here: which terminal has which codes is sealed to the terminal and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from center.draws import RandomBytes, shuffled
from common.records import CONTROL_CODES

SPARE_BATCHES = 4
MORE_BATCHES = 20
"""So many more at most, as far as there are codes for all terminals."""


class TooFewCodes(ValueError):
    """There are not enough control codes; the message says what to change."""


def codes_needed(listed: int, terminals: int, batch: int) -> int:
    """Return how many codes each terminal gets at least.

    Args:
        listed: voters on the list.
        terminals: that work on the day, spares not counted.
        batch: codes that are burnt at a time.
    """
    share = -(-listed // terminals)
    half_again = -(-share * 3 // 2)
    return (-(-half_again // batch) + SPARE_BATCHES) * batch


def share_out(
    listed: int,
    terminals: Sequence[str],
    spares: Sequence[str],
    batch: int,
    random_bytes: RandomBytes,
) -> dict[str, tuple[int, ...]]:
    """Return each terminal's codes, ascending; no code is given twice.

    Raises:
        TooFewCodes: there are not enough for so many voters and terminals.
    """
    names = (*terminals, *spares)
    each = codes_needed(listed, len(terminals), batch)
    if each * len(names) > CONTROL_CODES:
        raise TooFewCodes(
            f"{len(names)} terminals ({len(spares)} of them spare) would each need {each} control "
            f"codes for {listed} voters, {each * len(names)} in all; there are {CONTROL_CODES}. "
            "Plan fewer spare terminals, more working ones, or fewer voters for this station."
        )
    each += min(MORE_BATCHES, (CONTROL_CODES // len(names) - each) // batch) * batch
    drawn = shuffled(range(CONTROL_CODES), random_bytes)
    return {
        name: tuple(sorted(drawn[at * each : (at + 1) * each])) for at, name in enumerate(names)
    }
