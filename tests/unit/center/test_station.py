"""Preparing a station: what reaches each board and card, and what cannot be prepared."""

import contextlib
import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import nacl.utils
import pytest
from nacl.pwhash import argon2id
from nacl.signing import SigningKey

from cardio.genuine import prove_card, read_certificate
from cardio.management import derive_management_key
from cardio.official_card import OfficialCard
from cardio.piv import ManagementAlgorithm, Slot
from cardio.share_card import ShareCard as CardOfShare
from center import station
from center.book import MadeBook
from center.commission import DEFAULT_PARAMETERS, standard_boards
from center.program import program_manifest, program_root
from center.station import PackageFolder, StationError, StationPlan, StationSecrets
from common import enrolment, keys, records
from common.chain import CardKind
from common.enrolment import Installation
from common.errors import Refused
from common.keys import StationKeys
from common.records import (
    SERIALS_PER_DESK,
    BoardKind,
    Official,
    ProgramManifest,
    Role,
    ShareCard,
    StationKeyOffer,
    StationPackage,
)
from tests.unit.center.rehearsed import CHEAP, Rehearsed, authorities, plan, rehearse


@pytest.fixture(scope="module")
def station_made(tmp_path_factory: pytest.TempPathFactory) -> Rehearsed:
    return rehearse(tmp_path_factory.mktemp("boards"))


@pytest.fixture(scope="module")
def installed(
    station_made: Rehearsed, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Installation]:
    """Return every board's installation from the written package folder."""
    folder = tmp_path_factory.mktemp("package")
    station_made.prepared.package.write(folder)
    return {
        board.name: enrolment.install(
            *station_made.boards.media(board.name),
            folder,
            root_key=station_made.authorities.root_key,
            name=board.name,
            now_s=station_made.now_s,
        )
        for board in station_made.plan.commission.boards
    }


# --- what reaches the boards


def test_every_board_can_install_the_package(
    station_made: Rehearsed, installed: dict[str, Installation]
) -> None:
    prepared = station_made.prepared.package
    for name, board in installed.items():
        assert board.board.name == name
        assert board.package == prepared.package
        assert board.package_hash == prepared.hash


def test_package_says_what_the_files_say(station_made: Rehearsed) -> None:
    package = station_made.prepared.package.package
    planned = station_made.plan
    assert (package.election, package.station, package.round) == ("KZ-PRES-2022-11-20", "0421", 1)
    assert package.contests == tuple(one.contest for one in planned.election.contests)
    assert package.title == planned.election.title
    assert package.place == planned.commission.place
    assert package.listed == 20
    assert package.screen == (1280, 800)
    zone = dt.timezone(dt.timedelta(hours=5))
    assert dt.datetime.fromtimestamp(package.opens_s, zone) == dt.datetime(
        2022, 11, 20, 7, tzinfo=zone
    )
    assert package.closes_s - package.opens_s == 13 * 3600
    assert package.valid_from_s < package.opens_s < package.closes_s < package.valid_until_s
    assert package.quorum == 4
    assert [one.role for one in package.officials[:2]] == [Role.CHAIR, Role.SECRETARY]
    assert package.officials[-1].role is Role.TECHNICIAN
    assert [one.official for one in package.share_cards] == [1, 2, 3, 4, 5, 6, 7]


def test_each_board_gets_its_secrets_and_no_others(installed: dict[str, Installation]) -> None:
    codes: list[int] = []
    for board in installed.values():
        secrets = board.secrets
        makes_half = board.board.kind in (BoardKind.ACCUMULATOR, BoardKind.DESK)
        assert (secrets.courier_secret is not None) == makes_half
        assert (secrets.share_secret is not None) == makes_half
        assert bool(secrets.codes) == (board.board.kind is BoardKind.TERMINAL)
        codes += secrets.codes
    assert len(codes) == len(set(codes)) == 4 * (320 + 20 * 64)


def test_only_desks_get_the_voters(
    station_made: Rehearsed, installed: dict[str, Installation]
) -> None:
    files = station_made.prepared.package.files
    names = {path for path in files if path.startswith("voters/")}
    assert names == {"voters/desk-1.sealed", "voters/desk-2.sealed"}
    for name in ("desk-1", "desk-2"):
        board = installed[name]
        listed = enrolment.open_voters(
            files[f"voters/{name}.sealed"],
            board.package,
            board.keys,
            station_made.authorities.root_key,
        )
        assert listed.voters == station_made.plan.voters


def test_desks_have_serials_of_their_own(station_made: Rehearsed) -> None:
    desks = station_made.prepared.package.package.boards_of(BoardKind.DESK)
    assert [one.first_serial for one in desks] == [0, SERIALS_PER_DESK]
    assert [(one.first_line, one.last_line) for one in desks] == [(None, None)] * 2


