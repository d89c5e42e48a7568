"""The records of a small evidence bundle that is right, of which a test changes what it likes.

It is written from `docs/records.cddl` with bare CBOR and bare keys, so that records may also be
what no program of ours would write; `bundles` adds the sealed votes and the proofs of the count.
Two contests; ballot style 0 asks the first, 1 the second.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID
from nacl.signing import SigningKey

from verifier.encoding import P256_ORDER
from verifier.report import Report, examine_files
from verifier.sealed import sealed_size

Item = dict[int, Any]
NOON_S = 1_800_000_000
NOON_MS = NOON_S * 1000
SCHEME = "elgamal-edwards25519/1"
DESK, TERMINAL, OTHER_TERMINAL, ACCUMULATOR = "desk-1", "terminal-1", "terminal-2", "accumulator-1"
_KINDS = {DESK: 1, TERMINAL: 2, OTHER_TERMINAL: 2, ACCUMULATOR: 3}


def dumps(item: object) -> bytes:
    """Encode deterministically."""
    return cbor2.dumps(item, canonical=True)


def digest(content: bytes) -> bytes:
    """Return the SHA-256."""
    return hashlib.sha256(content).digest()


def key(name: str) -> SigningKey:
    """Return the one key of this name."""
    return SigningKey(digest(name.encode()))


def public(name: str) -> bytes:
    """Return its public half."""
    return bytes(key(name).verify_key)


def _header(signer: str) -> bytes:
    return dumps({1: -8, 4: digest(public(signer))[:8]})


def sign(item: Item, rule: str, signer: str) -> bytes:
    """Return a COSE_Sign1."""
    payload, header = dumps(item), _header(signer)
    signed = dumps(["Signature1", header, f"sailau/{rule}/1".encode(), payload])
    return b"\xd2" + dumps([header, {}, payload, key(signer).sign(signed).signature])


def sequence(items: Iterable[bytes]) -> bytes:
    """Return a CBOR sequence of byte strings."""
    return b"".join(dumps(item) for item in items)


def both(text: str) -> Item:
    """Return a text in two languages."""
    return {0: text, 1: text}


class Person:
    """An official, or whoever holds a card that the centre's card authority certified."""

    def __init__(self, name: str, authority: Person | None) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        station = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "1")]
        kind = [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "official")]
        self.name = x509.Name([*station, *kind, x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuer = authority or self
        certificate = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(issuer.name)
            .public_key(self.private.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(dt.datetime.fromtimestamp(NOON_S - 86_400, dt.UTC))
            .not_valid_after(dt.datetime.fromtimestamp(NOON_S + 86_400, dt.UTC))
            .sign(issuer.private, hashes.SHA256())
        )
        self.der = certificate.public_bytes(serialization.Encoding.DER)

    def sign(self, payload: bytes, rule: str) -> list[object]:
        """Return a signature of a COSE_Sign."""
        header = dumps({1: -7, 33: self.der})
        signed = dumps(["Signature", b"", header, f"sailau/{rule}/1".encode(), payload])
        r, s = decode_dss_signature(self.private.sign(signed, ec.ECDSA(hashes.SHA256())))
        s = min(s, P256_ORDER - s)
        return [header, {}, r.to_bytes(32, "big") + s.to_bytes(32, "big")]


AUTHORITY = Person("cards", None)
CHAIR, MEMBER, TECHNICIAN, SECRETARY, FIFTH = (
    Person(name, AUTHORITY) for name in ("chair", "member", "technician", "secretary", "fifth")
)
PEOPLE = ((CHAIR, 1), (MEMBER, 3), (TECHNICIAN, 4))


def sign_people(item: Item, rule: str, signer: str, people: Iterable[Person]) -> bytes:
    """Return a COSE_Sign of a board and people."""
    payload, header = dumps(item), _header(signer)
    signed = dumps(["Signature", b"", header, f"sailau/{rule}/1".encode(), payload])
    own = [header, {}, key(signer).sign(signed).signature]
    others = sorted((one.sign(payload, rule) for one in people), key=lambda one: (one[0], one[2]))
    return b"\xd8\x62" + dumps([b"", {}, payload, [own, *others]])


def entry(board: str) -> bytes:
    """Return the one entry of a board's journal."""
    return sign({0: 0, 1: NOON_MS, 2: 1, 3: {}, 4: bytes(32)}, "JournalEntry", board)


def bitmap(numbers: Iterable[int]) -> bytes:
    """Return a set of serials."""
    return sum(1 << number for number in numbers).to_bytes(512, "little")


_PIXELS = bytes(16)
_INDEX = dumps({5: [[digest(_PIXELS), 2, 2]]})
_PROGRAM = sign({0: "1", 1: []}, "ProgramManifest", "root")


def officials(people: Iterable[tuple[Person, int]]) -> list[Item]:
    """Return the officials of a package: who, and in which role."""
    return [
        {0: at, 1: role, 2: f"person {at}", 3: digest(person.der)}
        for at, (person, role) in enumerate(people)
    ]


def _package(threshold: int, kinds: dict[str, int], spares: set[str]) -> Item:
    line = [{0: both("a"), 3: False}, {0: both("b"), 3: False}, {0: both("none"), 3: True}]
    boards = [
        {0: name, 1: kind, 2: public(name), 3: bytes(32), 4: name in spares}
        for name, kind in kinds.items()
    ]
    package: Item = dict.fromkeys(range(30), 0)
    package |= {1: "e", 2: 1, 3: "1", 13: boards, 16: 2, 18: 50}
    package |= {19: SCHEME, 20: sealed_size(1)}
    package[11] = [{0: c, 1: 1, 2: both(c), 3: 1, 4: 1, 5: line} for c in ("c", "d")]
    package[12] = [{0: style, 1: both("s"), 2: [style]} for style in (0, 1)]
    package[14] = officials(PEOPLE)
    package[15] = [{0: at, 1: at, 2: bytes(65)} for at in range(2)]
    package[17] = {1: threshold, 2: True, 3: 2}
    package[22], package[24], package[25] = digest(_INDEX), digest(_PROGRAM), AUTHORITY.der
    package[27] = public("station")
    return package


@dataclass
class BundleRecords:
    """What each record says; a test changes it before `files` signs everything.

    Attributes:
        votes: style and filled-in contests of each opened vote.
        sealed: terminal and style of each sealed vote.
        more: boards beside the usual four, by kind.
        without: boards that are in the package and have no statement.
        left: of those, the ones whose journal is in the bundle; see `entry`.
        also_listed: files that the minutes list besides those that are there.
    """

    threshold: int = 1
    opened: list[tuple[int, list[list[int]]]] = field(
        default_factory=lambda: [(0, [[0], []])] * 2 + [(1, [[], [1]])] * 2
    )
    sealed: list[tuple[str, int]] = field(
        default_factory=lambda: [
            (who, style) for who in (TERMINAL, OTHER_TERMINAL) for style in (0, 1)
        ]
    )
    issued: int = 4
    merged: list[Any] = field(default_factory=list)
    figures: Item = field(default_factory=dict)
    results: list[Any] | None = None
    statements: dict[str, Item] = field(default_factory=dict)
    acts: dict[str, tuple[Item, str, list[Person]]] = field(default_factory=dict)
    opening: Item = field(default_factory=dict)
    opening_facts: Item = field(default_factory=dict)
    order: Item = field(default_factory=dict)
    package: Item = field(default_factory=dict)
    minutes: Item = field(default_factory=dict)
    also_listed: list[Item] = field(default_factory=list)
    opening_signers: list[Person] = field(default_factory=lambda: [CHAIR, MEMBER])
    minutes_signers: list[Person] = field(default_factory=lambda: [CHAIR, MEMBER])
    without: set[str] = field(default_factory=set)
    spares: set[str] = field(default_factory=set)
    more: dict[str, int] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    pictures: list[Any] = field(
        default_factory=lambda: [[digest(_PIXELS), 2, 2, zlib.compress(_PIXELS)]]
    )
    code: Callable[[int], Any] = lambda at: at

    def files(self) -> dict[str, bytes]:
        """Return the bundle, everything signed by those who must."""
        kinds = _KINDS | self.more
        package = sign(
            _package(self.threshold, kinds, self.spares) | self.package, "StationPackage", "root"
        )
        package_hash = digest(package)
        keys = self.tally_keys(package_hash)
        shares = {1: b"".join(keys), 2: 1, 3: 2, 4: 2, 5: bytes(96 * len(keys)), 6: bytes(80)}
        shares |= self.opening_facts
        act: Item = {0: 3, 1: "1", 2: package_hash, 3: ACCUMULATOR, 4: NOON_MS, 5: shares}
        act |= self.opening
        opening = sign_people(act, "Act", act[3], self.opening_signers)
        order: Item = {0: "1", 1: package_hash, 2: NOON_MS, 3: keys, 4: ACCUMULATOR}
        order[5] = digest(opening)
        start_order = sign(order | self.order, "StartOrder", "station")
        files = {
            "package.cose": package,
            "program.cose": _PROGRAM,
            "book/index.cbor": _INDEX,
            "book/images.cborseq": sequence(map(dumps, self.pictures)),
            "acts/001-opening.cose": opening,
            "start-order.cose": start_order,
        }
        for name, (other, signer, people) in self.acts.items():
            item = {1: "1", 2: package_hash, 3: signer, 4: NOON_MS, 5: {}} | other
            files[f"acts/{name}.cose"] = sign_people(item, "Act", signer, people)
        heads = []
        totals = dict.fromkeys((5, 12, 13, 14), 0)
        for board in sorted(self.left):
            files[f"journals/{board}.cborseq"] = sequence([entry(board)])
            heads.append({0: board, 1: digest(entry(board)), 2: 1})
        for board in sorted(kinds.keys() - self.without):
            statement = self._statement(board, package_hash, digest(start_order), files)
            heads.append({0: board, 1: statement[4], 2: statement[5]})
            totals = {figure: n + statement[6].get(figure, 0) for figure, n in totals.items()}
            files[f"statements/{board}.cose"] = sign(statement, "Statement", board)
        files["votes-sealed.cborseq"] = sequence(sorted(self.cast(package_hash), key=digest))
        files |= self.proofs(files)
        opened = [
            dumps({0: style, 1: chosen, 2: self.code(at)})
            for at, (style, chosen) in enumerate(self.opened)
        ]
        files["votes-opened.cborseq"] = sequence(sorted(opened))
        minutes: Item = {0: "1", 1: "e", 2: 1, 3: package_hash, 4: digest(_PROGRAM)}
        minutes |= {5: digest(start_order), 6: NOON_MS, 7: NOON_MS, 8: NOON_MS}
        out = self.issued - len(self.sealed)
        figures = {1: 50, 2: self.issued, 3: 0, 4: 0, 5: totals[5], 6: len(self.sealed)}
        figures |= {7: out - totals[5], 8: len(opened), 17: out, 18: 0}
        figures |= {9: len(self.sealed) - len(opened), 12: totals[12], 13: totals[13]}
        minutes[9] = figures | {14: totals[14]} | self.figures
        minutes[10] = self.results if self.results is not None else self._results()
        minutes |= {11: self.merged, 12: heads, 13: [], 14: [], 16: []} | self.minutes
        minutes[15] = sorted((*_listed(files), *self.also_listed), key=lambda one: str(one[0]))
        files["minutes.cose"] = sign_people(minutes, "Minutes", "station", self.minutes_signers)
        files |= self.later(minutes, files)
        manifest = {0: "1", 1: package_hash, 2: digest(files["minutes.cose"]), 3: _listed(files)}
        files["manifest.cose"] = sign(manifest, "EvidenceManifest", "station")
        return files

    def tally_keys(self, package: bytes) -> list[bytes]:
        """Return what the start order names as tally key: both signed halves."""
        raise NotImplementedError

    def cast(self, package: bytes) -> list[bytes]:
        """Return the sealed votes, signed."""
        raise NotImplementedError

    def proofs(self, files: dict[str, bytes]) -> dict[str, bytes]:
        """Return the files that hold the proofs of the count."""
        raise NotImplementedError

    def later(self, minutes: Item, files: dict[str, bytes]) -> dict[str, bytes]:
        """Return the files that are made after the minutes, and that only the manifest lists."""
        del minutes, files
        return {}

    def _statement(self, board: str, package: bytes, order: bytes, files: dict[str, bytes]) -> Item:
        files[f"journals/{board}.cborseq"] = sequence([entry(board)])
        statement: Item = {0: board, 1: package, 2: order, 3: NOON_MS, 5: 1}
        statement[4] = digest(entry(board))
        statement |= {6: {13: 1}, 9: []}
        if board == DESK:
            statement[6] |= {12: self.issued}
            statement |= {7: {0: DESK, 1: bitmap(range(self.issued))}, 8: {0: DESK, 1: bitmap([])}}
        elif self.more.get(board) == 1:
            statement |= {7: {0: board, 1: bitmap([])}, 8: {0: board, 1: bitmap([])}}
        elif board == ACCUMULATOR or self.more.get(board) == 3:
            statement[9] = [{0: DESK, 1: bitmap(range(len(self.sealed)))}]
        else:
            statement[6] |= {14: sum(who == board for who, _ in self.sealed)}
        own = self.statements.get(board, {})
        return statement | own | {6: statement[6] | own.get(6, {})}

    def ballots_with(self, contest: int) -> int:
        """Return how many ballots hold this contest."""
        return sum(style == contest for _, style in self.sealed)

    def _results(self) -> list[Item]:
        results = []
        for contest in range(2):
            lines = [0, 0, 0]
            for _, chosen in self.opened:
                for line in chosen[contest]:
                    lines[line] += 1
            ballots = self.ballots_with(contest)
            chose = lines[0] + lines[1]
            blank = ballots - chose - lines[2]
            results.append({0: contest, 1: ballots, 2: chose, 3: lines[2], 4: blank, 5: lines})
        return results

    def examined(self) -> Report:
        """Return what the verifier says."""
        return examine_files(self.files(), public("root"))[0]

    def refused(self) -> str:
        """Insist that the verifier refuses; return the step and its words, or ACCEPTED."""
        report = self.examined()
        wrong = [f"{one.step}: {one.found}" for one in report.findings if one.right is False]
        return wrong[0] if wrong else "ACCEPTED"


def _listed(files: dict[str, bytes]) -> list[Item]:
    return [
        {0: path, 1: len(content), 2: digest(content)} for path, content in sorted(files.items())
    ]
