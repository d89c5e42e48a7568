"""What somebody could find who has all disks, media and cards, and knows the start password.

Rules: every 32 bytes in a row may be a key. What is sealed to a key that lies on one of the disks
is opened, and what is in it counts as found. Cards say what they say without a PIN.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from common.keys import DeviceKeys, StationKeys, WrongKey, unseal
from common.seal.group import times_base
from common.seal.halves import secret_scalars
from common.seal.hashing import Q
from common.urnfile import BLOCK_SIZE, LEDGER_BLOCKS, BlockCipher
from simulators.piv_card import CardState
from tests.leaks.snapshot import Snapshots

KEY_SIZE = 32
_DISKS = re.compile(r"out/(boards|cards)/|run/[^/]+/station\.keys$")
_WITHOUT_PIN = frozenset({0x5FC103, 0x5FC108, 0x5FC109, 0x5FC121})


def found(snapshots: Snapshots, moment: str, before: str) -> set[bytes]:
    """Return all that lies on disks and cards at a moment and did not lie there before.

    A key that was made in between cannot be in anything else.
    """
    old = {bytes(part) for part in _parts(snapshots, before)}
    return {part for part in _parts(snapshots, moment) if part not in old}


def _parts(snapshots: Snapshots, moment: str) -> Iterator[bytes]:
    """Yield contents, large ones in pieces that overlap by a key."""
    for place in snapshots.moments[moment]:
        if not _DISKS.match(place):
            continue
        content = snapshots.content(moment, place)
        for whole in _readable(content) if place.endswith(".card") else (content,):
            for at in range(0, max(1, len(whole)), BLOCK_SIZE):
                yield whole[at : at + BLOCK_SIZE + KEY_SIZE - 1]


def _readable(card: bytes) -> Iterator[bytes]:
    for identifier, content in CardState.from_bytes(card).objects.items():
        if identifier not in _WITHOUT_PIN:
            yield content


def opened(
    snapshots: Snapshots, moment: str, devices: Iterable[DeviceKeys], station: StationKeys
) -> Iterator[bytes]:
    """Yield what can be opened with the boards' keys and with those of the start password."""
    keys = list(devices)
    for place in snapshots.moments[moment]:
        content = snapshots.content(moment, place)
        if place.endswith(".sealed"):
            for device in keys:
                try:
                    yield unseal(content, device.box_seed)
                except WrongKey:
                    continue
        elif place.endswith("/urn.bin"):
            yield from _urn(content, station)


def _urn(content: bytes, station: StationKeys) -> Iterator[bytes]:
    cipher = BlockCipher(station.urn_key, bytes)
    blocks = [content[at : at + BLOCK_SIZE] for at in range(0, len(content), BLOCK_SIZE)]
    for number, block in enumerate(blocks):
        if number < LEDGER_BLOCKS:
            ledger = cipher.open_ledger(number, block)
            if ledger is not None:
                yield ledger.to_bytes()
        else:
            vote = cipher.open_slot(number - LEDGER_BLOCKS, block)
            if vote is not None:
                yield vote


def windows(contents: Iterable[bytes]) -> set[bytes]:
    """Return every 32 bytes in a row of these contents."""
    return {
        content[at : at + KEY_SIZE]
        for content in contents
        for at in range(len(content) - KEY_SIZE + 1)
    }


def opening_keys(candidates: Iterable[bytes], publics: set[bytes]) -> list[bytes]:
    """Return the candidates of which one of these points is made.

    Each is taken for the secret of a half, of which X_1 is made, and for a scalar: the x_1 of a
    half, or the r with which a vote was sealed (docs/proofs.md, sections 2 and 3).
    """
    return [key for key in candidates if publics & _publics_of(key)]


def _publics_of(candidate: bytes) -> set[bytes]:
    """Return the points that are made of it, as a half's secret and as a scalar."""
    scalars = {secret_scalars(candidate, 1)[0], int.from_bytes(candidate, "little") % Q}
    return {bytes(times_base(scalar)) for scalar in scalars - {0}}
