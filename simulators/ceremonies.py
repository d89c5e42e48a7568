"""What the commission does with the whole station: opening, closing, counting."""

from __future__ import annotations

from collections.abc import Callable

from common.book import CLOCK_DIGITS
from common.records import BoardKind
from simulators.bench_client import BenchClient
from simulators.clerk import Clerk
from simulators.commission import Commission
from simulators.half_makers import HalfMakers
from simulators.hands import BenchBooth, BenchHands
from simulators.panel import MOMENT_S
from simulators.progress import DayFailed
from simulators.sight import Eyes, Returns, Seen
from simulators.venue import Venue
from simulators.watch import NEAR_S, Watch

CARRIES = 4
"""So often a medium is carried to the accumulator, which may send it back to be mended."""


def commission_at(
    venue: Venue, hands: BenchHands, half: Callable[[], None] | None = None
) -> Commission:
    """Return the commission, in front of the accumulator; `half` is done at the counting desk."""
    station = venue.station
    return Commission(
        hands,
        station.accumulator,
        station.people,
        station.courier,
        station.password,
        watch=watch_of(venue, hands.client),
        have_half_made=half,
    )


def have_half_made(venue: Venue, hands: BenchHands) -> None:
    """Go to the counting desk with share cards and courier card, and have its half made."""
    makers = half_makers_at(venue, hands)
    venue.screen.say(f"  the half of the key is made at {makers.panel.board}")
    makers.make_half()


def half_makers_at(venue: Venue, hands: BenchHands) -> HalfMakers:
    """Return the members with share cards in front of the counting desk, or of its spare."""
    station = venue.station
    first = station.of_kind(BoardKind.DESK)[0]  # its spare stands in its place
    watch = watch_of(venue, hands.client)
    return HalfMakers(hands, first, station.people, station.courier, station.password, watch=watch)


def clerk_at(venue: Venue, hands: BenchHands, desk: str) -> Clerk:
    """Return the member at a desk, with those who sign acts, and the chair's watch."""
    watch = watch_of(venue, hands.client)
    return Clerk(hands, desk, venue.station.people, watch=watch, patience_s=venue.patience_s)


def watch_of(venue: Venue, client: BenchClient) -> Watch:
    """Return the chair's watch: the bench's own time, which no board knows."""
    near_s = max(NEAR_S, 5 * venue.speed)
    return Watch(client.clock.now_ms, venue.station.package.zone_minutes, near_s)


def open_station(venue: Venue) -> None:
    """Let the commission open the station, and every board with the courier card."""
    station = venue.station
    hands = BenchHands(venue.bench)
    try:
        venue.screen.say("  the commission opens the station")
        commission_at(venue, hands, half=lambda: have_half_made(venue, hands)).open_station()
        for desk in station.of_kind(BoardKind.DESK):
            clerk_at(venue, hands, desk).open_board(station.courier)
        for terminal in station.of_kind(BoardKind.TERMINAL):
            courier_at_terminal(venue, hands.client, terminal, until="insert")
        hands.client.advance_to(station.package.opens_s * 1000)
    finally:
        hands.close()


def close_station(venue: Venue) -> None:
    """Close every board, and carry the media to the accumulator."""
    station = venue.station
    hands = BenchHands(venue.bench)
    try:
        venue.screen.say("  the station is closed, media are carried to the accumulator")
        hands.client.advance_to(station.package.closes_s * 1000 + 60_000)
        commission = commission_at(venue, hands)
        for desk in station.of_kind(BoardKind.DESK):
            clerk_at(venue, hands, desk).close_board(station.courier)
        for terminal in station.of_kind(BoardKind.TERMINAL):
            courier_at_terminal(venue, hands.client, terminal, until="closed")
        commission.close_station()
        accumulator = hands.client.board(station.accumulator)
        for board in (*station.of_kind(BoardKind.DESK), *station.of_kind(BoardKind.TERMINAL)):
            venue.settle(board)
            for _ in range(CARRIES):
                medium = hands.client.board(board).unplug()
                accumulator.plug(medium, "visiting")
                is_in = commission.read_visiting_medium(board)
                accumulator.unplug("visiting")
                shown = hands.client.board(board).count("screen")
                hands.client.board(board).plug(medium)
                if is_in:
                    break
                hands.client.board(board).wait("screen", shown, venue.patience_s / CARRIES)
            else:
                raise DayFailed(f"{board}: its medium is refused after {CARRIES} times")
    finally:
        hands.close()


def sign_minutes(venue: Venue, mixed_up: str = "") -> tuple[str, ...]:
    """Have the minutes signed, the papers printed and the share cards cleared.

    `mixed_up` is the card of a member who has mixed up its PIN. Returns: the blocked cards.
    """
    hands = BenchHands(venue.bench)
    try:
        return commission_at(venue, hands).sign_minutes(mixed_up)
    finally:
        hands.close()


def courier_at_terminal(venue: Venue, client: BenchClient, terminal: str, *, until: str) -> None:
    """Carry the courier card to a terminal and go by its pages, until page `until` is there.

    Raises:
        DayFailed: it does not come.
    """
    booth = BenchBooth(client, terminal, Eyes(venue.book()))
    booth.card = venue.station.courier
    watch = watch_of(venue, client)
    inside, in_vain, returns = False, 0, Returns()
    seen: Seen | None = None
    while in_vain * MOMENT_S < venue.patience_s:
        seen = booth.look(MOMENT_S)
        if seen is not None and returns.too_often(seen):
            break
        match seen.name if seen is not None else "":
            case page if page == until and not inside:
                return
            case "waiting" | "insert" if not inside:
                booth.insert_card()
                inside = True
            case "close":
                touch_region(booth, seen, "yes")
            case "clock" | "clock:ahead" if inside and seen is not None:
                touch_region(booth, seen, clock_touch(seen, watch))
            case "waiting" | "":
                pass  # the card is being read, or the terminal is starting
            case "insert" if until == "closed":
                pass
            case _ if inside:  # opened, closed, or a fault that says what is wrong with this card
                booth.take_card()
                inside = False
                continue
        changed = booth.look(MOMENT_S, unlike=seen)
        in_vain = 0 if changed is not None else in_vain + 1
        if changed is None and inside:
            booth.take_card()  # nothing came of it: once more
            inside = False
    there = "nothing" if seen is None else seen.told()
    raise DayFailed(f"{terminal}: the courier card did not bring page {until}; there is: {there}")


def touch_region(booth: BenchBooth, seen: Seen | None, name: str) -> None:
    """Touch a button of the page."""
    for region in () if seen is None else seen.page.regions:
        if region.name == name:
            booth.touch(*region.centre)


def clock_touch(seen: Seen, watch: Watch) -> str:
    """Return what is touched next on the page that shows a terminal's clock, by the watch."""
    own = "".join(seen.values.get(f"own:{at}", "-") for at in range(CLOCK_DIGITS))
    date, hours = f"{own[:2]}.{own[2:4]}.{own[4:8]}", f"{own[8:10]}:{own[10:]}"
    if seen.name == "clock:ahead" and watch.agrees(date, hours):
        return "right"
    turned, target = seen.digits(), watch.typed()
    hour_off = (int(target[:2]) - int(turned[:2])) % 24
    minute_off = (int(target[2:]) - int(turned[2:])) % 60
    if (hour_off * 60 + int(target[2:]) - int(turned[2:])) % 1440 in {0, 1, 1439}:
        return "set"
    if hour_off:
        return "hour:more" if hour_off <= 12 else "hour:less"
    return "minute:more" if minute_off <= 30 else "minute:less"
