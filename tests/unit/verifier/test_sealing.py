"""The act of sealing beside a bundle: what it must say, and what a bundle is worth without it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.verifier.bundle_records import (
    ACCUMULATOR,
    CHAIR,
    DESK,
    MEMBER,
    NOON_MS,
    TECHNICIAN,
    Item,
    Person,
    digest,
    public,
    sign_people,
)
from tests.unit.verifier.bundles import Bundle
from verifier.report import Report, examine, examine_files

BOTH = [CHAIR, MEMBER]


def act_of(
    files: dict[str, bytes],
    facts: dict[int, Any] | None = None,
    people: list[Person] | None = None,
    signer: str = ACCUMULATOR,
    **changed: Any,
) -> bytes:
    """Return the act that seals a bundle; `facts` and fields (`f4=…`) may be what they must not."""
    said = {7: signer, 13: digest(files["manifest.cose"]), 15: bytes(32), 16: 9, 17: "KZ-17 18"}
    said |= facts or {}
    act: Item = {0: 8, 1: "1", 2: digest(files["package.cose"]), 3: signer, 4: NOON_MS}
    act[5] = {key: value for key, value in said.items() if value is not None}
    act |= {int(key[1:]): value for key, value in changed.items()}
    return sign_people(act, "Act", signer, BOTH if people is None else people)


def judged(files: dict[str, bytes], act: bytes | None) -> tuple[Report, bool | None, str]:
    report, _ = examine_files(files, public("root"), act)
    (last,) = (one for one in report.findings if one.step == "sealing")
    return report, last.right, last.found


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return Bundle().files()


def test_the_seals_and_the_signers_are_told(files: dict[str, bytes]) -> None:
    report, right, said = judged(files, act_of(files))
    assert report.accepted
    assert right is True
    assert said.startswith("sealed with KZ-17 18 at 2027-01-15 08:00 UTC; signed by ")
    assert "look at the package" in report.as_text()


def test_a_bundle_without_the_act_is_as_good_and_it_is_told(files: dict[str, bytes]) -> None:
    report, right, said = judged(files, None)
    assert report.accepted
    assert right is None
    assert "nobody signed with which seals" in said
    assert '"right": null' in report.as_json()


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({13: digest(b"another")}, "names another bundle"),
        ({13: None}, "names another bundle"),
        ({7: DESK}, "about something else"),
        ({7: None}, "about something else"),
        ({17: None}, "does not name the seals"),
        ({17: ""}, "does not name the seals"),
        ({17: "kz-17"}, "does not name the seals"),
        ({17: "17  18"}, "does not name the seals"),
        ({17: "17 17"}, "does not name the seals"),
        ({17: "17\n"}, "does not name the seals"),
        ({17: "\u041a17"}, "does not name the seals"),
        ({17: "1" * 61}, "does not name the seals"),
        ({17: b"17"}, "does not name the seals"),
        ({17: 17}, "does not name the seals"),
        ({15: None}, "how far the journal"),
        ({15: bytes(31)}, "how far the journal"),
        ({16: None}, "how far the journal"),
        ({16: 0}, "how far the journal"),
        ({16: "9"}, "how far the journal"),
    ],
)
def test_the_act_says_what_was_sealed_and_with_what(
    files: dict[str, bytes], facts: dict[int, Any], why: str
) -> None:
    report, right, said = judged(files, act_of(files, facts))
    assert not report.accepted
    assert right is False
    assert why in said


@pytest.mark.parametrize("people", [[CHAIR], [MEMBER], [MEMBER, TECHNICIAN], [CHAIR, TECHNICIAN]])
def test_the_chair_and_another_member_sign(files: dict[str, bytes], people: list[Person]) -> None:
    report, _, said = judged(files, act_of(files, people=people))
    assert not report.accepted
    assert "not signed by the chair and another member" in said


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"f0": 3}, "about something else"),
        ({"f1": "2"}, "another station"),
        ({"f2": bytes(32)}, "another station, package"),
        ({"f4": 1 << 50}, "valid"),
        ({"f9": 1}, "documented form"),
    ],
)
def test_the_act_is_of_this_day_and_in_form(
    files: dict[str, bytes], changed: dict[str, Any], why: str
) -> None:
    report, right, said = judged(files, act_of(files, **changed))
    assert not report.accepted
    assert right is False
    assert why in said


def test_the_accumulator_that_counted_draws_it_up() -> None:
    spare = "accumulator-2"
    idle = Bundle(more={spare: 3}, spares={spare}, without={spare}).files()
    for files, signer in ((Bundle().files(), DESK), (idle, spare)):
        report, _, said = judged(files, act_of(files, signer=signer))
        assert not report.accepted
        assert "not drawn up by the accumulator that counted" in said


def test_nobody_signs_for_others_and_nothing_else_is_taken_for_the_act(
    files: dict[str, bytes],
) -> None:
    good = act_of(files)
    for bad in (
        b"",
        b"\xd8\x62",
        good[:-1],
        good + b"\x00",
        good[:-1] + bytes([good[-1] ^ 1]),
        files["minutes.cose"],
        files["acts/001-opening.cose"],
        act_of(files, people=[]),
    ):
        report, right, _ = judged(files, bad)
        assert not report.accepted
        assert right is False


def test_the_file_beside_the_folder_is_found_by_the_folder_s_name(
    files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "0421"
    for path, content in files.items():
        (bundle / path).parent.mkdir(parents=True, exist_ok=True)
        (bundle / path).write_bytes(content)

    def right(folder: Path) -> bool | None:
        report, _ = examine(folder, public("root"))
        return report.findings[-1].right

    (tmp_path / "evidence-sealing.cose").write_bytes(b"of another bundle")
    assert right(bundle) is None
    beside = tmp_path / "0421-sealing.cose"
    beside.write_bytes(act_of(files))
    assert right(bundle) is True
    monkeypatch.chdir(bundle)
    assert right(Path()) is True
    beside.write_bytes(bytes(1 << 17))
    assert "larger than any act" in examine(bundle, public("root"))[0].as_text()
    beside.unlink()
    beside.symlink_to(bundle / "minutes.cose")
    assert "not a plain file" in examine(bundle, public("root"))[0].as_text()
