"""Members with share cards at the counting desk: its half in the morning, its part of the count.

Rules: as the commission's at the accumulator, what they do next follows from the page. Whoever
carries the medium to and fro is not here (`simulators.ceremonies`).
"""

from __future__ import annotations

from simulators.commission import Commission
from simulators.panel import Regions, has, text_of

CLOSED_LOOKS = 8
"""So many moments the page of a closed desk may stay before somebody takes the medium back."""


class HalfMakers(Commission):
    """Chair and members in front of the counting desk, with share cards and courier card."""

    _closed_looks = 0

    def make_half(self) -> None:
        """Have the half of the tally key made and written on the courier card."""
        self._go_on_until(
            lambda seen: text_of(seen, "page") == "desk.half.courier" and has(seen, "done"),
            "the half of the key on the courier card",
        )

    def wait_until_mixed(self) -> bool:
        """Look on while the desk shuffles the votes; say whether it did.

        If not, it refused the files, or finds none: the medium was lost and is a new one.
        """
        return self._until("desk.mixed", "the second shuffle")

    def open_part(self) -> bool:
        """Have the desk's part opened with share cards; say whether it was."""
        return self._until("desk.part-opened", "the desk's part")

    def _until(self, wanted: str, what: str) -> bool:
        """Go on until a page is there; the medium lies in its slot."""
        ends = (wanted, "desk.count-refused")
        self._closed_looks = 0
        self._go_on_until(
            lambda seen: text_of(seen, "page") in ends or self._closed_looks > CLOSED_LOOKS, what
        )
        return self.panel.page == wanted

    def _do_what_it_says(self, page: str, seen: Regions) -> None:
        match page.removeprefix("desk."):
            case "waiting":
                self._take_card()
                self._press("half")
            case "half.shares":
                self._cards_in_turn(seen, "shares", "shares.continue")
            case "half.courier" if not has(seen, "wait"):
                if self._card != self._courier:
                    self._take_card()
                    self._put_in(self._courier)
            case "quorum":
                self._cards_in_turn(seen, "shares", "")
            case "closed":
                self._closed_looks += 1  # it has not yet seen the medium, or what it needs on it
            case "mixing" | "checking-part" | "opening-part":
                self._closed_looks = 0  # it computes
            case "half.courier" | "stopped" | "":
                pass  # it works, mends itself, or starts
            case _:
                raise self.panel.stuck("there is nothing to be done here")
