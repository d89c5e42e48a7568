"""The checking station: honest terminals are believed, and every lie is found and named."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from math import sqrt
from pathlib import Path

import pytest

from common import ballot, records
from common.ballot import Ballot
from common.chain import CardKind
from common.records import CastVote
from common.seal.checkvalue import check_value
from common.seal.randomness import CheckedSource
from simulators.piv_card import LIKE_OPENFIPS201, LIKE_PIVAPPLET, LIKE_YUBIKEY, Flavour
from tests import card_samples, halves, samples
from tests.spoiled_votes import TERMINAL, TOUCHED, lay_down, on_card, seal, signed_vote, vote
from verifier.__main__ import main
from verifier.card import CardContent, Transmit, read_card
from verifier.checking import Checked, Lied, read_spoiled, read_station
from verifier.encoding import Wrong
from verifier.evidence import Case

OTHER = ((1,), (1, 2), (1,))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a board's folder, as far as a checking station reads it."""
    lay_down(tmp_path)
    return tmp_path


@pytest.fixture
def station(folder: Path) -> Case:
    return read_station(folder, samples.ROOT_KEY)


def read(case: Case, content: CardContent) -> Checked:
    return read_spoiled(case, content.spoiled, content.opening)


def test_an_honest_terminal(station: Case) -> None:
    for choices in (TOUCHED, OTHER, ((), (), ())):
        cast_vote, r = vote(choices)
        checked = read(station, on_card(cast_vote, r))
        assert checked == Checked(check_value(cast_vote), "terminal-1", choices)


def test_a_terminal_that_sealed_something_else_shows_it(station: Case) -> None:
    """It has the r of what it sealed, and no other fits."""
    checked = read(station, on_card(*vote(OTHER)))
    assert checked.selections == OTHER


def test_what_does_not_open_is_a_lie(station: Case) -> None:
    cast_vote, r = vote()
    _, other_r = vote()
    for wrong, said in (
        (other_r, "does not open the vote that it sealed"),
        (bytes(31) + b"\x10", "does not open the vote that it sealed"),
        (bytes(32), "opens no vote at all"),
        (b"\xff" * 32, "opens no vote at all"),
    ):
        with pytest.raises(Lied, match=f"terminal-1 gave something that {said}"):
            read(station, on_card(cast_vote, wrong))
    sealed = records.open_record(CastVote, cast_vote, TERMINAL.sign_key).sealed
    for at in (0, 40, len(sealed) - 1):
        bent = bytearray(sealed)
        bent[at] ^= 1
        with pytest.raises(Lied, match="would not be counted"):
            read(station, on_card(signed_vote(bytes(bent)), r))
    with pytest.raises(Lied, match="would not be counted"):
        read(station, on_card(signed_vote(sealed, 2), r))


def test_what_is_no_ballot_is_a_lie(station: Case) -> None:
    encoded = ballot.encode(samples.package(), Ballot(1, TOUCHED, 421))
    too_many = encoded[:2] + b"\x07" + encoded[3:]
    source = CheckedSource(random.SystemRandom().randbytes)
    made = seal().seal(1, TERMINAL.sign_key, too_many, source)
    with pytest.raises(Lied, match="no ballot of this style"):
        read(station, on_card(signed_vote(made.sealed), made.r))


def test_without_what_opens_it_nothing_is_known(station: Case) -> None:
    cast_vote, r = vote()
    content = dataclasses.replace(on_card(cast_vote, r), opening=b"")
    assert read(station, content) == Checked(check_value(cast_vote), "terminal-1", None)


def wrong_contents() -> dict[str, CardContent]:
    """Return what no terminal of the station wrote as it is."""
    cast_vote, r = vote()
    right, other = on_card(cast_vote, r), on_card(*vote())
    by_desk = on_card(cast_vote, r, "desk-1")
    mixed = on_card(cast_vote, r, "terminal-2")
    return {
        "nothing": CardContent(b"", b""),
        "a vote to be cast": CardContent(b"\x82" + cast_vote, b""),
        "a vote alone": CardContent(cast_vote, b""),
        "by a desk": by_desk,
        "another terminal's vote": mixed,
        "another vote's opening": CardContent(right.spoiled, other.opening),
        "another terminal's opening": CardContent(right.spoiled, mixed.opening),
        "turned about": CardContent(right.opening, right.spoiled),
        "a bit": CardContent(right.spoiled[:-1] + bytes([right.spoiled[-1] ^ 1]), right.opening),
        "a bit of the opening": CardContent(
            right.spoiled, right.opening[:-1] + bytes([right.opening[-1] ^ 1])
        ),
    }


@pytest.mark.parametrize("what", wrong_contents())
def test_strangers_records_are_refused_and_accuse_nobody(station: Case, what: str) -> None:
    with pytest.raises(Wrong) as wrong:
        read(station, wrong_contents()[what])
    assert not isinstance(wrong.value, Lied)


