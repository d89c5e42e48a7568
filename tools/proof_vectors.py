"""`python -m tools.proof_vectors`: make the test vectors of docs/proofs.md anew.

    python -m tools.proof_vectors [--out FOLDER]

Every run writes the same bytes: all that is random in them comes from `tools.vectors.stream`. What
the files hold stands in tests/vectors/README.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tools.vectors import beginning, shuffles

FOLDER = Path(__file__).parents[1] / "tests" / "vectors"
FILES: Mapping[str, Callable[[], dict[str, object]]] = {
    "1-group.json": beginning.group,
    "2-keys.json": beginning.keys,
    "3-sealed-ballots.json": beginning.sealed_ballots,
    "4-first-lists.json": beginning.first_lists,
    "5-shuffles.json": shuffles.shuffles,
    "6-openings.json": shuffles.openings,
    "7-check-values.json": beginning.check_values,
}


def text(vectors: dict[str, object]) -> str:
    """Return vectors as JSON: byte strings in hexadecimal, one value in a line."""
    return json.dumps(vectors, indent=1, default=_hexadecimal) + "\n"


def _hexadecimal(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no place in vectors")


def main(argv: Sequence[str]) -> int:
    """Write every file; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.proof_vectors", description="Make the test vectors of docs/proofs.md."
    )
    parser.add_argument("--out", type=Path, default=FOLDER, metavar="FOLDER")
    folder: Path = parser.parse_args(argv).out
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in FILES.items():
        (folder / name).write_text(text(make()), encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
