"""What the commission does with the whole station: opening, closing, counting."""

from __future__ import annotations

from common.records import BoardKind
from simulators.bench_client import BenchClient
from simulators.hands import BenchBooth, BenchHands
from simulators.officials import Clerk, Commission
from simulators.progress import DayFailed
from simulators.sight import Eyes
from simulators.venue import Venue


def open_station(venue: Venue) -> None:
    """Let the commission open the station, and every board with the courier card."""
    station = venue.station
    hands = BenchHands(venue.bench)
    try:
        venue.screen.say("  the commission opens the station")
        Commission(hands, station.accumulator, station.people, station.courier).open_station(
            station.password
        )
        for desk in station.of_kind(BoardKind.DESK):
            Clerk(hands, desk).open_board(station.courier)
        for terminal in station.of_kind(BoardKind.TERMINAL):
            courier_at_terminal(venue, hands.client, terminal, "opened", then="insert")
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
        commission = Commission(hands, station.accumulator, station.people, station.courier)
        for desk in station.of_kind(BoardKind.DESK):
            Clerk(hands, desk).close_board(station.courier)
        for terminal in station.of_kind(BoardKind.TERMINAL):
            courier_at_terminal(venue, hands.client, terminal, "closed", then="closed")
        commission.close_station()
        accumulator = hands.client.board(station.accumulator)
        for board in (*station.of_kind(BoardKind.DESK), *station.of_kind(BoardKind.TERMINAL)):
            hands.client.board(board).unplug()
            accumulator.plug(board, "visiting")
            commission.read_visiting_medium(board)
            accumulator.unplug("visiting")
            hands.client.board(board).plug(board)
    finally:
        hands.close()


def count_votes(venue: Venue) -> None:
    """Count the votes and sign the minutes."""
    station = venue.station
    hands = BenchHands(venue.bench)
    try:
        venue.screen.say("  the votes are counted and the minutes signed")
        commission = Commission(hands, station.accumulator, station.people, station.courier)
        commission.count(station.package.quorum)
        commission.sign_minutes()
    finally:
        hands.close()


def courier_at_terminal(
    venue: Venue, client: BenchClient, terminal: str, page: str, *, then: str
) -> None:
    """Put the courier card in at a terminal, take it out on `page`, and see `then` come."""
    booth = BenchBooth(client, terminal, Eyes(venue.book()))
    booth.card = venue.station.courier
    booth.insert_card()
    seen = None
    while seen is None or seen.name != page:
        seen = booth.look(venue.patience_s, unlike=seen)
        if seen is None:
            raise DayFailed(f"{terminal}: the courier card did not bring page {page}")
        if seen.name == "close":
            (yes,) = (region for region in seen.page.regions if region.name == "yes")
            booth.touch(*yes.centre)
    booth.take_card()
    while seen is not None and seen.name != then:
        seen = booth.look(venue.patience_s, unlike=seen)