def test_every_bit_counts(station: Case) -> None:
    right = on_card(*vote())
    for which in ("spoiled", "opening"):
        content = getattr(right, which)
        for bit in range(0, len(content) * 8, 41):
            changed = bytearray(content)
            changed[bit // 8] ^= 1 << bit % 8
            with pytest.raises(Wrong):
                read(station, dataclasses.replace(right, **{which: bytes(changed)}))


# The folder


def test_a_station_is_believed_from_the_root_key_alone(folder: Path) -> None:
    with pytest.raises(Wrong, match="station package"):
        read_station(folder, b"x" * 32)
    other = dataclasses.replace(samples.package(), scheme="elgamal-edwards25519/2")
    whole = (folder / "package.cose").read_bytes()
    (folder / "package.cose").write_bytes(records.sign(other, samples.ROOT))
    with pytest.raises(Wrong, match="does not know"):
        read_station(folder, samples.ROOT_KEY)
    (folder / "package.cose").write_bytes(whole)
    (folder / "start-order.cose").unlink()
    with pytest.raises(Wrong, match="cannot be read"):
        read_station(folder, samples.ROOT_KEY)


def test_a_start_order_of_another_package_is_refused(folder: Path) -> None:
    other = halves.order(*read_halves(), package_named=b"o" * 32)
    signed = records.sign(other, samples.STATION_KEYS.station)
    (folder / "start-order.cose").write_bytes(signed)
    with pytest.raises(Wrong, match="start order"):
        read_station(folder, samples.ROOT_KEY)


def read_halves() -> tuple[bytes, bytes]:
    return (
        halves.made("accumulator").record.tally_half,
        halves.made("desk-1").record.tally_half,
    )


# The card


@pytest.mark.parametrize("flavour", [LIKE_OPENFIPS201, LIKE_PIVAPPLET, LIKE_YUBIKEY])
def test_both_objects_are_read_off_a_card(flavour: Flavour) -> None:
    stand = card_samples.Stand.make("checking")
    card = stand.card(CardKind.VOTER, 1, flavour)
    card.power_on()
    assert read_card(_transmit(card.transmit)) == CardContent(b"", b"")
    content = on_card(*vote())
    card.state.objects.update({0x5FC10E: content.spoiled, 0x5FC10F: content.opening})
    card.power_on()
    assert read_card(_transmit(card.transmit)) == content


def _transmit(card: Callable[[bytes], bytes]) -> Transmit:
    def transmit(command: bytes) -> tuple[bytes, int]:
        answer = card(command)
        return answer[:-2], int.from_bytes(answer[-2:], "big")

    return transmit


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([(b"", 0x6A82)], "not a voter's card"),
        ([(b"", 0x9000), (b"\x53\x05abc", 0x9000)], "no object"),
        ([(b"", 0x9000), (b"\x7c\x00", 0x9000)], "no object"),
        ([(b"", 0x9000), (b"\x53", 0x9000)], "no object"),
        ([(b"", 0x9000), (b"\x53\x84aaaaaa", 0x9000)], "no object"),
        ([(b"", 0x9000), (b"", 0x6982)], "does not let"),
        ([(b"", 0x9000), *[(b"x" * 255, 0x61FF)] * 40], "more than any"),
        ([(b"", 0x9000), *[(b"", 0x61FF)] * 40], "more than any"),
    ],
)
def test_a_card_may_answer_anything(answers: list[tuple[bytes, int]], said: str) -> None:
    waiting = list(answers)
    with pytest.raises(Wrong, match=said):
        read_card(lambda _: waiting.pop(0))


# The command


def test_the_command_says_it_in_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cast_vote, r = vote()
    content = on_card(cast_vote, r)
    spoiled, opening = folder / "5fc10e", folder / "5fc10f"
    spoiled.write_bytes(content.spoiled)
    opening.write_bytes(content.opening)
    with_card = ["--card", str(folder), "--root", samples.ROOT_KEY.hex()]
    assert main([*with_card, "--spoiled", str(spoiled), "--opening", str(opening)]) == 0
    said = capsys.readouterr().out
    assert check_value(cast_vote) in said
    for words in ("Президент / Президент: Әбден Қарақат Ж", "Үміткер 2", "Сұрақ / Вопрос: Жоқ"):
        assert words in said
    assert "0421" not in said, "a control code is nobody's business here"
    assert main([*with_card, "--spoiled", str(spoiled)]) == 1
    assert "NOT CHECKED: what opens this vote" in capsys.readouterr().out
    opening.write_bytes(on_card(cast_vote, vote()[1]).opening)
    assert main([*with_card, "--spoiled", str(spoiled), "--opening", str(opening)]) == 1
    assert "THE TERMINAL LIED" in capsys.readouterr().out
    assert main([*with_card, "--spoiled", str(folder / "none")]) == 1
    assert "NOT CHECKED" in capsys.readouterr().out


@pytest.mark.parametrize("options", [["--spoiled", "x"], ["--card", "--opening", "x"]])
def test_files_go_with_the_card(options: list[str]) -> None:
    with pytest.raises(SystemExit):
        main([".", "--root", "00" * 32, *options])


# As often as it must be


@pytest.mark.parametrize(("challenges", "voters"), [(1, 60), (6, 20)])
def test_a_terminal_that_flips_one_vote_in_ten_is_caught_as_often_as_it_must_be(
    station: Case, challenges: int, voters: int
) -> None:
    evil = random.Random(f"evil/{challenges}")

    def is_caught() -> bool:
        sealed = OTHER if evil.random() < 0.1 else TOUCHED
        return read(station, on_card(*vote(sealed))).selections != TOUCHED

    caught = sum(any(is_caught() for _ in range(challenges)) for _ in range(voters))
    expected = 1 - 0.9**challenges
    bound = 2.576 * sqrt(expected * (1 - expected) / voters)
    assert abs(caught / voters - expected) <= bound
