"""A panel that shows what its script says, whoever stands in front of it."""

from __future__ import annotations

from collections.abc import Callable

from common.regions import Region

BOARD = "desk-1"
Texts = dict[str, str]


class ScriptedPanel:
    """Implements `simulators.panel.Hands`: what is done brings the page that the script says.

    `answers` maps what was done ("press confirm", "insert voter-1") to the pages that then come, in
    order; the last stays. What is done again finds what is left of them.
    """

    def __init__(self, page: str, **texts: str) -> None:
        self.answers: dict[str, list[tuple[str, Texts]]] = {}
        self.effects: dict[str, Callable[[], None]] = {}
        self.did: list[str] = []
        self.latched = False
        self._coming: list[tuple[str, Texts]] = []
        self.show(page, **texts)

    def show(self, page: str, **texts: str) -> None:
        """Show a page; a region for each text."""
        self.page, self.texts = page, texts

    def answer(self, done: str, page: str, **texts: str) -> None:
        """Have a page come when this is done."""
        self.answers.setdefault(done, []).append((page, texts))

    def come(self, page: str, **texts: str) -> None:
        """Have a page come by itself, while somebody waits."""
        self._coming.append((page, texts))

    def _do(self, done: str) -> None:
        self.did.append(done)
        if done in self.effects:
            self.effects[done]()
        self._coming = self.answers.pop(done, [])
        self._next()

    def _next(self) -> None:
        if self._coming:
            page, texts = self._coming.pop(0)
            self.show(page, **texts)

    # What hands and eyes can do.

    def insert_card(self, board: str, card: str) -> None:
        self._do(f"insert {card}")

    def remove_card(self, board: str) -> None:
        self._do("take")

    def touch(self, board: str, x: int, y: int) -> None:
        (region,) = (one for one in self.regions(board) if one.contains(x, y))
        self._do(f"press {region.name}")

    def scan(self, board: str, text: str) -> None:
        self._do(f"scan {text}")

    def regions(self, board: str) -> tuple[Region, ...]:
        assert board == BOARD
        names = {"page": self.page, **self.texts}
        return tuple(
            Region(name.replace("__", ".").replace("_", "-"), 10 * at, 0, 8, 8, text)
            for at, (name, text) in enumerate(names.items())
        )

    def wait_for_screen(
        self, board: str, wanted: Callable[[tuple[Region, ...]], bool], timeout_s: float
    ) -> tuple[Region, ...] | None:
        while not wanted(self.regions(board)):
            if not self._coming:
                return None
            self._next()
        return self.regions(board)

    def latch_held(self, board: str) -> bool:
        return self.latched
