"""The files of the bundle that hold the proofs of the count, and the check values."""

from __future__ import annotations

import hashlib
import re

from accumulator import bundle


def test_the_proofs_lie_under_their_documented_names() -> None:
    proofs = bundle.Proofs(
        (b"first", b"second"),
        {"accumulator-1": b"checked a", "desk-2": b"checked d"},
        {"accumulator-1": b"opened a", "desk-2": b"opened d"},
    )
    assert proofs.files() == {
        "mixes/1.cose": b"first",
        "mixes/2.cose": b"second",
        "checked/accumulator-1.cose": b"checked a",
        "checked/desk-2.cose": b"checked d",
        "openings/accumulator-1.cose": b"opened a",
        "openings/desk-2.cose": b"opened d",
    }


def test_check_values_are_sorted_and_one_word_to_a_line() -> None:
    votes = [bytes([at]) for at in range(50)]
    content = bundle.check_values(votes)
    assert content == bundle.check_values(reversed(votes))
    lines = content.decode("ascii").split("\n")
    assert lines.pop() == ""
    assert lines == sorted(set(lines))
    assert len(lines) == len(votes)
    word = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){4}")
    assert all(word.fullmatch(line) for line in lines)
    # Five bits to a character, so the first one is the top of the hash.
    tops = {"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[hashlib.sha256(v).digest()[0] >> 3] for v in votes}
    assert {line[0] for line in lines} == tops


def test_no_votes_have_no_check_values() -> None:
    assert bundle.check_values([]) == b""
