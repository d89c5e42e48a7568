"""The counting desk's evening in its shell: on real media, stopped, spoiled, and by a spare."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from cardio.messages import ReadShare
from common import records, reserve
from common.cose import payload_of
from common.countfiles import MAX_SIZE
from common.counttexts import STEPS
from common.errors import Reason, Thing, text
from common.evening import CHECKED, FIRST_MIX, OPENING, SECOND_MIX, VOTES, votes_sealed
from common.media import FaultKind, FolderMedium, MediumFault
from common.records import BoardKind, MixChecked
from common.regions import Region
from common.service import StopAsked, StopRequested, TimeReached
from desk.events import EveningSeen
from desk.mixing import CountPart
from hal.medium_watch import RecordingMediumMoved
from hal.screen import Frame
from tests.unit.desk.bench import LINES
from tests.unit.desk.counting import (
    SEALED,
    CountingOffice,
    ShareHand,
    accumulator,
    first_files,
    later_files,
)
from tests.unit.desk.office import NAME, OTHER, Office, made, order, two_desks


@pytest.fixture
def office(tmp_path: Path) -> CountingOffice:
    """Return a counting desk that is closed, its medium at the accumulator."""
    office = CountingOffice(tmp_path)
    office.hold_day()
    return office


def test_an_evening_at_the_counting_desk(office: CountingOffice) -> None:
    assert office.page() == "desk.closed"
    assert "at the accumulator" in office.text("hint")
    office.bring_medium()
    assert office.page() == "desk.closed"
    assert "Leave this desk on" in office.text("stays-on")

    day = office.journal()
    office.carry(first_files())
    assert office.page() == "desk.mixed"
    second = office.part(SECOND_MIX)
    accumulator().here.read_checked(
        office.part(CHECKED), BoardKind.DESK, (accumulator().first_mix, second)
    )
    assert office.own.read(OPENING) is None

    office.carry(later_files(second))
    assert office.page() == "desk.quorum"
    assert f"Votes to be opened: {len(SEALED)}." in office.text("ballots")
    office.show_shares(1)
    assert "Read: 1, needed: 2" in office.text("hint")
    office.show_shares(3)
    assert office.page() == "desk.part-opened"
    (_, _), (_, opening) = later_files(second)
    assert accumulator().counted(second, (opening, office.part(OPENING))) == SEALED

    assert office.journal() == day, "the day's journal ended with the statement"
    assert office.evening_events() == [
        "COUNT_PART_BEGAN",
        "COUNT_FILE_TAKEN",
        "COUNT_FILE_TAKEN",
        "VOTES_MIXED",
        "MIXES_CHECKED",
        "COUNT_FILE_TAKEN",
        "COUNT_FILE_TAKEN",
        "SHARE_READ",
        "SHARE_READ",
        "PART_OPENED",
    ]
    assert office.statement().journal_length == len(day)
    assert records.digest(office.order) == office.statement().start_order
    office.take_medium()
    assert office.page() == "desk.closed"
    office.bring_medium()
    assert office.page() == "desk.part-opened"
    assert Reason.MEDIUM_MISSING.en not in office.text("hint")


# Stopped anywhere.


class PowerCut(Exception):
    """The board has no power any more."""


@dataclass
class Supply:
    """Counts durable writes to both media, and fails before the one that is named."""

    left: int | None = None
    writes: int = 0

    def __call__(self, write: Callable[..., None]) -> Callable[..., None]:
        def written(*arguments: object) -> None:
            self.writes += 1
            if self.left is not None:
                self.left -= 1
                if self.left < 0:
                    self.left = None
                    raise PowerCut
            write(*arguments)

        return written


@pytest.fixture
def supply(monkeypatch: pytest.MonkeyPatch) -> Supply:
    supply = Supply()
    for name in ("append", "replace", "write_at"):
        monkeypatch.setattr(FolderMedium, name, supply(getattr(FolderMedium, name)))
    return supply


def found(office: CountingOffice, path: str) -> set[bytes]:
    """Return what the media hold of a file of the desk's own: one content at most."""
    both = (office.own.read(path), office.removable.read(path))
    return {content for content in both if content is not None}


def bring_back(before: Path, folder: Path) -> None:
    """Let a folder hold what it held before; it stays the same folder."""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(before, folder, dirs_exist_ok=True)


