"""Certificates in their containers (SP 800-73-4 part 1 table 10)."""

import pytest

from cardio.certificate_object import CertificateObjectError, unwrap_certificate, wrap_certificate


def test_the_form_of_the_standard() -> None:
    der = b"\x30" + bytes(199)
    assert wrap_certificate(der) == b"\x70\x81\xc8" + der + b"\x71\x01\x00\xfe\x00"
    assert unwrap_certificate(wrap_certificate(der)) == der


@pytest.mark.parametrize("written", ["70 02 30 00", "70 02 30 00 FE 00", "71 01 00 70 02 30 00"])
def test_what_other_tools_write_is_read(written: str) -> None:
    assert unwrap_certificate(bytes.fromhex(written)) == b"\x30\x00"


@pytest.mark.parametrize(
    "written", ["", "71 01 00 FE 00", "70 00 71 01 00", "70 02 30 00 71 01 01", "70 05 30", "00"]
)
def test_what_holds_no_certificate(written: str) -> None:
    with pytest.raises(CertificateObjectError):
        unwrap_certificate(bytes.fromhex(written))
