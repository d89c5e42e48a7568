"""Boards that lie after a real day: all their own keys, and officials who sign what they see."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from nacl.signing import SigningKey

from cardio.genuine import read_certificate
from cardio.piv import Piv, Slot
from common import cbor, enrolment, keys, records
from common.clock import SystemClock
from common.cose import SignedBody
from common.media import FolderMedium
from common.records import EvidenceFile, EvidenceManifest, Minutes, Record, StationPackage
from simulators.card_reader import SimCardReader, SimCardSlot
from simulators.piv_card import CardState, SimPivCard
from tests.system.conftest import HeldDay
from verifier import evidence

Files = dict[str, bytes]


class EvilAccumulator:
    """An accumulator that has all its own keys, and nobody else's, and signs what it likes."""

    def __init__(self, day: HeldDay) -> None:
        (folder,) = (day.out / "boards").glob("accumulator-1")
        own = FolderMedium(folder / "own", "own storage")
        package = records.open_record(
            StationPackage, (day.evidence / evidence.PACKAGE).read_bytes(), day.root_key
        )
        installed = enrolment.load(own, day.root_key, "accumulator-1")
        password = json.loads((day.out / "envelopes.json").read_text(encoding="utf-8"))
        secret = keys.start_secret(password["start_password"], package.start_password)
        assert secret is not None
        sealed = enrolment.sealed_station_keys(own, installed)
        self.station = keys.StationKeys.unsealed(sealed, secret, installed.keys).station
        self.device = installed.keys.signing

    @staticmethod
    def accomplice(day: HeldDay, board: str) -> SigningKey:
        """Return the device key of another board, which lies as well."""
        own = FolderMedium(day.out / "boards" / board / "own", "own storage")
        return enrolment.device_keys(own).signing

    def pack(self, files: Files) -> Files:
        """Return the files with a manifest that fits them."""
        listed = tuple(
            EvidenceFile(path, len(content), records.digest(content))
            for path, content in sorted(files.items())
            if path != evidence.MANIFEST
        )
        minutes = files[evidence.MINUTES]
        old = records.open_record(
            EvidenceManifest, files[evidence.MANIFEST], bytes(self.station.verify_key)
        )
        manifest = EvidenceManifest(old.station, old.package, records.digest(minutes), listed)
        return {**files, evidence.MANIFEST: records.sign(manifest, self.station)}


def altered(record: Record) -> Iterator[tuple[str, Record]]:
    """Yield the record with one field after the other changed to another permitted value."""
    item = record.to_item()
    for key in sorted(item):
        value = item[key]
        other: object
        match value:
            case bool():
                other = not value
            case int():
                other = value + 1
            case bytes() if value:
                other = bytes([value[0] ^ 1]) + value[1:]
            case str() if value:
                other = value[:-1] + ("x" if value[-1] != "x" else "y")
            case dict() if value:
                name = next(iter(value))
                entry = value[name]
                other = {**value, name: entry + 1 if type(entry) is int else b"\0" * 32}
            case list() if value:
                other = value[:-1]
            case _:
                continue
        try:
            changed_record = type(record).from_bytes(cbor.encode({**item, key: other}))
        except records.RecordError:
            continue
        yield f"{type(record).__name__}[{key}]", changed_record


def sign_with_card(body: SignedBody, card: Path, pin: str) -> SignedBody:
    """Have an official sign, with the card whose memory is in this file."""
    slot = SimCardSlot()
    slot.insert(SimPivCard(CardState.from_bytes(card.read_bytes()), os.urandom))
    connection = SimCardReader(slot, SystemClock()).connect()
    try:
        piv = Piv(connection)
        piv.select()
        certificate = read_certificate(piv, Slot.SIGNATURE)
        assert certificate is not None
        digest = hashlib.sha256(body.to_be_signed(certificate)).digest()
        piv.verify_pin(pin.encode())
        return body.with_person(certificate, piv.sign(Slot.SIGNATURE, digest))
    finally:
        connection.close()


Rewrite = Callable[[Files, EvilAccumulator], Files]


def accomplices(files: Files, evil: EvilAccumulator, day: HeldDay, change: Rewrite) -> Files:
    """Return what an accumulator could publish if all officials signed whatever it shows them.

    The officials' signatures are made with their cards, whose memories the rehearsal keeps.
    """
    forged = change(dict(files), evil)
    body = cbor.decode(files[evidence.MINUTES][2:], max_size=1 << 20)
    assert isinstance(body, tuple)
    old = Minutes.from_bytes(body[2])
    listed = tuple(
        EvidenceFile(path, len(content), records.digest(content))
        for path, content in sorted(forged.items())
        if path not in {evidence.MANIFEST, evidence.MINUTES}
    )
    item = {**old.to_item(), 15: [one.to_item() for one in listed]}
    minutes = SignedBody(cbor.encode(item), Minutes.external())
    pins = json.loads((day.out / "envelopes.json").read_text(encoding="utf-8"))["pins"]
    for card in sorted((day.out / "cards").glob("official-*.card")):
        if card.stem not in pins:
            continue  # the technician's
        minutes = sign_with_card(minutes, card, pins[card.stem])
    forged[evidence.MINUTES] = minutes.with_board(evil.station).to_bytes()
    return evil.pack(forged)
