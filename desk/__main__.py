"""`deskd`: the desk of a polling station.

deskd enrol   --config FILE --request FILE      make the board's keys, write the request
deskd install --config FILE --package FOLDER    check the package folder and keep what is ours
deskd run     --config FILE [--check-config]    serve
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import nacl.utils

from common import enrolment
from common.catalogue import EventType
from common.config import ConfigError, load
from common.errors import Refused, Thing
from common.journal import Journal
from common.media import FolderMedium, MediumFault, TwoMedia
from common.records import BoardKind
from common.service import EXIT_CONFIG, EXIT_FAILED, EXIT_STOPPED, run_service
from desk.config import DeskConfig
from desk.daemon import start
from hal.board_clock import BoardClock
from hal.faults import PartFault
from hal.medium_slot import removable_medium
from hal.parts import Parts


def main(argv: Sequence[str], parts: Parts) -> int:
    """Carry out one command; return the exit code of the process."""
    if argv and argv[0] == "run":
        return run_service(
            "deskd",
            argv[1:],
            DeskConfig,
            lambda config: parts.clock(config.parts),
            partial(start, parts),
        )
    options = _options(argv)
    try:
        config = load(options.config, DeskConfig)
    except ConfigError as error:
        sys.stderr.write(f"deskd: {error}\n")
        return EXIT_CONFIG
    try:
        if options.command == "enrol":
            enrol(config, options.request)
        else:
            install(config, parts, options.package)
    except (Refused, MediumFault, PartFault, OSError) as error:
        sys.stderr.write(f"deskd: {error}\n")
        return EXIT_FAILED
    return EXIT_STOPPED


def enrol(config: DeskConfig, request: Path) -> None:
    """Make the board's keys if it has none, and write its request to the centre."""
    own = FolderMedium.make(config.state, Thing.OWN_STORAGE.value)
    signed = enrolment.enrol(own, config.board, BoardKind.DESK, nacl.utils.random)
    request.parent.mkdir(parents=True, exist_ok=True)
    request.write_bytes(signed)


def install(config: DeskConfig, parts: Parts, package: Path) -> None:
    """Check the package folder, keep what this desk needs of it on both media, and journal it.

    Raises:
        Refused, MediumFault: nothing was changed, or the second medium failed.
    """
    clock = BoardClock.opened(parts, config.parts, parts.clock(config.parts))
    own = FolderMedium(config.state, Thing.OWN_STORAGE.value)
    slot = parts.recording_slot(config.parts, clock)
    try:
        removable = removable_medium(slot, config.board)
        installation = enrolment.install(
            own,
            removable,
            package,
            root_key=config.root_public_key,
            name=config.board,
            now_s=clock.now_ms() // 1000,
        )
        journal = Journal.open(TwoMedia(own, removable), installation.keys.signing, clock)
        journal.append(
            EventType.INSTALLED,
            package=installation.package_hash,
            program=installation.package.program,
        )
    finally:
        slot.close()
        clock.close()


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="deskd", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    run_command = commands.add_parser("run", help="serve")
    run_command.add_argument("--config", required=True, type=Path)
    enrol_command = commands.add_parser("enrol", help="make the board's keys, write the request")
    enrol_command.add_argument("--config", required=True, type=Path, help="TOML file of deskd")
    enrol_command.add_argument("--request", required=True, type=Path, help="file to be written")
    install_command = commands.add_parser("install", help="take the centre's package folder")
    install_command.add_argument("--config", required=True, type=Path, help="TOML file of deskd")
    install_command.add_argument("--package", required=True, type=Path, help="package folder")
    return parser.parse_args(argv)


def run() -> None:
    """Run with the parts of a real board."""
    from hal.production import PARTS

    sys.exit(main(sys.argv[1:], PARTS))


if __name__ == "__main__":
    run()
