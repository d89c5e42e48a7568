"""The journal under power cuts, also in the middle of recovering, and old media."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from common.catalogue import EventType
from common.journal import PATH, Journal, verify_journal
from common.media import TwoMedia
from tests.recording_medium import Cut, Power, PowerCut, RecordingMedium

KEY = SigningKey(b"j" * 32)
PUBLIC = bytes(KEY.verify_key)
RECOVERY = {EventType.JOURNAL_TORN, EventType.JOURNAL_CAUGHT_UP, EventType.JOURNAL_REPAIRED}


class Still:
    """A clock that stands still."""

    def now_ms(self) -> int:
        return 1_800_000_000_000

    def monotonic_s(self) -> float:
        return 0.0

    def wait_s(self, timeout_s: float) -> float:
        return timeout_s


cuts = st.none() | st.tuples(st.integers(1, 6), st.sampled_from(Cut))
steps = st.lists(st.tuples(st.sampled_from(["append", "open", "old medium"]), cuts), max_size=25)


@given(steps=steps, seed=st.integers(0, 2**32))
def test_what_was_answered_is_there_for_ever(
    steps: list[tuple[str, tuple[int, Cut] | None]], seed: int
) -> None:
    chance = random.Random(seed)
    power = Power()
    media = TwoMedia(RecordingMedium("own", power), RecordingMedium("removable", power))

    def opened() -> Journal:
        while True:
            try:
                return Journal.open(media, KEY, Still())
            except PowerCut:
                power.restore()

    journal = opened()
    answered: list[int] = []
    tried = 0
    snapshots: list[tuple[RecordingMedium, dict[str, bytes]]] = []
    for step, cut in steps:
        for medium in media:
            assert isinstance(medium, RecordingMedium)
            snapshots.append((medium, dict(medium.files)))
        if cut is not None:
            power.fail_at(*cut)
        match step:
            case "append":
                tried += 1
                try:
                    journal.append(EventType.STARTED, starts=tried)
                    answered.append(tried)
                except PowerCut:
                    power.restore()
                    journal = opened()
            case "open":
                journal = opened()
            case _:
                medium, files = chance.choice(snapshots)
                medium.files.clear()
                medium.files.update(files)
                journal = opened()
        power.restore()
        own, removable = (medium.read(PATH) or b"" for medium in media)
        assert own == removable
        entries = verify_journal(own, PUBLIC)
        said = [entry.facts["starts"] for entry in entries if entry.event is EventType.STARTED]
        assert [number for number in said if number in answered] == answered
        assert len(said) == len(set(said))
        assert all(e.event in RECOVERY for e in entries if e.event is not EventType.STARTED)
        assert (journal.head, journal.length) == (
            entries[-1].hash if entries else bytes(32),
            len(entries),
        )
