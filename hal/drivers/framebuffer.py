"""Linux frame buffer: frames are copied into a memory-mapped device (or a file of that shape).

Rules: size and pixel format come from the configuration and must agree with what the device says
of itself. Regions are ignored: they mean nothing to glass.

Source: linux/fb.h (FBIOGET_VSCREENINFO, FBIOGET_FSCREENINFO).
"""

from __future__ import annotations

import fcntl
import mmap
import os
import stat
import struct
from collections.abc import Sequence

from common.regions import Region
from hal.config import PixelFormat, ScreenConfig
from hal.faults import PartFault
from hal.screen import Frame, ScreenSize

_GET_VARIABLE_INFO = 0x4600
_GET_FIXED_INFO = 0x4602
_VARIABLE_INFO = struct.Struct("=7I")  # xres yres xres_virtual yres_virtual xoffset yoffset bits
_VARIABLE_INFO_BYTES = 160
_FIXED_INFO = struct.Struct(
    "@16sLIIIIHHHI"
)  # id start len type type_aux visual 3 steps line_length
_FIXED_INFO_BYTES = 80

_BYTES_PER_PIXEL = {PixelFormat.XRGB8888: 4, PixelFormat.RGB565: 2}

# What each colour of a pixel gives to the two bytes of RGB565: rrrrrggg gggbbbbb.
_RED_HIGH = bytes(value & 0xF8 for value in range(256))
_GREEN_HIGH = bytes(value >> 5 for value in range(256))
_GREEN_LOW = bytes(value << 3 & 0xE0 for value in range(256))
_BLUE_LOW = bytes(value >> 3 for value in range(256))


class LinuxFramebufferScreen:
    """`hal.screen.Screen` on a frame buffer."""

    def __init__(self, config: ScreenConfig) -> None:
        """Open and map the device.

        Raises:
            PartFault: it cannot be opened, or has another size or format than configured.
        """
        self._size = ScreenSize(config.width, config.height)
        self._format = config.pixel_format
        self._row = config.width * _BYTES_PER_PIXEL[config.pixel_format]
        self._stride = config.stride or self._row
        self._frame_bytes = config.width * config.height * 4
        try:
            descriptor = os.open(config.device, os.O_RDWR | os.O_CLOEXEC)
            try:
                if stat.S_ISCHR(os.fstat(descriptor).st_mode):
                    check_device(
                        fcntl.ioctl(descriptor, _GET_VARIABLE_INFO, bytes(_VARIABLE_INFO_BYTES)),
                        fcntl.ioctl(descriptor, _GET_FIXED_INFO, bytes(_FIXED_INFO_BYTES)),
                        config,
                    )
                self._map = mmap.mmap(descriptor, self._stride * config.height)
            finally:
                os.close(descriptor)
        except (OSError, ValueError) as error:
            raise PartFault("screen", f"{config.device} cannot be mapped: {error}") from error

    @property
    def size(self) -> ScreenSize:
        """Width and height in pixels."""
        return self._size

    def show(self, frame: Frame, regions: Sequence[Region]) -> None:  # noqa: ARG002 - see rules
        """Copy the frame into the device.

        Raises:
            PartFault: the frame has another size than the screen.
        """
        if len(frame) != self._frame_bytes:
            raise PartFault("screen", f"a frame of {len(frame)} bytes; {self._frame_bytes} fit")
        if self._format is PixelFormat.RGB565:
            frame = to_rgb565(bytes(frame))
        if self._stride == self._row:
            self._map[:] = frame
            return
        for y in range(self._size.height):
            at = y * self._stride
            self._map[at : at + self._row] = frame[y * self._row : (y + 1) * self._row]

    def close(self) -> None:
        """Let go of the device; the last frame stays."""
        self._map.close()


def check_device(variable_info: bytes, fixed_info: bytes, config: ScreenConfig) -> None:
    """Compare what the device says of itself with the configuration.

    Raises:
        PartFault: width, height, bits per pixel or stride differ.
    """
    width, height, *_, bits = _VARIABLE_INFO.unpack_from(variable_info)
    stride = _FIXED_INFO.unpack_from(fixed_info)[-1]
    pixel_bytes = _BYTES_PER_PIXEL[config.pixel_format]
    found = (width, height, bits, stride)
    wanted = (
        config.width,
        config.height,
        pixel_bytes * 8,
        config.stride or config.width * pixel_bytes,
    )
    if found != wanted:
        raise PartFault(
            "screen",
            f"{config.device} has width, height, bits per pixel and stride {found}, configured are "
            f"{wanted}; correct [parts.screen]",
        )


def to_rgb565(frame: bytes) -> bytes:
    """Convert XRGB8888 pixels to RGB565, little-endian."""
    blue, green, red = frame[0::4], frame[1::4], frame[2::4]
    converted = bytearray(len(blue) * 2)
    converted[0::2] = _either(green.translate(_GREEN_LOW), blue.translate(_BLUE_LOW))
    converted[1::2] = _either(red.translate(_RED_HIGH), green.translate(_GREEN_HIGH))
    return bytes(converted)


def _either(left: bytes, right: bytes) -> bytes:
    """Return the two strings or-ed, as two great numbers, which is quick."""
    both = int.from_bytes(left, "little") | int.from_bytes(right, "little")
    return both.to_bytes(len(left), "little")
