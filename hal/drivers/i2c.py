"""An I²C bus, in the form that smbus2 gives it.

Rules: drivers take the bus as an object; only `open_i2c` knows smbus2. One read or write is one
transaction of the bus, so that registers read together belong together.
"""

from __future__ import annotations

from typing import Protocol

from hal.faults import PartFault


class I2cBus(Protocol):
    """What drivers need of a bus. Every method raises OSError when the chip does not answer."""

    def read_i2c_block_data(self, i2c_addr: int, register: int, length: int) -> list[int]:
        """Read up to 32 bytes from `register` on."""
        ...

    def write_i2c_block_data(self, i2c_addr: int, register: int, data: list[int]) -> None:
        """Write up to 32 bytes from `register` on."""
        ...

    def close(self) -> None:
        """Let go of the bus."""
        ...


def open_i2c(number: int) -> I2cBus:
    """Open `/dev/i2c-<number>`.

    Raises:
        PartFault: there is no such bus.
    """
    from smbus2 import SMBus

    try:
        return SMBus(number)
    except OSError as error:
        raise PartFault("I²C bus", f"/dev/i2c-{number} cannot be opened: {error}") from error
