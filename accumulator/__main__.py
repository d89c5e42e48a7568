"""`accumulatord`: the accumulator of a polling station.

accumulatord enrol   --config FILE --request FILE              make the board's keys
accumulatord answer  --config FILE --answer FILE --offer FILE  make the station's keys, sealed
accumulatord install --config FILE --package FOLDER            check the package and keep it
accumulatord run     --config FILE [--check-config]            serve

Rules: all that can fail fails here, before the first voter, with a message that says what to do.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import nacl.utils

import common
from accumulator.config import AccumulatorConfig
from accumulator.daemon import start
from accumulator.pages import refusal_page
from common import alike, enrolment
from common.attended import AttendedMedium
from common.catalogue import EventType
from common.config import ConfigError, load
from common.enrolment import Installation
from common.errors import Reason, Refused, Thing
from common.journal import Journal
from common.media import FolderMedium, Medium, MediumFault, TwoMedia
from common.pages import render
from common.records import BoardKind
from common.remedies import Remedy, remedy_of
from common.service import (
    EXIT_CONFIG,
    EXIT_FAILED,
    EXIT_STOPPED,
    Service,
    Step,
    TimeReached,
    run_service,
)
from hal.board_clock import BoardClock
from hal.faults import PartFault
from hal.medium_slot import MediumSlot, SlotState, removable_medium
from hal.medium_watch import RecordingMediumMoved, RecordingSlotThread
from hal.parts import Parts

NAME = "accumulatord"
OWN = Thing.OWN_STORAGE.value
RETRY_S = 10.0
"""Clock seconds between two looks for a medium that may mend what was installed."""
PROGRAM_ROOT = Path(common.__file__).resolve().parent.parent
"""The folder that holds the packages of the program that runs here (L2)."""


def main(argv: Sequence[str], parts: Parts) -> int:
    """Carry out one command; return the exit code of the process."""
    if list(argv[:1]) == ["run"]:
        return run_service(
            NAME,
            argv[1:],
            AccumulatorConfig,
            lambda config: parts.clock(config.parts),
            lambda service: begin(service, parts),
        )
    options = _options(argv)
    try:
        config = load(options.config, AccumulatorConfig)
        _carry_out(options, config, parts)
    except ConfigError as error:
        return _failed(str(error), EXIT_CONFIG)
    except (Refused, MediumFault, PartFault, OSError) as error:
        return _failed(str(error), EXIT_FAILED)
    return EXIT_STOPPED


class NewStartNeeded(Exception):
    """Another medium was put in: only a new start, which checks all, tells if it helps."""


def begin(service: Service[AccumulatorConfig], parts: Parts) -> Step:
    """Mend and check what was installed, check the program that runs, then start.

    What only a medium can mend is waited for.

    Raises:
        Refused: it is not installed, not an accumulator, or another program; the screen says so.

    """
    config = service.config
    own = AttendedMedium(parts.own_storage(config.state), service.loop.alive)
    slot = service.keep(parts.recording_slot(config.parts, service.clock))
    mended = _mend(service, own, slot)
    not_mended = mended if isinstance(mended, Refused) else None
    try:
        installation = enrolment.load(own, config.root_public_key, config.board)
        check_installed(own, installation, config.root_public_key)
    except Refused as refused:
        told, may_pass = refused, False
        if not_mended is not None and remedy_of(not_mended.reason) is Remedy.GOES_ON:
            told, may_pass = not_mended, True
        screen = service.keep(parts.screen(config.parts, service.clock))
        picture = render(refusal_page(told, config.language), *screen.size)
        screen.show(picture.frame, picture.regions)
        if not may_pass:
            raise
        service.log.warning("cannot serve", why=str(refused))
        service.own(RecordingSlotThread(service.inbox, slot, service.clock))
        return _wait_for_medium(slot, service)
    repairs = () if isinstance(mended, Refused) else mended
    return start(parts, installation, own, service, repairs=repairs)


def _mend(
    service: Service[AccumulatorConfig], own: Medium, slot: MediumSlot
) -> tuple[alike.Repair, ...] | Refused:
    """Make what was installed alike on both media: what was mended, or why that cannot be done."""
    config = service.config
    try:
        media = TwoMedia(own, removable_medium(slot, config.board))
        return alike.bring_back_installed(media, config.root_public_key, config.board).repairs
    except Refused as refused:
        return refused
    except MediumFault as fault:
        return fault.refusal()


def _wait_for_medium(slot: MediumSlot, service: Service[AccumulatorConfig]) -> Step:
    clock, loop = service.clock, service.loop
    loop.wake_at(clock.monotonic_s() + RETRY_S)

    def step(happened: object) -> None:
        match happened:
            case RecordingMediumMoved(present=True):
                raise NewStartNeeded
            case TimeReached(now_s):
                loop.wake_at(now_s + RETRY_S)
                if slot.state() is SlotState.PRESENT:
                    raise NewStartNeeded

    return step


def check_installed(own: Medium, installation: Installation, root_key: bytes) -> None:
    """Check that this is an accumulator and the program the package's (L2). Raises: Refused."""
    if installation.board.kind is not BoardKind.ACCUMULATOR:
        raise Refused(Reason.RECORD_OTHER_KIND, thing=Thing.PACKAGE)
    manifest = enrolment.present(Thing.PROGRAM, own.read(enrolment.PROGRAM))
    enrolment.check_program(manifest, installation.package, root_key, PROGRAM_ROOT)


