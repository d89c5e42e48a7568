"""The card reader behind pcsc-lite, through pyscard's low-level calls.

Rules. A status loop of our own over SCardGetStatusChange: pyscard's CardMonitor ends for good when
pcscd restarts. A context that pcscd no longer knows is thrown away and built anew; while there is
no pcscd or no reader, the state is `NO_READER`, and the next look comes after `_RETRY_S`. pcscd
counts insertions and removals; a count that moved while the state looks the same is a card changed
for another, and is told as `NO_CARD` first. A connection has a context of its own, holds a
transaction from beginning to end, so that no other program speaks in between, and resets the card
when it closes, so that no PIN or key stays shown.

Never here: what a card says, and repeating a command.
"""

from __future__ import annotations

import threading

from smartcard import scard

from common.clock import Clock, waits
from hal.card_reader import CardGone, CardMute, ReaderState
from hal.faults import PartFault

_PART = "card reader"
_RETRY_S = 0.5
_SLICE_MS = 500
"""Longest single wait in pcscd, real milliseconds, so that `close` is noticed."""

_GONE = frozenset(
    {
        scard.SCARD_E_NO_SMARTCARD,
        scard.SCARD_W_REMOVED_CARD,
        scard.SCARD_W_RESET_CARD,
        scard.SCARD_E_READER_UNAVAILABLE,
        scard.SCARD_E_UNKNOWN_READER,
        scard.SCARD_E_NO_READERS_AVAILABLE,
        scard.SCARD_E_NO_SERVICE,
        scard.SCARD_E_SERVICE_STOPPED,
        scard.SCARD_E_INVALID_HANDLE,
        scard.SCARD_F_COMM_ERROR,
        scard.SCARD_E_COMM_DATA_LOST,
        scard.SCARD_E_NOT_TRANSACTED,
    }
)
_MUTE = frozenset(
    {
        scard.SCARD_W_UNRESPONSIVE_CARD,
        scard.SCARD_W_UNPOWERED_CARD,
        scard.SCARD_W_UNSUPPORTED_CARD,
        scard.SCARD_E_CARD_UNSUPPORTED,
        scard.SCARD_E_PROTO_MISMATCH,
        scard.SCARD_E_INVALID_ATR,
    }
)


def _code(code: int) -> int:
    """Return a PC/SC code as pyscard's constants have it: 32 bits without a sign."""
    return code & 0xFFFFFFFF


def _text(code: int) -> str:
    return f"{code & 0xFFFFFFFF:08X}"


class _PcscConnection:
    """A card in a transaction of ours."""

    def __init__(self, reader: str) -> None:
        code, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        if code != scard.SCARD_S_SUCCESS:
            raise CardGone(f"there is no pcscd ({_text(code)})")
        self._open = True
        code, self._card, protocol = scard.SCardConnect(
            self._context,
            reader,
            scard.SCARD_SHARE_SHARED,
            scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1,
        )
        try:
            self._check(code)
        except BaseException:
            self._open = False
            scard.SCardReleaseContext(self._context)
            raise
        try:
            self._check(scard.SCardBeginTransaction(self._card))
            code, _, _, _, atr = scard.SCardStatus(self._card)
            self._check(code)
        except BaseException:
            self.close()
            raise
        self._atr = bytes(atr)
        self._header = (
            scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
        )

    @property
    def atr(self) -> bytes:
        return self._atr

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        if not self._open:
            raise CardGone("the connection is closed")
        code, response = scard.SCardTransmit(self._card, self._header, list(command))
        self._check(code)
        if len(response) < 2:
            raise CardGone("the card gave no status word")
        return bytes(response[:-2]), response[-2] << 8 | response[-1]

    def close(self) -> None:
        if not self._open:
            return
        self._open = False
        # Results do not matter: the card may have gone, and pcscd with it.
        scard.SCardEndTransaction(self._card, scard.SCARD_RESET_CARD)
        scard.SCardDisconnect(self._card, scard.SCARD_RESET_CARD)
        scard.SCardReleaseContext(self._context)

    @staticmethod
    def _check(code: int) -> None:
        code = _code(code)
        if code == scard.SCARD_S_SUCCESS:
            return
        if code in _MUTE:
            raise CardMute(f"the card gives no answer to reset ({_text(code)})")
        if code in _GONE or code == scard.SCARD_F_INTERNAL_ERROR:
            raise CardGone(f"the card left ({_text(code)})")
        raise PartFault(_PART, f"PC/SC says {_text(code)}")


