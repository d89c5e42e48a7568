"""What is said on the bench's socket: numbers of questions and answers.

Each question is `(Ask, field, …)` and gets one answer, `(Answer.DONE, field, …)`,
`(Answer.REFUSED, text)` when it makes no sense now, or `(Answer.BROKEN, text)` when the part is to
be found broken. After `FOLLOW` a channel carries nothing but `(Answer.HAPPENED, field, …)`. `SHOWN`
gets no answer. Fields are named in `simulators.bench.Bench` and `simulators.bench_client`.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

OWN: Final = "own"
RECORDING: Final = "recording"
VISITING: Final = "visiting"
"""The two slots of a board; and its own storage, which nobody takes out, but which can be ill."""


class Ask(IntEnum):
    """Questions; those of boards' parts up to 49, those of hands from 50."""

    HELLO = 0
    DESCRIBE = 1
    FOLLOW = 2
    CARD_VIEW = 10
    CARD_POWER_ON = 11
    CARD_TRANSMIT = 12
    CARD_POWER_OFF = 13
    CARD_CUT_OFF = 14
    SHOWN = 20
    SET_LATCH = 30
    SET_LAMP = 31
    BUZZ = 32
    TAMPER = 33
    I2C_READ = 40
    I2C_WRITE = 41
    MAINS = 42

    WAIT = 50
    HISTORY = 51
    FAIL_NEXT = 52
    POWER_OFF = 53
    INSERT_CARD = 60
    INSERT_STRANGE = 61
    REMOVE_CARD = 62
    CARD_IN_SLOT = 63
    PULL_AFTER = 64
    PLUG_READER = 65
    TAP = 70
    PRESS = 71
    MOVE = 72
    RELEASE = 73
    TAP_KEY = 74
    SET_KEY = 75
    SCAN = 76
    LINES = 80
    OPEN_CASE = 81
    REGIONS = 82
    PRINTED = 83
    SET_PRINTER = 84
    PLUG = 90
    UNPLUG = 91
    TROUBLE = 92
    LEAVE_ROOM = 93
    FLIP_BIT = 94
    KEEP_COPY = 95
    BRING_BACK = 96
    NEW_MEDIUM = 97
    SET_SUPPLY = 100
    SET_CHIP = 101
    JUMP_CLOCK = 102
    ADVANCE = 110
    ADVANCE_TO = 111
    SET_RATE = 112


class Answer(IntEnum):
    """Answers."""

    DONE = 200
    REFUSED = 201
    BROKEN = 202
    HAPPENED = 203
