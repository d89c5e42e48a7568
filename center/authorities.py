"""The centre's own keys: what makes a package or a card believed (design §2).

    root            Ed25519; signs packages, program manifests, voter lists, boards' secrets
    card authority  P-256 with a certificate of its own; signs the certificates of cards
    territorial     X25519; the territorial commission's, of which the centre keeps the public half

Rules: the centre's computer is offline. Secret files have mode 0600, are written once and never
overwritten. Nothing here logs or shows a secret.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from nacl.public import PrivateKey
from nacl.signing import SigningKey

from common import chain

ROOT_SECRET = "root.key"  # noqa: S105 - a file name
ROOT_PUBLIC = "root.pub"
CARD_SECRET = "card-authority.key"  # noqa: S105 - a file name
CARD_CERTIFICATE = "card-authority.crt"
TERRITORIAL_SECRET = "territorial.key"  # noqa: S105 - a file name
TERRITORIAL_PUBLIC = "territorial.pub"

AUTHORITY_NAME = "Sailau card authority"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256

RandomBytes = Callable[[int], bytes]


class CentreError(ValueError):
    """The centre's folder or files cannot be used; the message names what, and what to do."""


@dataclass(frozen=True, slots=True)
class Authorities:
    """The centre's keys.

    Attributes:
        card_certificate: X.509, DER.
        territorial_key: X25519 public key, 32 bytes.
    """

    root: SigningKey = field(repr=False)
    card_key: ec.EllipticCurvePrivateKey = field(repr=False)
    card_certificate: bytes
    territorial_key: bytes

    @property
    def root_key(self) -> bytes:
        """The root public key, 32 bytes."""
        return bytes(self.root.verify_key)


def make_authorities(
    now: dt.datetime, random_bytes: RandomBytes, territorial_key: bytes
) -> Authorities:
    """Make the root key and the card authority.

    Args:
        now: aware; the card authority's certificate begins then.
        territorial_key: X25519 public key of the territorial commission, 32 bytes.
    """
    # FIPS 186-5 A.2.1: 64 more bits than the order has, so that no value is likelier.
    scalar = int.from_bytes(random_bytes(40), "big") % (_ORDER - 1) + 1
    card_key = ec.derive_private_key(scalar, ec.SECP256R1())
    return Authorities(
        root=SigningKey(random_bytes(32)),
        card_key=card_key,
        card_certificate=chain.issue_authority(card_key, AUTHORITY_NAME, now),
        territorial_key=territorial_key,
    )


def make_territorial_secret(random_bytes: RandomBytes) -> PrivateKey:
    """Make a territorial commission's X25519 key, for rehearsals or to be handed to it."""
    return PrivateKey(random_bytes(32))


def save_authorities(folder: Path, authorities: Authorities) -> None:
    """Write the keys into a folder that has none yet.

    Raises:
        CentreError: a file is there already, or cannot be written.
    """
    check_new(folder)
    folder.mkdir(parents=True, exist_ok=True)
    pem = authorities.card_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    certificate = x509.load_der_x509_certificate(authorities.card_certificate)
    write_secret(folder / ROOT_SECRET, bytes(authorities.root).hex().encode() + b"\n")
    write_secret(folder / CARD_SECRET, pem)
    write_public(folder / ROOT_PUBLIC, authorities.root_key.hex().encode() + b"\n")
    write_public(folder / CARD_CERTIFICATE, certificate.public_bytes(Encoding.PEM))
    write_public(folder / TERRITORIAL_PUBLIC, authorities.territorial_key.hex().encode() + b"\n")


def check_new(folder: Path) -> None:
    """Insist that a folder holds no centre's keys yet. Raises: CentreError."""
    names = (ROOT_SECRET, CARD_SECRET, ROOT_PUBLIC, CARD_CERTIFICATE, TERRITORIAL_PUBLIC)
    for name in names:
        if (folder / name).exists():
            raise CentreError(
                f"{folder / name} is there already; it is never overwritten: give a new folder"
            )


def load_authorities(folder: Path) -> Authorities:
    """Read the keys of a centre's folder.

    Raises:
        CentreError: one is missing or damaged.
    """
    try:
        card_key = load_pem_private_key(_content(folder / CARD_SECRET), None)
        certificate = x509.load_pem_x509_certificate(_content(folder / CARD_CERTIFICATE))
    except (ValueError, TypeError) as error:
        raise CentreError(f"{folder}: the card authority's files are damaged: {error}") from error
    if not isinstance(card_key, ec.EllipticCurvePrivateKey) or chain.public_point(
        certificate.public_key()
    ) != chain.public_point(card_key.public_key()):
        raise CentreError(f"{folder}: {CARD_SECRET} and {CARD_CERTIFICATE} are not a pair")
    return Authorities(
        root=SigningKey(_hexadecimal(folder / ROOT_SECRET)),
        card_key=card_key,
        card_certificate=certificate.public_bytes(Encoding.DER),
        territorial_key=_hexadecimal(folder / TERRITORIAL_PUBLIC),
    )


def write_secret(path: Path, content: bytes) -> None:
    """Write a new file that only its owner reads, durably. Raises: CentreError."""
    _write_new(path, content, 0o600)


def write_public(path: Path, content: bytes) -> None:
    """Write a new file that everybody may read, durably. Raises: CentreError."""
    _write_new(path, content, 0o644)


def _write_new(path: Path, content: bytes, mode: int) -> None:
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(file, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
    except FileExistsError as error:
        raise CentreError(f"{path} is there already; it is never overwritten") from error
    except OSError as error:
        raise CentreError(f"{path} cannot be written: {error.strerror}") from error


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CentreError(
            f"{path} cannot be read: {error.strerror}; make the centre's keys with init first"
        ) from error


def _hexadecimal(path: Path) -> bytes:
    try:
        key = bytes.fromhex(_content(path).decode("ascii"))
    except ValueError as error:
        raise CentreError(f"{path} does not hold hexadecimal digits") from error
    if len(key) != 32:
        raise CentreError(f"{path} does not hold 64 hexadecimal digits")
    return key