def test_start_password_opens_the_station_key(
    station_made: Rehearsed, installed: dict[str, Installation]
) -> None:
    package = station_made.prepared.package.package
    secret = keys.start_secret(station_made.prepared.password.lower(), package.start_password)
    assert secret is not None
    assert keys.start_secret("AAA-AAA", package.start_password) is None
    main = installed["accumulator-1"]
    own, _ = station_made.boards.media("accumulator-1")
    sealed = enrolment.sealed_station_keys(own, main)
    opened = StationKeys.unsealed(sealed, secret, main.keys)
    assert bytes(opened.station.verify_key) == package.station_key
    offer = records.open_record(
        StationKeyOffer, own.read(enrolment.STATION_KEYS) or b"", main.board.sign_key
    )
    spare = StationKeys.unsealed(offer.sealed_to_spares[0], secret, installed["accumulator-2"].keys)
    assert spare == opened


def test_no_secret_lies_open_in_the_package_folder(station_made: Rehearsed) -> None:
    prepared = station_made.prepared
    everything = b"".join(prepared.package.files.values())
    for voter in station_made.plan.voters:
        assert voter.iin.encode() not in everything
    for secret in (prepared.password, prepared.password.replace("-", "")):
        assert secret.encode() not in everything
    assert bytes(station_made.authorities.root) not in everything
    assert prepared.password not in repr(prepared)


def test_steps_are_told_to_their_end(station_made: Rehearsed) -> None:
    names = list(dict.fromkeys(step for step, _, _ in station_made.steps))
    assert names == [
        "start password",
        "enrolment",
        "officials' cards",
        "voter cards",
        "ballot book",
    ]
    for name in names:
        done = [(at, total) for step, at, total in station_made.steps if step == name]
        assert [at for at, _ in done] == list(range(len(done)))
        assert done[-1][0] == done[-1][1]


# --- cards


def test_cards_are_what_the_station_needs(station_made: Rehearsed) -> None:
    made = [(kind, number) for kind, number, _, _ in station_made.table.cards]
    assert sum(kind is CardKind.VOTER for kind, _ in made) == 3
    assert made.count((CardKind.COURIER, 1)) == 1
    assert [n for kind, n in made if kind is CardKind.OFFICIAL] == list(range(1, 9))
    assert [n for kind, n in made if kind is CardKind.SHARE] == list(range(1, 8))
    letters = [letter for _, _, letter, _ in station_made.table.cards if letter is not None]
    assert len({letter.pin for letter in letters}) > 1
    assert all(len(letter.pin) == 6 and len(letter.puk) == 8 for letter in letters)
    assert all(letter.pin not in repr(letter) for letter in letters)


@pytest.mark.parametrize("kind", list(CardKind))
def test_cards_prove_themselves_at_the_station(station_made: Rehearsed, kind: CardKind) -> None:
    table, package = station_made.table, station_made.prepared.package.package
    _, number, letter, card = next(one for one in table.cards if one[0] is kind)
    table.slot.insert(card)
    try:
        with contextlib.closing(table.reader.connect()) as connection:
            proven = prove_card(
                connection,
                package.card_authority,
                package.station,
                station_made.plan.opens,
                nacl.utils.random,
            )
            assert (proven.identity.kind, proven.identity.number) == (kind, number)
            if kind is CardKind.OFFICIAL:
                assert letter is not None
                official = OfficialCard(proven, package)
                assert official.official.role is Role.CHAIR
                assert official.sign(letter.pin.encode(), b"act")
                assert read_certificate(proven.piv, Slot.AUTHENTICATION) is not None
            if kind is CardKind.SHARE:
                assert CardOfShare(proven, package).listed.official == number
    finally:
        table.slot.remove()


def test_boards_can_write_voter_cards(
    station_made: Rehearsed, installed: dict[str, Installation]
) -> None:
    table = station_made.table
    _, number, _, card = next(one for one in table.cards if one[0] is CardKind.VOTER)
    key = derive_management_key(
        installed["desk-1"].secrets.voter_secret,
        CardKind.VOTER,
        number,
        ManagementAlgorithm.AES_256,
    )
    table.slot.insert(card)
    try:
        with contextlib.closing(table.reader.connect()) as connection:
            proven = prove_card(
                connection,
                station_made.authorities.card_certificate,
                "0421",
                station_made.plan.opens,
                nacl.utils.random,
            )
            proven.piv.authenticate_management(ManagementAlgorithm.AES_256, key, nacl.utils.random)
    finally:
        table.slot.remove()


# --- what cannot be prepared


