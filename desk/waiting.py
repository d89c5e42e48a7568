"""A spare desk that replaced nobody yet: what it is in memory, and how it begins to serve.

Rules: before the act it writes nothing but its own journal, on own storage; it shows what lies in
its recording slot, whatever that is. What is read and taken over is in `desk.spare`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from cardio.messages import facts_of
from common import enrolment
from common.alike import Repair, bring_back_installed
from common.catalogue import EventType
from common.cose import SignedBody
from common.daytime import DAY_OVER_S, latest_ms
from common.enrolment import Installation
from common.errors import Reason, Refused, Thing
from common.journal import Journal
from common.media import Medium, TwoMedia, folders
from common.records import Act, BoardSecrets
from common.turnout import Turnout
from desk import spare
from desk.archive import installed
from desk.config import DeskConfig
from desk.phases import Phase, Rules, Spare, State
from desk.refusal import Refusal
from desk.state import Marks, Serials
from desk.tally import Tally
from desk.voters import VoterRoll
from hal.board_clock import BoardClock, Doubt
from hal.medium_slot import own_folder

_STARTS = (EventType.STARTED, EventType.RESTARTED)


@dataclass(frozen=True, slots=True)
class WaitingSpare:
    """A spare desk, and the dead desk whose medium lies in its slot."""

    installation: Installation
    rules: Rules
    own: Medium
    medium: Medium | None
    dead: spare.Dead | None
    refusal: Refusal | None = field(default=None)

    @classmethod
    def look(
        cls,
        config: DeskConfig,
        own: Medium,
        medium: Medium | None,
        random_bytes: Callable[[int], bytes],
    ) -> WaitingSpare | None:
        """Look into the slot; None if this desk is no spare, or replaced somebody already.

        Raises:
            Refused: what was installed is not right.
            MediumFault: own storage failed, or the medium.
        """
        if not is_spare(config, own) or spare.replaced_by(
            enrolment.load(own, config.root_public_key, config.board), own, medium
        ):
            return None
        installation, voters = installed(config, own)
        package = installation.package
        roll = VoterRoll.of(voters, installation.board, package)
        rules = Rules(package, installation.package_hash, installation.board, roll, random_bytes)
        return cls(installation, rules, own, None, None).with_medium(medium)

    def again(self, medium: Medium | None) -> WaitingSpare:
        """Look into the slot again; what has not changed is not read again.

        Raises: MediumFault.
        """
        is_as_before = self.refusal is None and _names(medium) == _names(self.medium)
        return self if is_as_before else self.with_medium(medium)

    def with_medium(self, medium: Medium | None) -> WaitingSpare:
        """Return the same with what lies on this medium. Raises: MediumFault."""
        try:
            dead = spare.found(self.installation, medium, self.rules.roll.last_line)
        except Refused as refused:
            refusal = Refusal(refused.reason, facts_of(refused.facts))
            return replace(self, medium=medium, dead=None, refusal=refusal)
        return replace(self, medium=medium, dead=dead, refusal=None)

    def begin_journal(self, clock: BoardClock, *, started: bool) -> Journal:
        """Open this desk's journal on own storage, and journal the start.

        Raises: Refused, MediumFault.
        """
        package = self.rules.package
        until_ms = (package.closes_s + DAY_OVER_S) * 1000
        clock.go_on_from(package.valid_from_s * 1000, until_ms)
        journal = Journal.open_alone(self.own, self.installation.keys.signing, clock)
        entries = journal.entries()
        clock.begin_after(latest_ms(entries), until_ms)
        if started:
            starts = [entry.event for entry in entries if entry.event in _STARTS]
            clean = not starts or entries[-1].event is EventType.STOPPED
            event = EventType.STARTED if clean else EventType.RESTARTED
            journal.append(event, starts=len(starts) + 1)
            for oddity in clock.at_start():
                journal.append(oddity.event, **oddity.facts)
        return journal

    def take_time(self, clock: BoardClock, journal: Journal) -> None:
        """Let this desk's time not lie before the last of the dead one's. Raises: MediumFault."""
        if self.dead is None:
            return
        package, believed = self.rules.package, clock.doubt is Doubt.NONE
        floor_ms = latest_ms(self.dead.left.entries) or package.valid_from_s * 1000
        clock.go_on_from(floor_ms, (package.closes_s + DAY_OVER_S) * 1000)
        if believed:
            for oddity in clock.at_start():
                journal.append(oddity.event, **oddity.facts)

    @property
    def secrets(self) -> BoardSecrets:
        """What cardiod needs."""
        return self.installation.secrets

    @property
    def phase(self) -> Spare:
        """What the operator sees."""
        if self.dead is None:
            return Spare(refusal=self.refusal)
        left, closed = self.dead.left, self.dead.closed is not None
        return Spare(self.dead.board.name, len(left.entries), self.dead.issued, left.head, closed)

    def is_as(self, phase: Phase) -> bool:
        """Say whether the operator sees this already."""
        now = self.phase
        if not isinstance(phase, Spare) or (phase.dead, phase.head) != (now.dead, now.head):
            return False
        return now.refusal is None or phase.refusal == now.refusal

    def state(self, language: str) -> State:
        """Return the machine's state while this spare waits."""
        marks = Marks.fresh(self.rules.roll.last_line)
        tally = Tally(Turnout(self.rules.package.zone_minutes))
        return State(self.phase, Serials(), marks, language, tally)

    def take_over(self, act: SignedBody) -> None:
        """Keep the act: from now on this desk goes on in the dead one's place.

        Raises:
            Refused: the medium is another one than the act says.
            MediumFault: a medium failed.
        """
        if self.medium is None or self.dead is None:
            raise Refused(Reason.MEDIUM_MISSING, thing=Thing.REMOVABLE)
        if self.dead.left.facts.items() - Act.from_bytes(act.payload).facts.items():
            raise Refused(Reason.MEDIA_DISAGREE, thing=Thing.JOURNAL)
        media = TwoMedia(self.own, self.medium.folder(self.installation.board.name))
        spare.keep_replacement(self.installation, media, act)


def looked(
    config: DeskConfig,
    own: Medium,
    medium: Medium | None,
    random_bytes: Callable[[int], bytes],
) -> tuple[WaitingSpare | None, tuple[Repair, ...]]:
    """Return the spare that waits, if this is one, and what had to be mended to see that.

    Raises:
        Refused: own storage does not hold what was installed, and no medium mends it.
        MediumFault: a medium failed.
    """
    try:
        return WaitingSpare.look(config, own, medium, random_bytes), ()
    except Refused:
        media = TwoMedia(own, own_folder(medium, config.board))
        repairs = bring_back_installed(media, config.root_public_key, config.board).repairs
        return WaitingSpare.look(config, own, medium, random_bytes), repairs


def _names(medium: Medium | None) -> tuple[str, ...] | None:
    return None if medium is None else folders(medium)


def is_spare(config: DeskConfig, own: Medium) -> bool:
    """Say whether the installed package calls this desk a spare. Raises: Refused, MediumFault."""
    package, _ = enrolment.load_package(own, config.root_public_key)
    board = package.board(config.board)
    return board is not None and board.spare


def removable_of(config: DeskConfig, own: Medium, medium: Medium | None) -> Medium:
    """Return this desk's folder on the medium in its slot, which may be the dead desk's medium.

    Raises:
        Refused: there is no medium, or it is another board's.
        MediumFault: it cannot be read.
    """
    if medium is not None and is_spare(config, own):
        installation = enrolment.load(own, config.root_public_key, config.board)
        place = spare.removable(installation, own, medium)
        if place is not None:
            return place
    return own_folder(medium, config.board)