def stopped_anywhere(
    office: CountingOffice,
    supply: Supply,
    step: Callable[[], None],
    end: Callable[[], None],
    writes_once: tuple[str, ...],
    *,
    present: bool,
    last: int | None = None,
) -> None:
    """Let the power fail before each write of a step; it must end as without.

    Args:
        step: what is done, and writes.
        end: what is done after the start that follows, and how it must end.
        writes_once: files that are never made again.
        present: whether the medium lies in its slot before.
        last: only so many writes at the end are tried; before them is what other tests stop.
    """
    before = office.root / "before"
    both = {"own": office.root / "state", "medium": office.slot.root}
    for name, folder in both.items():
        shutil.copytree(folder, before / name)
    supply.writes = 0
    step()
    writes = supply.writes
    assert writes > 2 * len(writes_once)
    for left in range(0 if last is None else writes - last, writes):
        for name, folder in both.items():
            bring_back(before / name, folder)
        office.reader, office.slot.present = None, present
        office.start()
        supply.left = left
        with pytest.raises(PowerCut):
            step()
        was = {path: found(office, path) for path in writes_once}
        office.slot.present = True
        office.start()
        end()
        for path in writes_once:
            assert len(was[path]) <= 1
            assert was[path] <= {office.part(path)}, (path, left, "never made again")


def test_a_power_cut_at_any_write_of_the_shuffle_loses_nothing(
    office: CountingOffice, supply: Supply
) -> None:
    office.take_medium()
    folder = office.folder_of("accumulator")
    for path, content in first_files():
        folder.replace(path, content)

    def step() -> None:
        office.bring_medium()
        assert office.page() == "desk.mixed"

    def end() -> None:
        assert office.page() == "desk.mixed"
        mixes = (accumulator().first_mix, office.part(SECOND_MIX))
        accumulator().here.read_checked(office.part(CHECKED), BoardKind.DESK, mixes)

    stopped_anywhere(office, supply, step, end, (SECOND_MIX, CHECKED), present=False)


def test_a_power_cut_at_any_write_of_the_opening_loses_nothing(
    office: CountingOffice, supply: Supply
) -> None:
    office.carry(first_files())
    second = office.part(SECOND_MIX)
    office.carry(later_files(second))
    (_, _), (_, opening) = later_files(second)

    def step() -> None:
        if office.page() == "desk.quorum":
            office.show_shares(1, 2)

    def end() -> None:
        step()
        assert office.page() == "desk.part-opened"
        assert accumulator().counted(second, (opening, office.part(OPENING))) == SEALED

    stopped_anywhere(office, supply, step, end, (OPENING,), present=True)


# Asked to stop.


def asked_at_each(office: CountingOffice, step: Callable[[], None]) -> int:
    """Do a step, asked to stop at every place in it, until it comes to its end; say how many."""
    places = 0
    while True:
        office.loop.at_work = asked_after(places)  # type: ignore[method-assign]  # only here
        try:
            step()
        except StopAsked:
            office.shell.step(StopRequested())
        else:
            return places
        places += 1
        office.reader = None
        Office.start(office)


def asked_after(left: int) -> Callable[[], None]:
    """Return what a loop does that is asked to stop after so many looks."""

    def at_work() -> None:
        nonlocal left
        if not left:
            raise StopAsked
        left -= 1

    return at_work


def test_a_desk_that_is_asked_to_stop_ends_at_once_and_loses_nothing(
    office: CountingOffice,
) -> None:
    office.take_medium()
    folder = office.folder_of("accumulator")
    for path, content in first_files():
        folder.replace(path, content)
    office.bring_medium()
    second = office.part(SECOND_MIX)
    office.carry(later_files(second))

    def step() -> None:
        office.step(TimeReached(0))
        if office.page() == "desk.quorum":
            office.show_shares(1, 2)

    assert asked_at_each(office, step) > 3
    assert office.page() == "desk.part-opened"
    assert office.part(SECOND_MIX) == second


# Media that are ill.


