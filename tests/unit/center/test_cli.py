"""`sailau-center` at the command line: a whole station, and mistakes that name option and fix."""

import dataclasses
import shutil
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

import nacl.utils
import pytest

from center.__main__ import main, program_version
from center.commission import Commission, load_commission
from center.office import StationOffice
from common import cbor, enrolment
from common.book import Book
from common.clock import Clock
from common.errors import Thing
from common.records import StationPackage
from hal.card_reader import CardConnection, CardReader, ReaderState
from hal.config import PartsConfig
from hal.parts import Parts
from hal.production import PARTS
from tests.unit.center.rehearsed import ELECTIONS, FolderBoards, SimCardTable, plan

ELECTION = str(ELECTIONS / "president-2022.toml")
COMMISSION = str(ELECTIONS / "commission.toml")
FILES = ["--election", ELECTION, "--commission", COMMISSION]
Said = Callable[[], str]
Made = tuple[Path, FolderBoards, list[str]]


class DayClock:
    """The morning of the election."""

    def now_ms(self) -> int:
        return int(plan(1).opens.timestamp() * 1000)

    def monotonic_s(self) -> float:
        return 0.0

    def wait_s(self, timeout_s: float) -> float:
        return 0.0


class HandedReader:
    """The centre's reader, with a hand that puts a blank card in when there is none."""

    def __init__(self, table: SimCardTable) -> None:
        self._table = table
        self.made = 0

    def wait_for_change(self, timeout_s: float) -> ReaderState:
        if self._table.slot.card is None:
            self._table.blank()
            return ReaderState.CARD
        self._table.slot.remove()
        self.made += 1
        return ReaderState.NO_CARD

    def connect(self) -> CardConnection:
        return self._table.reader.connect()

    def close(self) -> None:
        self._table.slot.remove()


def parts_with(reader: HandedReader) -> Parts:
    def open_reader(config: PartsConfig, clock: Clock) -> HandedReader:
        assert config.card_reader is not None
        return reader

    return dataclasses.replace(PARTS, clock=lambda _: DayClock(), card_reader=open_reader)


@pytest.fixture(scope="module")
def station_made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Prepare a station with nothing but the command line; return the centre's folder."""
    folder = tmp_path_factory.mktemp("cli")
    centre = folder / "centre"
    reader = HandedReader(SimCardTable())
    parts = parts_with(reader)
    at = ["--centre", str(centre), *FILES]

    def run(*argv: str) -> None:
        assert main(argv, parts) == 0, argv

    run("init", "--centre", str(centre))
    root_key = bytes.fromhex((centre / "root.pub").read_text())
    voters = str(folder / "voters.csv")
    run("made-up-voters", "--election", ELECTION, "--count", "30", "--seed", "1", "--out", voters)
    run("voters", "--election", ELECTION, "--voters", voters)
    boards = FolderBoards(folder / "boards", root_key)
    requests: list[str] = []
    for board in commission().boards:
        path = folder / f"{board.name}.request"
        path.write_bytes(boards.enrol(board))
        requests += ["--request", str(path)]
    run("enrol", *at, *requests[:2])
    run("enrol", *at, *requests[2:])
    offer = folder / "offer"
    answer = (centre / "station-0421" / "answer.cose").read_bytes()
    offer.write_bytes(boards.answer("accumulator-1", answer))
    run("enrol", *at, "--offer", str(offer))
    for kind in ("officials", "shares", "couriers"):
        run("cards", *at, kind, "--applet", "yubikey")
    run("cards", *at, "voters", "--applet", "yubikey", "--first", "4", "--last", "5")
    run("cards", *at, "officials", "--applet", "yubikey", "--first", "2", "--last", "2")
    run("package", *at, "--voters", voters, "--number", "3")
    return centre, boards, requests


def commission() -> Commission:
    return load_commission(Path(COMMISSION))


@pytest.mark.parametrize("name", ["desk-1", "terminal-4", "accumulator-2"])
def test_the_package_can_be_installed(station_made: Made, name: str) -> None:
    centre, boards, _ = station_made
    package = centre / "station-0421" / "package"
    installed = enrolment.install(
        *boards.media(name),
        package,
        root_key=boards.root_key,
        name=name,
        now_s=int(plan(1).opens.timestamp()),
    )
    assert installed.package.number == 3
    assert installed.package.listed == 30
    Book.load(package / "book", installed.package.book).check_belongs(installed.package)


def test_letters_and_envelope_are_for_their_owners_alone(
    station_made: Made,
) -> None:
    folder = station_made[0] / "station-0421"
    letters = sorted(path.name for path in (folder / "letters").iterdir())
    assert len(letters) == 8 + 7
    secret = [
        *(folder / "letters").iterdir(),
        folder / "envelope.txt",
        folder / "card-secrets.cbor",
    ]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in secret)
    text = (folder / "letters" / "official-1.txt").read_text()
    assert text.startswith("Қожахметова Гүлшат Әбілқызы\nchair\nPIN ")


