"""The counting desk's half of the tally key: in memory while it is made, then on its media.

Rule: nothing secret is ever on a medium; the shares are forgotten before the half counts as kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from common import records, tallykey
from common.catalogue import EventType
from common.enrolment import Installation
from common.journal import Journal
from common.media import TwoMedia
from common.tallykey import MadeHalf, SignedHalf


@dataclass(slots=True)
class HalfMaking:
    """The half, kept or in the making.

    Attributes:
        half: what this desk, or the desk that it replaced, has kept.
    """

    installation: Installation
    media: TwoMedia
    journal: Journal
    random_bytes: Callable[[int], bytes] = field(repr=False)
    half: SignedHalf | None = None
    _made: MadeHalf | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Look for a half on the media. Raises: MediumFault."""
        folder = f"{tallykey.FOLDER}/"
        paths = sorted(path for path in self.media.own.list() if path.startswith(folder))
        content = self.media.read(paths[0]) if paths else None
        self.half = None if content is None else SignedHalf.from_bytes(content)

    def make(self) -> None:
        """Make the half, in memory; one made before is forgotten. Raises: BadRandomness."""
        package = self.installation.package
        self._made = tallykey.make(self.installation, self.random_bytes)
        shares = len(package.share_cards) + 1
        self.journal.append(EventType.TALLY_HALF_MADE, count=shares, quorum=package.quorum)

    def share_for_card(self, index: int) -> bytes:
        """Return share `index` (from 1) of the half in the making. Raises: LookupError."""
        return self._in_the_making().shares[index - 1].to_bytes()

    def keep(self) -> SignedHalf:
        """Forget the shares and keep what may be known: from now on this half is the desk's."""
        half = self._in_the_making().record
        self._made = None
        self.media.replace(half.path, half.to_bytes())
        self.half = half
        self.journal.append(EventType.TALLY_HALF_KEPT, tally_half=records.digest(half.tally_half))
        return half

    def forget(self) -> None:
        """Forget a half that was made and not kept."""
        self._made = None

    def _in_the_making(self) -> MadeHalf:
        if self._made is None:
            raise LookupError("there is no half of the tally key in the making")
        return self._made