@pytest.mark.parametrize("fault", [FaultKind.GONE, FaultKind.FULL])
def test_a_medium_that_fails_at_any_write_of_the_shuffle_is_gone_on_with(
    office: CountingOffice, fault: FaultKind
) -> None:
    office.slot.fault = fault
    mixed = set()
    for left in range(7):
        office.take_medium()
        for medium in (office.own, office.removable):
            for path in medium.list():
                if path.startswith("count/"):  # the journal, too
                    medium.remove(path)
        office.slot.writes_left = left
        office.carry(first_files())
        assert office.page() == "desk.stopped", left
        assert "goes on by itself" in office.text("remedy")
        mixed |= found(office, SECOND_MIX)
        office.slot.writes_left = None
        office.step(TimeReached(0))
        assert office.page() == "desk.mixed"
        assert found(office, SECOND_MIX) <= {office.part(SECOND_MIX)}


def test_without_room_the_desk_says_so_before_it_shuffles(
    office: CountingOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FolderMedium, "room", lambda _: 1000)
    office.carry(first_files())
    assert office.page() == "desk.stopped"
    assert str(Reason.OWN_STORAGE_ALMOST_FULL.value) in office.text("code")
    assert found(office, SECOND_MIX) == set()
    monkeypatch.undo()
    office.step(TimeReached(0))
    assert office.page() == "desk.mixed"


def test_an_empty_medium_in_the_evening_is_filled_and_carried_on(office: CountingOffice) -> None:
    office.carry(first_files())
    second = office.part(SECOND_MIX)
    office.take_medium()
    bring_empty(office)
    assert office.page() == "desk.mixed"
    assert office.part(SECOND_MIX) == second
    office.carry((*first_files(), *later_files(second)))
    assert office.page() == "desk.quorum"
    office.take_medium()
    bring_empty(office)
    assert office.page() == "desk.mixed", "the accumulator's part is to be fetched again"


def bring_empty(office: CountingOffice) -> None:
    """Put an empty medium in instead of the one that was taken out."""
    for path in office.slot.root.iterdir():
        shutil.rmtree(path)
    office.bring_medium()


def test_all_day_room_is_kept_for_the_evening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = CountingOffice(tmp_path / "counting")
    other = Office(tmp_path / "other", OTHER, two_desks())
    counting.open()
    other.open()
    votes, size = counting.package.parameters.urn_slots, counting.package.sealed_size
    enough = reserve.for_people(LINES) + reserve.for_count(votes, size)
    monkeypatch.setattr(FolderMedium, "room", lambda _: enough - 1)
    for office in (counting, other):
        office.start()
    assert counting.page() == "desk.stopped"
    assert str(Reason.OWN_STORAGE_ALMOST_FULL.value) in counting.text("code")
    assert other.page() == "desk.ready"


def test_what_is_carried_fits_into_the_room_that_is_kept(office: CountingOffice) -> None:
    office.carry(first_files())
    second = office.part(SECOND_MIX)
    office.carry(later_files(second))
    office.show_shares(1, 2)
    carried = [*dict((*first_files(), *later_files(second))).values()]
    carried += [office.part(path) for path in (SECOND_MIX, CHECKED, OPENING)]
    size = office.package.sealed_size
    kept = reserve.for_count(len(accumulator().votes), size) - reserve.REST
    assert kept / 2 < sum(map(len, carried)) < kept


def test_the_medium_pulled_out_while_shares_are_read_asks_for_them_again(
    office: CountingOffice,
) -> None:
    office.carry(first_files())
    office.carry(later_files(office.part(SECOND_MIX)))
    office.show_shares(1)
    office.take_medium()
    assert office.page() == "desk.closed"
    assert "at the accumulator" in office.text("hint")
    office.bring_medium()
    assert "Read: 0, needed: 2" in office.text("hint")
    office.show_shares(2, 3)
    assert office.page() == "desk.part-opened"


@pytest.mark.parametrize("path", [SECOND_MIX, CHECKED, OPENING])
@pytest.mark.parametrize("which", ["own", "removable"])
def test_the_desk_s_own_files_are_mended_from_the_other_medium(
    office: CountingOffice, path: str, which: str
) -> None:
    office.carry(first_files())
    office.carry(later_files(office.part(SECOND_MIX)))
    office.show_shares(1, 2)
    medium = office.own if which == "own" else office.removable
    before = office.part(path)
    for spoilt in (b"", before[:-1], before[:40] + bytes(1) + before[41:]):
        office.take_medium()
        medium.replace(path, spoilt)
        office.bring_medium()
        assert office.page() == "desk.part-opened"
        assert office.part(path) == before
        assert "Nothing was lost" in office.text("mended")


