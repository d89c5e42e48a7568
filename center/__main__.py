"""`sailau-center`: the election centre at the command line; one subcommand for each step.

    init              make the centre's keys
    voters            check a voter list
    made-up-voters    write a list of voters who do not exist
    book              draw the ballot book alone, to look at it
    enrol             take a board's request, or the accumulator's offer
    cards             make cards in the centre's card reader
    package           make a station's package

Exit status: 0, done; 1, refused, with what is wrong and what to do; 2, a wrong option.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import importlib.metadata
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

import nacl.utils

from cardio.applets import APPLETS
from cardio.personalise import NotMade
from center import authorities as keyring
from center import station
from center.authorities import CentreError
from center.book import make_book
from center.cards import CardOffice
from center.commission import Commission, load_commission
from center.drawing import Screen
from center.election import Election, load_election, out_of_alphabet
from center.made_up import made_up_voters
from center.office import StationOffice, envelope_title
from center.options import parser
from center.program import program_manifest, program_root
from center.station import StationError, StationPlan
from center.toml_file import FileError
from center.voters import load_voters, to_csv
from common import enrolment
from common.book import BookError
from common.clock import Clock
from common.config import ConfigError
from common.errors import Refused
from common.records import BoardKind, Voter
from hal.card_reader import CardGone, CardReader, ReaderState
from hal.config import PartsConfig, ReaderConfig
from hal.faults import PartFault
from hal.parts import Parts
from hal.production import PARTS

DONE, REFUSED = 0, 1
CARD_WAIT_S = 1.0
T = TypeVar("T")

_REFUSALS = (
    FileError,
    CentreError,
    StationError,
    BookError,
    Refused,
    NotMade,
    ConfigError,
    PartFault,
    CardGone,
)


def main(argv: Sequence[str] | None = None, parts: Parts = PARTS) -> int:
    """Carry out one subcommand; return the exit status."""
    options = parser().parse_args(argv)
    try:
        COMMANDS[options.command](options, parts)
    except _REFUSALS as error:
        say(f"sailau-center {options.command}: {str(error) or type(error).__name__}")
        return REFUSED
    except OSError as error:
        said = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        say(f"sailau-center {options.command}: {said}")
        return REFUSED
    return DONE


def say(text: str) -> None:
    """Tell the person at the terminal; results of a command go to files or to standard output."""
    print(text, file=sys.stderr)


# --- subcommands --------------------------------------------------------------------------------


def _init(options: argparse.Namespace, parts: Parts) -> None:
    centre: Path = options.centre
    keyring.check_new(centre)
    territorial = options.territorial_key
    if territorial is None:
        secret = keyring.make_territorial_secret(nacl.utils.random)
        territorial = bytes(secret.public_key)
        centre.mkdir(parents=True, exist_ok=True)
        path = centre / keyring.TERRITORIAL_SECRET
        keyring.write_secret(path, bytes(secret).hex().encode() + b"\n")
        say(f"{path}: hand it to the territorial commission, then erase it here")
    made = keyring.make_authorities(
        _now(parts.clock(PartsConfig())), nacl.utils.random, territorial
    )
    keyring.save_authorities(centre, made)
    say(f"the centre's keys are in {centre}; publish {centre / keyring.ROOT_PUBLIC}")


def _voters(options: argparse.Namespace, _: Parts) -> None:
    election = load_election(options.election)
    voters = load_voters(
        options.voters,
        styles=election.style_numbers(),
        on=election.date,
        max_listed=options.max_listed,
    )
    print(f"{len(voters)} voters")
    for style in election.style_numbers():
        print(f"ballot style {style}: {sum(voter.style == style for voter in voters)}")


def _made_up(options: argparse.Namespace, _: Parts) -> None:
    election = load_election(options.election)
    voters = made_up_voters(
        options.count,
        random.Random(options.seed),  # noqa: S311 - people who do not exist; nothing secret
        on=election.date,
        styles=[(one.style.number, one.share) for one in election.styles],
    )
    options.out.write_text(to_csv(voters), encoding="utf-8")
    say(f"{options.out}: {len(voters)} made-up voters")


def _book(options: argparse.Namespace, _: Parts) -> None:
    election = _election(options)
    made = make_book(election, _screen(options), _progress("ballot book"))
    made.write(options.out)
    print(made.hash.hex())


def _enrol(options: argparse.Namespace, _parts: Parts) -> None:
    authorities = keyring.load_authorities(options.centre)
    plan = _plan(options, ())
    office = _office(options, plan.commission)
    if not office.begun():
        name = plan.commission.station
        office.begin(envelope_title(plan), name, nacl.utils.random)
        say(f"{office.folder}: print envelope.txt for the chair's envelope, then destroy the file")
    if options.offer is not None:
        offer = _bytes(options.offer)
        station.check_offer(plan, office.requests(), offer)
        office.keep_offer(offer)
        say("the accumulator's offer is taken")
        return
    for path in options.request:
        _take_request(path, plan, office)
    requests = office.requests()
    missing = [one.name for one in plan.commission.boards if one.name not in requests]
    say(f"still to enrol: {', '.join(missing)}" if missing else "every board is enrolled")
    if not any(name in missing for name in _accumulators(plan)):
        _, answer = station.answer_accumulator(plan, office.secrets(), requests, authorities)
        say(f"take {office.keep_answer(answer)} to the accumulator, and bring its offer back")


def _take_request(path: Path, plan: StationPlan, office: StationOffice) -> None:
    request = _bytes(path)
    try:
        name = enrolment.open_request(request).name
    except Refused as refused:
        raise StationError(f"{path}: {refused}") from refused
    planned = [one for one in plan.commission.boards if one.name == name]
    if not planned:
        known = ", ".join(one.name for one in plan.commission.boards)
        raise StationError(f"{path}: {name} is no board of this station; there: {known}")
    station.check_requests(planned, {name: request})
    office.keep_request(name, request)
    say(f"{name} is enrolled")


def _accumulators(plan: StationPlan) -> list[str]:
    return [one.name for one in plan.commission.boards if one.kind is BoardKind.ACCUMULATOR]


def _cards(options: argparse.Namespace, parts: Parts) -> None:
    authorities = keyring.load_authorities(options.centre)
    plan = _plan(options, ())
    office = _office(options, plan.commission)
    if not office.begun():
        raise CentreError(f"{office.folder}: begin the station with enrol first")
    config = PartsConfig(card_reader=ReaderConfig(options.reader))
    clock = parts.clock(config)
    try:
        reader = parts.card_reader(config, clock)
    except ModuleNotFoundError as error:
        raise CentreError(
            f"the library {error.name} is not installed: install sailau[pcsc]"
        ) from error
    with contextlib.closing(reader):
        maker = CardOffice(
            authorities=authorities,
            station=plan.commission.station,
            secrets=office.secrets().cards,
            applet=APPLETS[options.applet],
            not_before=plan.valid_from,
            not_after=plan.valid_until,
            random_bytes=nacl.utils.random,
        )
        _make_cards(options, plan, office, maker=maker, reader=reader, clock=clock)


def _make_cards(
    options: argparse.Namespace,
    plan: StationPlan,
    office: StationOffice,
    *,
    maker: CardOffice,
    reader: CardReader,
    clock: Clock,
) -> None:
    people = list(enumerate(plan.commission.people, 1))
    members = [one for one in people if one[1] in plan.commission.members]
    hand = _Hand(reader)
    if options.kind == "officials":
        for number, (_, person) in _chosen(people, options):
            hand.insert(f"the card of {person.name} ({person.role.name.lower()})")
            office.keep_official(maker.official(reader, number, person, _now(clock)))
    elif options.kind == "shares":
        for number, (official, person) in _chosen(members, options):
            hand.insert(f"the share card of {person.name}")
            office.keep_share(maker.share(reader, number, official, person.name, _now(clock)))
    else:
        make = maker.voter if options.kind == "voters" else maker.courier
        for number in range(options.first, (options.last or options.first) + 1):
            hand.insert(f"{options.kind[:-1]} card {number}")
            make(reader, number, _now(clock))
    say("done")


def _chosen(things: list[T], options: argparse.Namespace) -> list[tuple[int, T]]:
    """Return the things that --first and --last choose, numbered from 1."""
    last = options.last or len(things)
    return [(at, one) for at, one in enumerate(things, 1) if options.first <= at <= last]


class _Hand:
    """Asks for one blank card after the other."""

    def __init__(self, reader: CardReader) -> None:
        self._reader = reader
        self._made = False

    def insert(self, what: str) -> None:
        """Wait until the card that was made is out and a blank one is in."""
        if self._made:
            self._wait(lambda state: state is ReaderState.NO_CARD)
        say(f"insert a blank card: {what}")
        self._wait(lambda state: state is ReaderState.CARD)
        self._made = True

    def _wait(self, holds: Callable[[ReaderState], bool]) -> None:
        while not holds(state := self._reader.wait_for_change(CARD_WAIT_S)):
            if state is ReaderState.NO_READER:
                raise CentreError(
                    "there is no card reader: connect it, see that pcscd runs, and give --reader "
                    "part of its name if there are two; --first goes on where you were"
                )


def _package(options: argparse.Namespace, _: Parts) -> None:
    authorities = keyring.load_authorities(options.centre)
    plan = _plan(options, None)
    office = _office(options, plan.commission)
    people, requests, offer = office.people(), office.requests(), office.offer()
    secrets = office.secrets()
    station.check_ready(
        plan,
        requests=requests,
        offer=offer,
        officials=people.officials,
        share_cards=people.share_cards,
    )
    book = make_book(plan.election, plan.screen, _progress("ballot book"))
    made = station.make_package(
        plan,
        secrets,
        authorities,
        requests=requests,
        offer=offer,
        officials=people.officials,
        share_cards=people.share_cards,
        book=book,
        program=program_manifest(program_root(), program_version()),
        random_bytes=nacl.utils.random,
        number=options.number,
    )
    path = office.keep_package(made)
    say(f"{path}: package {made.package.number}; copy it to every board")
    print(made.hash.hex())


def program_version() -> str:
    """Return the version of the program that is installed."""
    try:
        return importlib.metadata.version("sailau")
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


# --- what several subcommands need --------------------------------------------------------------


def _now(clock: Clock) -> dt.datetime:
    return dt.datetime.fromtimestamp(clock.now_ms() / 1000, dt.UTC)


def _election(options: argparse.Namespace) -> Election:
    election = load_election(options.election)
    for one in election.contests:
        line = out_of_alphabet(one.contest)
        if line is not None:
            say(
                f"note: contest {one.contest.identifier}: {line.name.kk} does not stand in the "
                "order of the Kazakh alphabet (L3); the ballot follows the file"
            )
    return election


def _plan(options: argparse.Namespace, voters: tuple[Voter, ...] | None) -> StationPlan:
    """Return the plan; the voters come from the option when None is given."""
    election = _election(options)
    commission = load_commission(options.commission)
    if voters is None:
        voters = load_voters(
            options.voters,
            styles=election.style_numbers(),
            on=election.date,
            max_listed=commission.parameters.max_listed,
        )
    return StationPlan(election, commission, voters, _screen(options))


def _screen(options: argparse.Namespace) -> Screen:
    width, height, dots_per_inch = options.screen
    return Screen(width, height, dots_per_inch)


def _office(options: argparse.Namespace, commission: Commission) -> StationOffice:
    return StationOffice(options.centre, commission.station)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CentreError(f"{path} cannot be read: {error.strerror}") from error


def _progress(step: str) -> Callable[[int, int], None]:
    def show(done: int, total: int) -> None:
        say(f"{step}: {done} of {total}")

    return show


# --- options ------------------------------------------------------------------------------------


COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace, Parts], None]]] = {
    "init": _init,
    "voters": _voters,
    "made-up-voters": _made_up,
    "book": _book,
    "enrol": _enrol,
    "cards": _cards,
    "package": _package,
}


if __name__ == "__main__":
    sys.exit(main())
