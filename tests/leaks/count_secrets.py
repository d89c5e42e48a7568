"""What the count draws and must forget: orders of both shuffles, one-time secrets of its proofs.

Who has a shuffle's order, or what it was hidden with, can follow a ballot back to its sealed vote;
who has the one-time secret k of a proof has the secret that it proves. Boards store none of it, so
a test that knows both halves of the tally key works it out: ballots are told apart by their control
codes, in whatever list; an opening's k follows from its answer. Of the rest only the points are
known, r·G or k·G: `keys_found.opening_keys` says of which candidate one is made.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from common import cbor, cose
from common.evening import MIXERS, Evening
from common.records import CastVote, Mix, MixedGroup, Opening
from common.seal import group
from common.seal.crew import Crew
from common.seal.group import Point, Row, scalar_bytes
from common.seal.halves import secret_scalars
from common.seal.hashing import Q
from common.seal.shuffle import Proof
from tests.leaks.canaries import Canary, of_bytes
from tests.leaks.secrets import KnownHalf

ORDER, ONE_TIME = "order of a shuffle", "one-time secret"
SHORTEST_ORDER = 6
"""Four or five small numbers in some order stand in the constants of any program."""


@dataclass(frozen=True, slots=True)
class CountSecrets:
    """What there was to forget.

    Attributes:
        orders: of each shuffle of each group: for each new place, the old one.
        one_time: name and value of the k that are known.
        points: r·G, d·G and k·G of those that are not.
    """

    orders: tuple[tuple[int, ...], ...]
    one_time: tuple[tuple[str, bytes], ...]
    points: frozenset[bytes]


NOTHING_COUNTED = CountSecrets((), (), frozenset())


def read(evening: Evening, files: Mapping[str, bytes], known: Sequence[KnownHalf]) -> CountSecrets:
    """Work out what the boards have forgotten, from the evidence and both halves of the key."""
    x = joint_secret(known)
    orders: list[tuple[int, ...]] = []
    points: set[bytes] = set()
    with Crew(2) as crew:
        groups = evening.lists(files["votes-sealed.cborseq"], crew).groups
        before = None
        for position in MIXERS:
            signed = files[f"mixes/{position}.cose"]
            after = evening.read_mix(signed, position, groups, before, crew)
            mix = Mix.from_bytes(cose.payload_of(signed))
            for old, new, mixed in zip(groups, after, mix.groups, strict=True):
                order = order_of(old.rows, new.rows, x)
                orders.append(order)
                points |= hidden_with(old.rows, new.rows, order, mixed)
            groups, before = after, signed
    votes, _ = cbor.split_sequence(files["votes-sealed.cborseq"])
    for vote in votes:
        points |= first_message(CastVote.from_bytes(cose.payload_of(vote)).sealed)
    return CountSecrets(tuple(orders), tuple(_one_time(files, known)), frozenset(points))


def joint_secret(known: Sequence[KnownHalf]) -> tuple[int, ...]:
    """Return the secret scalars of both halves together."""
    scalars = [secret_scalars(half.secret, len(half.public)) for half in known]
    return tuple(sum(column) % Q for column in zip(*scalars, strict=True))


def order_of(old: Sequence[Row], new: Sequence[Row], x: Sequence[int]) -> tuple[int, ...]:
    """Return for each new place the old one, by what is in the ballots."""
    places = {_content(row, x): place for place, row in enumerate(old)}
    assert len(places) == len(old), "two ballots are alike"
    return tuple(places[_content(row, x)] for row in new)


def _content(row: Row, x: Sequence[int]) -> tuple[Point, ...]:
    a, *b = row
    return tuple(group.subtract(one, group.times(x_j, a)) for one, x_j in zip(b, x, strict=True))


def hidden_with(
    old: Sequence[Row], new: Sequence[Row], order: Sequence[int], mixed: MixedGroup
) -> set[bytes]:
    """Return r·G of each ballot that was sealed again, and d·G of each commitment."""
    proof = Proof.from_bytes(mixed.proof, len(old))
    again = {
        bytes(group.subtract(row[0], old[place][0])) for row, place in zip(new, order, strict=True)
    }
    back = {place: at for at, place in enumerate(order)}
    committed = {
        bytes(group.subtract(Point(commitment), group.generator(back[at] + 1)))
        for at, commitment in enumerate(proof.commitments)
    }
    return again | committed


def first_message(sealed: bytes) -> set[bytes]:
    """Return a = r·G and k·G of a sealed ballot."""
    a = Point(sealed[: group.SIZE])
    c, s = group.read_scalars(sealed[-2 * group.SIZE :])
    return {bytes(a), bytes(group.subtract(group.times_base(s), group.times(c, a)))}


def _one_time(
    files: Mapping[str, bytes], known: Iterable[KnownHalf]
) -> Iterator[tuple[str, bytes]]:
    """Yield the k of each board's proofs that it knows its half, and that it opened with it."""
    for half in known:
        x = secret_scalars(half.secret, len(half.public))
        opening = Opening.from_bytes(cose.payload_of(files[f"openings/{half.board}.cose"]))
        for what, proof in (("half", half.proof), ("opening", opening.proof)):
            c, *s = group.read_scalars(proof)
            for number, (s_j, x_j) in enumerate(zip(s, x, strict=True), 1):
                yield f"{half.board} {what} k{number}", scalar_bytes(s_j - c * x_j)