@dataclasses.dataclass(frozen=True)
class Pieces:
    """What make_package needs, to be changed piece by piece."""

    plan: StationPlan
    secrets: StationSecrets
    requests: dict[str, bytes]
    offer: bytes
    officials: tuple[Official, ...]
    share_cards: tuple[ShareCard, ...]
    book: MadeBook
    program: ProgramManifest


@pytest.fixture(scope="module")
def pieces(station_made: Rehearsed) -> Pieces:
    package = station_made.prepared.package.package
    own, _ = station_made.boards.media("accumulator-1")
    begun = station.begin(nacl.utils.random, **CHEAP)
    return Pieces(
        plan=station_made.plan,
        secrets=begun.secrets,
        requests={
            board.name: station_made.boards.enrol(board)
            for board in station_made.plan.commission.boards
        },
        offer=own.read(enrolment.STATION_KEYS) or b"",
        officials=package.officials,
        share_cards=package.share_cards,
        book=station_made.prepared.book,
        program=program_manifest(program_root(), "1"),
    )


def package_of(pieces: Pieces, station_made: Rehearsed, **change: Any) -> PackageFolder:
    changed = dataclasses.replace(pieces, **change)
    return station.make_package(
        changed.plan,
        changed.secrets,
        station_made.authorities,
        requests=changed.requests,
        offer=changed.offer,
        officials=changed.officials,
        share_cards=changed.share_cards,
        book=changed.book,
        program=changed.program,
        random_bytes=nacl.utils.random,
        number=2,
    )


def test_a_second_package_supersedes(pieces: Pieces, station_made: Rehearsed) -> None:
    made = package_of(pieces, station_made)
    assert made.package.number == 2
    assert StationPackage.from_bytes(made.package.to_bytes()) == made.package


def planned(pieces: Pieces, **change: Any) -> StationPlan:
    commission = dataclasses.replace(pieces.plan.commission, **change)
    return dataclasses.replace(pieces.plan, commission=commission)


def parameters(pieces: Pieces, **change: Any) -> StationPlan:
    return planned(
        pieces, parameters=dataclasses.replace(pieces.plan.commission.parameters, **change)
    )


def test_says_which_board_is_not_enrolled(pieces: Pieces, station_made: Rehearsed) -> None:
    requests = dict(pieces.requests)
    one = requests.pop("desk-2")
    with pytest.raises(StationError, match="board desk-2: its enrolment request is missing"):
        package_of(pieces, station_made, requests=requests)
    for content, message in (
        (b"", "board desk-2: .*damaged"),
        (requests["desk-1"], "board desk-2: the request is of desk desk-1"),
        (one[:-1] + bytes([one[-1] ^ 1]), "board desk-2: .*signature"),
    ):
        with pytest.raises(StationError, match=message):
            package_of(pieces, station_made, requests={**requests, "desk-2": content})
    with pytest.raises(StationError, match="desk-9: it asks to be enrolled, but is not planned"):
        package_of(pieces, station_made, requests={**pieces.requests, "desk-9": one})


def test_two_boards_cannot_share_a_key(pieces: Pieces, station_made: Rehearsed) -> None:
    own, _ = station_made.boards.media("desk-1")
    copied = enrolment.enrol(own, "desk-2", BoardKind.DESK, nacl.utils.random)
    with pytest.raises(StationError, match="one was copied from the other"):
        package_of(pieces, station_made, requests={**pieces.requests, "desk-2": copied})


def test_offer_must_be_the_accumulators(pieces: Pieces, station_made: Rehearsed) -> None:
    offer = records.open_record(
        StationKeyOffer,
        pieces.offer,
        enrolment.open_request(pieces.requests["accumulator-1"]).sign_key,
    )
    key = enrolment.device_keys(station_made.boards.media("accumulator-1")[0]).signing
    for changed, signer, message in (
        (offer, SigningKey(bytes(32)), "the accumulator's offer: "),
        (dataclasses.replace(offer, board="accumulator-2"), key, "is of accumulator-2, not of"),
        (dataclasses.replace(offer, sealed_to_spares=()), key, "not sealed to every spare"),
    ):
        with pytest.raises(StationError, match=message):
            package_of(pieces, station_made, offer=records.sign(changed, signer))


def test_everybody_needs_the_right_card(pieces: Pieces, station_made: Rehearsed) -> None:
    chair = pieces.officials[0]
    renamed = dataclasses.replace(chair, name="А")
    surplus = dataclasses.replace(pieces.share_cards[0], number=9)
    changes: list[tuple[dict[str, Any], str]] = [
        ({"officials": pieces.officials[1:]}, f"the card of {chair.name} is not made yet"),
        ({"officials": (renamed, *pieces.officials[1:])}, "is not made yet"),
        ({"share_cards": pieces.share_cards[:-1]}, "the share card of .* is not made yet"),
        ({"share_cards": (*pieces.share_cards, surplus)}, "who are not in the commission file"),
    ]
    for change, message in changes:
        with pytest.raises(StationError, match=message):
            package_of(pieces, station_made, **change)


