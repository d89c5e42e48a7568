"""The test vectors: made again they are the same bytes, and the plain formulas agree with them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools import proof_vectors
from tools.proof_vectors import FILES, FOLDER
from tools.vectors import plain
from tools.vectors.plain import Opener, Who

HEX = set("0123456789abcdef")


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="ascii"), object_hook=_read)


def _read(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value if key in ("why", "name") else _bytes(value) for key, value in item.items()}


def _bytes(value: Any) -> Any:
    """Return hexadecimal as bytes, in lists as well."""
    if isinstance(value, str) and not set(value) - HEX:
        return bytes.fromhex(value)
    return [_bytes(part) for part in value] if isinstance(value, list) else value


def changed(case: dict[str, Any]) -> list[Any]:
    """Return (why, the case with what is damaged in it) of each damaged one."""
    return [(one["why"], {**case, **one["changed"]}) for one in case["damaged"]]


def rows(lists: list[list[bytes]]) -> list[tuple[bytes, ...]]:
    return [tuple(row) for row in lists]


@pytest.mark.parametrize("name", FILES)
def test_vectors_are_made_again_to_the_byte(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="ascii") == proof_vectors.text(FILES[name]())


def test_nothing_else_lies_beside_them(tmp_path: Path) -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*FILES, "README.md"}
    assert proof_vectors.main(["--out", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == set(FILES)


def test_vectors_hold_nothing_but_numbers_and_bytes() -> None:
    with pytest.raises(TypeError, match="set"):
        proof_vectors.text({"x": {1}})


def _half_holds(case: dict[str, Any]) -> bool:
    try:
        return plain.half_holds(case["package"], case["board"], case["X"], case["proof"])
    except (ValueError, RuntimeError):
        return False


def test_halves() -> None:
    for case in load("2-keys.json")["cases"]:
        assert _half_holds(case)
        for why, damaged in changed(case):
            assert not _half_holds(damaged), why


def _known(case: dict[str, Any]) -> bool:
    return plain.knows(case["package"], case["style"], case["board"], case["K"], case["sealed"])


def test_sealed_ballots() -> None:
    for case in load("3-sealed-ballots.json")["cases"]:
        assert _known(case)
        for why, damaged in changed(case):
            assert not _known(damaged), why


def _shuffle_holds(case: dict[str, Any]) -> bool:
    who = Who(
        case["package"],
        case["start_order"],
        tuple(case["styles"]),
        case["position"],
        case["board"],
    )
    return plain.shuffle_holds(
        who, case["K"], rows(case["old_list"]), rows(case["new_list"]), case["proof"]
    )


def test_shuffles() -> None:
    for case in load("5-shuffles.json")["cases"]:
        assert _shuffle_holds(case)
        for why, damaged in changed(case):
            assert not _shuffle_holds(damaged), why


def _opening_holds(case: dict[str, Any], made: dict[str, Any]) -> bool:
    whole = {**case, **made}
    names = ("package", "start_order", "board", "first_mix", "second_mix")
    a = [row[0] for group in case["last_lists"] for row in group]
    return plain.opening_holds(
        Opener(*(whole[name] for name in names)), whole["X"], a, rows(whole["F"]), whole["proof"]
    )


def test_openings() -> None:
    for case in load("6-openings.json")["cases"]:
        for made in case["boards"].values():
            assert _opening_holds(case, made)
            for why, damaged in changed(made):
                assert not _opening_holds(case, damaged), why
        assert None not in case["ballots"]
