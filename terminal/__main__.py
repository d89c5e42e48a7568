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
from pathlib import Path

import nacl.utils

from cardio.client import CardClient
from cardio.messages import Configure
from common import config as configs
from common import enrolment
from common.book import PageKey, fault_page
from common.config import ConfigError
from common.errors import Reason, Refused, Thing
from common.media import FolderMedium, MediumFault, TwoMedia
from common.records import BoardKind
from common.service import EXIT_CONFIG, EXIT_FAILED, ReadThread, Service, Step, run_service
from hal.board_clock import BoardClock
from hal.faults import PartFault
from hal.medium_slot import MediumSlot, SlotState, removable_medium
from hal.parts import Parts
from terminal import codes
from terminal.config import TerminalConfig
from terminal.daemon import Terminal, out_of_order
from terminal.display import Display
from terminal.effects import Show
from terminal.state import (
    Day,
    Installed,
    check_installed,
    is_closed,
    journal_installation,
    repeat_statement,
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
    """Check everything, open the parts, show the first page, and return what decides each event.

    What is wrong with a medium or with what it holds is shown, and tried again by a new start.

    Raises:
        Refused, PartFault, ValueError: what was installed, or a part, is not right.
    """
    config, clock = service.config, service.clock
    own = FolderMedium(config.state, OWN)
    installed = check_installed(own, config)
    display = Display(service.keep(parts.screen(config.parts, clock)), installed.book)
    try:
        slot = service.keep(parts.recording_slot(config.parts, clock))
        return _opened_or_not(service, parts, slot, installed, display)
    except PartFault:
        display.show(Show(fault_page(Reason.PART_MISSING.name)))
        raise


def _opened_or_not(
    service: Service[TerminalConfig],
    parts: Parts,
    slot: MediumSlot,
    installed: Installed,
    display: Display,
) -> Step:
    try:
        return _opened(service, parts, slot, installed, display)
    except Refused as refused:
        service.log.warning("cannot serve", why=str(refused))
        reason = refused.reason
    except MediumFault as fault:
        service.log.warning("cannot serve", why=str(fault))
        reason = fault.kind.value
    return out_of_order(reason, display, slot, service.clock, service.loop)


def _opened(
    service: Service[TerminalConfig],
    parts: Parts,
    slot: MediumSlot,
    installed: Installed,
    display: Display,
) -> Step:
    config, inbox = service.config, service.inbox
    clock = service.keep(BoardClock.opened(parts, config.parts, service.clock))
    installation, own = installed.installation, FolderMedium(config.state, OWN)
    if is_closed(own, installation):
        enrolment.forget_secrets(own)
        if slot.state() is SlotState.PRESENT:
            repeat_statement(own, removable_medium(slot, config.board))
        display.show(Show(PageKey("closed")))
        return lambda _: None
    media = TwoMedia(own, removable_medium(slot, config.board))
    touch = service.keep(parts.touch(config.parts, clock))
    lines = service.keep(parts.lines(config.parts, clock))
    client = service.keep(CardClient(config.card_socket, inbox.post, inbox.fail))
    terminal = Terminal(
        Day(installation, media, clock, nacl.utils.random),
        installed.rules,
        display=display,
        lines=lines,
        slot=slot,
        ask_card=client.request,
        clock=clock,
        loop=service.loop,
        log=service.log,
    )
    terminal.begin()
    client.start()
    client.request(Configure(voter_secret=installation.secrets.voter_secret))
    service.own(ReadThread("touch", inbox, touch.read))
    service.own(ReadThread("keys", inbox, lines.read_keys))
    return terminal.step


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
