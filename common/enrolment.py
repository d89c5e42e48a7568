"""How a board gets its keys and its election: enrolment, installation, and reading both at start.

    enrol    the board makes its keys and asks the centre with their public halves
    answer   an accumulator gets the start password's public half, makes the station key and the
             urn key, seals them at once and offers the station key's public half
    install  the board takes the package folder, checks everything in it, and keeps it
    load     at each start: the same checks on what was kept; a terminal that has closed has
             forgotten its secrets and is loaded without them

Package folder, as the centre makes it for a station:

    package.cose                signed StationPackage
    program.cose                signed ProgramManifest
    secrets/<board>.sealed      signed BoardSecrets, sealed to that board
    voters/<desk>.sealed        signed VoterList, sealed to that desk
    book/index.cbor, book/images.cborseq

Rules: nothing is kept before all of it was checked; what is kept lies on both media, so that one
mends the other (`common.alike`), but for the board's own keys, which lie on own storage alone; a
package with a lower number than the one that is installed is superseded and refused. Refusals are
`common.errors.Refused`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from common import cose, keys, records, seal
from common.book import Book, BookError
from common.errors import Reason, Refused, Thing
from common.keys import DeviceKeys, StationKeys, WrongKey
from common.media import Medium
from common.records import (
    Board,
    BoardKind,
    BoardSecrets,
    EnrolmentAnswer,
    EnrolmentRequest,
    ProgramManifest,
    Record,
    RecordError,
    RecordFault,
    Statement,
    StationKeyOffer,
    StationPackage,
    VoterList,
)

KEYS = "device.keys"
PACKAGE = "package.cose"
PROGRAM = "program.cose"
SECRETS = "secrets.sealed"
VOTERS = "voters.sealed"
STATEMENT = "statement.cose"
STATION_KEYS = "station-keys.sealed"
BOOK_INDEX = "book/index.cbor"
BOOK_IMAGES = "book/images.cborseq"

RecordT = TypeVar("RecordT", bound=Record)

_REASONS = {
    RecordFault.NOT_CBOR: Reason.RECORD_NOT_CBOR,
    RecordFault.NOT_SIGNED: Reason.RECORD_DAMAGED,
    RecordFault.WRONG_SIGNATURE: Reason.RECORD_SIGNATURE_WRONG,
    RecordFault.WRONG_FORM: Reason.RECORD_DAMAGED,
}


@dataclass(frozen=True, slots=True)
class Installation:
    """What a board knows after a start: its keys, and the election it serves."""

    package: StationPackage
    package_hash: bytes  # SHA-256 of the signed package
    board: Board
    keys: DeviceKeys = field(repr=False)
    secrets: BoardSecrets = field(repr=False)


def refusal(thing: Thing, error: RecordError) -> Refused:
    """Return what to tell a person about a record that was refused."""
    return Refused(_REASONS[error.fault], thing=thing)


def opened(thing: Thing, record: type[RecordT], untrusted: bytes, public_key: bytes) -> RecordT:
    """Return the record that `public_key` signed. Raises: Refused, about `thing`."""
    try:
        return records.open_record(record, untrusted, public_key)
    except RecordError as error:
        raise refusal(thing, error) from error


def present(thing: Thing, content: bytes | None) -> bytes:
    """Return `content`. Raises: Refused: there is none."""
    if content is None:
        raise Refused(Reason.RECORD_MISSING, thing=thing)
    return content


def enrol(own: Medium, name: str, kind: BoardKind, random_bytes: Callable[[int], bytes]) -> bytes:
    """Make the board's keys, once, and return its signed request to the centre.

    A board that has keys keeps them: asking again gives the same request.
    """
    if (content := own.read(KEYS)) is None:
        device = DeviceKeys.make(random_bytes)
        own.replace(KEYS, device.to_bytes())
    else:
        device = _device_keys(content)
    request = EnrolmentRequest(name, kind, device.sign_key, device.box_key)
    return records.sign(request, device.signing)


def open_request(untrusted: bytes) -> EnrolmentRequest:
    """Return a board's request, which must be signed by the very key it names. Raises: Refused."""
    try:
        key_name = cose.signer_of(untrusted)
        claimed = EnrolmentRequest.from_bytes(cose.payload_of(untrusted))
    except (cose.CoseError, RecordError) as error:
        raise Refused(Reason.RECORD_DAMAGED, thing=Thing.REQUEST) from error
    if cose.key_id(claimed.sign_key) != key_name:
        raise Refused(Reason.RECORD_SIGNATURE_WRONG, thing=Thing.REQUEST)
    return opened(Thing.REQUEST, EnrolmentRequest, untrusted, claimed.sign_key)


