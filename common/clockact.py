"""The act by which officials put a board's clock right: what it says, and who must sign it.

Rules: the shift is fixed when the act is drawn up, for the clock runs on while people sign; the
act's own time is the right one, by which the signers' certificates are judged later.
"""

from __future__ import annotations

from typing import Final

from common import daytime
from common.records import Act, ActFact, ActKind, StationPackage

SIGNERS: Final = 2
"""The chair, and one more."""


def clock_act(
    package: StationPackage, package_hash: bytes, board: str, now_ms: int, offset_ms: int
) -> Act:
    """Return the act that moves the clock of `board`, which shows `now_ms`, by `offset_ms`."""
    shown = daytime.date_and_hours(now_ms, package.zone_minutes)
    right = daytime.date_and_hours(now_ms + offset_ms, package.zone_minutes)
    reason = (
        f"Құрылғының сағаты {shown} көрсетті, төрағаның сағаты бойынша {right} қойылды. / "
        f"Часы устройства показывали {shown}, по часам председателя установлено {right}."
    )
    return Act(
        kind=ActKind.CLOCK,
        station=package.station,
        package=package_hash,
        board=board,
        time_ms=now_ms + offset_ms,
        facts={
            ActFact.BOARD: board,
            ActFact.REASON: reason,
            ActFact.OFFSET_S: round(offset_ms / 1000),
        },
    )
