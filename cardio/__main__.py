"""`cardiod`: owns the card reader and serves one board's daemon.

cardiod --config FILE [--check-config]
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

import nacl.utils

from cardio.attendant import CardAttendant
from cardio.config import CardioConfig
from cardio.daemon import BusThread, CardDaemon, ReaderThread, day_of
from cardio.station_records import StationRecords
from common import cose
from common.bus import Listener
from common.config import ConfigError
from common.enrolment import PACKAGE, load_package
from common.errors import Reason, Refused
from common.media import FolderMedium
from common.records import StationPackage
from common.service import Service, Step, run_service
from hal.parts import Parts

_MENDED = frozenset({Reason.RECORD_DAMAGED, Reason.RECORD_NOT_CBOR, Reason.RECORD_SIGNATURE_WRONG})


class PackageDamaged(Exception):
    """The installed package is not whole: a new start, in a moment, may find it mended."""


def main(argv: Sequence[str], parts: Parts, environ: Mapping[str, str] | None = None) -> int:
    """Run cardiod until it is asked to stop; return the exit code."""
    environ = os.environ if environ is None else environ

    def start(service: Service[CardioConfig]) -> Step:
        config, clock = service.config, service.clock
        package, package_hash = _package(config)
        reader = service.keep(parts.card_reader(config.parts, clock))
        uids = frozenset(config.board_uids or (os.getuid(),))
        listener = Listener.inherited(environ, os.getpid(), uids) or Listener(config.socket, uids)
        service.keep(listener)
        attendant = CardAttendant(
            reader,
            StationRecords(package, package_hash),
            now=day_of(package),
            random_bytes=nacl.utils.random,
            log=service.log,
            algorithm=config.card_keys.algorithm,
        )
        service.own(ReaderThread(service.inbox, reader))
        service.own(BusThread(service.inbox, listener))
        return CardDaemon(attendant, service.log).step

    return run_service(
        "cardiod",
        argv,
        CardioConfig,
        lambda config: parts.clock(config.parts),
        start,
        environ=environ,
    )


def _package(config: CardioConfig) -> tuple[StationPackage, bytes]:
    """Return the installed package and its hash.

    Raises:
        ConfigError: it is not there, or not valid: another start would end the same way.
        PackageDamaged: the board's own daemon mends it; the next start finds it whole.
    """
    try:
        return load_package(FolderMedium(config.state, "own"), config.root_public_key)
    except Refused as refused:
        if refused.reason in _MENDED and not _is_anothers(config):
            raise PackageDamaged(str(refused)) from refused
        raise ConfigError(f"state: {config.state}: {refused}") from refused


def _is_anothers(config: CardioConfig) -> bool:
    """Say whether the package names another key as its signer: that is no damage."""
    try:
        untrusted = FolderMedium(config.state, "own").read(PACKAGE) or b""
        return cose.signer_of(untrusted) != cose.key_id(config.root_public_key)
    except cose.CoseError:
        return False


def run() -> None:
    """Run with the parts of a real board."""
    from hal.production import PARTS

    sys.exit(main(sys.argv[1:], PARTS))


if __name__ == "__main__":
    run()
