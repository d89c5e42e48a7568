"""A small file that changes all day: one content, in two signed blocks, on a board's two media.

What a desk knows of its serials and of its list, and which codes a terminal has burnt, lies in such
files. Rules:

* The file is two blocks of one fixed size. A block is four bytes of length, a COSE_Sign1 by the
  board over {0: SHA-256 of the package, 1: generation, 2: content}, and zeros. Generation g lies in
  block g mod 2, and the external data names the kind of file, so that no block passes for another
  board's, another package's, another file's or the other block.
* Blocks are overwritten in place: no old version stays behind in freed blocks of the file system.
  `save` writes the content twice, over one block and then over the other, so that a file at rest
  holds one content only. What changed last, and with it who came last, cannot be read off it.
* Each write is durable on own storage before it goes to the removable medium. A power cut tears one
  block of one medium; the other block holds what was there before.
* The newest whole block on any medium counts. It must not come from a medium that was left behind
  when the other has none: then nobody knows what is missing, and people decide.

Never here: what a content means.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Self

from nacl.signing import SigningKey

from common import cbor, cose
from common.errors import Reason, Refused, Thing
from common.media import Medium, TwoMedia

BLOCKS: Final = 2
_LENGTH_SIZE: Final = 4
_AROUND: Final = 192
"""Bytes of a block beside its content: more than length, envelope, package and generation take."""
_STEP: Final = 512
MAX_GENERATION: Final = 2**53


@dataclass(frozen=True, slots=True)
class BlockForm:
    """Which file it is: its path, the external data of its signatures, the bytes of a block."""

    path: str
    external: str
    block_size: int

    @classmethod
    def fitting(cls, path: str, external: str, longest: int) -> Self:
        """Return the form for contents of up to `longest` bytes."""
        return cls(path, external, -(-(longest + _AROUND) // _STEP) * _STEP)

    @property
    def file_size(self) -> int:
        """Bytes in the file, whatever it says."""
        return BLOCKS * self.block_size

    def seal(self, version: Version, package: bytes, key: SigningKey) -> bytes:
        """Return the block of a version. Raises: ValueError, if it does not fit."""
        payload = cbor.encode({0: package, 1: version.generation, 2: version.content})
        signed = cose.sign1(payload, key, self.external)
        block = len(signed).to_bytes(_LENGTH_SIZE, "big") + signed
        if len(block) > self.block_size:
            raise ValueError(f"{len(version.content)} bytes do not fit into a block of {self.path}")
        return block.ljust(self.block_size, b"\0")

    def open(
        self, number: int, untrusted: bytes, package: bytes, sign_key: bytes
    ) -> Version | None:
        """Return what block `number` (0 or 1) says, or None if it is not whole, or not ours."""
        length = int.from_bytes(untrusted[:_LENGTH_SIZE], "big")
        signed, rest = untrusted[_LENGTH_SIZE:][:length], untrusted[_LENGTH_SIZE + length :]
        if len(untrusted) != self.block_size or len(signed) != length or any(rest):
            return None
        try:
            payload = cose.verify1(signed, self.external, sign_key)
            match cbor.decode(payload, max_size=self.block_size):
                case {0: bytes(of), 1: int(generation), 2: bytes(content)} if of == package:
                    right = 0 <= generation <= MAX_GENERATION and generation % BLOCKS == number
                    return Version(generation, content) if right else None
                case _:
                    return None
        except (cose.CoseError, cbor.CborError):
            return None


@dataclass(frozen=True, slots=True)
class Version:
    """A content and its generation; a greater one is newer."""

    generation: int
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What one medium holds: the two blocks as bytes, and what those say that are whole."""

    raw: bytes = field(repr=False)
    versions: tuple[Version | None, Version | None] = (None, None)

    @property
    def newest(self) -> Version | None:
        """The newer of the whole blocks."""
        whole = [version for version in self.versions if version is not None]
        return max(whole, key=lambda version: version.generation, default=None)


def look(medium: Medium, form: BlockForm, package: bytes, sign_key: bytes) -> Found:
    """Read the file of the board with `sign_key` on one medium; nothing is written.

    A spare finds with it what the board that it replaces knew.

    Raises: MediumFault.
    """
    raw = medium.read_at(form.path, 0, form.file_size + 1)
    if raw is None:
        return Found(b"")
    if len(raw) != form.file_size:
        return Found(raw)
    first, second = raw[: form.block_size], raw[form.block_size :]
    versions = form.open(0, first, package, sign_key), form.open(1, second, package, sign_key)
    return Found(raw, versions)


