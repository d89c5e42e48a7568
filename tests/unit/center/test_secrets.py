"""What the centre draws and keeps: keys, start password, control codes, drawing without bias."""

import dataclasses
import datetime as dt
import stat
from collections import Counter
from pathlib import Path

import nacl.utils
import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from center import authorities, envelope
from center.authorities import Authorities, CentreError
from center.codes import MORE_BATCHES, TooFewCodes, codes_needed, share_out
from center.draws import below, shuffled
from center.program import BOARD_PACKAGES, program_manifest, program_root
from common import keys, records
from common.enrolment import check_program
from common.errors import Refused
from common.records import CONTROL_CODES, ProgramManifest
from tests import samples

NOW = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)


def made(label: str = "centre") -> Authorities:
    return authorities.make_authorities(NOW, samples.seeded(label), b"t" * 32)


# --- the centre's keys


def test_keys_come_back_from_their_files(tmp_path: Path) -> None:
    folder = tmp_path / "centre"
    first = made()
    authorities.save_authorities(folder, first)
    again = authorities.load_authorities(folder)
    assert again.root == first.root
    assert again.card_certificate == first.card_certificate
    assert again.card_key.private_numbers() == first.card_key.private_numbers()
    assert again.territorial_key == b"t" * 32
    assert (folder / "root.pub").read_text() == f"{first.root_key.hex()}\n"
    x509.load_pem_x509_certificate((folder / "card-authority.crt").read_bytes())


def test_secrets_are_their_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    authorities.save_authorities(tmp_path, made())
    for name in ("root.key", "card-authority.key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    before = (tmp_path / "root.key").read_bytes()
    with pytest.raises(CentreError, match=r"root\.key is there already; it is never overwritten"):
        authorities.save_authorities(tmp_path, made("another"))
    assert (tmp_path / "root.key").read_bytes() == before


def test_no_secret_shows() -> None:
    assert "SigningKey" not in repr(made())
    assert bytes(made().root).hex() not in repr(made())


def test_says_which_key_is_missing_or_damaged(tmp_path: Path) -> None:
    with pytest.raises(CentreError, match=r"card-authority\.key cannot be read.*init first"):
        authorities.load_authorities(tmp_path)
    authorities.save_authorities(tmp_path, made())
    for name, content, message in (
        ("root.key", b"12", "does not hold 64 hexadecimal digits"),
        ("root.key", b"xy" * 32, "does not hold hexadecimal digits"),
        ("card-authority.key", b"", "card authority's files are damaged"),
        ("card-authority.crt", b"", "card authority's files are damaged"),
    ):
        kept = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CentreError, match=message):
            authorities.load_authorities(tmp_path)
        (tmp_path / name).write_bytes(kept)


def test_key_and_certificate_must_be_a_pair(tmp_path: Path) -> None:
    authorities.save_authorities(tmp_path / "one", made("one"))
    authorities.save_authorities(tmp_path / "two", made("two"))
    other = (tmp_path / "two" / "card-authority.crt").read_bytes()
    (tmp_path / "one" / "card-authority.crt").write_bytes(other)
    with pytest.raises(CentreError, match="are not a pair"):
        authorities.load_authorities(tmp_path / "one")


def test_says_where_it_cannot_write(tmp_path: Path) -> None:
    with pytest.raises(CentreError, match="cannot be written"):
        authorities.write_secret(tmp_path / "none" / "root.key", b"")


# --- the start password


def test_password_is_strong_and_can_be_typed() -> None:
    password = envelope.make_password(nacl.utils.random)
    groups = password.split("-")
    assert [len(group) for group in groups] == [3] * 6
    assert set("".join(groups)) <= set(envelope.LETTERS)
    assert not set("IO") & set(envelope.LETTERS)
    assert envelope.BITS >= 80
    assert keys.normal_password(password) == "".join(groups)
    assert keys.normal_password(password.lower().replace("-", " ")) == "".join(groups)


def test_sheet_shows_the_password_once() -> None:
    password = envelope.make_password(samples.seeded("sheet"))
    sheet = envelope.envelope_sheet(password, "0421", "Сайлау")
    assert sheet.count(password.replace("-", "   ")) == 1
    assert "0421" in sheet
    assert "Сайлау" in sheet


# --- drawing


@given(st.integers(1, 1 << 32))
def test_draws_below_the_bound(bound: int) -> None:
    assert 0 <= below(bound, nacl.utils.random) < bound


