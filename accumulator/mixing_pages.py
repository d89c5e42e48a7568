"""The accumulator's pages of the evening of two boards.

    accumulator.count.work      a long computation, with how far it is
    accumulator.count.mix       the desk's medium goes to the desk, which shuffles too
    accumulator.count.shares    share cards open this board's part
    accumulator.count.open      the medium goes to the desk, which opens its part
    accumulator.count.finish    both parts are open, and the count gave no result yet

Each shows how many votes were taken in and how many of them are in the count, to be compared with
the desk's page. Rules: as `accumulator.pages`. No page tells of a vote, an order or a key.
"""

from __future__ import annotations

from accumulator.countwalk import CountStage, CountWalk
from accumulator.mixing import HalfQuorum, Walk
from accumulator.mixing_texts import MixWord
from accumulator.page_parts import PageParts
from accumulator.turn import Notice
from common.counttexts import Ballots, Progress
from common.pages import Page, Text
from common.pintexts import PinText

_VOTES = {
    CountStage.FRESH: MixWord.VOTES_SHUFFLED,
    CountStage.TO_MIX: MixWord.VOTES_SHUFFLED,
    CountStage.SHARES: MixWord.VOTES_TO_OPEN,
    CountStage.TO_OPEN: MixWord.VOTES_TO_OPEN,
    CountStage.OPENED: MixWord.VOTES_OPENED,
}


def mixing_page(parts: PageParts, phase: Walk | HalfQuorum) -> Page:
    """Return the page of a phase."""
    if phase.progress is not None:
        return _work(parts, phase.walk, phase.progress)
    match phase:
        case HalfQuorum():
            return _shares(parts, phase)
        case Walk() if phase.walk.stage is CountStage.OPENED:
            return parts.page(
                "count.finish",
                MixWord.FINISH_TITLE,
                parts.text("hint", MixWord.FINISH_HINT),
                *_votes(parts, phase.walk),
                *_notices(parts, phase.notices),
                parts.button("count.again", MixWord.AGAIN, primary=True),
            )
        case Walk():
            return _carry(parts, phase)


def _work(parts: PageParts, walk: CountWalk, progress: Progress) -> Page:
    return parts.page(
        "count.work",
        MixWord.WORK_TITLE,
        *progress.widgets(parts.language),
        *_votes(parts, walk),
        parts.text("wait", MixWord.WORK_HINT),
    )


def _carry(parts: PageParts, phase: Walk) -> Page:
    to_open = phase.walk.stage is CountStage.TO_OPEN
    desk, needed = phase.walk.desk, parts.station.package.quorum
    title = MixWord.OPEN_TITLE if to_open else MixWord.MIX_TITLE
    hint = MixWord.OPEN_HINT if to_open else MixWord.MIX_HINT
    name = "count.open" if to_open else "count.mix"
    return parts.page(
        name,
        title,
        *_notices(parts, phase.notices),
        parts.text("hint", hint, desk=desk, needed=needed),
        *_votes(parts, phase.walk),
        Text("broken", parts.say(MixWord.IF_BROKEN, desk=desk), "note"),
        parts.button("count.read", MixWord.READ),
    )


def _shares(parts: PageParts, phase: HalfQuorum) -> Page:
    needed, shares, slot = parts.station.package.quorum, phase.round.shares, phase.round.slot
    return parts.page(
        "count.shares",
        MixWord.SHARES_TITLE,
        *_notices(parts, phase.notices),
        parts.text("hint", MixWord.SHARES_HINT, present=len(shares), needed=needed),
        parts.notice(phase.refused, "refused"),
        parts.notice(slot.notice),
        *parts.pin(slot),
        *(_votes(parts, phase.walk) if slot.card is None else ()),
        parts.share_people(PinText.READ, shares) if slot.card is None else None,
        parts.pin_button(slot),
    )


def _votes(parts: PageParts, walk: CountWalk) -> tuple[Text | None, ...]:
    """Say how many votes were taken in, and how many of them are in the count."""
    urn, shuffled = parts.context.urn, walk.shuffled
    if urn is None:
        return ()
    if shuffled is None:
        return (Text("ballots", parts.say(MixWord.VOTES_TAKEN_IN, taken=urn.count), "strong"),)
    said = parts.say(_VOTES[walk.stage], taken=urn.count, shuffled=shuffled)
    left_out = Ballots(shuffled, urn.count - shuffled).left_out_said(parts.language)
    return Text("ballots", said, "strong"), left_out


def _notices(parts: PageParts, notices: tuple[Notice, ...]) -> tuple[Text | None, ...]:
    return tuple(
        parts.notice(notice, f"notice.{number}") for number, notice in enumerate(notices, 1)
    )
