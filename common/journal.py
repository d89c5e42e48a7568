"""The journal: everything that happens on a board, saved before it is answered (L5).

Rules (design, section 6; `docs/journal.md` has the format and all events):

* `journal.cborseq` is a CBOR sequence of byte strings; each is a COSE_Sign1 by the board over
  {0: number from 0, 1: time, 2: event, 3: facts, 4: SHA-256 of the entry before}, with the external
  data `sailau/JournalEntry/1`. The first entry follows 32 zero bytes.
* An entry is durable on the board's own storage, then on the removable medium, then `append`
  returns.
* `open` reads both and makes them alike: an entry that was torn by a power cut is dropped, a
  shorter journal is caught up from the longer one if it is its beginning, a damaged one is restored
  from one that verifies and is no shorter. What was done is itself journalled. Anything else is
  refused.
* An entry that own storage has and the removable medium has not was never answered, whatever a cut
  left of it: a part, zeros up to its whole length, anything that does not verify.
* A board that starts again must not wait for thousands of signatures. In its own journal an entry
  is proven by its hash in the next one, and the last by its signature: what the board's key signed
  there commits to every byte before. If that does not come out, each entry is looked at by itself.
  Whoever reads another board's journal checks every signature.
* What an entry may say is the catalogue's (`common.catalogue`), and nothing else.

Never here: a choice, a voter, a serial, a card's number, a control code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from nacl.signing import SigningKey

from common import cbor, cose
from common.catalogue import EventType, FactError, FactValue, check_facts, read_facts
from common.clock import Clock
from common.errors import Reason, Refused, Thing
from common.media import Medium, OwnStorageAlone, TwoMedia

PATH: Final = "journal.cborseq"
EXTERNAL: Final = "sailau/JournalEntry/1"
NO_ENTRY: Final = bytes(32)
"""The hash that the first entry follows."""
MAX_ENTRY_SIZE: Final = 2048
MAX_SIZE: Final = 64 << 20
"""The longest journal that the accumulator takes in."""
_MAX_TIME_MS: Final = 2**50


class JournalUnfinished(RuntimeError):
    """A write failed before; only opening the journal again tells what is on the media."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, as it was verified or written.

    Attributes: `number` from 0; `time_ms` UTC, by the board's clock; `event` and its `facts`, by
    name; `previous`, the hash of the entry before; `hash`, its own (SHA-256 of the COSE_Sign1).
    """

    number: int
    time_ms: int
    event: EventType
    facts: Mapping[str, FactValue]
    previous: bytes
    hash: bytes


class Journal:
    """The open journal of a board. One thread writes it."""

    def __init__(self, media: TwoMedia, signing_key: SigningKey, clock: Clock) -> None:
        """Prepare; `open` is the way in."""
        self._media = media
        self._signing_key = signing_key
        self._clock = clock
        self._head = NO_ENTRY
        self._length = 0
        self._size = 0
        self._is_whole = True
        self._at_opening: list[Entry] | None = None
        self.behind = (False, False)
        """Whether own storage, and the removable medium, lacked entries when it was opened."""
        self.mended: tuple[Thing, ...] = ()
        """The media on which it was damaged, or older than by the entry of a stop."""

    @classmethod
    def open(
        cls, media: TwoMedia, signing_key: SigningKey, clock: Clock, *, closed: bool = False
    ) -> Journal:
        """Open the journal that the media hold (none yet is an empty one) and repair it.

        With `closed`, repairs are not journalled: nothing follows a statement.

        Raises:
            Refused: JOURNAL_BROKEN, if no medium has a whole one that is no shorter than the other;
                MEDIA_DISAGREE, if both verify but neither is the other's beginning.
            MediumFault: a medium failed.
        """
        journal = cls(media, signing_key, clock)
        journal._recover(closed=closed)
        return journal

    @classmethod
    def open_alone(cls, own: Medium, signing_key: SigningKey, clock: Clock) -> Journal:
        """Open the journal of a spare that waits: on own storage, for no medium is its own yet.

        When it takes over, `open` makes the medium alike. What a power cut left of the last entry
        is cut off, and that is journalled; nothing else can mend it here.

        Raises:
            Refused: JOURNAL_BROKEN, if more than the last entry is wrong.
            MediumFault: own storage failed.
        """
        journal = cls(OwnStorageAlone(own), signing_key, clock)
        content = own.read(PATH) or b""
        entries, whole = verified_beginning(content, bytes(signing_key.verify_key))
        lost = len(content) - len(whole)
        if lost > len(cbor.wrap(bytes(MAX_ENTRY_SIZE))):
            raise Refused(Reason.JOURNAL_BROKEN, number=len(entries))
        journal._head, journal._length = (entries[-1].hash if entries else NO_ENTRY), len(entries)
        if lost:
            own.replace(PATH, whole)
            thing = Thing.OWN_STORAGE
            entries.append(journal.append(EventType.JOURNAL_TORN, thing=thing, lost_bytes=lost))
        journal._at_opening = entries
        return journal

    @property
    def head(self) -> bytes:
        """The hash of the last entry; 32 zero bytes if there is none."""
        return self._head

    @property
    def length(self) -> int:
        """How many entries there are."""
        return self._length

    def append(self, event: EventType, /, **facts: object) -> Entry:
        """Write an entry, durable on both media on return.

        Facts are named as the catalogue names them for this event, such as `reason=` or `board=`.

        Raises:
            FactError: the event does not have these facts.
            MediumFault: a medium failed; open the journal again when it is well.
            JournalUnfinished: it was not opened again after that.
        """
        if not self._is_whole:
            raise JournalUnfinished("a write to the journal failed before: open it again")
        self._at_opening = None
        time_ms = self._clock.now_ms()
        kept = check_facts(event, facts)
        payload = {0: self._length, 1: time_ms, 2: event.value, 3: kept, 4: self._head}
        signed = cose.sign1(cbor.encode(payload), self._signing_key, EXTERNAL)
        self._is_whole = False
        wrapped = cbor.wrap(signed)
        self._media.append(PATH, wrapped)
        self._is_whole = True
        self._size += len(wrapped)
        entry = _entry(payload, signed)
        self._head, self._length = entry.hash, entry.number + 1
        return entry

    def check_room(self, needed: int) -> None:
        """Insist that so many bytes fit before the journal is longer than anybody takes in.

        Raises: Refused (JOURNAL_ALMOST_FULL).
        """
        if self._size + needed > MAX_SIZE:
            found, expected = (MAX_SIZE - self._size) >> 10, needed >> 10
            raise Refused(Reason.JOURNAL_ALMOST_FULL, found=found, expected=expected)

    def entries(self) -> list[Entry]:
        """Return the whole journal, verified: as it was opened, if nothing was added since.

        Raises: Refused (JOURNAL_BROKEN), MediumFault.
        """
        if self._at_opening is not None:
            return list(self._at_opening)
        content = self._media.read(PATH) or b""
        entries, whole_size, is_broken = _read_own(content, bytes(self._signing_key.verify_key))
        if is_broken or whole_size != len(content):
            raise Refused(Reason.JOURNAL_BROKEN, number=len(entries))
        return entries

    def _recover(self, *, closed: bool) -> None:
        public_key = bytes(self._signing_key.verify_key)
        contents = [medium.read(PATH) or b"" for medium in self._media]
        own = removable = _Found.of(contents[0], public_key)
        if contents[1] != contents[0]:
            removable = _Found.of(contents[1], public_key)
        own = _without_last_write(own, removable)
        if own.is_torn and removable.is_torn:  # a power cut tears one at a time
            raise Refused(Reason.JOURNAL_BROKEN, number=min(own.length, removable.length))
        best = _best(own, removable)
        self.behind = own.lacks(best), removable.lacks(best)
        repairs: list[tuple[EventType, dict[str, object]]] = []
        for medium, each, thing in (
            (self._media.own, own, Thing.OWN_STORAGE),
            (self._media.removable, removable, Thing.REMOVABLE),
        ):
            if each.is_torn:
                lost = {"thing": thing, "lost_bytes": len(each.content) - each.whole_size}
                repairs.append((EventType.JOURNAL_TORN, lost))
            if not each.verifies:
                repairs.append((EventType.JOURNAL_REPAIRED, {"thing": thing}))
            elif each.length < best.length:
                missing = {"thing": thing, "entries": best.length - each.length}
                repairs.append((EventType.JOURNAL_CAUGHT_UP, missing))
            if not each.verifies or best.length - each.length > 1:
                self.mended += (thing,)
            if each.content != best.whole:
                medium.replace(PATH, best.whole)
        self._head, self._length, self._size = best.head, best.length, best.whole_size
        entries = list(best.entries)
        for event, facts in () if closed else repairs:
            entries.append(self.append(event, **facts))
        self._at_opening = entries


def verify_journal(untrusted: bytes, public_key: bytes) -> list[Entry]:
    """Return every entry of a journal that the holder of `public_key` wrote, none missing between.

    That none is missing at the end, only the head in a statement or on paper can show.

    Raises: Refused (JOURNAL_BROKEN) with the number of the first entry that is wrong.
    """
    entries, whole_size, is_broken = _read(untrusted, public_key)
    if is_broken or whole_size != len(untrusted):
        raise Refused(Reason.JOURNAL_BROKEN, number=len(entries))
    return entries


def verified_beginning(untrusted: bytes, public_key: bytes) -> tuple[list[Entry], bytes]:
    """Return a journal as far as it verifies from its first entry on, and the bytes of that part.

    For boards that died: what stands after the first entry that is torn or wrong does not count.
    """
    items = cbor.split_beginning(untrusted, max_item=MAX_ENTRY_SIZE)
    entries, _ = _read_items(items, public_key)
    return entries, b"".join(cbor.wrap(item) for item in items[: len(entries)])


def last_installed(medium: Medium, public_key: bytes) -> bytes | None:
    """Return the hash of the package that was installed last, by the journal on this medium."""
    entries, _, _ = _read(medium.read(PATH) or b"", public_key)
    for entry in reversed(entries):
        package = entry.facts.get("package")
        if entry.event is EventType.INSTALLED and isinstance(package, bytes):
            return package
    return None


@dataclass(frozen=True, slots=True)
class _Found:
    """What one medium holds: its bytes, how many of them are whole items, whether they verify."""

    content: bytes
    whole_size: int
    verifies: bool
    entries: list[Entry]

    @classmethod
    def of(cls, content: bytes, public_key: bytes) -> _Found:
        entries, whole_size, is_broken = _read_own(content, public_key)
        return cls(content, whole_size, not is_broken, entries)

    @property
    def length(self) -> int:
        return len(self.entries)

    @property
    def head(self) -> bytes:
        return self.entries[-1].hash if self.entries else NO_ENTRY

    @property
    def is_torn(self) -> bool:
        return self.verifies and self.whole_size < len(self.content)

    @property
    def whole(self) -> bytes:
        return self.content[: self.whole_size]

    def lacks(self, best: _Found) -> bool:
        """Say whether it is shorter: this medium was left behind, whatever else lies on it.

        One that is damaged, but as long, was not.
        """
        return len(self.content) < len(best.whole)


def _without_last_write(own: _Found, removable: _Found) -> _Found:
    """Return what own storage holds, ending with the journal of the other medium.

    Only if all that follows there is what a cut may have left of one entry: a file system may
    lengthen the file before what was written is in it.
    """
    other = removable.whole
    if own.verifies or not removable.verifies or not other or not own.content.startswith(other):
        return own
    rest = own.content[len(other) :]
    try:
        items, _ = cbor.split_sequence(rest, max_item=MAX_ENTRY_SIZE)
    except cbor.CborError:
        items = []
    if len(items) > 1 or len(rest) > len(cbor.wrap(bytes(MAX_ENTRY_SIZE))):
        return own
    return replace(removable, content=own.content)


def _best(own: _Found, removable: _Found) -> _Found:
    """Return the one that both shall be. Raises: Refused, if there is none."""
    longer, shorter = (own, removable) if own.length >= removable.length else (removable, own)
    if own.verifies and removable.verifies:
        if not longer.whole.startswith(shorter.whole):
            raise Refused(Reason.MEDIA_DISAGREE, thing=Thing.JOURNAL)
        return longer
    good, bad = (own, removable) if own.verifies else (removable, own)
    if not good.verifies or len(good.whole) < len(bad.content):
        raise Refused(Reason.JOURNAL_BROKEN, number=bad.length)
    return good


def _read(untrusted: bytes, public_key: bytes) -> tuple[list[Entry], int, bool]:
    """Return the entries that verify, the size of all whole items, and whether one is wrong."""
    try:
        items, whole_size = cbor.split_sequence(untrusted, max_item=MAX_ENTRY_SIZE)
    except cbor.CborError:
        return [], len(untrusted), True
    entries, is_broken = _read_items(items, public_key)
    return entries, whole_size, is_broken


def _read_items(items: list[bytes], public_key: bytes) -> tuple[list[Entry], bool]:
    """Return the entries that verify, from the first on, and whether one is wrong."""
    entries: list[Entry] = []
    previous = NO_ENTRY
    for number, signed in enumerate(items):
        try:
            entry = _verified(signed, public_key)
        except (cose.CoseError, cbor.CborError, FactError):
            return entries, True
        if entry.number != number or entry.previous != previous:
            return entries, True
        entries.append(entry)
        previous = entry.hash
    return entries, False


def _read_own(content: bytes, public_key: bytes) -> tuple[list[Entry], int, bool]:
    """Return the same as `_read`, of a journal that this board itself has chained.

    Each hash stands in the next entry, so one signature, the last, is enough.
    """
    try:
        items, whole_size = cbor.split_sequence(content, max_item=MAX_ENTRY_SIZE)
        *chained, last = items
        frame = cose.frame1(public_key)
        entries = [_chained(cose.cut_payload(signed, frame), signed) for signed in chained]
        entries.append(_verified(last, public_key))
    except (cose.CoseError, cbor.CborError, FactError, ValueError):
        return _read(content, public_key)
    hashes = [NO_ENTRY, *(entry.hash for entry in entries)]
    for number, (entry, previous) in enumerate(zip(entries, hashes, strict=False)):
        if entry.number != number or entry.previous != previous:
            return _read(content, public_key)
    return entries, whole_size, False


def _verified(untrusted: bytes, public_key: bytes) -> Entry:
    return _chained(cose.verify1(untrusted, EXTERNAL, public_key), untrusted)


def _chained(content: bytes, untrusted: bytes) -> Entry:
    payload = cbor.decode(content, max_size=MAX_ENTRY_SIZE)
    if not isinstance(payload, dict) or payload.keys() != {0, 1, 2, 3, 4}:
        raise FactError("not the form of an entry")
    return _entry(payload, untrusted)


def _entry(payload: Mapping[int, object], signed: bytes) -> Entry:
    match (payload[0], payload[1], payload[2], payload[3], payload[4]):
        case (int(number), int(time_ms), int(event_number), dict(kept), bytes(previous)):
            if not 0 <= time_ms <= _MAX_TIME_MS or len(previous) != 32:
                raise FactError("not the form of an entry")
            if any(
                type(value) is bool for value in (number, time_ms, event_number, *kept.values())
            ):
                raise FactError("a truth value stands in the place of a number")
            event, facts = read_facts(event_number, kept)
            own_hash = hashlib.sha256(signed).digest()
            return Entry(number, time_ms, event, facts, previous, own_hash)
        case _:
            raise FactError("not the form of an entry")
