"""Pages of the counting desk's morning: its half of the tally key. Nothing is decided here."""

from __future__ import annotations

from cardio.pin_page import pin_button, pin_widgets, share_table
from common.notice import Notice
from common.pages import Page, Text, Widget
from common.pintexts import PinText
from desk.half_texts import H
from desk.page_maker import PageMaker
from desk.phases import HalfToCourier, SharesGiven, Waiting
from desk.texts import T


def waiting_page(maker: PageMaker, phase: Waiting) -> Page:
    """Return the page of a desk that is not open; the counting desk's has a button more."""
    refusal, waiting = maker.refused(phase.refusal), maker.say(T.WAITING)
    widgets: tuple[Widget, ...] = (Text("hint", waiting, "strong"), *refusal)
    if maker.rules.makes_half and maker.state.half is None:
        widgets = (
            Text("half.hint", maker.say(H.TO_MAKE), "strong"),
            *refusal,
            Text("hint", waiting, "note"),
            maker.button("half", H.MAKE, "primary"),
        )
    elif maker.rules.makes_half:
        widgets += (
            Text("half.hint", maker.say(H.IS_MADE), "note"),
            maker.button("half", H.AGAIN),
        )
    return maker.made("waiting", T.WAITING_TITLE, widgets)


def shares_page(maker: PageMaker, phase: SharesGiven) -> Page:
    """Return the page while shares go out to the share cards."""
    package, language, slot = maker.rules.package, maker.language, phase.round.slot
    told = _told(slot.notice, language)
    if slot.card is not None:
        button = pin_button(slot, language)
        widgets = [*told, *pin_widgets(slot, package, language), *([button] if button else [])]
        return maker.made("half.shares", H.SHARES_TITLE, tuple(widgets))
    ready = phase.round.enough(package)
    table = share_table(package, language, done=PinText.WRITTEN, cards=phase.round.written)
    return maker.made(
        "half.shares",
        H.SHARES_TITLE,
        (
            Text("hint", maker.say(H.SHARES_HINT), "body"),
            *told,
            table,
            maker.button("back", H.ABANDON),
            maker.button("shares.continue", H.CONTINUE, "primary", enabled=ready),
        ),
    )


def courier_page(maker: PageMaker, phase: HalfToCourier) -> Page:
    """Return the page while the courier card takes the half."""
    if phase.busy:
        widgets: tuple[Widget, ...] = (Text("wait", maker.say(H.COURIER_WRITING), "strong"),)
    elif phase.written:
        widgets = (Text("done", maker.say(H.COURIER_WRITTEN), "good"),)
    else:
        widgets = (
            Text("hint", maker.say(H.COURIER_HINT), "strong"),
            *maker.refused(phase.refusal),
            maker.button("back", T.BACK),
        )
    return maker.made("half.courier", H.COURIER_TITLE, widgets)


def _told(notice: Notice | None, language: str) -> list[Widget]:
    if notice is None:
        return []
    return [Text("notice", notice.text(language), "good" if notice.good else "warning")]
