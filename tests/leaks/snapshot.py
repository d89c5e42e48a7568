"""What lies about at one moment of the day, kept to be looked through when all secrets are known.

Rules: each content is kept once, whoever has it and when; a place is a path that begins with the
folder it is in. Nothing is judged here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from simulators.supervisor import Supervisor


@dataclass(slots=True)
class Snapshots:
    """All moments: moment → place → SHA-256 of what lies there; and the contents."""

    moments: dict[str, dict[str, bytes]] = field(default_factory=dict)
    contents: dict[bytes, bytes] = field(default_factory=dict)

    def keep(self, moment: str, place: str, content: bytes) -> None:
        """Keep what lies at a place."""
        digest = hashlib.sha256(content).digest()
        self.contents.setdefault(digest, content)
        self.moments.setdefault(moment, {})[place] = digest

    def keep_files(self, moment: str, folders: Mapping[str, Path], published: set[bytes]) -> None:
        """Keep every plain file in these folders, but those that are byte for byte `published`."""
        for name, folder in folders.items():
            for path in sorted(folder.rglob("*")):
                if path.is_symlink() or not path.is_file():
                    continue
                content = path.read_bytes()
                if content not in published:
                    place = f"{name}/{path.relative_to(folder).as_posix()}"
                    self.keep(moment, place, content)

    def keep_processes(self, moment: str, supervisor: Supervisor, names: list[str]) -> None:
        """Keep what anybody can see of running processes: their command and environment."""
        for name in names:
            pid = supervisor.pid(name)
            assert pid is not None, f"{name} does not run"
            for what in ("environ", "cmdline", "comm"):
                content = Path(f"/proc/{pid}/{what}").read_bytes()
                self.keep(moment, f"process/{name}/{what}", content)

    def content(self, moment: str, place: str) -> bytes:
        """Return what lay at a place."""
        return self.contents[self.moments[moment][place]]

    def places(self) -> Iterator[tuple[bytes, list[tuple[str, str]]]]:
        """Yield each content once, with the moments and places where it lay."""
        where: dict[bytes, list[tuple[str, str]]] = {}
        for moment, places in self.moments.items():
            for place, digest in places.items():
                where.setdefault(digest, []).append((moment, place))
        for digest, found in where.items():
            yield self.contents[digest], found
