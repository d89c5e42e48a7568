"""A small, right example of everything: a package with its authorities, boards and one vote.

Made from fixed seeds, so that tests can compare bytes.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Callable
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec
from nacl.signing import SigningKey

from common import chain, records, seal
from common.keys import DeviceKeys, StationKeys
from common.records import (
    BallotStyle,
    Bilingual,
    Board,
    BoardKind,
    Contest,
    ContestKind,
    Line,
    Official,
    Parameters,
    Role,
    ShareCard,
    StartPassword,
    StationPackage,
)

OPENS_S = 1_792_368_000  # some Sunday of 2026, 07:00 in Almaty is 02:00 UTC; here simply a time
ROOT = SigningKey(b"r" * 32)
ROOT_KEY = bytes(ROOT.verify_key)


def seeded(label: str) -> Callable[[int], bytes]:
    """Return a random source that is the same in every run."""
    count = 0

    def random_bytes(size: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_128(f"{label}/{count}".encode()).digest(size)

    return random_bytes


def device(name: str) -> DeviceKeys:
    """Return the keys of the board of this name."""
    return DeviceKeys.make(seeded(name))


STATION_KEYS = StationKeys.make(seeded("station"))

PARAMETERS = Parameters(
    max_listed=3000,
    small_style_threshold=10,
    all_sign_minutes=True,
    opening_signers=3,
    idle_ask_s=90,
    idle_end_s=30,
    code_shown_s=20,
    guard_ms=300,
    code_batch=64,
    max_clock_offset_s=300,
    urn_slots=64,
    challenge_allowed=False,
    hourly_print_s=3600,
    max_clock_ahead_s=1800,
)


def text(kk: str, ru: str) -> Bilingual:
    """Return a text in both languages."""
    return Bilingual(kk, ru)


def line(kk: str, ru: str, *, against_all: bool = False) -> Line:
    """Return a line that is one text."""
    return Line(text(kk, ru), None, None, against_all)


CONTESTS = (
    Contest(
        "president",
        ContestKind.CANDIDATES,
        text("Президент", "Президент"),
        1,
        1,
        (
            Line(text("Әбден", "Абден"), text("Қарақат", "Каракат"), text("Ж", "Ж"), False),
            line("Дайрабаев", "Дайрабаев"),
            line("Барлығына қарсымын", "Против всех", against_all=True),
        ),
    ),
    Contest(
        "council",
        ContestKind.CANDIDATES,
        text("Кеңес", "Совет"),
        3,
        3,
        tuple(line(f"Үміткер {n}", f"Кандидат {n}") for n in range(1, 8)),
    ),
    Contest(
        "question",
        ContestKind.YES_NO,
        text("Сұрақ", "Вопрос"),
        1,
        1,
        (line("Иә", "Да"), line("Жоқ", "Нет")),
    ),
)
STYLES = (
    BallotStyle(1, text("Толық", "Полный"), (0, 1, 2)),
    BallotStyle(2, text("Қысқа", "Краткий"), (0,)),
)


@cache
def authority() -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    """Return the card authority's key and certificate."""
    key = ec.derive_private_key(7, ec.SECP256R1())
    start = dt.datetime.fromtimestamp(OPENS_S - 86_400 * 30, dt.UTC)
    return key, chain.issue_authority(key, "Card authority", start)


def board(name: str, kind: BoardKind, *, spare: bool = False, first_serial: int = 0) -> Board:
    """Return an enrolled board, with the keys of `device(name)`."""
    keys = device(name)
    serial = first_serial if kind is BoardKind.DESK else None
    return Board(name, kind, keys.sign_key, keys.box_key, spare, serial, None, None)


BOARDS = (
    board("desk-1", BoardKind.DESK, first_serial=0),
    board("desk-spare", BoardKind.DESK, spare=True, first_serial=4096),
    board("terminal-1", BoardKind.TERMINAL),
    board("terminal-2", BoardKind.TERMINAL),
    board("accumulator", BoardKind.ACCUMULATOR),
    board("accumulator-spare", BoardKind.ACCUMULATOR, spare=True),
)


@cache
def package() -> StationPackage:
    """Return the package."""
    _, authority_der = authority()
    draft = StationPackage(
        number=1,
        election="TEST-2026",
        round=1,
        station="0421",
        valid_from_s=OPENS_S - 86_400 * 7,
        valid_until_s=OPENS_S + 86_400 * 30,
        opens_s=OPENS_S,
        closes_s=OPENS_S + 13 * 3600,
        zone_minutes=300,
        title=text("Сынақ сайлауы", "Пробные выборы"),
        place=text("№ 421 учаске", "Участок № 421"),
        contests=CONTESTS,
        styles=STYLES,
        boards=BOARDS,
        officials=tuple(
            Official(number, role, f"Person {number}", bytes([number]) * 32)
            for number, role in enumerate((Role.CHAIR, Role.SECRETARY, Role.MEMBER), 1)
        ),
        share_cards=tuple(ShareCard(number, number, b"\x04" + bytes(64)) for number in (1, 2, 3)),
        quorum=2,
        parameters=PARAMETERS,
        listed=100,
        scheme=seal.SCHEME,
        sealed_size=0,
        voter_list=b"v" * 32,
        book=b"b" * 32,
        audio=hashlib.sha256(b"").digest(),
        program=b"p" * 32,
        card_authority=authority_der,
        start_password=StartPassword(b"s" * 32, b"s" * 16, 1, 8192),
        station_key=bytes(STATION_KEYS.station.verify_key),
        territorial_key=b"t" * 32,
        screen=(1280, 800),
    )
    return dataclasses.replace(draft, sealed_size=seal.sealed_size(draft))


@cache
def signed_package() -> bytes:
    """Return the signed package."""
    return records.sign(package(), ROOT)


def package_hash() -> bytes:
    """Return the hash by which other records name the package."""
    return records.digest(signed_package())
