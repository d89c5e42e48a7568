"""From the records of the day to the accumulator's papers, signed for their QR codes.

Rules: figures come from records that are stored already. The zero report and the hourly figures
are signed by this board's own key; the protocol, whose figures the officials signed, by the station
key.

How they look is `accumulator.paper`'s business.
"""

from __future__ import annotations

from collections.abc import Iterable

from nacl.signing import SigningKey

from accumulator import paper
from accumulator.absences import Absence, in_use
from accumulator.paper import Block
from accumulator.signing import Signing
from accumulator.station import Station
from common import records
from common.cose import SignedBody
from common.records import Figure, JournalHead, Minutes, PaperFigures, PaperKind
from common.turnout import Turnout


def of_this_moment(
    kind: PaperKind, station: Station, *, time_ms: int, votes: int, journal: JournalHead | None
) -> PaperFigures:
    """Return the figures of the zero report or the hourly paper."""
    return PaperFigures(
        kind=kind,
        station=station.package.station,
        package=station.package_hash,
        board=station.board,
        time_ms=time_ms,
        figures={int(Figure.DEPOSITED): votes},
        contest=None,
        journal=journal,
        minutes=None,
    )


def moment_paper(
    station: Station, figures: PaperFigures, key: SigningKey, turnout: Turnout
) -> tuple[Block, ...]:
    """Return the zero report or the hourly paper, signed by the board's own key."""
    signed = records.sign(figures, key)
    if figures.kind is PaperKind.ZERO:
        return paper.zero_report(station.package, figures.time_ms, signed)
    hours = turnout.rows(station.package.opens_s, figures.time_ms)
    return paper.hourly_figures(station.package, figures, signed, hours)


def protocol(
    station: Station, body: SignedBody, absences: Iterable[Absence], key: SigningKey
) -> tuple[Block, ...]:
    """Return the paper protocol of these signed minutes; one signed code for each contest.

    `absences` are the acts about members who did not sign them.
    """
    minutes = Minutes.from_bytes(body.payload)
    minutes_hash = records.digest(body.to_bytes())
    codes = [
        records.sign(
            PaperFigures(
                kind=PaperKind.PROTOCOL,
                station=minutes.station,
                package=minutes.package,
                board=station.board,
                time_ms=minutes.counted_ms,
                figures=minutes.figures,
                contest=result,
                journal=None,
                minutes=minutes_hash,
            ),
            key,
        )
        for result in minutes.contests
    ]
    signed = Signing(body).signed_by(station)
    why = {one.official: one.reason for one in in_use(absences, signed, station)}
    people = [
        paper.Signatory(person.role, person.name, why.get(person.number))
        for person in station.commission
        if person.number in signed or person.number in why
    ]
    return paper.protocol(station.package, minutes, minutes_hash, people, codes)