class PcscCardReader:
    """One PC/SC reader, as `hal.card_reader.CardReader`."""

    def __init__(self, name: str, clock: Clock) -> None:
        """`name` is a part of the name by which PC/SC lists the reader; empty takes the first."""
        self._name = name
        self._clock = clock
        self._context: int | None = None
        self._reader: str | None = None
        self._state = scard.SCARD_STATE_UNAWARE
        self._told: ReaderState | None = None
        self._looking = threading.Lock()
        self._closed = threading.Event()

    def wait_for_change(self, timeout_s: float) -> ReaderState:
        """Return the state once it differs from the one returned last, or after `timeout_s`.

        Raises:
            PartFault: PC/SC says something that waiting will not mend.
        """
        if self._told is None:
            self._told = self._look(0)
            return self._told
        for real_s in waits(self._clock, timeout_s):
            seen = self._look(min(int(real_s * 1000), _SLICE_MS))
            if seen is not self._told or self._closed.is_set():
                self._told = seen
                break
        return self._told

    def connect(self) -> _PcscConnection:
        """Power the card and hold it in a transaction.

        Raises:
            CardMute: there is a card that does not answer.
            CardGone: there is no card, no reader or no pcscd.
            PartFault: PC/SC says something else.
        """
        if self._reader is None:
            raise CardGone("there is no reader")
        return _PcscConnection(self._reader)

    def close(self) -> None:
        """Let go; a wait under way ends within half a second. May be called again."""
        self._closed.set()
        context = self._context
        if context is not None:
            scard.SCardCancel(context)
        with self._looking:
            self._forget()

    def _look(self, wait_ms: int) -> ReaderState:
        """Return the state, waiting up to `wait_ms` real milliseconds for it to change."""
        with self._looking:
            if self._closed.is_set():
                return self._told or ReaderState.NO_READER
            return self._state_after(wait_ms)

    def _state_after(self, wait_ms: int) -> ReaderState:
        if not self._find_reader():
            self._closed.wait(min(wait_ms / 1000, _RETRY_S))
            return ReaderState.NO_READER
        code, states = scard.SCardGetStatusChange(
            self._context, wait_ms, [(self._reader, self._state)]
        )
        match _code(code):
            case scard.SCARD_S_SUCCESS:
                _, event, _ = states[0]
            case scard.SCARD_E_TIMEOUT | scard.SCARD_E_CANCELLED:
                return self._told or ReaderState.NO_CARD
            case _:
                self._forget()
                return ReaderState.NO_READER
        return self._judge(event)

    def _judge(self, event: int) -> ReaderState:
        """Return what an event state means; keep it for the next wait."""
        if event & (
            scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_IGNORE
        ):
            self._forget()
            return ReaderState.NO_READER
        before, self._state = self._state, event & ~scard.SCARD_STATE_CHANGED
        if not event & scard.SCARD_STATE_PRESENT:
            return ReaderState.NO_CARD
        moved = before >> 16 != event >> 16
        if self._told is ReaderState.CARD and moved:
            # Another card, or the same one again: NO_CARD now, and CARD at the next look.
            self._state = before & ~0xFFFF & ~scard.SCARD_STATE_CHANGED | scard.SCARD_STATE_EMPTY
            return ReaderState.NO_CARD
        return ReaderState.CARD

    def _find_reader(self) -> bool:
        if self._context is None:
            code, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
            if code != scard.SCARD_S_SUCCESS:
                return False
            self._context = context
        if self._reader is None:
            code, readers = scard.SCardListReaders(self._context, [])
            if _code(code) not in (
                scard.SCARD_S_SUCCESS,
                scard.SCARD_E_NO_READERS_AVAILABLE,
            ):
                self._forget()
                return False
            self._reader = next((name for name in readers if self._name in name), None)
            self._state = scard.SCARD_STATE_UNAWARE
        return self._reader is not None

    def _forget(self) -> None:
        """Throw the context away; the next look builds another."""
        context, self._context, self._reader = self._context, None, None
        if context is not None:
            scard.SCardReleaseContext(context)