def _carry_out(options: argparse.Namespace, config: AccumulatorConfig, parts: Parts) -> None:
    own = FolderMedium.make(config.state, OWN)
    if options.command == "enrol":
        request = enrolment.enrol(own, config.board, BoardKind.ACCUMULATOR, nacl.utils.random)
        _write(options.request, request)
        return
    clock = BoardClock.opened(parts, config.parts, parts.clock(config.parts))
    with closing(clock), closing(parts.recording_slot(config.parts, clock)) as slot:
        removable = removable_medium(slot, config.board)
        if options.command == "install":
            install(config, own, removable, clock, options.package)
            return
        answer = options.answer.read_bytes()
        root_key = config.root_public_key
        offer = enrolment.take_answer(own, removable, answer, root_key, nacl.utils.random)
        _write(options.offer, offer)


def install(
    config: AccumulatorConfig, own: Medium, removable: Medium, clock: BoardClock, package: Path
) -> None:
    """Check the package folder, keep what this accumulator needs of it, and journal it.

    Raises:
        Refused, MediumFault: nothing was changed, or the second medium failed.

    """
    root_key = config.root_public_key
    now_s = clock.now_ms() // 1000
    installation = enrolment.install(
        own, removable, package, root_key=root_key, name=config.board, now_s=now_s
    )
    check_installed(own, installation, root_key)
    journal = Journal.open(TwoMedia(own, removable), installation.keys.signing, clock)
    journal.append(
        EventType.INSTALLED,
        package=installation.package_hash,
        program=installation.package.program,
    )


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=NAME, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    enrol = commands.add_parser("enrol", help="make the board's keys, write the request")
    enrol.add_argument("--request", required=True, type=Path, help="file to be written")
    answer = commands.add_parser("answer", help="make the station's keys, write the offer")
    answer.add_argument("--answer", required=True, type=Path, help="file from the centre")
    answer.add_argument("--offer", required=True, type=Path, help="file to be written")
    take = commands.add_parser("install", help="check the package of the station and keep it")
    take.add_argument("--package", required=True, type=Path, help="folder from the centre")
    serve = commands.add_parser("run", help="serve until asked to stop")
    for command in (enrol, answer, take, serve):
        command.add_argument("--config", required=True, type=Path, help=f"TOML file of {NAME}")
    return parser.parse_args(argv)


def _failed(why: str, code: int) -> int:
    sys.stderr.write(f"{NAME}: {why}\n")
    return code


def run() -> None:
    """Run with the parts of a real board."""
    from hal.production import PARTS

    sys.exit(main(sys.argv[1:], PARTS))


if __name__ == "__main__":
    run()
