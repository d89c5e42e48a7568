"""The frame-buffer driver beyond the contract: formats, strides, and what a device says."""

import struct
from pathlib import Path

import pytest

from hal.config import PixelFormat, ScreenConfig
from hal.drivers.framebuffer import LinuxFramebufferScreen, check_device, to_rgb565
from hal.faults import PartFault

RED, GREEN, BLUE, WHITE = b"\0\0\xff\0", b"\0\xff\0\0", b"\xff\0\0\0", b"\xff\xff\xff\xff"


def test_colours_are_kept_in_rgb565() -> None:
    shown = struct.unpack("<5H", to_rgb565(RED + GREEN + BLUE + WHITE + b"\x08\x04\x08\0"))
    assert shown == (0xF800, 0x07E0, 0x001F, 0xFFFF, 0x0821)


def test_a_frame_in_rgb565_with_padded_rows(tmp_path: Path) -> None:
    device = tmp_path / "fb"
    device.write_bytes(b"\xaa" * 16)
    screen = LinuxFramebufferScreen(ScreenConfig(2, 2, device, PixelFormat.RGB565, stride=8))
    screen.show(RED + BLUE + WHITE + GREEN, ())
    screen.close()
    pad = b"\xaa" * 4
    assert device.read_bytes() == b"\x00\xf8\x1f\x00" + pad + b"\xff\xff\xe0\x07" + pad


def test_rows_are_padded_in_xrgb8888_too(tmp_path: Path) -> None:
    device = tmp_path / "fb"
    device.write_bytes(bytes(24))
    screen = LinuxFramebufferScreen(ScreenConfig(2, 2, device, stride=12))
    screen.show(RED + BLUE + WHITE + GREEN, ())
    screen.close()
    assert device.read_bytes() == RED + BLUE + bytes(4) + WHITE + GREEN + bytes(4)


def test_a_device_that_is_missing_or_too_small_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(PartFault, match="cannot be mapped"):
        LinuxFramebufferScreen(ScreenConfig(2, 2, tmp_path / "fb"))
    (tmp_path / "fb").write_bytes(bytes(15))
    with pytest.raises(PartFault, match="cannot be mapped"):
        LinuxFramebufferScreen(ScreenConfig(2, 2, tmp_path / "fb"))


def test_a_device_that_is_no_frame_buffer_is_a_fault() -> None:
    with pytest.raises(PartFault, match="cannot be mapped"):
        LinuxFramebufferScreen(ScreenConfig(2, 2, Path("/dev/null")))


def said(width: int, height: int, bits: int, stride: int) -> tuple[bytes, bytes]:
    """What the two ioctls give, laid out as in linux/fb.h on this computer."""
    variable = struct.pack("=7I", width, height, width, height, 0, 0, bits).ljust(160, b"\0")
    long = struct.calcsize("L")
    at = 16 + long + 4 * 4 + 3 * 2
    at += -at % 4
    return variable, bytes(at) + struct.pack("=I", stride) + bytes(40)


CONFIG = ScreenConfig(1280, 800)


def test_a_device_as_configured_is_taken() -> None:
    check_device(*said(1280, 800, 32, 5120), CONFIG)
    check_device(
        *said(1280, 800, 16, 2600),
        ScreenConfig(1280, 800, pixel_format=PixelFormat.RGB565, stride=2600),
    )


@pytest.mark.parametrize(
    "found",
    [(1024, 800, 32, 5120), (1280, 720, 32, 5120), (1280, 800, 16, 5120), (1280, 800, 32, 5124)],
)
def test_a_device_of_another_shape_is_refused(found: tuple[int, int, int, int]) -> None:
    with pytest.raises(PartFault, match=r"correct \[parts.screen\]"):
        check_device(*said(*found), CONFIG)