def test_book_must_be_of_this_election(pieces: Pieces, station_made: Rehearsed) -> None:
    other = dataclasses.replace(pieces.plan.election, identifier="OTHER")
    with pytest.raises(StationError, match="another election than the package"):
        package_of(pieces, station_made, plan=dataclasses.replace(pieces.plan, election=other))


def test_too_many_voters(pieces: Pieces, station_made: Rehearsed) -> None:
    for wrong, message in (
        (
            parameters(pieces, max_listed=19),
            "20 voters on the list; .*max_listed allows 19",
        ),
        (parameters(pieces, urn_slots=19), "20 voters and 19 slots in the urn"),
        (parameters(pieces, code_batch=999), "Plan fewer spare terminals"),
    ):
        with pytest.raises(StationError, match=message):
            package_of(pieces, station_made, plan=wrong)


def test_desks_share_the_list_without_overlap() -> None:
    commission = dataclasses.replace(plan(1).commission, boards=standard_boards(desks=3))
    many = dataclasses.replace(plan(50), commission=commission)
    lines = tuple(dataclasses.replace(voter, line=voter.line * 3) for voter in many.voters)
    parts = station._parts_of_list(dataclasses.replace(many, voters=lines))
    assert set(parts) == {"desk-1", "desk-2", "desk-3"}
    served = [
        [first <= voter.line <= last for first, last in parts.values()].count(True)
        for voter in lines
    ]
    assert served == [1] * 50
    with pytest.raises(StationError, match="3 desks for 2 voters"):
        station._parts_of_list(dataclasses.replace(many, voters=lines[:2]))


@pytest.mark.parametrize(("listed", "fits"), [(3000, True), (3001, False)])
def test_the_legal_maximum_fits_and_one_more_is_refused_by_its_number(
    listed: int, fits: bool
) -> None:
    usual = plan(1)
    commission = dataclasses.replace(usual.commission, parameters=DEFAULT_PARAMETERS)
    voters = tuple(dataclasses.replace(usual.voters[0], line=n + 1) for n in range(listed))
    full = dataclasses.replace(usual, voters=voters, commission=commission)
    if fits:
        station._parts_of_list(full)
        codes = station._codes(full, nacl.utils.random)
        assert sum(map(len, codes.values())) >= 3000 * 3 // 2
    else:
        with pytest.raises(
            StationError, match=r"3001 voters on the list; .*max_listed allows 3000"
        ):
            station._parts_of_list(full)


def test_a_desk_has_only_so_many_serials() -> None:
    voters = plan(1).voters * (SERIALS_PER_DESK + 1)
    commission = plan(1).commission
    large = dataclasses.replace(commission.parameters, max_listed=20_000, urn_slots=16_384)
    many = dataclasses.replace(
        plan(1), voters=voters, commission=dataclasses.replace(commission, parameters=large)
    )
    with pytest.raises(StationError, match="plan more desks"):
        station._parts_of_list(many)


def test_voters_must_fit_their_record(pieces: Pieces, station_made: Rehearsed) -> None:
    twice = (pieces.plan.voters[0], pieces.plan.voters[0])
    with pytest.raises(StationError, match="a line stands twice"):
        package_of(pieces, station_made, plan=dataclasses.replace(pieces.plan, voters=twice))


def test_answer_needs_every_accumulator(pieces: Pieces, station_made: Rehearsed) -> None:
    with pytest.raises(StationError, match="accumulator-2: its enrolment request is missing"):
        station.answer_accumulator(
            pieces.plan,
            pieces.secrets,
            {"accumulator-1": pieces.requests["accumulator-1"]},
            station_made.authorities,
        )


def test_the_usual_password_costs_what_it_should() -> None:
    assert (keys.OPERATIONS, keys.MEMORY_BYTES) == (
        argon2id.OPSLIMIT_MODERATE,
        argon2id.MEMLIMIT_MODERATE,
    )


def test_another_centres_package_is_refused(
    station_made: Rehearsed, pieces: Pieces, tmp_path: Path
) -> None:
    other = authorities(station_made.plan.valid_from)
    foreign = dataclasses.replace(station_made, authorities=other)
    package_of(pieces, foreign).write(tmp_path)
    with pytest.raises(Refused):
        enrolment.install(
            *station_made.boards.media("terminal-1"),
            tmp_path,
            root_key=station_made.authorities.root_key,
            name="terminal-1",
            now_s=station_made.now_s,
        )
