"""Certificates as PIV containers hold them (SP 800-73-4 part 1, tables 10, 15, 16 and 17).

    70 certificate (DER) ‖ 71 01 00 (not compressed) ‖ FE 00 (no error detection code)

Rules. Writing gives exactly this. Reading takes certificates that other tools wrote as well: other
tags around it do no harm, a compressed certificate is refused.
"""

from __future__ import annotations

from cardio import tlv

_CERTIFICATE, _INFO, _CODE = 0x70, 0x71, 0xFE


class CertificateObjectError(ValueError):
    """The container holds no certificate that we can read."""


def wrap_certificate(der: bytes) -> bytes:
    """Return the content of a certificate container."""
    return tlv.encode(_CERTIFICATE, der) + tlv.encode(_INFO, b"\x00") + tlv.encode(_CODE, b"")


def unwrap_certificate(untrusted: bytes) -> bytes:
    """Return the certificate (DER, not judged) in a container.

    Raises:
        CertificateObjectError: it has none, or a compressed one.
    """
    try:
        parts = tlv.read_all(untrusted)
    except tlv.TlvError as error:
        raise CertificateObjectError(str(error)) from error
    if parts.get(_INFO, b"\x00") != b"\x00":
        raise CertificateObjectError("the certificate is compressed")
    if not parts.get(_CERTIFICATE):
        raise CertificateObjectError("there is no certificate")
    return parts[_CERTIFICATE]