# What they look like


def canaries(found: CountSecrets) -> Iterator[Canary]:
    """Yield the orders and the one-time secrets, as code or careless code would write them.

    An order that changes nothing cannot be told from counting, and a very short one from chance.
    """
    for name, value in found.one_time:
        yield of_bytes(ONE_TIME, name, value)
    for number, order in enumerate(found.orders):
        for name, places in _both_ways(order):
            yield Canary(ORDER, f"{number} {name}", tuple(_order_forms(places)))


def _both_ways(order: Sequence[int]) -> Iterator[tuple[str, tuple[int, ...]]]:
    if _tells(order):
        yield "new to old", tuple(order)
        yield "old to new", tuple(order.index(place) for place in range(len(order)))


def _tells(order: Sequence[int]) -> bool:
    """Say whether an order can be told from counting up or down, and from chance."""
    counting = sorted(order)
    return len(order) >= SHORTEST_ORDER and list(order) not in (counting, counting[::-1])


def _order_forms(order: tuple[int, ...]) -> Iterator[tuple[str, bytes]]:
    for name, places in (("from 0", order), ("from 1", tuple(place + 1 for place in order))):
        yield f"CBOR {name}", cbor.encode(list(places))
        for sign in (", ", ",", " "):
            yield f"text {name} with {sign!r}", sign.join(map(str, places)).encode()
        for size, letter in (("16", "H"), ("32", "I"), ("64", "Q")):
            for end in "<>":
                yield (
                    f"{size} bits {name} {end}",
                    struct.pack(f"{end}{len(places)}{letter}", *places),
                )


def in_memory(orders: Iterable[Sequence[int]], pid: int) -> Iterator[Canary]:
    """Yield the orders as a process that runs this very Python has them in a tuple or list.

    There a small number is a pointer to the one object of that number, which lies as far from the
    beginning of the program as it does here. A short tuple that was given back keeps its pointers
    but for the first.
    """
    first, second = _pointer(0), _pointer(1)
    start = _start(pid) - _start(None)
    for number, order in enumerate(orders):
        for name, places in _both_ways(order):
            pointers = [start + first + (second - first) * place for place in places]
            written = struct.pack(f"<{len(pointers)}Q", *pointers)
            forms = [("pointers", written)]
            if _tells(places[1:]):
                forms.append(("pointers but the first", written[8:]))
            yield Canary(ORDER, f"{number} {name}", tuple(forms))


def found_in(region: bytes, canary: Canary) -> bool:
    """Say whether one of so few forms stands in a region: faster than a `Scanner`."""
    return any(form in region for _, form in canary.forms)


def _pointer(number: int) -> int:
    """Return where a small number's object lies in this process."""
    pointer: int = ctypes.c_void_p.from_buffer(ctypes.py_object(number)).value or 0
    return pointer


def _start(pid: int | None) -> int:
    """Return where the file that holds the small numbers is mapped in a process."""
    here = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    owner = next(path for low, high, path in _mapped(here) if low <= _pointer(0) < high)
    lines = here
    if pid is not None:
        lines = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines()
    return min(low for low, _, path in _mapped(lines) if path == owner)


def _mapped(lines: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    """Yield begin, end and file; memory without a file belongs to the file before it (.bss)."""
    before = ""
    for line in lines:
        span, _, _, _, _, *path = line.split(maxsplit=5)
        low, high = (int(at, 16) for at in span.split("-"))
        if path and path[0].startswith("/"):
            before = path[0]
        yield low, high, path[0] if path else before
