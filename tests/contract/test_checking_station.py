"""`sailau-verify --card` as at a checking station: a process of its own, the real pcscd, a card.

The cards are the simulated ones, behind vsmartcard's virtual reader. What the verifier says of what
is on a card is in tests/unit/verifier/test_checking.py; here it says it of each card that somebody
may put in.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cardio.piv import ObjectId
from common import cbor
from common.chain import CardKind
from common.seal.checkvalue import check_value
from simulators.card_reader import SimBankCard, SimCard, SimMuteCard
from simulators.piv_card import SimPivCard
from simulators.vpcd import PrivatePcscd, VpcdSlot
from tests import card_samples, samples
from tests.spoiled_votes import lay_down, on_card, vote

ROOT = Path(__file__).parents[2]
UNTIL_SEEN = """
from common.clock import SystemClock
from hal.card_reader import ReaderState
from hal.drivers.pcsc import PcscCardReader
reader = PcscCardReader("", SystemClock())
while reader.wait_for_change(1.0) is not ReaderState.CARD:
    pass
reader.close()
"""
"""pcscd looks into its readers now and then only; this waits until it has seen the card."""


@dataclass(frozen=True, slots=True)
class Station:
    """A checking station: its folder, its card reader, and what it says."""

    folder: Path
    pcscd: PrivatePcscd
    slot: VpcdSlot

    def says(self, card: SimCard | None = None, *, pulled_after: int | None = None) -> str:
        """Put a card in and run the command; return its exit code and what it says."""
        if card is not None:
            self.slot.insert(card)
            assert self._run("-c", UNTIL_SEEN).startswith("0 ")
        if pulled_after is not None:
            self.slot.pull_after(pulled_after)
        root = samples.ROOT_KEY.hex()
        return self._run("-m", "verifier", "--card", str(self.folder), "--root", root)

    def _run(self, *arguments: str) -> str:
        environ = {**os.environ, "PCSCLITE_CSOCK_NAME": str(self.pcscd.socket_path)}
        result = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert result.stderr == ""
        return f"{result.returncode} {result.stdout}"


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    """Yield one with an empty reader."""
    for name in ("folder", "pcscd"):
        (tmp_path / name).mkdir()
    lay_down(tmp_path / "folder")
    with PrivatePcscd(tmp_path / "pcscd") as pcscd:
        slot = VpcdSlot(pcscd.port)
        yield Station(tmp_path / "folder", pcscd, slot)
        slot.remove()


def voter_card(objects: dict[int, bytes], station: str = "0421") -> SimCard:
    """Return a voter's card with these objects on it."""
    state, _ = card_samples.made(CardKind.VOTER, 1, station=station)
    state.objects.update(objects)
    return SimPivCard(state, samples.seeded("checking station"))


def test_a_card_with_which_the_terminal_was_checked(station: Station) -> None:
    cast_vote, r = vote()
    content = on_card(cast_vote, r)
    said = station.says(
        voter_card(
            {
                ObjectId.RETIRED_CERTIFICATE_2: content.spoiled,
                ObjectId.RETIRED_CERTIFICATE_3: content.opening,
            }
        )
    )
    assert said.startswith("0 ")
    assert check_value(cast_vote) in said
    assert "Terminal: terminal-1" in said
    assert "Президент / Президент: Әбден Қарақат Ж" in said
    assert "Сұрақ / Вопрос: Жоқ" in said


def without_opening() -> SimCard:
    """Return the card of a check that was interrupted."""
    return voter_card({ObjectId.RETIRED_CERTIFICATE_2: on_card(*vote()).spoiled})


def opened_with_another() -> SimCard:
    """Return the card of a terminal that does not give what the vote was sealed with."""
    content = on_card(vote()[0], vote()[1])
    return voter_card(
        {
            ObjectId.RETIRED_CERTIFICATE_2: content.spoiled,
            ObjectId.RETIRED_CERTIFICATE_3: content.opening,
        }
    )


def ordinary() -> SimCard:
    """Return a card with a vote to be counted, as a terminal lays it on the card."""
    cast_vote, _ = vote()
    return voter_card({ObjectId.RETIRED_CERTIFICATE_2: cbor.encode([cast_vote, b"deposit"])})


def blank() -> SimCard:
    """Return a card before a voter had it."""
    return voter_card({})


def of_another_terminal() -> SimCard:
    """Return a spoiled vote that a board signed which is no terminal."""
    return voter_card({ObjectId.RETIRED_CERTIFICATE_2: on_card(*vote(), "desk-1").spoiled})


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (without_opening, "NOT CHECKED: what opens this vote is not on the card"),
        (opened_with_another, "THE TERMINAL LIED: terminal-1 gave something that does not open"),
        (ordinary, "there is no spoiled vote on this card: the terminal was not checked with it"),
        (blank, "there is no spoiled vote on this card: the terminal was not checked with it"),
        (of_another_terminal, "is not signed by a terminal of this station"),
        (SimBankCard, "the card in the reader is not a voter's card"),
        (SimMuteCard, "the card in the reader does not answer: turn it over"),
        (lambda: None, "there is no card in a reader: put the voter's card in"),
    ],
)
def test_each_other_card_has_its_words(
    station: Station, card: Callable[[], SimCard | None], said: str
) -> None:
    words = station.says(card())
    assert words.startswith("1 ")
    assert said in words


@pytest.mark.parametrize("commands", [0, 1, 3])
def test_a_card_that_is_taken_out_too_early(station: Station, commands: int) -> None:
    said = station.says(without_opening(), pulled_after=commands)
    assert said.startswith("1 NOT CHECKED: the card was taken out")


def test_a_computer_without_pcscd(station: Station) -> None:
    station.pcscd.kill()
    station.pcscd.socket_path.unlink()
    assert station.says().startswith("1 NOT CHECKED: no card reader answers: is pcscd running?")
