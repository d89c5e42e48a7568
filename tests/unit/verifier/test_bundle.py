"""A whole bundle, honest: what the verifier says of it, and what belongs to it."""

from __future__ import annotations

import io

import pytest

from tests.unit.verifier.bundle_records import ACCUMULATOR, DESK, public
from tests.unit.verifier.bundles import Bundle
from verifier import __main__ as command
from verifier import evidence
from verifier.checks import STEPS
from verifier.proved import PROVED
from verifier.report import examine_files
from verifier.work import Work


def said(files: dict[str, bytes]) -> str:
    """Return the step that fails and why, or ACCEPTED."""
    report = examine_files(files, public("root"))[0]
    wrong = [f"{one.step}: {one.found}" for one in report.findings if one.right is False]
    return wrong[0] if wrong else "ACCEPTED"


def test_an_honest_bundle_is_right_in_every_step() -> None:
    report = Bundle().examined()
    assert report.accepted
    assert report.remarks == ()
    assert [one.step for one in report.findings] == [step.name for step in STEPS]
    assert all(one.proves for one in report.findings)
    assert PROVED.keys() <= {step.name for step in STEPS}


def test_ballot_styles_that_are_published_as_one_are_shuffled_as_one() -> None:
    report = Bundle().merge().examined()
    assert report.accepted
    assert any("4 ballots in 1 lists" in one.found for one in report.findings)


@pytest.mark.parametrize(
    ("path", "why"),
    [(path, f"{path} is missing from the bundle") for path in evidence.PROOFS]
    + [
        (f"checked/{ACCUMULATOR}.cose", "opened, but did not sign"),
        (f"checked/{DESK}.cose", "opened, but did not sign"),
        (f"openings/{ACCUMULATOR}.cose", "not one opening of the accumulator and one of the desk"),
        (f"openings/{DESK}.cose", "not one opening of the accumulator and one of the desk"),
    ],
)
def test_what_was_never_laid_into_the_bundle_is_missed(path: str, why: str) -> None:
    class Forgetful(Bundle):
        def laid_down(self, made: dict[str, bytes]) -> dict[str, bytes]:
            del made[path]
            return made

    assert why in Forgetful().refused()


def test_what_is_lost_afterwards_is_missed() -> None:
    files = Bundle().files()
    for path in ("mixes/2.cose", f"checked/{DESK}.cose", f"openings/{DESK}.cose"):
        less = {name: content for name, content in files.items() if name != path}
        assert said(less).startswith("files:")


@pytest.mark.parametrize(
    ("package", "why"),
    [
        ({19: "elgamal-edwards25519/2"}, "a way of sealing that this program does not know"),
        ({20: 160}, "another length than its ballots need"),
    ],
)
def test_the_package_says_how_votes_are_sealed(package: dict[int, object], why: str) -> None:
    bundle = Bundle()
    bundle.package |= package
    assert why in bundle.refused()


def test_progress_is_told_of_long_work_on_a_terminal_and_nowhere_else() -> None:
    told: list[tuple[str, int, int]] = []
    files = Bundle().files()
    work = Work(told=lambda *what: told.append(what))
    assert examine_files(files, public("root"), work=work)[0].accepted
    assert {what for what, _, _ in told} >= {"sealed ballots", "shuffle", "opening", "reading"}
    assert all(0 < done <= of for _, done, of in told)

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream, expected in (
        (Terminal(), "\r\x1b[Kshuffle: 32 of 64\r\x1b[K"),
        (io.StringIO(), ""),
    ):
        with command.Progress(stream) as progress:
            progress.told("shuffle", 32, 64)
        assert stream.getvalue() == expected


ODD = {
    "nothing": b"",
    "no record": b"\xd2\x80",
    "a list without end": b"\xd2\x9f\x00\xff",
    "deep": b"\xd2" + b"\x81" * 1000 + b"\x00",
    "long": b"\xd2\x9b\x00\x00\xff\xff\xff\xff\xff\xff",
    "text": b"0000-0000-0000-0000-0000\n",
}
STEPS_OF = {
    "mixes/1.cose": "first shuffle",
    "mixes/2.cose": "second shuffle",
    "check-values.txt": "check values",
    f"checked/{ACCUMULATOR}.cose": "checks",
    f"checked/{DESK}.cose": "checks",
    f"openings/{ACCUMULATOR}.cose": "openings",
    f"openings/{DESK}.cose": "openings",
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("path", STEPS_OF)
def test_what_is_no_record_at_all_is_refused_in_words(path: str, odd: str) -> None:
    class Odd(Bundle):
        def laid_down(self, made: dict[str, bytes]) -> dict[str, bytes]:
            return made | {path: ODD[odd]}

    assert Odd().refused().startswith(f"{STEPS_OF[path]}: ")


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("which", [0, 1])
def test_a_half_that_is_no_record_at_all_is_refused_in_words(which: int, odd: str) -> None:
    class Odd(Bundle):
        def tally_keys(self, package: bytes) -> list[bytes]:
            keys = super().tally_keys(package)
            keys[which] = ODD[odd].ljust(32, b"\0")
            return keys

    assert Odd().refused().startswith(("halves of the key: ", "opening: "))


def test_records_lie_under_the_names_of_boards() -> None:
    class Renamed(Bundle):
        def laid_down(self, made: dict[str, bytes]) -> dict[str, bytes]:
            return {self.names.get(path, path): content for path, content in made.items()}

        names: dict[str, str]

    for old, new, why in (
        (f"checked/{DESK}.cose", "checked/nobody.cose", "checks: the check of nobody is signed by"),
        (f"openings/{DESK}.cose", "openings/x.cose", "checks: x opened, but did not sign"),
        (f"checked/{DESK}.cose", f"openings/{DESK}-.cose", "checks: desk-1- opened, but did not"),
    ):
        bundle = Renamed()
        bundle.names = {old: new}
        assert bundle.refused().startswith(why)
