"""The counting desk's pages after its close. Nothing is decided here."""

from __future__ import annotations

from cardio.pin_page import pin_button, pin_widgets, share_table
from common.counttexts import Progress
from common.pages import Page, Text, Widget
from common.pintexts import PinText
from common.remedies import remedy_of
from common.trilingual import Trilingual
from desk.evening_phases import (
    CheckingPart,
    CountStopped,
    EveningPhase,
    Mixed,
    Mixing,
    OpeningPart,
    PartOpened,
    QuorumWanted,
)
from desk.evening_texts import E
from desk.page_maker import PageMaker
from desk.refusal import Refusal
from desk.texts import T


def evening_page(maker: PageMaker, phase: EveningPhase) -> Page:
    """Return the page of a phase of the evening."""
    match phase:
        case Mixing(progress):
            return _at_work(maker, "mixing", E.MIXING_TITLE, progress)
        case CheckingPart(progress):
            return _at_work(maker, "checking-part", E.CHECKING_TITLE, progress)
        case OpeningPart(progress=progress):
            return _at_work(maker, "opening-part", E.OPENING_TITLE, progress)
        case Mixed():
            return _done(maker, "mixed", E.MIXED_TITLE, E.MIXED, E.MIXED_NEXT)
        case PartOpened():
            return _done(maker, "part-opened", E.OPENED_TITLE, E.OPENED, E.OPENED_NEXT)
        case QuorumWanted():
            return _quorum(maker, phase)
        case CountStopped(refusal):
            return _stopped(maker, refusal)


def _stopped(maker: PageMaker, refusal: Refusal) -> Page:
    """Return the page that says why; what people must mend stands under another title."""
    remedy = remedy_of(refusal.reason)
    title, hint = E.REFUSED_TITLE, maker.say(E.REFUSED)
    if remedy is not None:
        title, hint = E.STOPPED_TITLE, remedy.text(maker.language)
    widgets: tuple[Widget, ...] = (
        *maker.refused(refusal),
        Text("hint", hint, "strong"),
        Text("code", maker.say(T.STOPPED_CODE, number=refusal.reason.value)),
        maker.button("count.again", E.AGAIN, "primary"),
    )
    return maker.made("count-refused", title, widgets)


def _at_work(maker: PageMaker, name: str, title: Trilingual, progress: Progress) -> Page:
    hint = Text("hint", maker.say(E.AT_WORK), "body")
    return maker.made(name, title, (hint, *progress.widgets(maker.language)))


def _done(
    maker: PageMaker, name: str, title: Trilingual, done: Trilingual, following: Trilingual
) -> Page:
    widgets = (
        Text("done", maker.say(done), "good"),
        Text("hint", maker.say(following), "strong"),
    )
    return maker.made(name, title, widgets)


def _quorum(maker: PageMaker, phase: QuorumWanted) -> Page:
    package, language = maker.rules.package, maker.language
    shares, slot = phase.round.shares, phase.round.slot
    told: list[Widget] = [*maker.refused(phase.refusal)]
    if slot.notice is not None:
        said = slot.notice.text(language)
        told.append(Text("notice", said, "good" if slot.notice.good else "warning"))
    hint = maker.say(E.QUORUM_HINT, present=len(shares), needed=package.quorum)
    to_open = maker.say(E.TO_BE_OPENED, ballots=phase.ballots.shuffled)
    left_out = phase.ballots.left_out_said(language)
    widgets: list[Widget] = [Text("hint", hint, "body"), *told]
    if slot.card is None:
        widgets += [Text("ballots", to_open, "strong"), *([left_out] if left_out else [])]
        widgets.append(share_table(package, language, done=PinText.READ, cards=shares))
    else:
        button = pin_button(slot, language)
        widgets += [*pin_widgets(slot, package, language), *([button] if button else [])]
    return maker.made("quorum", E.QUORUM_TITLE, tuple(widgets))
