"""What keeps a daemon's memory off the disk and out of the log when it dies.

Rules:
- no core file, whatever ends the process: the limit is nought, and the kernel is told that the
  process is not to be dumped, which also keeps others of the same user from reading its memory;
- a process that cannot have this does not start;
- an exception is logged by its type and the places it passed, never by values: a library's text
  may quote what it was given. Only the classes of `Told`, whose texts hold no voter, serial, card
  number, choice or code, are told in full.

What is freed is overwritten by the allocator: the units set `PYTHONMALLOC` and `GLIBC_TUNABLES`
(`docs/what-is-kept.md`). Swap is forbidden there, too (`MemorySwapMax=0`).

Sources: setrlimit(2), prctl(2), core(5).
"""

from __future__ import annotations

import ctypes
import os
import resource
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import ClassVar, Final, Protocol, runtime_checkable

_PR_GET_DUMPABLE: Final = 3
_PR_SET_DUMPABLE: Final = 4

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


@runtime_checkable
class Told(Protocol):
    """An exception whose text may stand in the operational log."""

    TOLD: ClassVar[bool]


def keep_off_disk() -> None:
    """Forbid core files of this process and the reading of its memory by others; for its start.

    Raises:
        OSError: the kernel refuses.
    """
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ValueError, OSError) as error:  # systemd's filter forbids the call, and set the limit
        if resource.getrlimit(resource.RLIMIT_CORE) != (0, 0):
            raise OSError("core files cannot be forbidden") from error
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 or libc.prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_DUMPABLE)")


def told(exc_info: _ExcInfo) -> str:
    """Return how an exception is logged: what it was, what led to it, and where."""
    return "\n".join(_lines(exc_info[1], set()))


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from _lines(before, seen)
        yield "which led to"
    for frame, line in traceback.walk_tb(error.__traceback__):
        yield f"  {frame.f_code.co_filename}:{line} in {frame.f_code.co_qualname}"
    yield _named(error)


def _named(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    match error:
        case Told():
            return f"{name}: {error}"
        case OSError(errno=int(number)):
            return f"{name}: {os.strerror(number)}"
        case _:
            return name
