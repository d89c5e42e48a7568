"""A slot whose media are mounted by systemd when they are put in (an automount-less mount unit).

Rules: what is not a mount point of its own is an empty slot, even if the folder exists; otherwise
the board would take its own disk for a medium.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from common.media import FolderMedium, Medium, MediumFault
from hal.config import SlotConfig
from hal.faults import PartFault
from hal.medium_slot import SlotState


class MountedMediumSlot:
    """`hal.medium_slot.MediumSlot` on a mount point."""

    def __init__(
        self, name: str, config: SlotConfig, is_mount: Callable[[Path], bool] = Path.is_mount
    ) -> None:
        """`name` is what logs and faults call the medium."""
        self._name = name
        self._mount_point = config.mount_point
        self._is_mount = is_mount

    def state(self) -> SlotState:
        """Say whether a medium is in the slot."""
        return SlotState.PRESENT if self._is_mount(self._mount_point) else SlotState.EMPTY

    def medium(self) -> Medium:
        """Return the medium in the slot.

        Raises:
            PartFault: the slot is empty.
        """
        if self.state() is SlotState.EMPTY:
            raise PartFault(f"slot {self._name}", "it is empty")
        try:
            return FolderMedium(self._mount_point, self._name)
        except MediumFault as fault:
            raise PartFault(f"slot {self._name}", "it is empty") from fault

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""
