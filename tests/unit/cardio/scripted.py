"""A connection that expects exactly these commands and gives exactly these answers, as hex."""

from __future__ import annotations


class Scripted:
    """Plays a dialogue; `done` says that all of it was spoken."""

    def __init__(self, *exchanges: tuple[str, str]) -> None:
        self._left = [
            (bytes.fromhex(command), bytes.fromhex(answer)) for command, answer in exchanges
        ]
        self.spoken: list[bytes] = []

    @property
    def atr(self) -> bytes:
        return b""

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        self.spoken.append(command)
        assert self._left, f"nothing more was expected, but {command.hex(' ')} came"
        expected, answer = self._left.pop(0)
        assert command.hex(" ") == expected.hex(" ")
        return answer[:-2], int.from_bytes(answer[-2:], "big")

    def close(self) -> None:
        pass

    @property
    def done(self) -> bool:
        return not self._left