@pytest.mark.parametrize("bound", [0, -1, (1 << 32) + 1])
def test_bounds_that_cannot_be_drawn(bound: int) -> None:
    with pytest.raises(ValueError, match="a bound"):
        below(bound, nacl.utils.random)


def test_draws_again_what_would_be_biased() -> None:
    # 2**32 = 3·1431655765 + 1: the last value would make 0 likelier.
    draws = iter([b"\xff\xff\xff\xff", b"\x00\x00\x00\x02"])
    assert below(3, lambda _: next(draws)) == 2


@given(st.lists(st.integers(), max_size=30))
def test_shuffling_keeps_everything(things: list[int]) -> None:
    assert Counter(shuffled(things, nacl.utils.random)) == Counter(things)


def test_every_order_is_drawn_alike() -> None:
    random_bytes = samples.seeded("orders")
    orders = Counter(tuple(shuffled("abc", random_bytes)) for _ in range(1200))
    assert len(orders) == 6
    assert all(150 < count < 250 for count in orders.values())


# --- control codes


@given(
    st.integers(1, 3000), st.integers(1, 8), st.integers(0, 3), st.sampled_from([1, 16, 64, 100])
)
def test_codes_never_collide_and_are_enough(
    listed: int, terminals: int, spares: int, batch: int
) -> None:
    names = [f"terminal-{number}" for number in range(terminals)]
    spare_names = [f"spare-{number}" for number in range(spares)]
    each = codes_needed(listed, terminals, batch)
    assert each % batch == 0
    assert each >= 1.5 * listed / terminals
    if each * (terminals + spares) > CONTROL_CODES:
        with pytest.raises(TooFewCodes, match=f"{each} control codes"):
            share_out(listed, names, spare_names, batch, nacl.utils.random)
        return
    shared = share_out(listed, names, spare_names, batch, nacl.utils.random)
    assert set(shared) == {*names, *spare_names}
    everything = [code for codes in shared.values() for code in codes]
    assert len(everything) == len(set(everything))
    (own,) = {len(codes) for codes in shared.values()}
    assert own >= each
    assert own % batch == 0
    more = (own - each) // batch
    assert more == MORE_BATCHES or CONTROL_CODES - len(everything) < batch * len(shared)
    assert all(0 <= code < CONTROL_CODES for code in everything)
    assert all(list(codes) == sorted(codes) for codes in shared.values())


def test_the_largest_station() -> None:
    assert codes_needed(3000, 3, 64) * 4 == 7168
    assert codes_needed(3000, 1, 64) * 2 == 9600
    with pytest.raises(TooFewCodes, match="Plan fewer spare terminals"):
        share_out(3000, ["terminal-1"], ["spare-1", "spare-2"], 64, nacl.utils.random)


def test_a_terminal_of_a_small_station_is_not_at_its_end_after_some_restarts() -> None:
    shared = share_out(20, ["terminal-1", "terminal-2"], ["spare-1"], 64, nacl.utils.random)
    assert all(len(codes) >= 20 * 64 for codes in shared.values())


def test_subsets_are_random() -> None:
    first = share_out(60, ["terminal-1", "terminal-2"], [], 64, samples.seeded("a"))
    second = share_out(60, ["terminal-1", "terminal-2"], [], 64, samples.seeded("b"))
    assert first != second
    assert max(first["terminal-1"]) > 5000


# --- the program manifest


def test_manifest_names_every_file_that_boards_run() -> None:
    manifest = program_manifest(program_root(), "1.2.3")
    assert ProgramManifest.from_bytes(manifest.to_bytes()) == manifest
    paths = [one.path for one in manifest.files]
    assert "common/book.py" in paths
    assert "hal/drivers/__init__.py" in paths
    assert {path.partition("/")[0] for path in paths} == set(BOARD_PACKAGES)
    assert len(paths) == len(set(paths))


def test_a_changed_program_is_refused(tmp_path: Path) -> None:
    for package in BOARD_PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("pass\n")
    signed = records.sign(program_manifest(tmp_path, "1"), samples.ROOT)
    named = dataclasses.replace(samples.package(), program=records.digest(signed))
    check_program(signed, named, samples.ROOT_KEY, tmp_path)
    (tmp_path / "desk" / "__init__.py").write_text("pass  # and more\n")
    with pytest.raises(Refused, match=r"desk/__init__\.py"):
        check_program(signed, named, samples.ROOT_KEY, tmp_path)


def test_a_program_without_a_package_has_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="accumulator: the program has no such package"):
        program_manifest(tmp_path, "1")