class BlockFile:
    """The open file. One thread uses it; after a `MediumFault` it is to be opened again.

    Attributes: `content`, as it is on both media; `repaired`, the media that were not whole, or
    older than a power cut explains, when it was opened.
    """

    def __init__(
        self, media: TwoMedia, form: BlockForm, package: bytes, key: SigningKey, version: Version
    ) -> None:
        """Prepare; `open` is the way in."""
        self._media = media
        self._form = form
        self._package = package
        self._key = key
        self._version = version
        self.repaired: tuple[Thing, ...] = ()

    @classmethod
    def open(
        cls,
        media: TwoMedia,
        form: BlockForm,
        package: bytes,
        key: SigningKey,
        *,
        thing: Thing,
        first: bytes | None = None,
        behind: tuple[bool, bool] = (False, False),
    ) -> Self:
        """Read the file of this package, and make the two media alike.

        Args:
            media: own storage and the removable medium.
            form: which file.
            package: SHA-256 of the signed package.
            key: the board's.
            thing: what a refusal calls it.
            first: the content to begin with when there is none; None if there must be one.
            behind: for own storage and the removable medium, whether its journal was found shorter
                than the other's.

        Raises:
            Refused: LOST_ON_BOTH: no medium has a whole block; MEDIA_DISAGREE: they contradict
                each other; STATE_OUT_OF_DATE: what is left is an older copy.
            MediumFault: a medium failed.
        """
        found = [look(medium, form, package, bytes(key.verify_key)) for medium in media]
        version = _leading(found, behind, thing)
        if version is None:
            if first is None:
                raise Refused(Reason.LOST_ON_BOTH, thing=thing)
            opened = cls(media, form, package, key, Version(0, first))
            opened._settle([Found(b"") for _ in found])
            return opened
        opened = cls(media, form, package, key, version)
        opened.repaired = tuple(
            medium
            for medium, each in zip((Thing.OWN_STORAGE, Thing.REMOVABLE), found, strict=True)
            if None in each.versions or _is_older(each, version)
        )
        if not _is_at_rest(found):
            opened._settle(found)
        return opened

    @property
    def content(self) -> bytes:
        """What the file says."""
        return self._version.content

    def save(self, content: bytes) -> None:
        """Put a content in the place of the old one, durably on both media, in both blocks.

        Raises:
            MediumFault: a medium failed; open the file again when it is well.
        """
        first, second = (Version(generation, content) for generation in self._next_two())
        for version in (first, second):
            block = self._form.seal(version, self._package, self._key)
            for medium in self._media:
                self._write(medium, version.generation, block)
        self._version = second

    def _next_two(self) -> tuple[int, int]:
        return self._version.generation + 1, self._version.generation + 2

    def _write(self, medium: Medium, generation: int, block: bytes) -> None:
        at = generation % BLOCKS * self._form.block_size
        medium.write_at(self._form.path, at, block)

    def _settle(self, found: list[Found]) -> None:
        """Bring every medium to two new generations of the content that counts.

        A medium that holds no file, or one of another size, gets a whole one. On the others the
        first block to be overwritten is never the one that holds what counts.
        """
        generations = self._next_two()
        versions = [Version(generation, self.content) for generation in generations]
        blocks = [self._form.seal(version, self._package, self._key) for version in versions]
        in_place = sorted(zip(generations, blocks, strict=True), key=lambda each: each[0] % BLOCKS)
        partly = []
        for medium, each in zip(self._media, found, strict=True):
            if len(each.raw) == self._form.file_size:
                partly.append(medium)
            else:
                medium.replace(self._form.path, b"".join(block for _, block in in_place))
        for generation, block in zip(generations, blocks, strict=True):
            for medium in partly:
                self._write(medium, generation, block)
        self._version = versions[-1]


def _leading(found: list[Found], behind: tuple[bool, bool], thing: Thing) -> Version | None:
    """Return the version that counts, or None if there is none at all. Raises: Refused."""
    held = [each.newest for each in found]
    newest = max(
        (version for version in held if version is not None),
        key=lambda version: version.generation,
        default=None,
    )
    if newest is None:
        return None
    for each in found:
        for version in each.versions:
            same = version is not None and version.generation == newest.generation
            if same and version != newest:
                raise Refused(Reason.MEDIA_DISAGREE, thing=thing)
    holders = [late for version, late in zip(held, behind, strict=True) if version is not None]
    if None in held and all(holders):
        raise Refused(Reason.STATE_OUT_OF_DATE, thing=thing)
    return newest


def _is_older(found: Found, newest: Version) -> bool:
    """Say whether a medium is further behind than a power cut leaves it."""
    own = found.newest
    return own is None or newest.generation - own.generation > BLOCKS


def _is_at_rest(found: list[Found]) -> bool:
    """Say whether both media hold the same two blocks, with one content."""
    first, second = found
    match first.versions:
        case (Version(content=one) as even, Version(content=other) as odd):
            apart = abs(even.generation - odd.generation)
            return first.raw == second.raw and one == other and apart == 1
        case _:
            return False
