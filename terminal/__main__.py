"""`terminald`: the voting terminal.

terminald enrol   --config FILE --request FILE       make the board's keys; write its request
terminald install --config FILE --package FOLDER     check the package and keep it
terminald run     --config FILE [--check-config]     serve voters until asked to stop

Rules: all that can fail fails here, before the first voter, with a message that says what to do
and, as soon as there is a book to show it from, with a page.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nacl.utils

from cardio.client import CardClient
from cardio.messages import Configure
from common import config as configs
from common import enrolment
from common.attended import AttendedMedium
from common.book import PageKey, fault_page
from common.config import ConfigError
from common.errors import Reason, Refused, Thing
from common.media import FolderMedium, Medium, MediumFault, TwoMedia
from common.records import BoardKind
from common.remedies import Remedy, remedy_of
from common.service import (
    EXIT_CONFIG,
    EXIT_FAILED,
    ReadThread,
    Service,
    Step,
    TimeReached,
    run_service,
)
from hal.board_clock import BoardClock
from hal.faults import PartFault
from hal.medium_slot import MediumSlot, removable_medium
from hal.medium_watch import RecordingMediumMoved, RecordingSlotThread
from hal.parts import Parts
from terminal import codes
from terminal.config import TerminalConfig
from terminal.daemon import Terminal, out_of_order, start_again
from terminal.display import Display, show_sign
from terminal.effects import Show
from terminal.machine import MENDED, MENDED_S
from terminal.state import (
    Day,
    Installed,
    Mended,
    check_installed,
    complete_closed,
    is_closed,
    journal_installation,
    mend,
)

NAME = "terminald"
OWN = Thing.OWN_STORAGE.value


def main(argv: Sequence[str], parts: Parts) -> int:
    """Run a command with these parts; return the exit code."""
    if list(argv[:1]) == ["run"]:
        return run_service(
            NAME,
            argv[1:],
            TerminalConfig,
            lambda config: parts.clock(config.parts),
            lambda service: start(service, parts),
        )
    options = _options(argv)
    try:
        config = configs.load(options.config, TerminalConfig)
        clock = BoardClock.opened(parts, config.parts, parts.clock(config.parts))
        own = FolderMedium.make(config.state, OWN)
        if options.command == "enrol":
            request = enrolment.enrol(own, config.board, BoardKind.TERMINAL, nacl.utils.random)
            options.request.write_bytes(request)
        else:
            install(config, parts, own, clock, options.package)
    except ConfigError as error:
        return _failed(str(error), EXIT_CONFIG)
    except (Refused, MediumFault, PartFault, OSError) as error:
        return _failed(str(error), EXIT_FAILED)
    return 0


def install(
    config: TerminalConfig, parts: Parts, own: FolderMedium, clock: BoardClock, folder: Path
) -> None:
    """Check the package in `folder` and keep what this terminal needs of it, on both media.

    Raises:
        Refused: something is not right; the installed package stays as it was.
        MediumFault, PartFault: a medium or its slot failed.
    """
    slot = parts.recording_slot(config.parts, clock)
    try:
        media = TwoMedia(own, removable_medium(slot, config.board))
        installation = enrolment.install(
            own,
            media.removable,
            folder,
            root_key=config.root_public_key,
            name=config.board,
            now_s=clock.now_ms() // 1000,
        )
        number = len(installation.secrets.codes)
        codes.create(media, installation.package_hash, installation.keys.signing, number)
        check_installed(own, config)
        journal_installation(media, installation, clock)
    finally:
        slot.close()


def start(service: Service[TerminalConfig], parts: Parts) -> Step:
    """Mend and check everything, open the parts, show the first page, return what decides.

    What is wrong with a medium or with what it holds is shown, and tried again by a new start.

    Raises:
        Refused, PartFault, ValueError: what was installed, or a part, is not right.
    """
    config, clock = service.config, service.clock
    own = AttendedMedium(parts.own_storage(config.state), service.loop.alive)
    screen = service.keep(parts.screen(config.parts, clock))
    fault: PartFault | None = None
    mended: Mended | Reason = Reason.PART_MISSING
    slot: MediumSlot | None = None
    try:
        slot = service.keep(parts.recording_slot(config.parts, clock))
        watched = service.keep(parts.recording_slot(config.parts, clock))
        service.own(RecordingSlotThread(service.inbox, watched, clock))
        mended = _mended(service, own, slot)
    except PartFault as found:
        fault = found
    try:
        installed = check_installed(own, config)
    except Refused as refused:
        show_sign(screen)
        if slot is None or isinstance(mended, Mended) or not may_pass(mended):
            raise
        service.log.warning("cannot serve", why=str(refused))
        return out_of_order(mended, None, slot, clock, service.loop)
    display = Display(screen, installed.book)
    try:
        if fault is not None or slot is None:
            raise fault or PartFault("recording slot", "it is missing")
        return _Opening(service, parts, slot, installed, display).step(mended)
    except PartFault:
        display.show(Show(fault_page(Reason.PART_MISSING.name)))
        raise


def _mended(service: Service[TerminalConfig], own: Medium, slot: MediumSlot) -> Mended | Reason:
    """Make both media alike, or return why that cannot be done now. Raises: PartFault."""
    try:
        removable = removable_medium(slot, service.config.board)
        media = TwoMedia(own, AttendedMedium(removable, service.loop.alive))
        return mend(media, service.config)
    except Refused as refused:
        service.log.warning("cannot mend", why=str(refused))
        return refused.reason
    except MediumFault as fault:
        service.log.warning("cannot mend", why=str(fault))
        return fault.refusal().reason


def may_pass(reason: Reason) -> bool:
    """Say whether another medium may help."""
    return remedy_of(reason) is Remedy.GOES_ON


@dataclass(frozen=True, slots=True)
class _Opening:
    """What a terminal is opened with, once everything that was installed is checked."""

    service: Service[TerminalConfig]
    parts: Parts
    slot: MediumSlot
    installed: Installed
    display: Display

    def step(self, mended: Mended | Reason) -> Step:
        """Open the terminal, or show why it cannot serve, and return what decides each event."""
        service = self.service
        try:
            return self._opened(mended)
        except Refused as refused:
            service.log.warning("cannot serve", why=str(refused))
            reason = refused.reason
        except MediumFault as fault:
            service.log.warning("cannot serve", why=str(fault))
            reason = fault.refusal().reason
        return out_of_order(reason, self.display, self.slot, service.clock, service.loop)

    def _opened(self, mended: Mended | Reason) -> Step:
        service, parts, display = self.service, self.parts, self.display
        config, inbox, loop = service.config, service.inbox, service.loop
        clock = service.keep(BoardClock.opened(parts, config.parts, service.clock))
        installation = self.installed.installation
        own = parts.own_storage(config.state)
        if is_closed(own, installation):
            enrolment.forget_secrets(own)
            was_mended = False
            if isinstance(mended, Mended):
                was_mended = complete_closed(mended.media, installation, clock)
                was_mended |= bool(mended.repairs)
            return _closed(display, self.slot, service, was_mended=was_mended)
        if not isinstance(mended, Mended):
            return out_of_order(mended, display, self.slot, service.clock, loop)
        touch = service.keep(parts.touch(config.parts, clock))
        lines = service.keep(parts.lines(config.parts, clock))
        client = service.keep(CardClient(config.card_socket, inbox.post, inbox.fail))
        terminal = Terminal(
            Day(installation, mended.media, clock, nacl.utils.random, mended.repairs),
            self.installed.rules,
            display=display,
            lines=lines,
            slot=self.slot,
            ask_card=client.request,
            clock=clock,
            loop=loop,
            log=service.log,
        )
        terminal.begin()
        client.start()
        client.request(Configure(voter_secret=installation.secrets.voter_secret))
        service.own(ReadThread("touch", inbox, touch.read))
        service.own(ReadThread("keys", inbox, lines.read_keys))
        return terminal.step


def _closed(
    display: Display, slot: MediumSlot, service: Service[TerminalConfig], *, was_mended: bool
) -> Step:
    """Show that the terminal is closed, or first that its medium was mended.

    Returns: what it does: it completes the medium that is put in, by a new start.
    """
    display.show(Show(MENDED if was_mended else PageKey("closed")))
    if was_mended:
        service.loop.wake_at(service.clock.monotonic_s() + MENDED_S)

    def step(happened: object) -> None:
        match happened:
            case RecordingMediumMoved(present=True):
                start_again(slot)
            case TimeReached():
                display.show(Show(PageKey("closed")))

    return step


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=NAME, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    enrol = commands.add_parser("enrol", help="make the board's keys and write its request")
    enrol.add_argument("--request", required=True, type=Path, help="file to be written")
    take = commands.add_parser("install", help="check the package of the station and keep it")
    take.add_argument("--package", required=True, type=Path, help="folder from the centre")
    commands.add_parser("run", help="serve voters until asked to stop")
    for command in (enrol, take):
        command.add_argument("--config", required=True, type=Path, help="TOML file of terminald")
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