def test_a_second_card_replaces_the_first(
    station_made: Made,
) -> None:
    people = StationOffice(station_made[0], "0421").people()
    assert [one.number for one in people.officials] == list(range(1, 9))
    signed = (station_made[0] / "station-0421" / "package" / "package.cose").read_bytes()
    package = enrolment.opened(Thing.PACKAGE, StationPackage, signed, station_made[1].root_key)
    assert package.officials == people.officials


def test_nothing_is_made_twice(station_made: Made, said: Said) -> None:
    assert main(["init", "--centre", str(station_made[0])], quiet()) == 1
    assert "root.key is there already; it is never overwritten: give a new folder" in said()


# --- mistakes


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    return lambda: capsys.readouterr().err


def quiet() -> Parts:
    return parts_with(HandedReader(SimCardTable()))


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["vote"], "invalid choice: 'vote'"),
        (["init"], "required: --centre"),
        (["init", "--centre", "c", "--territorial-key", "12"], "--territorial-key: give the 64"),
        (["voters", "--election", "none.toml"], "--election: there is no file none.toml"),
        (
            ["made-up-voters", "--election", ELECTION, "--count", "0", "--out", "x"],
            "--count: '0' will not do; give a number from 1 to 100000",
        ),
        (
            ["book", "--election", ELECTION, "--screen", "big", "--out", "x"],
            "--screen: 'big' will not do; write it like 1280x800@149",
        ),
        (
            ["book", "--election", ELECTION, "--screen", "0x800@149", "--out", "x"],
            "--screen: each number must be from 1 to 4096",
        ),
        (["enrol", "--centre", "c", *FILES], "one of the arguments --request --offer is required"),
        (["cards", "--centre", "c", *FILES, "guests", "--applet", "yubikey"], "invalid choice"),
        (["cards", "--centre", "c", *FILES, "voters"], "required: --applet"),
    ],
)
def test_wrong_options_are_named_with_the_fix(argv: list[str], message: str, said: Said) -> None:
    with pytest.raises(SystemExit) as left:
        main(argv, quiet())
    assert left.value.code == 2
    assert message in said()


def test_a_wrong_file_is_named(tmp_path: Path, said: Said) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(Path(ELECTION).read_text().replace("seats = 1", "seat = 1"))
    assert main(["book", "--election", str(wrong), "--out", str(tmp_path / "b")], quiet()) == 1
    assert f"sailau-center book: {wrong}: contest[1].seats: it is missing" in said()
    assert not (tmp_path / "b").exists()


def test_candidates_out_of_order_are_noted(tmp_path: Path, said: Said) -> None:
    text = Path(ELECTION).read_text().replace("Әбден", "Яғни").replace('"Абден"', '"Ягни"')
    path = tmp_path / "order.toml"
    path.write_text(text)
    folder = tmp_path / "book"
    small = ["--screen", "1024x600@118"]
    assert main(["book", "--election", str(path), *small, "--out", str(folder)], quiet()) == 0
    assert "note: contest president: Яғни does not stand in the order" in said()
    assert {one.name for one in folder.iterdir()} == {"index.cbor", "images.cborseq"}


def test_steps_out_of_order_are_refused(tmp_path: Path, said: Said) -> None:
    centre = tmp_path / "centre"
    at = ["--centre", str(centre), *FILES]
    request = tmp_path / "request"
    boards = FolderBoards(tmp_path / "boards", bytes(32))
    request.write_bytes(boards.enrol(commission().boards[0]))
    assert main(["enrol", *at, "--request", str(request)], quiet()) == 1
    assert "make the centre's keys with init first" in said()
    key = "ab" * 32
    assert main(["init", "--centre", str(centre), "--territorial-key", key], quiet()) == 0
    assert not (centre / "territorial.key").exists()
    assert main(["cards", *at, "couriers", "--applet", "yubikey"], quiet()) == 1
    assert "begin the station with enrol first" in said()
    foreign = dataclasses.replace(commission().boards[0], name="desk-77")
    request.write_bytes(boards.enrol(foreign))
    assert main(["enrol", *at, "--request", str(request)], quiet()) == 1
    assert "desk-77 is no board of this station" in said()
    request.write_bytes(b"nothing")
    assert main(["enrol", *at, "--request", str(request)], quiet()) == 1
    assert f"sailau-center enrol: {request}: Enrolment request: damaged" in said()
    voters = tmp_path / "voters.csv"
    made = ["made-up-voters", "--election", ELECTION, "--count", "5", "--out", str(voters)]
    assert main(made, quiet()) == 0
    assert main(["package", *at, "--voters", str(voters)], quiet()) == 1
    assert "offer.cose cannot be read" in said()