def take_answer(
    own: Medium,
    removable: Medium,
    answer: bytes,
    root_key: bytes,
    random_bytes: Callable[[int], bytes],
) -> bytes:
    """Make the station key and the urn key, seal them, and return the signed offer to the centre.

    The sealed copies lie on both media; the open ones nowhere.
    """
    device = device_keys(own)
    said = opened(Thing.ANSWER, EnrolmentAnswer, answer, root_key)
    made = StationKeys.make(random_bytes)
    start_key = said.start_password.public_key
    offer = StationKeyOffer(
        board=said.board,
        station_key=bytes(made.station.verify_key),
        sealed=made.sealed(start_key, device.box_key),
        sealed_to_spares=tuple(made.sealed(start_key, key) for key in said.spare_box_keys),
    )
    signed = records.sign(offer, device.signing)
    for medium in (own, removable):
        medium.replace(STATION_KEYS, signed)
    return signed


def sealed_station_keys(own: Medium, installation: Installation) -> bytes:
    """Return this accumulator's sealed station keys. Raises: Refused."""
    content = present(Thing.STATION_KEYS, own.read(STATION_KEYS))
    for board in installation.package.boards_of(BoardKind.ACCUMULATOR):
        try:
            offer = records.open_record(StationKeyOffer, content, board.sign_key)
        except RecordError:
            continue
        if offer.station_key != installation.package.station_key:
            raise Refused(Reason.RECORD_OTHER_PACKAGE, thing=Thing.STATION_KEYS)
        for sealed in (offer.sealed, *offer.sealed_to_spares):
            try:
                installation.keys.unseal(sealed)
            except WrongKey:
                continue
            return sealed
        raise Refused(Reason.RECORD_NOT_SEALED_TO_US, thing=Thing.STATION_KEYS)
    raise Refused(Reason.RECORD_DAMAGED, thing=Thing.STATION_KEYS)


def install(
    own: Medium, removable: Medium, folder: Path, *, root_key: bytes, name: str, now_s: int
) -> Installation:
    """Check the package folder and keep what this board needs of it, the package last.

    Args:
        own, removable: the board's two media (its own folders on them).
        folder: the package folder, from anywhere.
        root_key: Ed25519 public key of the centre.
        name: which enrolled board this is.
        now_s: Unix time.

    Raises:
        Refused: something in it is not right; nothing was changed.
    """
    device = device_keys(own)
    package_bytes = present(Thing.PACKAGE, _file(folder / PACKAGE))
    package = opened(Thing.PACKAGE, StationPackage, package_bytes, root_key)
    _check_validity(package, now_s)
    _check_sealing(package)
    _check_newer(own, package, package_bytes, root_key)
    board = _our_board(package, device, name)
    package_hash = records.digest(package_bytes)

    sealed_secrets = present(Thing.SECRETS, _file(folder / "secrets" / f"{name}.sealed"))
    open_secrets(sealed_secrets, package_hash, device, board, root_key)
    kept = [(SECRETS, sealed_secrets)]

    program = present(Thing.PROGRAM, _file(folder / PROGRAM))
    check_program(program, package, root_key)
    kept.append((PROGRAM, program))

    if board.kind is BoardKind.DESK:
        sealed_voters = present(Thing.VOTER_LIST, _file(folder / "voters" / f"{name}.sealed"))
        open_voters(sealed_voters, package, device, root_key)
        kept.append((VOTERS, sealed_voters))
    if board.kind is not BoardKind.DESK:
        _check_book(folder / "book", package.book)
        kept += [
            (path, present(Thing.BOOK, _file(folder / path))) for path in (BOOK_INDEX, BOOK_IMAGES)
        ]

    kept.append((PACKAGE, package_bytes))
    for path, content in kept:
        for medium in (own, removable):
            medium.replace(path, content)
    return load(own, root_key, name)


