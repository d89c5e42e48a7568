"""Whatever power and one medium do, a signed file is what was saved last, or about to be."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from common.blocks import BlockFile, BlockForm, look
from common.errors import Thing
from common.media import TwoMedia
from tests.recording_medium import Cut, Power, PowerCut, RecordingMedium
from tests.samples import device

FORM = BlockForm.fitting("small.bin", "sailau/Small/1", 16)
PACKAGE = b"p" * 32
KEY = device("desk-1").signing
MEDIA = st.sampled_from([0, 1])


class Blocks(RuleBasedStateMachine):
    """One file, saved, cut short, damaged on one medium, put back as it was before."""

    @initialize()
    def make(self) -> None:
        self.power = Power()
        self.media = RecordingMedium("own", self.power), RecordingMedium("removable", self.power)
        self.file = self.open(first=b"")
        self.copies: list[bytes] = []
        self.may_be = {b""}

    def open(self, first: bytes | None = None) -> BlockFile:
        both = TwoMedia(self.media[0], self.media[1])
        return BlockFile.open(both, FORM, PACKAGE, KEY, thing=Thing.STATE, first=first)

    def start(self) -> None:
        """Begin anew, as after a stop; the power holds."""
        self.power.restore()
        self.file = self.open()
        assert self.file.content in self.may_be
        self.may_be = {self.file.content}

    @rule(content=st.binary(max_size=16))
    def save(self, content: bytes) -> None:
        self.file.save(content)
        self.may_be = {content}

    @rule(content=st.binary(max_size=16), write=st.integers(1, 4), cut=st.sampled_from(Cut))
    def save_into_a_cut(self, content: bytes, write: int, cut: Cut) -> None:
        self.power.fail_at(write, cut)
        with suppress(PowerCut):
            self.file.save(content)
        self.may_be.add(content)
        self.start()

    @rule(write=st.integers(1, 4), cut=st.sampled_from(Cut), which=MEDIA, bit=st.integers(0))
    def start_into_a_cut(self, write: int, cut: Cut, which: int, bit: int) -> None:
        self.media[which].flip(FORM.path, bit % (8 * FORM.file_size))
        self.power.fail_at(write, cut)
        with suppress(PowerCut):
            self.file = self.open()
        self.start()

    @rule(which=MEDIA, bits=st.lists(st.integers(0), max_size=4))
    def flip(self, which: int, bits: list[int]) -> None:
        for bit in bits:
            self.media[which].flip(FORM.path, bit % (8 * FORM.file_size))
        self.start()

    @rule(which=MEDIA)
    def lose(self, which: int) -> None:
        self.media[which].files.clear()
        self.start()

    @rule(which=MEDIA)
    def keep_a_copy(self, which: int) -> None:
        self.copies.append(self.media[which].files[FORM.path])

    @rule(which=MEDIA, number=st.integers(0))
    def put_a_copy_back(self, which: int, number: int) -> None:
        if self.copies:
            self.media[which].files[FORM.path] = self.copies[number % len(self.copies)]
            self.start()

    @invariant()
    def at_rest_it_holds_one_content_only(self) -> None:
        first, second = self.media
        assert first.files == second.files
        found = look(first, FORM, PACKAGE, bytes(KEY.verify_key))
        assert [version and version.content for version in found.versions] == 2 * [
            self.file.content
        ]


Blocks.TestCase.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)
TestBlocks = Blocks.TestCase
