"""Each field of each record of a count with proofs, changed and signed again: its step refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.verifier.bundle_records import ACCUMULATOR, DESK, Item
from tests.unit.verifier.bundles import BOARDS, Bundle, says
from verifier.group import SIZE


def others(value: object) -> list[object]:
    """Return what may stand in a field instead."""
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1, -1, str(value), True]
        case str():
            return [f"{value}x", "", ACCUMULATOR if value != ACCUMULATOR else DESK, value.encode()]
        case bytes():
            flipped = [
                value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]
                for at in {0, len(value) // 3, len(value) - 1}
            ]
            return [*flipped, value[:-1], value[SIZE:], value + bytes(SIZE), b"", bytes(len(value))]
        case list():
            changed = [
                [*value[:at], one, *value[at + 1 :]]
                for at, item in enumerate(value)
                for one in others(item)
            ]
            return [[], value[::-1] if len(value) > 1 else value * 2, value[:-1], *changed]
        case dict():
            return [{**value, key: one} for key, item in value.items() for one in others(item)] + [
                {k: v for k, v in value.items() if k != key} for key in value
            ]
        case _:
            raise TypeError(type(value).__name__)


RECORDS = {
    "half-1": "halves of the key",
    "half-2": "halves of the key",
    "mixes/1.cose": "first shuffle",
    "mixes/2.cose": "second shuffle",
    **{f"checked/{name}.cose": "checks" for name in BOARDS},
    **{f"openings/{name}.cose": "openings" for name in BOARDS},
}


MOST_FIELDS = 15


@pytest.mark.parametrize("path", RECORDS)
def test_no_field_of_a_proof_can_be_another(path: str) -> None:
    """Each field of each record is changed, and signed again by the board whose record it is."""
    found: list[Item] = []
    bundle = Bundle()
    bundle.changes[path] = lambda item: found.append(dict(item))
    assert bundle.refused() == "ACCEPTED"
    tried = 0
    for changed in others(found[0]):

        def change(item: Item, to: object = changed) -> None:
            assert isinstance(to, dict)
            item.clear()
            item.update(to)

        if changed != found[0]:
            tried += 1
            says(Bundle(changes={path: change}), RECORDS[path])
    assert tried > MOST_FIELDS


def places(value: object) -> list[tuple[object, ...]]:
    """Return the way to each byte string in a record."""
    match value:
        case bytes():
            return [()]
        case list():
            return [(at, *way) for at, item in enumerate(value) for way in places(item)]
        case dict():
            return [(key, *way) for key, item in value.items() for way in places(item)]
        case _:
            return []


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_no_bit_of_a_proof_can_be_another(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(RECORDS)))

    def change(item: Item) -> None:
        *way, last = data.draw(st.sampled_from(places(item)))
        inside: Any = item
        for step in way:
            inside = inside[step]
        content = inside[last]
        at = data.draw(st.integers(0, 8 * len(content) - 1))
        flipped = int.from_bytes(content, "little") ^ 1 << at
        inside[last] = flipped.to_bytes(len(content), "little")

    says(Bundle(changes={path: change}), RECORDS[path])
