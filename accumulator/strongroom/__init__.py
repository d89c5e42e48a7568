"""The accumulator's keys and media: everything that a machine's effect does to either.

    room        what is open now: keys, journal, files, urn; every other file here works on it
    orders      which effect is carried out by which function: begin to read here
    recovery    `Recover`: opens everything from the media, at a start or after a fault
    spare       a spare's way to the dead accumulator's medium, urn and keys
    morning     start password, tally key, opening
    daytime     votes taken in, the clock put right, boards that died
    evening     close, the other boards' media, count, minutes, bundle, act of sealing
    papers      what is printed, from zero report to control codes

Rules:
- Keys live here and on the key shelf, nowhere else; the tally key only here, as shares in memory,
  from when it is made until the start order is stored.
- Every write goes to the board's own storage first, then to the removable medium, each durable.
- How far the day has come is read from the files (`accumulator.dayfiles`), never remembered.
- A failing medium is an outcome (`MediumFailed`): whatever was open is let go, and only `Recover`
  opens it again, after making both media alike.

It decides nothing: what happens when is the machine's. It never logs a serial, a vote or a key.
"""

from accumulator.strongroom.orders import perform
from accumulator.strongroom.papers import draw_up_paper
from accumulator.strongroom.room import Strongroom, Surroundings

__all__ = ["Strongroom", "Surroundings", "draw_up_paper", "perform"]
