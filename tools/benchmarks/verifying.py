"""Verifying an evidence bundle, beside the bare signature checks and hashing.

Real: `verifier.report.examine` on a folder. Floor: each signature in the bundle checked once with
keys that are ready, each file hashed once, each picture of the ballot book unpacked and hashed once
(its hash is over pixels), and the group operations that the proofs of a count prescribe, if it has
them (`proofs.checking`). What is to be checked is taken out of the bundle beforehand.

Without a bundle of a real day, one is made (`made_bundle`).
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    encode_dss_signature,
)
from nacl.signing import VerifyKey

from accumulator import bundle
from common import cbor, cose, enrolment, journal, records
from common.book import BYTES_PER_PIXEL
from common.cose import SignedBody
from common.records import (
    Act,
    CastVote,
    EvidenceManifest,
    Minutes,
    Mix,
    MixChecked,
    Opening,
    ProgramManifest,
    StartOrder,
    Statement,
    StationPackage,
)
from common.seal import scheme
from tools.benchmarks import proofs
from tools.benchmarks.proofs import Work
from tools.benchmarks.ratios import (
    Comparison,
    Progress,
    Quantity,
    Row,
    Timer,
    compare,
    timed,
)
from tools.benchmarks.station import SignatureCheck
from tools.benchmarks.table import amount
from verifier.report import examine

MAX_S = 60.0


def measure(
    folder: Path, root_key: bytes, timer: Timer, progress: Progress, *, pairs: int
) -> tuple[Row, ...]:
    """Compare the examination of the bundle in `folder` with its floor.

    Raises:
        ValueError: the verifier refuses the bundle.
    """
    floor = floor_of(folder, root_key)

    def real() -> None:
        report, _ = examine(folder, root_key)
        if not report.accepted:
            raise ValueError(f"{folder}: the verifier refuses this bundle:\n{report.as_text()}")

    name = f"verifying a bundle of {floor.votes:,} votes"
    quantity = Quantity(name)
    comparison = Comparison(
        name, (quantity,), timed(floor.check, timer), timed(real, timer), pairs, MAX_S
    )
    (row,) = compare(comparison, timer, progress)
    of_it = ", ".join(
        f"{amount(timed(part, timer)()[0], quantity.unit)} {what}"
        for what, part in (
            (f"for {len(floor.ed25519) + len(floor.es256):,} signatures", floor.check_signatures),
            (f"for hashing {len(floor.files)} files", floor.hash_files),
            (f"for unpacking and hashing {len(floor.pictures)} pictures", floor.hash_pictures),
            ("for the proofs of the count", floor.compute),
        )
        if part != floor.compute or floor.work != Work()
    )
    return (replace(row, note=f"of the floor, {of_it}"),)


@dataclass(frozen=True, slots=True)
class BundleFloor:
    """What nobody who checks a bundle can leave out, ready to be done.

    Attributes:
        ed25519: key, signed bytes, signature.
        es256: what verifies a person's signature, or the certificate with it.
        files: the content of each file.
        pictures: zlib stream and size in pixels' bytes.
        votes: how many sealed votes there are.
        work: group operations for each of them, shared by so many threads.
    """

    ed25519: tuple[tuple[VerifyKey, bytes, bytes], ...]
    es256: tuple[Callable[[], None], ...]
    files: tuple[bytes, ...]
    pictures: tuple[tuple[bytes, int], ...]
    votes: int
    work: Work
    threads: int

    def check_signatures(self) -> None:
        """Check every signature once. Raises: an error of the library: one is wrong."""
        for key, signed, signature in self.ed25519:
            key.verify(signed, signature)
        for verify in self.es256:
            verify()

    def hash_files(self) -> None:
        """Hash every file once."""
        for content in self.files:
            hashlib.sha256(content).digest()

    def hash_pictures(self) -> None:
        """Unpack and hash every picture once."""
        for stream, size in self.pictures:
            hashlib.sha256(zlib.decompress(stream, bufsize=size)).digest()

    def check(self) -> None:
        """Do all of it."""
        self.check_signatures()
        self.hash_files()
        self.hash_pictures()
        self.compute()

    def compute(self) -> None:
        """Do the group operations of the proofs, if there are any."""
        if self.work != Work():
            proofs.floor(self.work, self.votes, self.threads)


def floor_of(folder: Path, root_key: bytes) -> BundleFloor:
    """Take everything that must be checked out of a bundle.

    Raises:
        ValueError: it is no bundle that the verifier could accept.
        OSError: a file cannot be read.
    """
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    try:
        package = records.open_record(StationPackage, files[bundle.PACKAGE], root_key)
        people = [*_people(files, package)]
        signed = [*_by_one_key(files, package, root_key), *(_board_of(body) for body in people)]
        pictures = cbor.split_sequence(files[enrolment.BOOK_IMAGES])[0]
    except (KeyError, records.RecordError, cose.CoseError, cbor.CborError) as error:
        raise ValueError(f"{folder} is no evidence bundle of this root key: {error}") from error
    keys = {check.public_key: VerifyKey(check.public_key) for check in signed}
    authority = x509.load_der_x509_certificate(package.card_authority)
    return BundleFloor(
        ed25519=tuple((keys[one.public_key], one.signed, one.signature) for one in signed),
        es256=tuple(check for body in people for check in _es256(body, authority)),
        files=tuple(files.values()),
        pictures=tuple(_picture(item) for item in pictures),
        votes=len(cbor.split_sequence(files[bundle.VOTES_SEALED])[0]),
        work=_work(package),
        threads=len(os.sched_getaffinity(0)),
    )


def _work(package: StationPackage) -> Work:
    """Return the group operations for each vote."""
    return proofs.checking(scheme.elements(package))


def _by_one_key(
    files: Mapping[str, bytes], package: StationPackage, root_key: bytes
) -> Iterable[SignatureCheck]:
    """Yield the check of every COSE_Sign1 in the bundle."""
    station_key = package.station_key
    of = SignatureCheck.of
    yield of(StationPackage.external(), files[bundle.PACKAGE], root_key)
    yield of(ProgramManifest.external(), files[bundle.PROGRAM], root_key)
    yield of(StartOrder.external(), files[bundle.START_ORDER], station_key)
    yield of(EvidenceManifest.external(), files[bundle.MANIFEST], station_key)
    for board in package.boards:
        statement = files.get(f"statements/{board.name}.cose")
        if statement is not None:
            yield of(Statement.external(), statement, board.sign_key)
        for entry in cbor.split_sequence(files.get(f"journals/{board.name}.cborseq", b""))[0]:
            yield of(journal.EXTERNAL, entry, board.sign_key)
    by_name = {cose.key_id(board.sign_key): board.sign_key for board in package.boards}
    for folder, kind in (
        ("mixes", Mix),
        (bundle.CHECKED, MixChecked),
        (bundle.OPENINGS, Opening),
    ):
        for path, signed in files.items():
            if path.startswith(f"{folder}/"):
                yield of(kind.external(), signed, by_name[cose.signer_of(signed)])
    for vote in cbor.split_sequence(files[bundle.VOTES_SEALED])[0]:
        yield of(CastVote.external(), vote, by_name[cose.signer_of(vote)])


def _people(files: Mapping[str, bytes], package: StationPackage) -> Iterable[SignedBody]:
    """Yield every COSE_Sign in the bundle."""
    yield SignedBody.from_bytes(files[bundle.MINUTES], Minutes.external(), package.station_key)
    for path, content in files.items():
        if path.startswith("acts/"):
            yield _act(content, package)


def _act(content: bytes, package: StationPackage) -> SignedBody:
    for board in package.boards:
        try:
            return SignedBody.from_bytes(content, Act.external(), board.sign_key)
        except cose.SignatureWrong:
            continue
    raise ValueError("no board of the package signed this act")


def _board_of(body: SignedBody) -> SignatureCheck:
    header = cbor.encode({cose.ALGORITHM: cose.EDDSA, cose.KEY_ID: cose.key_id(body.board_key)})
    signed = cbor.encode(["Signature", b"", header, body.external.encode("ascii"), body.payload])
    return SignatureCheck(body.board_key, signed, body.board_signature)


def _es256(body: SignedBody, authority: x509.Certificate) -> Iterable[Callable[[], None]]:
    """Yield two checks for each person: of the signature, and of the certificate."""
    for person in body.people:
        certificate = x509.load_der_x509_certificate(person.certificate)
        key = certificate.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise TypeError("a person's key is not on a curve")
        r, s = (int.from_bytes(half, "big") for half in _halves(person.signature))
        yield _EcdsaCheck(key, encode_dss_signature(r, s), body.to_be_signed(person.certificate))
        issuer = authority.public_key()
        if not isinstance(issuer, ec.EllipticCurvePublicKey):
            raise TypeError("the card authority's key is not on a curve")
        yield _EcdsaCheck(issuer, certificate.signature, certificate.tbs_certificate_bytes)


@dataclass(frozen=True, slots=True)
class _EcdsaCheck:
    key: ec.EllipticCurvePublicKey
    signature: bytes
    signed: bytes

    def __call__(self) -> None:
        self.key.verify(self.signature, self.signed, ec.ECDSA(hashes.SHA256()))


def _halves(signature: bytes) -> tuple[bytes, bytes]:
    return signature[:32], signature[32:]


def _picture(item: bytes) -> tuple[bytes, int]:
    match cbor.decode(item, max_size=1 << 22):
        case (bytes(), int(width), int(height), bytes(stream)):
            return stream, width * height * BYTES_PER_PIXEL
        case _:
            raise ValueError("a picture of the book has another form")
