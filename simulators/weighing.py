"""What a day takes: the most memory that each daemon ever had, and the bytes on each medium.

Read when the day is over and the daemons still run; what an earlier life of a daemon took is not in
it. A daemon that was forked from the nursery shares pages with it, which count in full.

Source: proc_pid_status(5), VmHWM.
"""

from __future__ import annotations

from pathlib import Path

from simulators.supervisor import Supervisor
from simulators.venue import Venue, unit_names

_BLOCK = 512
"""What st_blocks counts in (inode(7))."""


def weighed(venue: Venue) -> dict[str, object]:
    """Return, for the summary, the peak memory of each daemon and the disk of each board, bytes."""
    station = venue.station
    return {
        "memory": {
            name: peak
            for name in ("bench", *unit_names(station))
            if (peak := peak_memory(venue.supervisor, name)) is not None
        },
        "disk": {
            name: {
                "own": disk_usage(station.board_folder(name) / "own"),
                "removable": disk_usage(station.medium_folder(name)),
            }
            for name in (board.name for board in station.boards)
        },
    }


def peak_memory(supervisor: Supervisor, unit: str) -> int | None:
    """Return the most memory that a unit's process ever had, in bytes; None if there is none."""
    pid = supervisor.pid(unit)
    if pid is None:
        return None
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    peaks = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return 1024 * int(next(peaks, 0))


def disk_usage(folder: Path) -> int:
    """Return what the files of a folder take on disk, in bytes."""
    return sum(_BLOCK * path.stat().st_blocks for path in folder.rglob("*") if path.is_file())
