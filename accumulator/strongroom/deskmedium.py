"""The counting desk's medium in the visiting slot: whether it is, what it brings, what it gets.

Rules: it must be of this station and day, and of a desk that may do the desk's part (the counting
desk, or a spare of desks). Nothing is written on it but this board's own folder. Whatever is wrong
with it is `Refused`, told and gone on from; a fault of this board's own media is `MediumFault`.

It believes nothing that it reads.
"""

from __future__ import annotations

from accumulator import collection
from accumulator.strongroom.room import Strongroom
from common import countfiles, tallykey
from common.errors import Reason, Refused, Thing
from common.evening import CHECKED, FIRST_MIX, OPENING, VOTES
from common.media import Medium, MediumFault, folders
from common.records import BoardKind


def desks_of_count(room: Strongroom) -> tuple[str, ...]:
    """Return the desks that may do the desk's part: the counting desk, and spares of desks."""
    package = room.station.package
    first = tallykey.counting_desk(package)
    desks = package.boards_of(BoardKind.DESK)
    return tuple(desk.name for desk in desks if desk.spare or desk == first)


def desk_in_turn(room: Strongroom) -> str:
    """Return the desk that is expected to do it: the counting desk, or the spare in its place."""
    first = tallykey.counting_desk(room.station.package)
    name = "" if first is None else first.name
    seen = set[str]()
    while name in room.day.gone and name not in seen:
        seen.add(name)
        name = room.day.gone[name]
    return name


def desk_medium(room: Strongroom) -> tuple[Medium, tuple[str, ...]]:
    """Return the medium in the visiting slot, and which desks' folders it has. Raises: Refused."""
    medium = room.visitor()
    if medium is None:
        raise Refused(Reason.MEDIUM_MISSING, thing=Thing.REMOVABLE)
    try:
        found = folders(medium)
        desks = tuple(desk for desk in desks_of_count(room) if desk in found)
        if not desks:
            names, wanted = ", ".join(found) or "—", desk_in_turn(room)
            raise Refused(Reason.MEDIUM_OTHER_BOARD, found=names, expected=wanted)
        for desk in desks:
            collection.check_package(medium.folder(desk), room.station, room.around.root_key)
    except MediumFault as fault:
        raise fault.refusal(Thing.REMOVABLE) from fault
    return medium, desks


def brought(medium: Medium, desk: str, path: str) -> bytes | None:
    """Return what a desk's file of the evening holds, or None if it has none. Raises: Refused."""
    try:
        return medium.folder(desk).read(path, max_size=countfiles.most_bytes(path))
    except MediumFault as fault:
        raise fault.refusal(Thing.REMOVABLE) from fault


def carry(room: Strongroom, medium: Medium) -> None:
    """Put this board's files of the evening on the desk's medium, whole. Raises: Refused."""
    own = room.files.media
    files = {path: own.read(path) for path in (VOTES, FIRST_MIX, CHECKED, OPENING)}
    try:
        folder = medium.folder(room.station.board)
        for path, content in files.items():
            if content is not None and folder.read(path) != content:
                room.around.alive()
                folder.replace(path, content)
    except MediumFault as fault:
        raise fault.refusal(Thing.REMOVABLE) from fault
