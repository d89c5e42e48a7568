"""Reads the memory of a running process: what it wrote there and has not been taken back.

Rules: private, writable memory only: heap, stacks, anonymous pages; files that are mapped are read
as files. Pages of one colour are left out. The process must allow it (`sailau-sim board
--examined`).

Source: proc(5), /proc/pid/maps and /proc/pid/mem.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_MOST = 1 << 24
_PAGE = 4096


def regions(pid: int) -> Iterator[bytes]:
    """Yield the writable private memory of a process, from parts of 16 MiB."""
    maps = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            span, rights, *_ = line.split(maxsplit=5)
            if not rights.startswith("rw") or not rights.endswith("p"):
                continue
            start, end = (int(at, 16) for at in span.split("-"))
            for at in range(start, end, _MOST):
                memory.seek(at)
                yield _written(memory.read(min(_MOST, end - at)))


def _written(region: bytes) -> bytes:
    """Return a region without the pages that are the same four bytes over and over."""
    pages = (region[at : at + _PAGE] for at in range(0, len(region), _PAGE))
    return b"".join(page for page in pages if page != page[:4] * (len(page) // 4))
