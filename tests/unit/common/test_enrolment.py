"""Enrolment and installation: a board keeps nothing that is not right in every way."""

import dataclasses
import hashlib
from pathlib import Path

import pytest

from common import enrolment, keys, records
from common.errors import Reason, Refused
from common.keys import StationKeys
from common.media import FolderMedium
from common.records import (
    BoardKind,
    BoardSecrets,
    EnrolmentAnswer,
    ProgramFile,
    ProgramManifest,
    StationPackage,
    Voter,
    VoterList,
)
from tests import samples

NOW_S = samples.OPENS_S
VOTERS = VoterList(
    "0421", "TEST-2026", 1, (Voter(1, "061211600012", "Әбден", "Қ", "", "2006-12-11", "", 1),)
)
PROGRAM = ProgramManifest("1.0", (ProgramFile("a.py", b"\0" * 32),))


class Station:
    """A centre and one board, as folders."""

    def __init__(self, folder: Path) -> None:
        self.own = FolderMedium.make(folder / "own", "own storage")
        self.removable = FolderMedium.make(folder / "removable", "recording medium")
        self.folder = folder / "package"

    def enrol(self, name: str = "desk-1") -> None:
        request = enrolment.enrol(self.own, name, BoardKind.DESK, samples.seeded(name))
        assert enrolment.open_request(request).sign_key == samples.device(name).sign_key

    def publish(
        self,
        package: StationPackage | None = None,
        secrets: BoardSecrets | None = None,
        voters: VoterList = VOTERS,
    ) -> None:
        """Write a package folder for desk-1, right unless told otherwise."""
        box_key = samples.device("desk-1").box_key
        signed_voters = records.sign(voters, samples.ROOT)
        signed_program = records.sign(PROGRAM, samples.ROOT)
        package = dataclasses.replace(
            package or samples.package(),
            voter_list=records.digest(signed_voters),
            program=records.digest(signed_program),
        )
        signed = records.sign(package, samples.ROOT)
        secrets = secrets or BoardSecrets(
            records.digest(signed), "desk-1", b"v" * 32, None, None, ()
        )
        for path, content in {
            "package.cose": signed,
            "program.cose": signed_program,
            "secrets/desk-1.sealed": keys.seal_to(box_key, records.sign(secrets, samples.ROOT)),
            "voters/desk-1.sealed": keys.seal_to(box_key, signed_voters),
        }.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_bytes(content)

    def install(self, now_s: int = NOW_S, name: str = "desk-1") -> enrolment.Installation:
        return enrolment.install(
            self.own,
            self.removable,
            self.folder,
            root_key=samples.ROOT_KEY,
            name=name,
            now_s=now_s,
        )

    def refused(self, reason: Reason, **how: object) -> None:
        """Insist that installing is refused for this reason and that nothing was kept."""
        before = {path: self.own.read(path) for path in self.own.list()}
        with pytest.raises(Refused) as refused:
            self.install(**how)  # type: ignore[arg-type]  # forwarded as given
        assert refused.value.reason is reason
        assert "?" not in refused.value.text("kk") + refused.value.text("ru")
        assert {path: self.own.read(path) for path in self.own.list()} == before


@pytest.fixture
def station(tmp_path: Path) -> Station:
    """A board that is enrolled, and a right package for it."""
    made = Station(tmp_path)
    made.enrol()
    made.publish()
    return made


def test_a_right_package_is_kept_on_both_media(station: Station) -> None:
    installed = station.install()
    assert installed.board.name == "desk-1"
    assert installed.secrets.voter_secret == b"v" * 32
    assert enrolment.load(station.own, samples.ROOT_KEY, "desk-1") == installed
    for path in ("package.cose", "program.cose", "voters.sealed", "secrets.sealed"):
        content = station.own.read(path)
        assert content is not None
        assert station.removable.read(path) == content
    assert station.removable.read("device.keys") is None
    sealed = station.own.read("voters.sealed")
    assert sealed is not None
    assert (
        enrolment.open_voters(sealed, installed.package, installed.keys, samples.ROOT_KEY) == VOTERS
    )
    station.install()  # the same package once more does no harm


def test_a_board_keeps_its_keys(station: Station) -> None:
    before = station.own.read("device.keys")
    enrolment.enrol(station.own, "desk-1", BoardKind.DESK, samples.seeded("others"))
    assert station.own.read("device.keys") == before


def test_a_board_that_is_not_enrolled_or_not_installed_says_so(tmp_path: Path) -> None:
    empty = Station(tmp_path)
    empty.publish()
    empty.refused(Reason.BOARD_NOT_ENROLLED)
    empty.enrol()
    with pytest.raises(Refused) as refused:
        enrolment.load(empty.own, samples.ROOT_KEY, "desk-1")
    assert refused.value.reason is Reason.NOT_INSTALLED


def test_time_decides(station: Station) -> None:
    package = samples.package()
    station.refused(Reason.RECORD_NOT_YET_VALID, now_s=package.valid_from_s - 1)
    station.refused(Reason.RECORD_EXPIRED, now_s=package.valid_until_s + 1)


def test_a_superseded_package_is_refused(station: Station) -> None:
    station.publish(dataclasses.replace(samples.package(), number=5))
    station.install()
    station.publish(dataclasses.replace(samples.package(), number=4))
    station.refused(Reason.RECORD_SUPERSEDED)
    station.publish(dataclasses.replace(samples.package(), number=5, round=2))
    station.refused(Reason.RECORD_SUPERSEDED)


