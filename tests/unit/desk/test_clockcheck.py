"""The desk's clock: judged by the start order, put right under an act, watched in the day."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardio.messages import CourierCardSeen
from common import daytime
from common.cose import SignedBody
from common.errors import Reason, text
from common.records import Act, ActFact, ActKind
from common.service import TimeReached
from hal.board_clock import LOOK_AGAIN_S
from tests import samples
from tests.unit.desk.bench import Card
from tests.unit.desk.office import NAME, Office, package

LIMITS = samples.PARAMETERS


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    office.keep_half()
    return office


def bring_courier(office: Office) -> None:
    office.put(CourierCardSeen(1, office.order, torn=False))


def start(office: Office, error_s: int, *, stopped: bool = False) -> None:
    office.chip.error_s, office.chip.stopped = error_s, stopped
    office.start()
    bring_courier(office)


def digits(office: Office, minutes_from_now: int = 0) -> str:
    moment_ms = office.clock.ms + minutes_from_now * 60_000
    return daytime.hours(moment_ms, package().zone_minutes).replace(":", "")


def set_clock(office: Office, typed: str, *signers: int) -> None:
    office.press("clock.change", *(f"digits.{digit}" for digit in typed), "clock.set")
    if signers:
        assert office.page() == "desk.signing"
        office.sign_act(*signers)


@pytest.mark.parametrize("error_s", [-LIMITS.max_clock_offset_s, 0, LIMITS.max_clock_ahead_s])
def test_a_clock_within_the_limits_opens_the_desk(office: Office, error_s: int) -> None:
    start(office, error_s)
    assert office.page() == "desk.opened"
    (offset,) = [each for each in office.journal() if each.event.name == "CLOCK_OFFSET"]
    assert offset.facts == {"offset_s": error_s}


def test_a_desk_that_is_behind_is_put_right_before_it_opens(office: Office) -> None:
    start(office, -600)
    assert office.page() == "desk.clock"
    zone = package().zone_minutes
    expected = text(
        Reason.CLOCK_BEHIND,
        "en",
        own=daytime.date_and_hours(office.clock.ms - 600_000, zone),
        order=daytime.date_and_hours(office.clock.ms, zone),
    )
    assert office.text("refusal") == expected
    assert "clock.right" not in {region.name for region in office.screen.regions}
    assert office.text("time") == daytime.hours(office.clock.ms - 600_000, zone)
    office.put(None)
    set_clock(office, digits(office, 1), 1, 2)
    assert office.page() == "desk.clock"
    assert office.text("done")
    assert abs(office.chip.error_s) <= 60
    office.press("clock.right")
    assert office.page() == "desk.ready"
    events = office.events()
    start_of_day = events.index("ACT_SIGNED")
    assert events[start_of_day:] == [
        "ACT_SIGNED", "CLOCK_CORRECTED", "CLOCK_CONFIRMED", "CLOCK_OFFSET", "OPENED",
    ]  # fmt: skip
    assert "acts/001-clock.cose" in office.files(office.removable)


def test_the_act_bears_the_right_time_and_the_shift(office: Office) -> None:
    start(office, 86_400 * 400)
    office.put(None)
    typed = digits(office, 1)
    set_clock(office, typed, 2, 1)
    signed = office.own.read("acts/001-clock.cose") or b""
    body = SignedBody.from_bytes(signed, Act.external(), samples.device(NAME).sign_key)
    act = Act.from_bytes(body.payload)
    assert (act.kind, act.board) == (ActKind.CLOCK, NAME)
    assert abs(act.time_ms - office.clock.ms) <= 61_000
    offset_s = act.facts[ActFact.OFFSET_S]
    assert isinstance(offset_s, int)
    assert offset_s < -86_400 * 399


def test_an_act_about_the_clock_allows_nobody_another_card(office: Office) -> None:
    start(office, -600)
    office.put(None)
    set_clock(office, digits(office, 1), 1, 2)
    office.press("clock.right")
    office.give(1, Card(1))
    office.press("digits.1", "find")
    assert office.page() == "desk.row"
    office.start()  # and not after a start either
    office.press("digits.1", "find")
    assert "confirm" not in {region.name for region in office.screen.regions}
    assert office.shell._state is not None
    assert office.shell._state.acts == 0


def test_a_chair_must_be_among_the_two(office: Office) -> None:
    start(office, -600)
    office.put(None)
    set_clock(office, digits(office, 1), 2, 3)
    assert office.page() == "desk.signing"
    office.sign_act(1)
    assert office.page() == "desk.clock"


def test_a_desk_far_ahead_may_be_right_if_the_courier_took_long(office: Office) -> None:
    start(office, LIMITS.max_clock_ahead_s + 60)
    assert office.page() == "desk.clock"
    assert "Compare with the chair's watch" in office.text("refusal")
    office.press("clock.right")
    assert office.page() == "desk.opened"
    office.put(None)
    assert office.page() == "desk.ready"
    assert "CLOCK_CONFIRMED" in office.events()


def test_a_chip_that_stopped_must_be_set_whatever_it_shows(office: Office) -> None:
    start(office, 0, stopped=True)
    assert office.page() == "desk.clock"
    assert office.text("refusal") == text(Reason.CLOCK_STOPPED, "en")
    assert "CLOCK_STOPPED" in office.events()
    office.put(None)
    set_clock(office, digits(office, 0), 1, 2)
    office.press("clock.right")
    assert office.page() == "desk.ready"
    assert not office.chip.stopped


def test_what_is_no_time_of_the_day_is_refused(office: Office) -> None:
    start(office, -600)
    set_clock(office, "9999")
    assert office.page() == "desk.clock.set"
    assert "cannot be set" in office.text("refusal")
    office.press("clock.back")
    assert office.page() == "desk.clock"


def test_a_chip_that_does_not_take_the_time_is_told_and_nothing_changed(office: Office) -> None:
    start(office, -600)
    office.put(None)
    set_clock(office, digits(office, 1))
    office.chip.silent = True
    office.sign_act(1, 2)
    assert office.page() == "desk.clock"
    assert office.text("refusal") == text(Reason.CLOCK_NOT_SET, "en")
    assert "clock.right" not in {region.name for region in office.screen.regions}
    assert office.events()[-1] == "PART_FAILED"


def test_signing_can_be_left(office: Office) -> None:
    start(office, -600)
    set_clock(office, digits(office, 1))
    office.press("back")
    assert office.page() == "desk.clock"
    assert "ACT_SIGNED" not in office.events()


def test_the_page_follows_the_clock(office: Office) -> None:
    start(office, -600)
    before = office.text("time")
    office.clock.ms += 60_000
    office.step(TimeReached(office.clock.monotonic_s()))
    assert office.text("time") != before


def test_a_desk_that_restarts_with_a_dead_chip_goes_on_after_its_last_entry(
    office: Office,
) -> None:
    office.open()
    office.clock.ms += 3_600_000
    office.give(1, Card(1))
    latest_ms = office.journal()[-1].time_ms
    office.chip.error_s, office.chip.stopped = -800_000_000, True
    office.start()
    assert office.page() == "desk.ready"
    restarted = office.journal()[-4:]
    assert "CLOCK_STOPPED" in [entry.event.name for entry in restarted]
    assert all(entry.time_ms >= latest_ms for entry in restarted)
    office.give(2, Card(2))


def test_in_the_evening_a_clock_that_lost_hours_is_put_right(office: Office) -> None:
    office.open()
    office.clock.ms = package().closes_s * 1000 - 60_000
    office.chip.error_s = -7200
    office.start()
    office.clock.ms += 120_000
    bring_courier(office)
    assert office.page() == "desk.take-out"
    office.press("clock.check")
    assert office.page() == "desk.clock"
    office.press("clock.leave")
    office.put(None)
    bring_courier(office)
    office.press("clock.check")
    office.put(None)
    set_clock(office, digits(office), 1, 2)
    office.press("clock.right")
    bring_courier(office)
    office.press("close")
    assert office.page() == "desk.closed"


def test_a_jump_of_the_computers_clock_is_journalled_and_closes_nothing(office: Office) -> None:
    office.open()
    steady_s = office.clock.monotonic_s()
    office.clock.monotonic_s = lambda: steady_s  # type: ignore[method-assign]  # only the wall jumps
    office.clock.ms = package().closes_s * 1000
    bring_courier(office)
    assert office.page() == "desk.take-out"
    assert office.events()[-1] == "CLOCK_JUMPED"


def test_a_chip_that_jumps_in_the_day_is_journalled_and_moves_nothing(office: Office) -> None:
    office.open()
    office.chip.error_s = 86_400
    office.clock.ms += round(LOOK_AGAIN_S) * 1000
    bring_courier(office)
    assert office.page() == "desk.take-out"
    assert "CLOCK_CHIP_DIFFERS" in office.events()
