"""The forms of the records, as `docs/records.cddl` has them: fields, their kinds and sizes.

Rules: a number is an `int` and never a truth value (Python holds 1 and True for equal), and lies in
its range; a map has its fields and no others; a list has a permitted length. Records of the centre
have their own form checked at the top only: whoever has the root key decides everything anyhow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from verifier.encoding import Wrong

Form = Callable[[object], bool]


def whole(least: int, most: int) -> Form:
    """Return the form of a number."""
    return lambda item: type(item) is int and least <= item <= most


def octets(least: int, most: int) -> Form:
    """Return the form of a byte string."""
    return lambda item: isinstance(item, bytes) and least <= len(item) <= most


def words(most: int) -> Form:
    """Return the form of a text; at least one character."""
    return lambda item: isinstance(item, str) and 1 <= len(item) <= most


def many(of: Form, least: int, most: int) -> Form:
    """Return the form of a list."""
    return lambda item: (
        isinstance(item, list) and least <= len(item) <= most and all(of(one) for one in item)
    )


def fields(needed: dict[int, Form], optional: dict[int, Form] | None = None) -> Form:
    """Return the form of a map with these fields, perhaps the optional ones, and no others."""
    known = needed | (optional or {})
    return lambda item: (
        isinstance(item, dict)
        and needed.keys() <= item.keys() <= known.keys()
        and all(known[key](value) for key, value in item.items())
    )


def table(keys: Form, values: Form) -> Form:
    """Return the form of a map of any length."""
    return lambda item: (
        isinstance(item, dict) and all(keys(key) and values(one) for key, one in item.items())
    )


def _plain_fact(item: object) -> bool:
    return isinstance(item, str | bytes) or (type(item) is int and item >= -(1 << 40))


def _anything(_: object) -> bool:
    return True


_HASH = octets(32, 32)
_COUNT = whole(0, 1 << 32)
_TIME_MS = whole(0, 1 << 50)
_BOARD = words(128)
_STATION = words(64)
_ANY = whole(0, (1 << 64) - 1)
_FIGURES = table(_ANY, _COUNT)
_SERIALS = fields({0: _BOARD, 1: octets(512, 512)})
_RESULT = fields(
    {0: whole(0, 15), 1: _COUNT, 2: _COUNT, 3: _COUNT, 4: _COUNT, 5: many(_COUNT, 1, 128)}
)
_HEAD = fields({0: _BOARD, 1: _HASH, 2: _COUNT})
_KEYS_PROOF = octets(64, 544)
_MIXED_GROUP = fields(
    {0: many(whole(0, 255), 1, 64), 1: octets(64, 1 << 23), 2: octets(288, 2_097_312)}
)
_FILE = fields({0: words(400), 1: whole(0, 1 << 40), 2: _HASH})

FORMS: dict[str, Form] = {
    "StartOrder": fields(
        {
            0: _STATION,
            1: _HASH,
            2: _TIME_MS,
            3: many(octets(32, 832), 1, 2),
            4: _BOARD,
            5: _HASH,
        }
    ),
    "HalfShares": fields(
        {0: _HASH, 1: many(_HASH, 3, 17), 2: octets(64, 256), 3: many(octets(80, 80), 1, 32)}
    ),
    "Act": fields(
        {
            0: whole(1, 11),
            1: _STATION,
            2: _HASH,
            3: _BOARD,
            4: _TIME_MS,
            5: table(_ANY, _plain_fact),
        }
    ),
    "Statement": fields(
        {
            0: _BOARD,
            1: _HASH,
            2: _HASH,
            3: _TIME_MS,
            4: _HASH,
            5: _COUNT,
            6: _FIGURES,
            9: many(_SERIALS, 0, 8),
        },
        {7: _SERIALS, 8: _SERIALS, 10: many(fields({0: _SERIALS, 1: _SERIALS}), 1, 4)},
    ),
    "JournalEntry": fields({0: _COUNT, 1: _TIME_MS, 2: _ANY, 3: table(_ANY, _anything), 4: _HASH}),
    "CastVote": fields({0: _HASH, 1: whole(0, 255), 2: octets(32, 1200)}),
    "Spoiled": fields({0: _HASH, 1: _COUNT, 2: _HASH, 3: octets(64, 1400)}),
    "SpoiledOpening": fields({0: _HASH, 1: _HASH, 2: octets(32, 32)}),
    "OpenedVote": fields(
        {
            0: whole(0, 65_535),
            1: many(many(whole(0, 127), 0, 128), 1, 16),
            2: whole(0, 9999),
        }
    ),
    "Minutes": fields(
        {
            0: _STATION,
            1: words(400),
            2: whole(0, 9),
            3: _HASH,
            4: _HASH,
            5: _HASH,
            6: _TIME_MS,
            7: _TIME_MS,
            8: _TIME_MS,
            9: table(whole(1, 18), _COUNT),
            10: many(_RESULT, 0, 16),
            11: many(whole(0, 255), 0, 64),
            12: many(_HEAD, 0, 32),
            13: many(_BOARD, 0, 32),
            14: many(whole(1, 13), 0, 64),
            15: many(_FILE, 0, 512),
            16: many(fields({0: _BOARD, 1: _BOARD}), 0, 32),
        }
    ),
    "TallyHalf": fields({0: _HASH, 1: _BOARD, 2: many(_HASH, 1, 16), 3: _KEYS_PROOF}),
    "Mix": fields(
        {0: _HASH, 1: _HASH, 2: _BOARD, 3: whole(1, 2), 5: many(_MIXED_GROUP, 0, 64)}, {4: _HASH}
    ),
    "MixChecked": fields({0: _HASH, 1: _HASH, 2: _BOARD, 3: _HASH, 4: _HASH}),
    "Opening": fields(
        {
            0: _HASH,
            1: _HASH,
            2: _BOARD,
            3: _HASH,
            4: _HASH,
            5: octets(0, 1 << 23),
            6: _KEYS_PROOF,
        }
    ),
    "EvidenceManifest": fields({0: _STATION, 1: _HASH, 2: _HASH, 3: many(_FILE, 0, 512)}),
}


def in_form(record: dict[int, Any], rule: str, what: str) -> None:
    """Check that a record has the form that the CDDL gives to `rule`. Raises: Wrong."""
    if not FORMS[rule](record):
        raise Wrong(f"{what}: not of the documented form")
