"""Ends a process when the supervisor that started it dies, however it dies.

Source: prctl(2), PR_SET_PDEATHSIG.
"""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Mapping
from typing import Final

SUPERVISOR: Final = "SAILAU_SUPERVISOR"
"""Name of the environment variable with the supervisor's process number."""

_PR_SET_PDEATHSIG: Final = 1


def obey_supervisor(environ: Mapping[str, str]) -> None:
    """Have the kernel end this process with its supervisor; for the start of `main`.

    Raises:
        SystemExit: the supervisor is gone already.
    """
    supervisor = environ.get(SUPERVISOR)
    if supervisor is None:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != int(supervisor):  # it died before the kernel was asked
        raise SystemExit(f"supervisor {supervisor} is gone")
