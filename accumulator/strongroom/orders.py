"""Which effect is carried out by which function on keys and media."""

from __future__ import annotations

from accumulator import effects
from accumulator.effects import Effect
from accumulator.events import Outcome
from accumulator.strongroom import daytime, evening, mixing, morning, spare
from accumulator.strongroom.recovery import recover
from accumulator.strongroom.room import Strongroom
from common.media import MediumFault


def perform(room: Strongroom, effect: Effect) -> Outcome | None:
    """Carry out one effect on keys and media, and return what came of it."""
    try:
        return _carry_out(room, effect)
    except MediumFault as fault:
        return room.failed(fault)


def _carry_out(room: Strongroom, effect: Effect) -> Outcome | None:
    match effect:
        case effects.Record(event, facts):
            room.record(event, **dict(facts))
        case effects.Recover(stopped_by):
            return recover(room, stopped_by)
        # a spare
        case effects.TakeOver(act):
            return spare.take_over(room, act) or recover(room)
        # the morning
        case effects.Unseal(password):
            return morning.unseal(room, password) or recover(room)
        case effects.TakeDeskHalf(half):
            return morning.take_desk_half(room, half)
        case effects.MakeHalf():
            return morning.make_half(room)
        case effects.OpenStation(act):
            return morning.open_station(room, act)
        # the day
        case effects.TakeIn(serial, cast_vote):
            return daytime.take_in(room, serial, cast_vote)
        case effects.PutClockRight(offset_ms, act):
            return daytime.put_clock_right(room, offset_ms, act)
        case effects.ListDead():
            return daytime.list_dead(room)
        case effects.ReadDead(board):
            return daytime.read_dead(room, board)
        case effects.WriteOff(board, act):
            return daytime.write_off(room, board, act)
        # the evening
        case effects.CloseStation():
            return mixing.close_station(room)
        case effects.ReadVisitor():
            return evening.read_visitor(room)
        case effects.MixVotes():
            return mixing.mix_votes(room)
        case effects.VisitForCount():
            return mixing.visit(room)
        case effects.OpenPart(given):
            return mixing.open_part(room, given)
        case effects.FinishCount():
            return mixing.finish(room)
        case effects.KeepSignatures(minutes):
            evening.keep_signatures(room, minutes)
        case effects.KeepAbsence(act):
            return evening.keep_absence(room, act)
        case effects.WriteBundle(minutes):
            return evening.write_bundle(room, minutes)
        case effects.ForgetKeys():
            evening.forget_keys(room)
        case effects.DrawUpSealing(seals):
            return evening.draw_up_sealing(room, seals)
        case effects.SealEvidence(act):
            return evening.seal_evidence(room, act)
        case _:
            raise TypeError(f"{type(effect).__name__} is not for the strongroom")
    return None
