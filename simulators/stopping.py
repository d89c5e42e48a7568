"""Puts points (`simulators.stops`) around everything that a daemon of a simulated board does.

Rules: this changes the program in its own process only, between `main` and the daemon's code: the
methods of `FolderMedium` that write, and the channel between a board's daemon and its cardiod. Card
commands are counted in `simulators.board_parts`. What is not the board's own storage or its
recording medium (a medium that is visiting) is not counted, because it is only read.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import cardio.client
from common.bus import SEND_TIMEOUT_S, Channel, Listener, Message
from common.errors import Thing
from common.media import FolderMedium
from simulators import torn
from simulators.link import Link
from simulators.mischief import Mischief
from simulators.mishaps import read_mishaps
from simulators.protocol import RECORDING, Ask
from simulators.stops import Kind, Mode, Points

_MEDIA: Final = {
    "own": Kind.OWN,
    Thing.OWN_STORAGE.value: Kind.OWN,
    RECORDING: Kind.REMOVABLE,
}
_TEARS: Final[dict[str, Callable[..., None]]] = {
    "append": torn.torn_append,
    "write_at": torn.torn_write_at,
    "replace": torn.torn_replace,
    "remove": torn.torn_remove,
}


def board_points(folder: Path, bench: Path, board: str, daemon: str) -> Points:
    """Return the points of this process; `folder` lies beside the runtime folders of the boards."""

    def cut_power(name: str) -> None:
        for path in (folder.parent / name).iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        link = Link(bench)
        link.ask(Ask.POWER_OFF, name)
        link.close()

    unit = f"{board}-{daemon}"
    planned = read_mishaps(folder, unit)
    befall = None if planned is None else Mischief(bench, folder, unit, planned).at
    return Points(folder, unit, cut_power, befall=befall)


@contextmanager
def stoppable(points: Points) -> Iterator[None]:
    """Count writes and messages of this process as points, while inside."""
    before: list[tuple[Any, str, Any]] = []

    def put(owner: Any, name: str, instead: Any) -> None:
        before.append((owner, name, getattr(owner, name)))
        setattr(owner, name, instead)

    for name, tear in _TEARS.items():
        put(FolderMedium, name, _counted_write(points, name, getattr(FolderMedium, name), tear))
    put(Listener, "accept", _counted_accept(points, Listener.accept))
    put(cardio.client, "connect", _counted_connect(points, vars(cardio.client)["connect"]))
    try:
        yield
    finally:
        for owner, name, was in reversed(before):
            setattr(owner, name, was)


def _counted_write(
    points: Points, name: str, write: Callable[..., None], tear: Callable[..., None]
) -> Callable[..., None]:
    def counted(medium: FolderMedium, path: str, *arguments: Any, **named: Any) -> None:
        def act() -> None:
            write(medium, path, *arguments, **named)

        kind = _MEDIA.get(medium.name.partition("/")[0])
        if kind is None:
            act()
            return

        def torn_write(draw: random.Random, _: Mode) -> None:
            tear(_file(medium, path), *arguments, **named, draw=draw)

        points.go_through(kind, act, torn_write)

    counted.__name__ = name
    return counted


def _file(medium: FolderMedium, path: str) -> Path:
    """Return where a medium has a file; it does not say so itself to anybody else."""
    return Path(medium._root, *medium._within, path)  # noqa: SLF001


class _CountedChannel(Channel):
    """A channel whose messages are points."""

    def __init__(self, channel: Channel, points: Points) -> None:
        """Take the place of `channel`, which must not be used any more."""
        self.__dict__.update(channel.__dict__)
        self._points = points

    def send(self, message: Any, timeout_s: float = SEND_TIMEOUT_S) -> None:
        self._points.go_through(Kind.BUS_OUT, lambda: Channel.send(self, message, timeout_s))

    def receive(self, timeout_s: float | None) -> Message | None:
        message = Channel.receive(self, timeout_s)
        if message is not None:
            self._points.go_through(Kind.BUS_IN, lambda: None)
        return message


def _counted_accept(
    points: Points, accept: Callable[[Listener, float | None], Channel | None]
) -> Callable[[Listener, float | None], Channel | None]:
    def counted(listener: Listener, timeout_s: float | None) -> Channel | None:
        channel = accept(listener, timeout_s)
        return None if channel is None else _CountedChannel(channel, points)

    return counted


def _counted_connect(points: Points, connect: Callable[..., Channel]) -> Callable[..., Channel]:
    def counted(*arguments: Any, **named: Any) -> Channel:
        return _CountedChannel(connect(*arguments, **named), points)

    return counted
