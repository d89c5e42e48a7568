"""Board keys, start password, and the one form of a ballot."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import ballot as ballots
from common import keys
from common.ballot import Ballot, BallotError
from common.keys import DeviceKeys, StationKeys, WrongKey
from tests import samples

PACKAGE = samples.package()


def test_device_keys_are_kept_and_never_shown() -> None:
    device = samples.device("desk-1")
    assert DeviceKeys.from_bytes(device.to_bytes()) == device
    assert device.sign_seed.hex() not in repr(device)
    assert repr(device.sign_seed) not in repr(device)
    assert device.unseal(keys.seal_to(device.box_key, b"x")) == b"x"
    for wrong in (b"", b"\xa0", device.to_bytes() + b"\0", device.to_bytes()[:-1]):
        with pytest.raises(ValueError, match="it "):
            DeviceKeys.from_bytes(wrong)


def test_station_keys_need_both_the_board_and_the_password() -> None:
    start = keys.new_start_password("ABCD EFGH", samples.seeded("salt"), 1, 8192)
    secret = keys.start_secret("abcd-efgh ", start)
    assert secret is not None
    assert keys.start_secret("ABCD EFGX", start) is None
    device, other = samples.device("accumulator"), samples.device("accumulator-spare")
    sealed = samples.STATION_KEYS.sealed(start.public_key, device.box_key)
    assert len(sealed) == 160
    assert StationKeys.unsealed(sealed, secret, device) == samples.STATION_KEYS
    with pytest.raises(WrongKey):
        StationKeys.unsealed(sealed, secret, other)
    with pytest.raises(WrongKey):
        StationKeys.unsealed(sealed, b"x" * 32, device)
    for bit in range(0, 160 * 8, 17):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(WrongKey):
            StationKeys.unsealed(bytes(changed), secret, device)


def test_the_default_cost_is_moderate() -> None:
    assert (keys.OPERATIONS, keys.MEMORY_BYTES) == (3, 256 * 1024 * 1024)


@st.composite
def right_ballots(draw: st.DrawFn) -> Ballot:
    """Draw a ballot that the package allows."""
    style = draw(st.sampled_from(PACKAGE.styles))
    selections = []
    for index, contest in enumerate(PACKAGE.contests):
        chosen: list[int] = []
        if index in style.contests:
            chosen = sorted(
                draw(
                    st.sets(st.integers(0, len(contest.lines) - 1), max_size=contest.votes_allowed)
                )
            )
        selections.append(tuple(chosen))
    return Ballot(style.number, tuple(selections), draw(st.integers(0, 9999)))


@given(right_ballots())
def test_a_ballot_has_one_encoding_of_one_length(ballot: Ballot) -> None:
    encoded = ballots.encode(PACKAGE, ballot)
    assert len(encoded) == ballots.encoded_size(PACKAGE) == 5
    assert ballots.decode(PACKAGE, ballot.style, encoded) == ballot


@given(st.binary(min_size=5, max_size=5), st.sampled_from([1, 2, 3]))
def test_whatever_decodes_is_a_ballot_in_its_one_form(untrusted: bytes, style: int) -> None:
    try:
        ballot = ballots.decode(PACKAGE, style, untrusted)
    except BallotError:
        return
    ballots.check(PACKAGE, ballot)
    assert ballots.encode(PACKAGE, ballot) == untrusted


@pytest.mark.parametrize(
    ("selections", "why"),
    [
        (((0, 1), (), ()), "too many"),
        (((3,), (), ()), "no such line"),
        (((0,), (), (0, 1)), "too many"),
        (((), (2, 1), ()), "unordered"),
        (((), (1, 1), ()), "twice"),
        (((), ()), "every contest"),
    ],
)
def test_a_ballot_that_breaks_a_rule_is_refused(
    selections: tuple[tuple[int, ...], ...], why: str
) -> None:
    with pytest.raises(BallotError, match=why):
        ballots.encode(PACKAGE, Ballot(1, selections, 1))


def test_style_code_and_against_all_are_checked() -> None:
    with pytest.raises(BallotError, match="style"):
        ballots.check(PACKAGE, Ballot(9, ((), (), ()), 1))
    with pytest.raises(BallotError, match="not on its ballot style"):
        ballots.check(PACKAGE, Ballot(2, ((), (1,), ()), 1))
    with pytest.raises(BallotError, match="four digits"):
        ballots.check(PACKAGE, Ballot(1, ((), (), ()), 10_000))
    with pytest.raises(BallotError, match="length"):
        ballots.decode(PACKAGE, 1, bytes(4))
    two = dataclasses.replace(PACKAGE.contests[0], votes_allowed=2)
    package = dataclasses.replace(PACKAGE, contests=(two, *PACKAGE.contests[1:]))
    with pytest.raises(BallotError, match="against all"):
        ballots.check(package, Ballot(1, ((0, 2), (), ()), 1))
