"""Control codes: drawn at random from a batch that was durably burnt before.

The board's secrets hold this terminal's codes. The file `codes.bin`, on both media, says which of
them are burnt, by their place in the secrets and not by their digits:

    [1, SHA-256 of the signed package, bitmap, SHA-256 of the encoding of the three before]

Rules:
- a code is used at most once, whatever power does: a batch is burnt, durably on both media, before
  its first code is drawn; after a restart the rest of the batch is lost, not used;
- which codes make up a batch, and in which order they are drawn, is random and known in memory
  only, so that neither a code's digits nor a file's history orders the voters of a batch;
- a code is drawn only when both media have it burnt, so either file alone, and what is burnt in one
  or the other, is enough to know what may have been used;
- a file that neither medium has is never made anew here, only by `create` at installation.

Never logged, journalled or printed: a code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from common import cbor
from common.errors import Reason, Refused, Thing
from common.media import Medium, TwoMedia

CODES = "codes.bin"
FORMAT = 1
MAX_FILE_BYTES = 2048


def create(media: TwoMedia, package: bytes, number: int) -> None:
    """Make the file at installation, with nothing burnt; one for this very package is kept.

    Args:
        package: SHA-256 of the signed package.
        number: how many codes this terminal has.
    """
    if all(_burnt(medium, package, number) is None for medium in media):
        media.replace(CODES, _content(package, 0, number))


class Codes:
    """The control codes of this terminal."""

    def __init__(
        self,
        media: TwoMedia,
        package: bytes,
        codes: tuple[int, ...],
        batch_size: int,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Read which are burnt.

        Args:
            package: SHA-256 of the signed package.
            codes: from the board's secrets.
            batch_size: how many to burn at a time.

        Raises:
            Refused: neither medium has a whole file for this package.
            MediumFault: a medium cannot be read.
        """
        self._media = media
        self._package = package
        self._codes = codes
        self._batch_size = max(1, batch_size)
        self._random_bytes = random_bytes
        self._batch: list[int] = []
        self._burnt = 0
        found = [_burnt(medium, package, len(codes)) for medium in media]
        if all(bitmap is None for bitmap in found):
            raise Refused(Reason.RECORD_DAMAGED, thing=Thing.STATE)
        for bitmap in found:
            self._burnt |= bitmap or 0

    @property
    def burnt(self) -> int:
        """How many codes are burnt."""
        return self._burnt.bit_count()

    @property
    def left(self) -> int:
        """How many voters can still get a code."""
        return len(self._batch) + len(self._codes) - self.burnt

    def reserve(self) -> bool:
        """Make sure of one code; False if none is left.

        Raises:
            MediumFault: the next batch could not be burnt on both media; nothing was drawn.
        """
        if not self._batch:
            batch = self._next_batch()
            if not batch:
                return False
            burnt = self._burnt | sum(1 << place for place in batch)
            self._media.replace(CODES, _content(self._package, burnt, len(self._codes)))
            self._burnt = burnt
            self._batch = batch
        return True

    def draw(self) -> int:
        """Return a code that nobody had and nobody will have; `reserve` came before."""
        return self._codes[self._batch.pop()]

    def _next_batch(self) -> list[int]:
        """Return places of codes that are not burnt, at random and in random order."""
        unburnt = [place for place in range(len(self._codes)) if not self._burnt >> place & 1]
        batch: list[int] = []
        while unburnt and len(batch) < self._batch_size:
            # 64 random bits over at most 10,000: the remainder's bias is below 2**-50.
            at = int.from_bytes(self._random_bytes(8), "big") % len(unburnt)
            batch.append(unburnt.pop(at))
        return batch


def _content(package: bytes, burnt: int, number: int) -> bytes:
    said = [FORMAT, package, burnt.to_bytes((number + 7) // 8, "little")]
    return cbor.encode([*said, hashlib.sha256(cbor.encode(said)).digest()])


def _burnt(medium: Medium, package: bytes, number: int) -> int | None:
    """Return the bitmap on one medium, or None if it has no whole file for this package."""
    untrusted = medium.read(CODES, max_size=MAX_FILE_BYTES)
    if untrusted is None:
        return None
    try:
        match cbor.decode(untrusted, max_size=MAX_FILE_BYTES):
            case [_, _, bytes(bitmap), _] if len(bitmap) == (number + 7) // 8:
                burnt = int.from_bytes(bitmap, "little")
                if burnt >> number == 0 and untrusted == _content(package, burnt, number):
                    return burnt
    except cbor.CborError:
        pass
    return None
