"""Control codes: drawn at random from a batch that was durably burnt before.

The board's secrets hold this terminal's codes. The file `codes.bin`, on both media, says which of
them are burnt, by their place in the secrets and not by their digits: a bitmap, lowest bit first,
in two signed blocks that are overwritten in place (`common.blocks`).

Rules:
- a code is used at most once, whatever power does: a batch is burnt, durably on both media, before
  its first code is drawn; after a restart the rest of the batch is lost, not used;
- which codes make up a batch, and in which order they are drawn, is random and known in memory
  only, so that neither a code's digits nor a file's history orders the voters of a batch;
- a code is drawn only when both media have it burnt; the newest whole block counts, on either;
- what one medium has lost is not taken from another one that was left behind: the terminal stops;
- a file that neither medium has is never made anew here, only by `create` at installation.

- a code that was drawn, or burnt before, is forgotten: memory holds those that are still to come.

Never logged, journalled or printed: a code.
"""

from __future__ import annotations

from collections.abc import Callable

from nacl.signing import SigningKey

from common.blocks import BlockFile, BlockForm, look
from common.errors import Reason, Refused, Thing
from common.media import TwoMedia

CODES = "codes.bin"


def form_of(number: int) -> BlockForm:
    """Return the form of the file for so many codes."""
    return BlockForm.fitting(CODES, "sailau/TerminalCodes/1", (number + 7) // 8)


def create(media: TwoMedia, package: bytes, key: SigningKey, number: int) -> None:
    """Make the file at installation, with nothing burnt; one for this very package is kept.

    Args:
        media: both.
        package: SHA-256 of the signed package.
        key: the board's own.
        number: how many codes this terminal has.
    """
    form, sign_key = form_of(number), bytes(key.verify_key)
    if all(look(medium, form, package, sign_key).newest is None for medium in media):
        first = _bitmap(0, number)
        BlockFile.open(media, form, package, key, thing=Thing.STATE, first=first)


class Codes:
    """The control codes of this terminal."""

    def __init__(
        self,
        media: TwoMedia,
        package: bytes,
        key: SigningKey,
        *,
        codes: tuple[int, ...],
        batch_size: int,
        random_bytes: Callable[[int], bytes],
        behind: tuple[bool, bool] = (False, False),
    ) -> None:
        """Read which are burnt, and make the two media alike.

        Args:
            media: both.
            package: SHA-256 of the signed package.
            key: the board's own.
            codes: from the board's secrets.
            batch_size: how many to burn at a time.
            random_bytes: the random source.
            behind: whether own storage, and the removable medium, was found with the older journal.

        Raises:
            Refused: no medium has a whole file for this package, or only one that was left behind.
            MediumFault: a medium failed.
        """
        self._codes: list[int | None] = list(codes)
        self._batch_size = max(1, batch_size)
        self._random_bytes = random_bytes
        self._batch: list[int] = []
        self._file = BlockFile.open(
            media, form_of(len(codes)), package, key, thing=Thing.STATE, behind=behind
        )
        self._burnt = int.from_bytes(self._file.content, "little")
        if len(self._file.content) != (len(codes) + 7) // 8 or self._burnt >> len(codes):
            raise Refused(Reason.RECORD_DAMAGED, thing=Thing.STATE)
        for place in range(len(codes)):
            if self._burnt >> place & 1:
                self._codes[place] = None

    @property
    def repaired(self) -> tuple[Thing, ...]:
        """The media on which the file was damaged, lost or too old, and is whole again."""
        return self._file.repaired

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
            self._file.save(_bitmap(burnt, len(self._codes)))
            self._burnt = burnt
            self._batch = batch
        return True

    def draw(self) -> int:
        """Return a code that nobody had or will have, and forget it; `reserve` came before."""
        place = self._batch.pop()
        code, self._codes[place] = self._codes[place], None
        if code is None:
            raise LookupError("this code was drawn before")
        return code

    def _next_batch(self) -> list[int]:
        """Return places of codes that are not burnt, at random and in random order."""
        unburnt = [place for place in range(len(self._codes)) if not self._burnt >> place & 1]
        batch: list[int] = []
        while unburnt and len(batch) < self._batch_size:
            # 64 random bits over at most 10,000: the remainder's bias is below 2**-50.
            at = int.from_bytes(self._random_bytes(8), "big") % len(unburnt)
            batch.append(unburnt.pop(at))
        return batch


def _bitmap(burnt: int, number: int) -> bytes:
    return burnt.to_bytes((number + 7) // 8, "little")