def test_a_package_of_other_boards_is_refused(station: Station) -> None:
    others = tuple(one for one in samples.BOARDS if one.name != "desk-1")
    station.publish(dataclasses.replace(samples.package(), boards=others))
    station.refused(Reason.RECORD_OTHER_BOARD)


def test_secrets_of_another_board_or_package_are_refused(station: Station) -> None:
    wrong = BoardSecrets(b"x" * 32, "desk-1", b"v" * 32, None, None, ())
    station.publish(secrets=wrong)
    station.refused(Reason.RECORD_OTHER_PACKAGE)
    station.publish(secrets=dataclasses.replace(wrong, board="desk-2"))
    station.refused(Reason.RECORD_OTHER_BOARD)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"station": "0412"}, Reason.RECORD_OTHER_STATION),
        ({"election": "OTHER"}, Reason.RECORD_OTHER_ELECTION),
        ({"round": 2}, Reason.RECORD_OTHER_ROUND),
    ],
)
def test_voters_of_another_day_are_refused(
    station: Station, change: dict[str, object], reason: Reason
) -> None:
    station.publish(voters=dataclasses.replace(VOTERS, **change))  # type: ignore[arg-type]  # parametrized
    station.refused(reason)


def test_every_file_is_needed_and_none_may_change(station: Station) -> None:
    for path in ("package.cose", "program.cose", "secrets/desk-1.sealed", "voters/desk-1.sealed"):
        file = station.folder / path
        content = file.read_bytes()
        file.unlink()
        station.refused(Reason.RECORD_MISSING)
        for at in range(0, len(content), max(1, len(content) // 25)):
            file.write_bytes(content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :])
            with pytest.raises(Refused):
                station.install()
        for wrong in (b"", content[:-1], content + b"\0", b"PK\x03\x04"):
            file.write_bytes(wrong)
            with pytest.raises(Refused):
                station.install()
        file.write_bytes(content)
    station.install()


def test_the_station_keys_are_sealed_at_once(tmp_path: Path) -> None:
    made = Station(tmp_path)
    enrolment.enrol(made.own, "accumulator", BoardKind.ACCUMULATOR, samples.seeded("accumulator"))
    start = keys.new_start_password("PASSWORD", samples.seeded("salt"), 1, 8192)
    spare = samples.device("accumulator-spare")
    answer = EnrolmentAnswer("0421", "accumulator", start, (spare.box_key,))
    signed = records.sign(answer, samples.ROOT)
    with pytest.raises(Refused):
        enrolment.take_answer(made.own, made.removable, signed, b"x" * 32, samples.seeded("k"))
    offer_bytes = enrolment.take_answer(
        made.own, made.removable, signed, samples.ROOT_KEY, samples.seeded("k")
    )
    offer = records.open_record(
        records.StationKeyOffer, offer_bytes, samples.device("accumulator").sign_key
    )
    assert made.own.read("station-keys.sealed") == made.removable.read("station-keys.sealed")

    package = dataclasses.replace(samples.package(), station_key=offer.station_key)
    secret = keys.start_secret("password", start)
    assert secret is not None
    installed: list[enrolment.Installation] = []
    for name in ("accumulator", "accumulator-spare"):
        board, device = package.board(name), samples.device(name)
        assert board is not None
        secrets = BoardSecrets(b"p" * 32, name, b"v" * 32, b"c" * 32, b"s" * 32, ())
        here = enrolment.Installation(package, b"p" * 32, board, device, secrets)
        installed.append(here)
        sealed = enrolment.sealed_station_keys(made.own, here)
        opened = StationKeys.unsealed(sealed, secret, device)
        assert bytes(opened.station.verify_key) == offer.station_key
    other = dataclasses.replace(installed[0], package=samples.package())
    with pytest.raises(Refused) as refused:
        enrolment.sealed_station_keys(made.own, other)
    assert refused.value.reason is Reason.RECORD_OTHER_PACKAGE


def test_a_request_must_be_signed_by_the_key_it_names() -> None:
    device, other = samples.device("desk-1"), samples.device("desk-spare")
    request = records.EnrolmentRequest("desk-1", BoardKind.DESK, device.sign_key, device.box_key)
    with pytest.raises(Refused) as refused:
        enrolment.open_request(records.sign(request, other.signing))
    assert refused.value.reason is Reason.RECORD_SIGNATURE_WRONG
    for noise in (b"", b"\xd2\x80", b"hello"):
        with pytest.raises(Refused):
            enrolment.open_request(noise)


def test_the_program_must_match_its_manifest(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"print()")
    right = ProgramManifest("1.0", (ProgramFile("a.py", hashlib.sha256(b"print()").digest()),))
    signed = records.sign(right, samples.ROOT)
    package = dataclasses.replace(samples.package(), program=records.digest(signed))
    assert enrolment.check_program(signed, package, samples.ROOT_KEY, tmp_path) == right
    (tmp_path / "a.py").write_bytes(b"print( )")
    with pytest.raises(Refused) as refused:
        enrolment.check_program(signed, package, samples.ROOT_KEY, tmp_path)
    assert refused.value.reason is Reason.PROGRAM_DIFFERS
    assert "a.py" in str(refused.value)
    with pytest.raises(Refused):
        enrolment.check_program(signed, samples.package(), samples.ROOT_KEY)
