"""What centre and officials signed: package, minutes, list of files, program, ballot book.

Each check takes the `Case`, returns one sentence of what it found, or raises `Wrong`. Rules: the
package is believed by the root key alone, and all else by the package; a file that the officials
did not sign for is refused, as is one that they signed for and that is missing.

The checks follow `docs/records.cddl` and `docs/bundle.md`; the numbers in brackets are the keys of
the records there.
"""

from __future__ import annotations

import zlib
from typing import Any

from verifier import absences, acts, evidence
from verifier.encoding import (
    Wrong,
    cbor,
    exactly,
    record_of_people,
    sequence,
    sha256,
    signed_record,
)
from verifier.evidence import Case
from verifier.forms import in_form
from verifier.opening import ballot_size
from verifier.sealed import elements, sealed_size


def check_package(case: Case) -> str:
    """Check that the package is the root key's."""
    signed = case.files[evidence.PACKAGE]
    package = signed_record(signed, "StationPackage", case.root_key, "the station package")
    exactly(package, " ".join(map(str, range(30))), what="the station package")
    case.package, case.package_hash = package, sha256(signed)
    if package[19] != evidence.SCHEME:
        raise Wrong("the station package asks for a way of sealing that this program does not know")
    if package[20] != sealed_size(elements(ballot_size(package))):
        raise Wrong("sealed ballots of this station have another length than its ballots need")
    return (
        f"station {package[3]}, election {package[1]}, round {package[2]}, "
        f"package number {package[0]}, {package[18]} voters on the list"
    )


def _proofs_there(case: Case) -> None:
    """Check that shuffles and check values are there; who checked and opened comes later."""
    missing = [path for path in evidence.PROOFS if path not in case.files]
    if missing:
        raise Wrong(f"{missing[0]} is missing from the bundle")


def check_program(case: Case) -> str:
    """Check that the program manifest is the one that the package names."""
    signed = case.files[evidence.PROGRAM]
    if sha256(signed) != case.package[24]:
        raise Wrong("the program manifest is not the one that the package names")
    manifest = signed_record(signed, "ProgramManifest", case.root_key, "the program manifest")
    return f"version {manifest[0]}, {len(manifest[1])} files, SHA-256 {sha256(signed).hex()}"


def check_book(case: Case) -> str:
    """Check that the ballot book is the package's, and each picture the one its hash names."""
    index = case.files[evidence.BOOK_INDEX]
    if sha256(index) != case.package[22]:
        raise Wrong("the ballot book is not the one that the package names")
    listed = {entry[0]: (entry[1], entry[2]) for entry in cbor(index, "the ballot book")[5]}
    seen = []
    for item in sequence(case.files[evidence.BOOK_IMAGES], "the ballot book's pictures"):
        match cbor(item, "a picture of the ballot book"):
            case [bytes(digest), int(width), int(height), bytes(stream)]:
                pass
            case _:
                raise Wrong("a picture of the ballot book is not one")
        # The size that the centre signed, before anything is unpacked: a small stream can be huge.
        if listed.get(digest) != (width, height):
            raise Wrong(f"the ballot book does not list the picture {digest.hex()}")
        if sha256(_inflated(stream, width * height * 4)) != digest:
            raise Wrong(f"the picture {digest.hex()} of the ballot book is another one")
        seen.append(digest)
    if len(set(seen)) != len(seen) or set(seen) != set(listed):
        raise Wrong("pictures of the ballot book are missing, or there twice")
    return f"{len(seen)} pictures, SHA-256 of the book {sha256(index).hex()}"


def _inflated(stream: bytes, size: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        pixels = inflater.decompress(stream, size + 1)
    except zlib.error as error:
        raise Wrong("a picture of the ballot book cannot be unpacked") from error
    if len(pixels) != size or not inflater.eof or inflater.unused_data:
        raise Wrong("a picture of the ballot book has another size than it says")
    return pixels


def check_minutes(case: Case) -> str:
    """Check that the minutes are of this station and day, and signed by all who must sign.

    Who did not sign has an act that says why (`absences`).
    """
    minutes, certificates = record_of_people(
        case.files[evidence.MINUTES], "Minutes", case.package[27], "the minutes"
    )
    in_form(minutes, "Minutes", "the minutes")
    if minutes[3] != case.package_hash or (minutes[0], minutes[1], minutes[2]) != (
        case.package[3],
        case.package[1],
        case.package[2],
    ):
        raise Wrong("the minutes are of another station, election, round or package")
    if minutes[4] != case.package[24]:
        raise Wrong("the minutes name another program than the package")
    present = acts.officials(case, certificates, minutes[8] // 1000, "the minutes")
    absences.check_signers(case, minutes, present)
    case.minutes = minutes
    signers = [f"{person[2]} ({acts.ROLES[person[1]]})" for person in present.values()]
    return f"signed by {', '.join(signers)}"


def check_files(case: Case) -> str:
    """Check that every file is the one that accumulator and officials signed for."""
    manifest = signed_record(
        case.files[evidence.MANIFEST], "EvidenceManifest", case.package[27], "the manifest"
    )
    in_form(manifest, "EvidenceManifest", "the manifest")
    if manifest[0] != case.package[3] or manifest[1] != case.package_hash:
        raise Wrong("the manifest is of another station or package")
    if manifest[2] != sha256(case.files[evidence.MINUTES]):
        raise Wrong("the manifest names other minutes")
    _same_files(case, manifest[3], {evidence.MANIFEST}, "the manifest")
    later = {evidence.MANIFEST, evidence.MINUTES, *absences.paths(case)}
    _same_files(case, case.minutes[15], later, "the minutes")
    _proofs_there(case)
    return f"{len(case.files)} files, none missing, none surplus, none changed"


def _same_files(case: Case, listed: Any, without: set[str], what: str) -> None:
    paths = [entry[0] for entry in listed]
    if paths != sorted(set(paths)):
        raise Wrong(f"{what} does not list the files once each, in order")
    for path in sorted(case.files.keys() - without - set(paths)):
        raise Wrong(f"{path} is not listed in {what}")
    for path, size, digest in ((entry[0], entry[1], entry[2]) for entry in listed):
        content = case.files.get(path)
        if content is None or path in without:
            raise Wrong(f"{path} is listed in {what}, but is not in the bundle")
        if len(content) != size or sha256(content) != digest:
            raise Wrong(f"{path} is not the file that {what} lists")
