"""Lets tests read the memory of a board's daemon, which forbids it (`common.memory`).

Nothing but this is undone: core files stay forbidden. Only `sailau-sim board --examined` does it.

Source: prctl(2), PR_SET_DUMPABLE; proc(5), /proc/pid/mem.
"""

from __future__ import annotations

import ctypes
import dataclasses

from common.clock import Clock
from hal.config import PartsConfig
from hal.parts import Parts

_PR_SET_DUMPABLE = 4


def examined(parts: Parts) -> Parts:
    """Return parts the first of which, the clock, lets the process be examined when opened.

    A daemon forbids it before it opens any part, so this comes after.
    """

    def clock(config: PartsConfig) -> Clock:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_DUMPABLE)")
        return parts.clock(config)

    return dataclasses.replace(parts, clock=clock)