def test_an_offer_that_is_none_is_not_kept(station_made: Made, tmp_path: Path, said: Said) -> None:
    kept = station_made[0] / "station-0421" / "offer.cose"
    before = kept.read_bytes()
    offer = tmp_path / "offer"
    offer.write_bytes(b"nothing")
    at = ["--centre", str(station_made[0]), *FILES]
    assert main(["enrol", *at, "--offer", str(offer)], quiet()) == 1
    assert "sailau-center enrol: the accumulator's offer: " in said()
    assert kept.read_bytes() == before


def test_what_is_missing_is_said_before_the_book_is_drawn(
    station_made: Made, tmp_path: Path, said: Said
) -> None:
    centre = tmp_path / "centre"
    shutil.copytree(station_made[0], centre)
    voters = str(station_made[0].parent / "voters.csv")
    at = ["--centre", str(centre), *FILES, "--voters", voters]
    for name, message in (
        ("people.cbor", "the card of Қожахметова Гүлшат Әбілқызы is not made yet; make it with"),
        ("offer.cose", "offer.cose cannot be read: take the accumulator's offer in with enrol"),
    ):
        (centre / "station-0421" / name).unlink()
        assert main(["package", *at], quiet()) == 1
        heard = said()
        assert message in heard
        assert "ballot book" not in heard


def test_a_second_centre_makes_no_keys_at_all(
    station_made: Made, tmp_path: Path, said: Said
) -> None:
    centre = tmp_path / "centre"
    shutil.copytree(station_made[0], centre)
    (centre / "territorial.key").unlink()  # as the first init said
    assert main(["init", "--centre", str(centre)], quiet()) == 1
    assert not (centre / "territorial.key").exists()
    assert said()


class NoReader:
    """A reader that is not connected, or goes away after so many looks."""

    def __init__(self, states: Sequence[ReaderState]) -> None:
        self._states = list(states)
        self.closed = False

    def wait_for_change(self, timeout_s: float) -> ReaderState:
        return self._states.pop(0)

    def connect(self) -> CardConnection:
        raise AssertionError("there is no card")

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    "states",
    [[ReaderState.NO_READER], [ReaderState.NO_CARD, ReaderState.NO_CARD, ReaderState.NO_READER]],
)
def test_cards_without_a_reader_say_what_to_do(
    station_made: Made, states: list[ReaderState], said: Said
) -> None:
    reader = NoReader(states)
    at = ["--centre", str(station_made[0]), *FILES]
    argv = ["cards", *at, "officials", "--applet", "yubikey"]
    parts = dataclasses.replace(PARTS, clock=lambda _: DayClock(), card_reader=lambda _, __: reader)
    assert main(argv, parts) == 1
    assert "there is no card reader: connect it, see that pcscd runs, and give --reader" in said()
    assert reader.closed


def test_cards_without_the_readers_library_say_what_to_install(
    station_made: Made, said: Said
) -> None:
    def missing(config: PartsConfig, clock: Clock) -> CardReader:
        raise ModuleNotFoundError("No module named 'smartcard'", name="smartcard")

    parts = dataclasses.replace(PARTS, clock=lambda _: DayClock(), card_reader=missing)
    argv = ["cards", "--centre", str(station_made[0]), *FILES, "couriers", "--applet", "yubikey"]
    assert main(argv, parts) == 1
    assert "the library smartcard is not installed: install sailau[pcsc]" in said()


def test_a_folder_that_cannot_be_written(tmp_path: Path, said: Said) -> None:
    out = str(tmp_path / "none" / "voters.csv")
    made = ["made-up-voters", "--election", ELECTION, "--count", "5", "--out", out]
    assert main(made, quiet()) == 1
    assert f"{out}: No such file or directory" in said()


# --- the centre's folder


def test_damaged_files_of_a_station_are_refused(tmp_path: Path) -> None:
    office = StationOffice(tmp_path, "0421")
    made = office.begin("Сайлау", "0421", nacl.utils.random, operations=1, memory_bytes=8192)
    assert office.begun()
    assert office.secrets() == made
    assert office.people().officials == ()
    for name, content in (
        ("card-secrets.cbor", cbor.encode({0: b""})),
        ("card-secrets.cbor", b"\xff"),
        ("start-password.cbor", b"\xff"),
        ("people.cbor", b"\xff"),
        ("people.cbor", cbor.encode({0: [{}], 1: []})),
        ("people.cbor", cbor.encode([])),
    ):
        path = office.folder / name
        kept = path.read_bytes() if path.exists() else None
        path.write_bytes(content)
        with pytest.raises(ValueError, match="damaged"):
            _ = office.people() if name == "people.cbor" else office.secrets()
        if kept is not None:
            path.write_bytes(kept)
        else:
            path.unlink()


def test_version_is_told() -> None:
    assert program_version()
