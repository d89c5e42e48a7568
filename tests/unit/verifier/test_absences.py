"""Members who did not sign the minutes: which acts take the place of a signature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cbor2
import pytest

from tests.unit.verifier.bundle_records import (
    ACCUMULATOR,
    CHAIR,
    DESK,
    FIFTH,
    MEMBER,
    NOON_MS,
    PEOPLE,
    SECRETARY,
    TECHNICIAN,
    Item,
    Person,
    digest,
    dumps,
    officials,
    public,
    sign_people,
)
from tests.unit.verifier.bundles import Bundle
from verifier.report import examine, examine_files

SIX = Person("cards of another centre", None)
CROWD = (*PEOPLE, (SECRETARY, 2), (FIFTH, 3))
SECRETARYS, FIFTHS = 3, 4
BOTH = [CHAIR, MEMBER]


@dataclass
class Absent(Bundle):
    """A bundle whose minutes a chair, a secretary and two members must sign; `FIFTH` did not.

    Attributes:
        acts_about: number of the official in the file's name, and what is different in that act.
        tamper: changes the acts when they are signed.
    """

    package: Item = field(default_factory=lambda: {14: officials(CROWD)})
    minutes_signers: list[Person] = field(default_factory=lambda: [CHAIR, MEMBER, SECRETARY])
    acts_about: dict[int, dict[str, Any]] = field(default_factory=lambda: {FIFTHS: {}})
    tamper: Callable[[bytes], bytes] = lambda act: act

    def later(self, minutes: Item, files: dict[str, bytes]) -> dict[str, bytes]:
        return {
            f"absence/{number}.cose": self.tamper(self._act(number, minutes, files, **changed))
            for number, changed in self.acts_about.items()
        }

    def _act(
        self,
        number: int,
        minutes: Item,
        files: dict[str, bytes],
        *,
        facts: dict[int, Any] | None = None,
        people: list[Person] | None = None,
        signer: str = ACCUMULATOR,
        key: str = "",
        **changed: Any,
    ) -> bytes:
        said = {18: number, 19: 1, 20: digest(dumps(minutes))} | (facts or {})
        act: Item = {0: 11, 1: "1", 2: digest(files["package.cose"]), 3: signer, 4: NOON_MS}
        act[5] = {fact: value for fact, value in said.items() if value is not None}
        act |= {int(name[1:]): value for name, value in changed.items()}
        return sign_people(act, "Act", key or signer, BOTH if people is None else people)


def test_a_member_with_an_act_need_not_sign_and_it_is_told_why() -> None:
    for why, told in (
        (1, "the card cannot be used"),
        (2, "is not here"),
        (3, "does not sign, and gave an opinion on paper"),
    ):
        report = Absent(acts_about={FIFTHS: {"facts": {19: why}}}).examined()
        assert report.accepted, report.as_text()
        (remark,) = [one for one in report.remarks if "did not sign" in one]
        assert remark == (
            f"person 4 did not sign the minutes: {told}; "
            "act signed by person 0 (chair), person 1 (member)"
        )


def test_without_an_act_the_signature_is_missing_as_ever() -> None:
    assert Absent(acts_about={}).refused() == "minutes: the minutes are not signed by person 4"


def test_more_than_half_of_the_members_sign_and_the_chair_is_one() -> None:
    two: dict[int, dict[str, Any]] = {SECRETARYS: {}, FIFTHS: {}}
    assert Absent(minutes_signers=BOTH, acts_about=two).refused() == (
        "minutes: the minutes are signed by no more than half of the commission"
    )
    # The technician is no member, whoever signs: not counted, and not of the commission.
    assert "half" in Absent(minutes_signers=[*BOTH, TECHNICIAN], acts_about=two).refused()
    alone = Absent(minutes_signers=[MEMBER, SECRETARY, FIFTH], acts_about={0: {}})
    assert alone.refused() == "minutes: the minutes are not signed by person 0"
    of_five = officials((*CROWD, (Person("sixth", None), 3)))
    three = Absent(package={14: of_five}, acts_about={FIFTHS: {}, 5: {"facts": {19: 2}}})
    report = three.examined()
    assert report.accepted, report.as_text()
    assert sum("did not sign" in one for one in report.remarks) == 2


@pytest.mark.parametrize(
    "signed", [[*BOTH, SECRETARY, FIFTH], [*BOTH, SECRETARY, FIFTH, TECHNICIAN]]
)
def test_an_act_about_somebody_who_signed_is_refused(signed: list[Person]) -> None:
    bundle = Absent(minutes_signers=signed)
    assert bundle.refused().startswith("minutes: absence/4.cose is about nobody who had to sign")
    bundle.acts_about = {}
    assert bundle.refused() == "ACCEPTED"


@pytest.mark.parametrize("number", [2, 77])
def test_an_act_about_nobody_of_the_commission_is_refused(number: int) -> None:
    bundle = Absent(acts_about={FIFTHS: {}, number: {}})
    assert bundle.refused().startswith(f"minutes: absence/{number}.cose is about nobody")


def test_where_the_chair_signs_alone_nobody_needs_an_act() -> None:
    alone: Item = {14: officials(CROWD), 17: {1: 1, 2: False, 3: 2}}
    bundle = Absent(package=alone, minutes_signers=[CHAIR])
    assert bundle.refused().startswith("minutes: absence/4.cose is about nobody who had to sign")
    bundle.acts_about = {}
    assert bundle.refused() == "ACCEPTED"
    bundle.minutes_signers = BOTH[1:]
    assert bundle.refused() == "minutes: the minutes are not signed by person 0"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"people": [CHAIR]}, "not signed by the chair and another member"),
        ({"people": [MEMBER, SECRETARY]}, "not signed by the chair and another member"),
        ({"people": [CHAIR, TECHNICIAN]}, "not signed by the chair and another member"),
        ({"people": [CHAIR, FIFTH]}, "not signed by the chair and another member"),
        ({"people": []}, "signed by no official"),
        ({"people": [CHAIR, SIX]}, "no official of this station"),
        ({"facts": {18: 3}}, "about something else"),
        ({"facts": {18: None}}, "about something else"),
        ({"facts": {18: "4"}}, "about something else"),
        ({"f0": 8}, "about something else"),
        ({"f0": 12}, "documented form"),
        ({"facts": {19: None}}, "does not say why"),
        ({"facts": {19: 0}}, "does not say why"),
        ({"facts": {19: 4}}, "does not say why"),
        ({"facts": {19: "1"}}, "does not say why"),
        ({"facts": {20: bytes(32)}}, "about other minutes"),
        ({"facts": {20: None}}, "about other minutes"),
        ({"f1": "2"}, "another station, package or board"),
        ({"f2": bytes(32)}, "another station, package or board"),
        ({"f3": DESK}, "not signed by the board"),
        ({"f3": "nobody"}, "names a board that is not of this station"),
        ({"signer": DESK}, "not drawn up by the accumulator that counted"),
        ({"key": "station"}, "not signed by the board"),
        ({"f4": 1 << 49}, "valid"),
    ],
)
def test_the_act_is_the_right_one_and_rightly_signed(changed: dict[str, Any], why: str) -> None:
    said = Absent(acts_about={FIFTHS: changed}).refused()
    assert said.startswith("minutes: absence/4.cose")
    assert why in said


def test_the_absent_member_may_sign_the_act_as_a_third() -> None:
    bundle = Absent(acts_about={FIFTHS: {"people": [*BOTH, FIFTH]}})
    assert bundle.refused() == "ACCEPTED"


def test_the_accumulator_that_died_does_not_draw_it_up() -> None:
    spare = "accumulator-2"
    idle = Absent(
        more={spare: 3},
        spares={spare},
        without={spare},
        acts_about={FIFTHS: {"signer": spare}},
    )
    assert "not drawn up by the accumulator that counted" in idle.refused()


@pytest.mark.parametrize(
    "tamper",
    [
        lambda act: act[:-1] + bytes([act[-1] ^ 1]),
        lambda act: act[:-1],
        lambda act: act + b"\x00",
        lambda _: b"",
        lambda _: b"\xd8\x62",
        lambda _: sign_people({0: 1}, "Act", ACCUMULATOR, BOTH),
    ],
)
def test_a_forged_act_is_none(tamper: Callable[[bytes], bytes]) -> None:
    said = Absent(tamper=tamper).refused()
    assert said.startswith("minutes:")


def test_only_the_manifest_lists_the_act() -> None:
    files = Absent().files()
    del files["absence/4.cose"]
    assert "not signed by person 4" in _said(files)
    files = Absent().files()
    files["absence/004.cose"] = files.pop("absence/4.cose")
    assert "absence/004.cose is about nobody" in _said(files)
    unlisted = Bundle().files() | {"absence/1.cose": Absent().files()["absence/4.cose"]}
    assert "absence/1.cose is about nobody" in _said(unlisted)
    # Two right acts about one member: only the one that the manifest names belongs to it.
    files = Absent().files()
    act = cbor2.loads(cbor2.loads(files["absence/4.cose"][2:])[2])
    act[5][19] = 2
    files["absence/4.cose"] = sign_people(act, "Act", ACCUMULATOR, BOTH)
    assert "absence/4.cose is not the file that the manifest lists" in _said(files)
    bundle = Absent(also_listed=[{0: "absence/4.cose", 1: 5, 2: bytes(32)}])
    assert bundle.refused() == (
        "files: absence/4.cose is listed in the minutes, but is not in the bundle"
    )


def _said(files: dict[str, bytes]) -> str:
    report, _ = examine_files(files, public("root"))
    return next((one.found for one in report.findings if one.right is False), "ACCEPTED")


def test_the_folder_may_have_these_files_and_no_others(tmp_path: Path) -> None:
    files = Absent().files()
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    assert examine(tmp_path, public("root"))[0].accepted
    for odd in ("absence/person-4.cose", "absence/4000.cose", "absence/4.cose.old"):
        (tmp_path / odd).write_bytes(b"")
        assert f"{odd} does not belong" in examine(tmp_path, public("root"))[0].as_text()
        (tmp_path / odd).unlink()