def test_the_accumulator_s_folder_is_neither_mended_nor_written(office: CountingOffice) -> None:
    office.carry((*first_files(), ("count/other", b"not ours"), ("statement.cose", b"?")))
    assert office.page() == "desk.mixed"
    theirs = {path: office.folder_of("accumulator").read(path) for path, _ in first_files()}
    assert theirs == dict(first_files())
    assert office.folder_of("accumulator").read("statement.cose") == b"?"
    assert not any("accumulator" in path for path in office.own.list())


# What is wrong is refused, by its name, and nothing is done with it.


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


OTHER_DAY = accumulator(again=1)
OTHER_MIX = accumulator(label="another")
VOTES_ARE, MIX_IS = dict(first_files())[VOTES], dict(first_files())[FIRST_MIX]
WRONG_FIRST: dict[str, tuple[str, dict[str, bytes]]] = {
    "votes damaged": ("Sealed votes", {VOTES: flipped(VOTES_ARE, 50)}),
    "votes torn": ("Sealed votes", {VOTES: VOTES_ARE[:-1]}),
    "a vote twice": ("Sealed votes", {VOTES: VOTES_ARE + VOTES_ARE}),
    "a vote dropped": ("First shuffle", {VOTES: votes_sealed(accumulator().votes[1:])}),
    "votes of another day": ("Sealed votes", {VOTES: votes_sealed([order()])}),
    "mix damaged": ("First shuffle", {FIRST_MIX: flipped(MIX_IS, len(MIX_IS) // 2)}),
    "mix far too long": ("First shuffle", {FIRST_MIX: bytes(MAX_SIZE + 1)}),
    "mix empty": ("First shuffle", {FIRST_MIX: b""}),
    "mix of another opening": ("First shuffle", {FIRST_MIX: OTHER_DAY.first_mix}),
    "mix that is no mix": ("First shuffle", {FIRST_MIX: order()}),
}


@pytest.mark.parametrize("wrong", WRONG_FIRST)
def test_a_wrong_first_list_is_refused_by_name_and_not_shuffled(
    office: CountingOffice, wrong: str
) -> None:
    thing, changed = WRONG_FIRST[wrong]
    office.carry((*first_files(), *changed.items()))
    assert office.page() == "desk.count-refused"
    assert office.text("refusal").startswith(f"{thing} (“accumulator”)")
    assert found(office, SECOND_MIX) == found(office, CHECKED) == set()
    assert office.evening_events()[-1] == "COUNT_FILE_REFUSED"
    office.press("count.again")
    assert office.page() == "desk.count-refused"
    office.carry(first_files())
    assert office.page() == "desk.mixed"


@pytest.mark.parametrize("missing", [VOTES, FIRST_MIX])
def test_a_first_list_that_is_not_whole_is_asked_for(office: CountingOffice, missing: str) -> None:
    office.carry([(path, content) for path, content in first_files() if path != missing])
    assert office.page() == "desk.count-refused"
    assert str(Reason.COUNT_FILE_MISSING.value) in office.text("code")
    office.carry(first_files())
    assert office.page() == "desk.mixed"


def test_another_first_list_is_never_shuffled(office: CountingOffice) -> None:
    office.carry(first_files())
    second = office.part(SECOND_MIX)
    office.carry((*first_files(OTHER_MIX), *later_files(second)))
    assert office.page() == "desk.count-refused"
    assert "shuffles once only" in office.text("refusal")
    assert office.part(SECOND_MIX) == second
    for medium in (office.own, office.removable):
        medium.remove(CHECKED)  # as if the power had failed before it
    office.start()
    assert office.page() == "desk.count-refused"
    assert office.part(SECOND_MIX) == second
    assert found(office, CHECKED) == set()


def test_a_shuffle_that_is_lost_is_not_made_again(office: CountingOffice) -> None:
    office.carry(first_files())
    office.take_medium()
    for medium in (office.own, office.removable):
        medium.remove(SECOND_MIX)
        medium.remove(CHECKED)
    office.bring_medium()
    assert office.page() == "desk.count-refused"
    assert office.text("refusal") == text(Reason.LOST_ON_BOTH, "en", thing=Thing.SECOND_MIX)
    assert "The commission decides" in office.text("hint")
    assert found(office, SECOND_MIX) == set()


def wrong_later(second: bytes) -> Iterator[tuple[str, str, dict[str, bytes]]]:
    """Yield what may be wrong with what the accumulator lays down later."""
    right = dict(later_files(second))
    walk, mine = accumulator(), accumulator().installation(BoardKind.ACCUMULATOR)
    mixes, ours = (walk.first_mix, second), accumulator().installation(BoardKind.DESK)
    checked, opening = "Record that both shuffles were checked", "Part of the opening"
    yield "checked missing", checked, {CHECKED: b""}
    yield "checked by the desk", checked, {CHECKED: walk.here.checked(ours, mixes)}
    swapped = (mixes[1], mixes[0])
    yield "checked the wrong way round", checked, {CHECKED: walk.here.checked(mine, swapped)}
    yield "checked others", checked, {CHECKED: OTHER_DAY.here.checked(mine, mixes)}
    yield "opening damaged", opening, {OPENING: flipped(right[OPENING], 300)}
    yield "opening of another kind", opening, {OPENING: right[CHECKED]}
    proof = records.Opening.from_bytes(payload_of(right[OPENING]))
    without_proof = dataclasses.replace(proof, proof=bytes(len(proof.proof)))
    one_less = dataclasses.replace(proof, factors=proof.factors[:-32])
    for name, bent in (("without proof", without_proof), ("with one ballot less", one_less)):
        yield f"opening {name}", opening, {OPENING: records.sign(bent, mine.keys.signing)}


def test_a_wrong_part_of_the_accumulator_asks_nobody_for_a_share(office: CountingOffice) -> None:
    office.carry(first_files())
    second = office.part(SECOND_MIX)
    for wrong, thing, changed in wrong_later(second):
        office.carry((*later_files(second), *changed.items()))
        assert office.page() == "desk.count-refused", wrong
        assert office.text("refusal").startswith(f"{thing} (“accumulator”)"), wrong
        office.put(ShareHand(1, made(NAME).shares[0].to_bytes()))  # type: ignore[arg-type]
        assert not isinstance(office.asked[-1], ReadShare)
        office.put(None)
        assert found(office, OPENING) == set()
    office.carry(later_files(second))
    assert office.page() == "desk.quorum"


def test_shares_of_the_other_half_open_nothing(office: CountingOffice) -> None:
    office.carry(first_files())
    office.carry(later_files(office.part(SECOND_MIX)))
    for share in made("accumulator").shares[:2]:
        office.show(ShareHand(share.index, share.to_bytes()), leave_in=True)
        assert office.text("notice") == Reason.SHARE_OTHER_KEY.en
        office.put(None)
    assert office.page() == "desk.quorum"
    assert found(office, OPENING) == set()
    office.show(ShareHand(1, made(NAME).shares[0].to_bytes(), pin="000000"))
    assert office.evening_events()[-1] == "PIN_REFUSED"
    office.show_shares(1, 2)
    assert office.page() == "desk.part-opened"


def test_a_desk_that_is_not_the_counting_desk_stays_closed(tmp_path: Path) -> None:
    office = Office(tmp_path, OTHER, two_desks())
    office.open()
    office.close()
    office.put(None)
    office.slot.present = False
    office.step(RecordingMediumMoved(present=False))
    assert office.page() == "desk.closed"
    assert office.text("hint") == ""
    folder = FolderMedium(office.root / "medium", "recording").folder("accumulator")
    for path, content in first_files():
        folder.replace(path, content)
    office.slot.present = True
    office.step(RecordingMediumMoved(present=True))
    assert office.page() == "desk.closed"
    assert office.text("stays-on") == ""
    assert not any(path.startswith("count/") for path in office.own.list())


def test_a_medium_that_is_back_before_anybody_saw_it_go_is_looked_at(
    office: CountingOffice,
) -> None:
    def laid_down(files: Iterable[tuple[str, bytes]]) -> None:
        for path, content in files:
            office.folder_of("accumulator").replace(path, content)
        office.step(TimeReached(office.clock.monotonic_s()))

    office.bring_medium()
    laid_down(())
    assert office.page() == "desk.closed"
    laid_down(first_files())
    assert office.page() == "desk.mixed"
    laid_down(later_files(office.part(SECOND_MIX)))
    assert office.page() == "desk.quorum"


def test_a_medium_that_went_unseen_is_away_and_comes_back(
    office: CountingOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_: CountPart) -> EveningSeen:
        raise MediumFault(FaultKind.GONE, "recording", "", "it was taken out")

    office.bring_medium()
    with monkeypatch.context() as patch:
        patch.setattr(CountPart, "look", gone)
        office.step(TimeReached(office.clock.monotonic_s()))
    assert office.page() == "desk.closed"
    assert "at the accumulator" in office.text("hint")
    office.carry(first_files())
    assert office.page() == "desk.mixed"


def test_a_start_is_over_before_the_long_work_begins(office: CountingOffice) -> None:
    office.take_medium()
    folder = office.folder_of("accumulator")
    for path, content in first_files():
        folder.replace(path, content)
    office.slot.present = True
    Office.start(office)
    assert office.page() == "desk.closed", "systemd is told READY=1 now"
    assert found(office, SECOND_MIX) == set()
    office.step(TimeReached(0))
    assert office.page() == "desk.mixed"


def test_while_it_computes_the_watchdog_and_people_are_told(
    office: CountingOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    show = office.screen.show

    def seen(frame: Frame, regions: Sequence[Region]) -> None:
        show(frame, regions)
        shown.append(f"{office.page()}: {office.text('step')}")

    monkeypatch.setattr(office.screen, "show", seen)
    told: list[None] = []
    monkeypatch.setattr(office.loop, "alive", lambda: told.append(None))
    office.carry(first_files())
    assert shown[0].startswith("desk.closed")
    assert "desk.mixing: Beginning, please wait" in shown
    assert "desk.mixing: Shuffling the votes and sealing them anew" in shown
    assert shown[-1].startswith("desk.mixed")
    assert len(told) > len(STEPS)


# A spare in the counting desk's place.


@pytest.fixture
def spare(tmp_path: Path) -> CountingOffice:
    """Return the spare that went on in the middle of the day, closed, its medium away."""
    dead = CountingOffice(tmp_path / "dead")
    dead.keep_half()
    dead.open()
    spare = CountingOffice(tmp_path / "spare", "desk-spare")
    spare.slot.root = dead.slot.root
    spare.start()
    spare.press("take")
    spare.sign_act(1, 2)
    if spare.page() == "desk.clock":
        spare.press("clock.right")
    spare.close()
    spare.put(None)
    spare.take_medium()
    assert "at the accumulator" in spare.text("hint")
    return spare


def test_the_spare_in_its_place_shuffles_and_opens(spare: CountingOffice) -> None:
    before = {path: spare.folder_of(NAME).read(path) for path in spare.folder_of(NAME).list()}
    spare.carry(first_files())
    assert spare.page() == "desk.mixed"
    second = spare.part(SECOND_MIX)
    assert records.Mix.from_bytes(payload_of(second)).board == "desk-spare"
    spare.carry(later_files(second))
    spare.show_shares(1, 2)
    assert spare.page() == "desk.part-opened"
    (_, _), (_, opening) = later_files(second)
    assert accumulator().counted(second, (opening, spare.part(OPENING))) == SEALED
    after = {path: spare.folder_of(NAME).read(path) for path in spare.folder_of(NAME).list()}
    assert after == before, "the dead desk's folder stays as it is"


def test_the_accumulator_s_spare_goes_on_with_what_lies_there(office: CountingOffice) -> None:
    """The first accumulator shuffled; its spare brings the same list, and its own part."""
    office.carry(first_files())
    second = office.part(SECOND_MIX)
    walk = dataclasses.replace(accumulator(), accumulator="accumulator-spare")
    checked, opening = walk.after_mixes(accumulator().first_mix, second)
    files = (*first_files(), (CHECKED, checked), (OPENING, opening))
    office.carry(files, "accumulator-spare")
    assert office.page() == "desk.quorum"
    office.show_shares(1, 2)
    assert accumulator().counted(second, (opening, office.part(OPENING))) == SEALED


def spare_of(dead: CountingOffice) -> CountingOffice:
    """Carry the dead desk's medium to the spare, and switch that on."""
    spare = CountingOffice(dead.root / "spare", "desk-spare")
    spare.slot.root = dead.slot.root
    spare.clock.ms = dead.clock.ms
    spare.start()
    return spare


def test_a_desk_that_died_after_its_close_leaves_its_part_to_the_spare(
    office: CountingOffice,
) -> None:
    statement = office.own.read("statement.cose")
    spare = spare_of(office)
    assert spare.page() == "desk.spare"
    assert "closed already" in spare.text("hint")
    spare.press("take")
    spare.sign_act(1, 2)
    assert spare.page() == "desk.closed", "nobody is given a card any more"
    assert spare.events()[-2:] == ["TOOK_OVER", "CLOSED"]
    assert spare.own.read(f"replaced/{NAME}/statement.cose") == statement
    spare.carry(first_files())
    assert spare.page() == "desk.mixed"
    second = spare.part(SECOND_MIX)
    spare.carry(later_files(second))
    spare.show_shares(2, 3)
    assert spare.page() == "desk.part-opened"
    (_, _), (_, opening) = later_files(second)
    assert accumulator().counted(second, (opening, spare.part(OPENING))) == SEALED
    office.slot.present = True
    office.start()
    assert str(Reason.BOARD_REPLACED.value) in office.text("code")


def test_the_spare_opens_what_the_dead_desk_had_shuffled(office: CountingOffice) -> None:
    office.carry(first_files())
    second, checked = office.part(SECOND_MIX), office.part(CHECKED)
    spare = spare_of(office)
    spare.press("take")
    spare.sign_act(1, 2)
    assert spare.page() == "desk.mixed"
    assert (spare.part(SECOND_MIX), spare.part(CHECKED)) == (second, checked)
    spare.carry(later_files(second))
    assert MixChecked.from_bytes(payload_of(spare.part(CHECKED))).board == "desk-spare"
    mixes = (accumulator().first_mix, second)
    accumulator().here.read_checked(spare.part(CHECKED), BoardKind.DESK, mixes)
    assert spare.evening_events()[:2] == ["COUNT_PART_BEGAN", "MIXES_CHECKED"]
    spare.show_shares(1, 2)
    (_, _), (_, opening) = later_files(second)
    assert accumulator().counted(second, (opening, spare.part(OPENING))) == SEALED


def test_a_stop_while_a_spare_signs_for_itself_loses_nothing(office: CountingOffice) -> None:
    office.carry(first_files())
    second, of_dead = office.part(SECOND_MIX), office.part(CHECKED)
    spare = spare_of(office)
    spare.press("take")
    spare.sign_act(1, 2)
    spare.carry(later_files(second))
    own = spare.part(CHECKED)
    assert own != of_dead
    spare.removable.replace(CHECKED, of_dead)
    spare.start()
    assert spare.part(CHECKED) == own
    assert spare.page() == "desk.quorum"


def test_a_power_cut_while_a_closed_desk_is_replaced_leaves_no_open_desk(
    office: CountingOffice, supply: Supply
) -> None:
    spare = spare_of(office)

    def step() -> None:
        spare.press("take")
        spare.sign_act(1, 2)
        assert spare.page() == "desk.closed"

    def end() -> None:
        if spare.page() == "desk.spare":
            step()
        assert spare.page() == "desk.closed"
        assert "CLOSED" in spare.events()
        assert spare.part(f"replaced/{NAME}/statement.cose")

    stopped_anywhere(spare, supply, step, end, ("statement.cose",), present=True, last=12)


def test_the_spare_of_another_closed_desk_is_not_needed(tmp_path: Path) -> None:
    dead = Office(tmp_path / "dead", OTHER, two_desks())
    dead.open()
    dead.close()
    spare = Office(tmp_path / "spare", "desk-spare", two_desks())
    spare.slot.root = dead.slot.root
    spare.start()
    assert spare.page() == "desk.spare"
    assert "take" not in [region.name for region in spare.screen.regions]
    assert spare.text("refusal") == text(Reason.SPARE_NOT_NEEDED, "en", board=OTHER)