def load(own: Medium, root_key: bytes, name: str) -> Installation:
    """Read and check what was installed.

    Its time of validity was judged when it was installed, and is again when the commission confirms
    the clock before the opening: a board whose clock stopped must start, to have it put right.

    Raises:
        Refused: it is not there, or not right.
    """
    device = device_keys(own)
    package_bytes = own.read(PACKAGE)
    if package_bytes is None:
        raise Refused(Reason.NOT_INSTALLED)
    package = opened(Thing.PACKAGE, StationPackage, package_bytes, root_key)
    _check_sealing(package)
    board = _our_board(package, device, name)
    package_hash = records.digest(package_bytes)
    if board.kind is BoardKind.TERMINAL and _is_closed(own, board, package_hash):
        secrets = BoardSecrets(package_hash, board.name, bytes(32), None, None, ())
    else:
        sealed = present(Thing.SECRETS, own.read(SECRETS))
        secrets = open_secrets(sealed, package_hash, device, board, root_key)
    return Installation(package, package_hash, board, device, secrets)


def forget_secrets(medium: Medium) -> None:
    """Overwrite and remove a terminal's secrets, once it has given its statement.

    Its control codes would tell, beside the published list, which votes were cast on it.
    """
    if size := medium.size(SECRETS):
        medium.write_at(SECRETS, 0, bytes(size))
        medium.remove(SECRETS)


def _is_closed(own: Medium, board: Board, package_hash: bytes) -> bool:
    """Say whether this board has given its statement under this package."""
    content = own.read(STATEMENT)
    if content is None:
        return False
    try:
        return records.open_record(Statement, content, board.sign_key).package == package_hash
    except RecordError:
        return False


def load_package(own: Medium, root_key: bytes) -> tuple[StationPackage, bytes]:
    """Read the installed package and its hash, without this board's keys. Raises: Refused."""
    package_bytes = own.read(PACKAGE)
    if package_bytes is None:
        raise Refused(Reason.NOT_INSTALLED)
    package = opened(Thing.PACKAGE, StationPackage, package_bytes, root_key)
    _check_sealing(package)
    return package, records.digest(package_bytes)


def open_voters(
    sealed: bytes, package: StationPackage, device: DeviceKeys, root_key: bytes
) -> VoterList:
    """Return the voter list that was sealed to this desk. Raises: Refused."""
    signed = _unsealed(Thing.VOTER_LIST, sealed, device)
    if records.digest(signed) != package.voter_list:
        raise Refused(Reason.RECORD_HASH_DIFFERS, thing=Thing.VOTER_LIST)
    voters = opened(Thing.VOTER_LIST, VoterList, signed, root_key)
    _same(Thing.VOTER_LIST, voters.station, package.station, Reason.RECORD_OTHER_STATION)
    _same(Thing.VOTER_LIST, voters.election, package.election, Reason.RECORD_OTHER_ELECTION)
    _same(Thing.VOTER_LIST, voters.round, package.round, Reason.RECORD_OTHER_ROUND)
    return voters


def check_program(
    signed: bytes, package: StationPackage, root_key: bytes, root: Path | None = None
) -> ProgramManifest:
    """Return the program manifest, which must be the package's (L2).

    Args:
        root: where the program lies; if given, every file in the manifest must be there unchanged.

    Raises:
        Refused: another manifest, or a file differs.
    """
    if records.digest(signed) != package.program:
        raise Refused(Reason.RECORD_HASH_DIFFERS, thing=Thing.PROGRAM)
    manifest = opened(Thing.PROGRAM, ProgramManifest, signed, root_key)
    if root is not None:
        for listed in manifest.files:
            content = _file(root / listed.path)
            if content is None or hashlib.sha256(content).digest() != listed.sha256:
                raise Refused(Reason.PROGRAM_DIFFERS, name=listed.path)
    return manifest


