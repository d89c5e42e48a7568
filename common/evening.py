"""The evening's records, as any board of the station makes and believes them (docs/proofs.md).

After the close the accumulator's and the counting desk's files pass between them on the desk's
recording medium. This is what stands in them, and what each board makes of the other's:

    lists         the sealed votes, believed one by one, as first lists
    mix           shuffle all groups; the first Mix is an accumulator's, the second a desk's
    read_mix      believe a Mix: its proofs hold, so its lists are those before, in another order
    checked       say that both were checked; nobody opens anything before both boards did
    opening       this board's part of the opening, with its half
    read_opening  believe it
    ballots       what the last lists hold, with both parts

Rules:
- Everything is bound to package and start order; what is of another station or day is refused.
- A record counts for the board that signed it, which is of the right kind (a spare may do it), and
  for the two Mixes that it names, by their hashes.
- What another board wrote is refused whole with `RecordError`, which names the record. What this
  board is asked to make and cannot is the caller's error: `ValueError`.

It reads and writes no file, keeps no secret, and knows nothing of when a board does what.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from common import ballot as encoded_ballots
from common import cbor, records, tallykey
from common.ballot import Ballot, BallotError
from common.enrolment import Installation
from common.records import (
    Board,
    BoardKind,
    CastVote,
    Mix,
    MixChecked,
    MixedGroup,
    Opening,
    RecordError,
    RecordFault,
    StationPackage,
)
from common.seal import firstlists, shuffle, shufflecheck
from common.seal import opening as parts
from common.seal.crew import Crew
from common.seal.elgamal import Seal
from common.seal.firstlists import FirstLists, Group, SealedVote
from common.seal.group import Point, ProofError, Row, flat
from common.seal.randomness import CheckedSource
from common.seal.shuffle import Mixing
from common.tallykey import TallyHalfRead

FOLDER = "count"
VOTES = f"{FOLDER}/votes-sealed.cborseq"
FIRST_MIX = f"{FOLDER}/mix-1.cose"
SECOND_MIX = f"{FOLDER}/mix-2.cose"
CHECKED = f"{FOLDER}/checked.cose"
OPENING = f"{FOLDER}/opening.cose"

MIXERS = {1: BoardKind.ACCUMULATOR, 2: BoardKind.DESK}
"""Which kind of board shuffles at which position."""
Lists: TypeAlias = FirstLists
_VOTES_NAME = "CastVote"


@dataclass(frozen=True, slots=True)
class OpenedGroup:
    """What the votes of one group hold, in the order of the last list.

    Attributes:
        styles: of the group.
        ballots: the valid ones. In a group of several styles, `style` of a ballot is the smallest
            of those that allow its selections: nobody knows more.
        invalid: how many more there are that are ballots of none of the styles.
    """

    styles: tuple[int, ...]
    ballots: tuple[Ballot, ...]
    invalid: int


@dataclass(frozen=True, slots=True)
class Evening:
    """One station's count, as any of its boards sees it.

    Attributes:
        package: the station's.
        package_hash: SHA-256 of it, signed.
        start_order: signed; its halves are verified.
        halves: the accumulator's and the desk's.
        keys: the joint key, to which all ballots are sealed.
    """

    package: StationPackage
    package_hash: bytes
    start_order: bytes
    halves: tuple[TallyHalfRead, TallyHalfRead]
    keys: tuple[Point, ...]

    @classmethod
    def under(
        cls, package: StationPackage, package_hash: bytes, untrusted_start_order: bytes
    ) -> Evening:
        """Return the count under this start order. Raises: RecordError."""
        believed = tallykey.read_order(package, package_hash, untrusted_start_order)
        halves = tallykey.halves_of(package, package_hash, believed.order)
        keys = tuple(map(Point, believed.keys))
        return cls(package, package_hash, untrusted_start_order, halves, keys)

    @property
    def start_order_hash(self) -> bytes:
        """SHA-256 of the signed start order."""
        return records.digest(self.start_order)

    def half_of(self, kind: BoardKind) -> TallyHalfRead:
        """Return the half of the board of this kind. Raises: ValueError: it makes none."""
        if kind not in tallykey.MAKERS:
            raise ValueError(f"a board of kind {kind.name} has no half")
        return self.halves[tallykey.MAKERS.index(kind)]

    # --- the votes ----------------------------------------------------------------------------

    def lists(self, untrusted_votes: bytes, crew: Crew) -> Lists:
        """Return the first lists of a file of sealed votes.

        Votes without proof and copies are left out; but a file that holds what no terminal of the
        package signed for it, or not in its one order, is refused whole.

        Raises:
            RecordError: it is refused.
        """
        try:
            signed_votes, size = cbor.split_sequence(
                untrusted_votes, max_item=CastVote.MAX_SIZE * 2
            )
        except cbor.CborError as error:
            raise RecordError(_VOTES_NAME, RecordFault.NOT_CBOR, str(error)) from error
        if size != len(untrusted_votes):
            raise RecordError(_VOTES_NAME, RecordFault.NOT_CBOR, "the last one is torn")
        voters = voting_boards(self.package)
        votes = crew.each(
            "signatures of the votes",
            len(signed_votes),
            lambda at: self._vote(signed_votes[at], voters),
        )
        if any(later.digest <= earlier.digest for earlier, later in pairwise(votes)):
            raise _wrong(_VOTES_NAME, "they are not in the order of their hashes, each once")
        threshold = self.package.parameters.small_style_threshold
        seal = Seal(self.package_hash, self.keys)
        return firstlists.first_lists(seal, votes, threshold, crew)

    def _vote(self, signed: bytes, voters: tuple[Board, ...]) -> SealedVote:
        vote, board = records.open_by_board(CastVote, signed, voters)
        if vote.package != self.package_hash:
            raise _wrong(_VOTES_NAME, "it is of another package")
        if self.package.style(vote.style) is None:
            raise _wrong(_VOTES_NAME, "its ballot style is not in the package")
        return SealedVote(records.digest(signed), vote.style, board.sign_key, vote.sealed)

    # --- the shuffles -------------------------------------------------------------------------

    def mix(
        self,
        installation: Installation,
        position: int,
        groups: Sequence[Group],
        before: bytes | None,
        *,
        source: CheckedSource,
        crew: Crew,
    ) -> bytes:
        """Return this board's signed Mix of these groups; it must never be made again.

        Args:
            installation: this board's.
            position: 1 for an accumulator, 2 for a desk.
            groups: the first lists, or those that `read_mix` gave of the first Mix.
            before: the signed first Mix, for the second.

        Raises:
            BadRandomness: see `common.seal.randomness`.
        """
        board = installation.board
        if board.kind is not MIXERS[position]:
            raise ValueError(f"a board of kind {board.kind.name} does not shuffle at {position}")
        mixed = []
        for group in groups:
            mixing = self._mixing(board, position, group.styles)
            made = shuffle.shuffle(mixing, group.rows, source, crew)
            mixed.append(MixedGroup(group.styles, flat(made.rows), made.proof))
        record = Mix(
            package=self.package_hash,
            start_order=self.start_order_hash,
            board=board.name,
            position=position,
            before=None if before is None else records.digest(before),
            groups=tuple(mixed),
        )
        return records.sign(record, installation.keys.signing)

    def read_mix(
        self,
        untrusted: bytes,
        position: int,
        groups: Sequence[Group],
        before: bytes | None,
        crew: Crew,
    ) -> tuple[Group, ...]:
        """Return the groups after a Mix whose every proof holds.

        Args:
            untrusted: the signed Mix.
            position: which one it should be.
            groups: the lists before it.
            before: the signed first Mix, for the second.

        Raises:
            RecordError: it is refused.
        """
        mix, board = records.open_by_board(Mix, untrusted, self._boards(MIXERS[position]))
        self._check_names("Mix", mix, board)
        if mix.position != position:
            raise _wrong("Mix", "it is the shuffle of the other board")
        if mix.before != (None if before is None else records.digest(before)):
            raise _wrong("Mix", "it does not come after the first shuffle that lies here")
        if [group.styles for group in mix.groups] != [group.styles for group in groups]:
            raise _wrong("Mix", "its groups are not those of the lists before it")
        after = []
        for old, new in zip(groups, mix.groups, strict=True):
            mixing = self._mixing(board, position, old.styles)
            try:
                rows = shufflecheck.read_shuffle(mixing, old.rows, new.list, new.proof, crew)
            except ProofError as error:
                raise _wrong("Mix", str(error)) from error
            after.append(Group(old.styles, rows))
        return tuple(after)

    def _mixing(self, board: Board, position: int, styles: tuple[int, ...]) -> Mixing:
        return Mixing(
            self.package_hash, self.start_order_hash, styles, position, board.sign_key, self.keys
        )

    # --- both were checked --------------------------------------------------------------------

    def checked(self, installation: Installation, mixes: tuple[bytes, bytes]) -> bytes:
        """Return this board's signed word that both shuffles hold; `read_mix` must have said so."""
        first, second = map(records.digest, mixes)
        record = MixChecked(
            self.package_hash, self.start_order_hash, installation.board.name, first, second
        )
        return records.sign(record, installation.keys.signing)

    def read_checked(self, untrusted: bytes, kind: BoardKind, mixes: tuple[bytes, bytes]) -> None:
        """Check that a board of this kind signed that these shuffles hold. Raises: RecordError."""
        said, board = records.open_by_board(MixChecked, untrusted, self._boards(kind))
        self._check_names("MixChecked", said, board)
        if (said.first_mix, said.second_mix) != tuple(map(records.digest, mixes)):
            raise _wrong("MixChecked", "other shuffles than those that lie here were checked")

    # --- the opening --------------------------------------------------------------------------

    def opening(
        self,
        installation: Installation,
        secret: bytes,
        mixes: tuple[bytes, bytes],
        groups: Sequence[Group],
        *,
        source: CheckedSource,
        crew: Crew,
    ) -> bytes:
        """Return this board's signed part of the opening; the caller forgets the secret.

        Args:
            installation: this board's.
            secret: of the half of its kind, what `tallykey.secret_of` gave.
            mixes: both signed ones, which both boards have checked.
            groups: the last lists.

        Raises:
            ProofError: the secret is not that of the half.
            BadRandomness: see `common.seal.randomness`.
        """
        board = installation.board
        who = self._opening(board, mixes)
        part = parts.open_part(who, secret, _rows(groups), source, crew)
        record = Opening(
            package=self.package_hash,
            start_order=self.start_order_hash,
            board=board.name,
            first_mix=who.first_mix,
            second_mix=who.second_mix,
            factors=flat(part.factors),
            proof=part.proof,
        )
        return records.sign(record, installation.keys.signing)

    def read_opening(
        self,
        untrusted: bytes,
        kind: BoardKind,
        mixes: tuple[bytes, bytes],
        groups: Sequence[Group],
        crew: Crew,
    ) -> tuple[Row, ...]:
        """Return the factors of an opening by a board of this kind whose proof holds.

        Raises:
            RecordError: it is refused.
        """
        record, board = records.open_by_board(Opening, untrusted, self._boards(kind))
        self._check_names("Opening", record, board)
        who = self._opening(board, mixes)
        if (record.first_mix, record.second_mix) != (who.first_mix, who.second_mix):
            raise _wrong("Opening", "it opens other shuffles than those that lie here")
        try:
            return parts.read_part(who, _rows(groups), record.factors, record.proof, crew)
        except ProofError as error:
            raise _wrong("Opening", str(error)) from error

    def _opening(self, board: Board, mixes: tuple[bytes, bytes]) -> parts.Opening:
        first, second = map(records.digest, mixes)
        keys = tuple(map(Point, self.half_of(board.kind).keys))
        return parts.Opening(
            self.package_hash, self.start_order_hash, board.sign_key, first, second, keys
        )

    def ballots(
        self, groups: Sequence[Group], one: Sequence[Row], other: Sequence[Row], crew: Crew
    ) -> tuple[OpenedGroup, ...]:
        """Return what the last lists hold, with the factors of both boards."""
        size = encoded_ballots.encoded_size(self.package)
        found = iter(parts.ballots(_rows(groups), one, other, size, crew))
        opened = []
        for group in groups:
            read = [self._ballot(next(found), group.styles) for _ in group.rows]
            valid = tuple(ballot for ballot in read if ballot is not None)
            opened.append(OpenedGroup(group.styles, valid, len(read) - len(valid)))
        return tuple(opened)

    def _ballot(self, untrusted: bytes | None, styles: tuple[int, ...]) -> Ballot | None:
        if untrusted is None:
            return None
        for style in styles:
            try:
                return encoded_ballots.decode(self.package, style, untrusted)
            except BallotError:
                continue
        return None

    # --- what is alike in all -----------------------------------------------------------------

    def _boards(self, kind: BoardKind) -> tuple[Board, ...]:
        return self.package.boards_of(kind)

    def _check_names(self, name: str, record: Mix | MixChecked | Opening, board: Board) -> None:
        if record.package != self.package_hash:
            raise _wrong(name, "it is of another package")
        if record.start_order != self.start_order_hash:
            raise _wrong(name, "it is of another opening of the station")
        if record.board != board.name:
            raise _wrong(name, "it names another board than the one that signed it")


def votes_sealed(cast_votes: Iterable[bytes]) -> bytes:
    """Return signed votes as one file, in the order of their hashes: what `lists` reads."""
    return b"".join(map(cbor.wrap, sorted(cast_votes, key=records.digest)))


def voting_boards(package: StationPackage) -> tuple[Board, ...]:
    """Return the boards whose `CastVote` is a vote: terminals and portable ballots."""
    return package.boards_of(BoardKind.TERMINAL) + package.boards_of(BoardKind.PORTABLE)


def _rows(groups: Sequence[Group]) -> tuple[Row, ...]:
    return tuple(row for group in groups for row in group.rows)


def _wrong(name: str, why: str) -> RecordError:
    return RecordError(name, RecordFault.WRONG_FORM, why)