def device_keys(own: Medium) -> DeviceKeys:
    """Return the board's keys. Raises: Refused: it was not enrolled, or the file is damaged."""
    content = own.read(KEYS)
    if content is None:
        raise Refused(Reason.BOARD_NOT_ENROLLED)
    return _device_keys(content)


def _device_keys(content: bytes) -> DeviceKeys:
    try:
        return DeviceKeys.from_bytes(content)
    except ValueError as error:
        raise Refused(Reason.RECORD_DAMAGED, thing=Thing.STATE) from error


def _check_book(folder: Path, expected_hash: bytes) -> None:
    try:
        Book.load(folder, expected_hash)
    except BookError as error:
        raise Refused(Reason.RECORD_HASH_DIFFERS, thing=Thing.BOOK) from error


def _file(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _check_validity(package: StationPackage, now_s: int) -> None:
    if now_s < package.valid_from_s:
        raise Refused(
            Reason.RECORD_NOT_YET_VALID, thing=Thing.PACKAGE, time=_day(package.valid_from_s)
        )
    if now_s > package.valid_until_s:
        raise Refused(Reason.RECORD_EXPIRED, thing=Thing.PACKAGE, time=_day(package.valid_until_s))


def _check_sealing(package: StationPackage) -> None:
    if package.scheme != seal.SCHEME or package.sealed_size != seal.sealed_size(package):
        raise Refused(Reason.RECORD_DAMAGED, thing=Thing.PACKAGE)


def _day(time_s: int) -> str:
    return dt.datetime.fromtimestamp(time_s, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")


def _check_newer(
    own: Medium, package: StationPackage, package_bytes: bytes, root_key: bytes
) -> None:
    installed_bytes = own.read(PACKAGE)
    if installed_bytes is None or installed_bytes == package_bytes:
        return
    installed = opened(Thing.PACKAGE, StationPackage, installed_bytes, root_key)
    if package.number <= installed.number:
        raise Refused(
            Reason.RECORD_SUPERSEDED,
            thing=Thing.PACKAGE,
            found=package.number,
            expected=installed.number,
        )


def _our_board(package: StationPackage, device: DeviceKeys, name: str) -> Board:
    board = package.board(name)
    if board is None or (board.sign_key, board.box_key) != (device.sign_key, device.box_key):
        raise Refused(
            Reason.RECORD_OTHER_BOARD,
            thing=Thing.PACKAGE,
            found=", ".join(each.name for each in package.boards),
            expected=name,
        )
    return board


def open_secrets(
    sealed: bytes, package_hash: bytes, device: DeviceKeys, board: Board, root_key: bytes
) -> BoardSecrets:
    """Return the secrets that were sealed to this board. Raises: Refused."""
    signed = _unsealed(Thing.SECRETS, sealed, device)
    secrets = opened(Thing.SECRETS, BoardSecrets, signed, root_key)
    _same(Thing.SECRETS, secrets.board, board.name, Reason.RECORD_OTHER_BOARD)
    if secrets.package != package_hash:
        raise Refused(Reason.RECORD_OTHER_PACKAGE, thing=Thing.SECRETS)
    return secrets


def _unsealed(thing: Thing, sealed: bytes, device: DeviceKeys) -> bytes:
    try:
        return device.unseal(sealed)
    except keys.WrongKey as error:
        raise Refused(Reason.RECORD_NOT_SEALED_TO_US, thing=thing) from error


def _same(thing: Thing, found: str | int, expected: str | int, reason: Reason) -> None:
    if found != expected:
        raise Refused(reason, thing=thing, found=found, expected=expected)
