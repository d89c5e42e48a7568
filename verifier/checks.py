"""The examination of an evidence bundle: its steps, in order, with what each proves.

A step is a function that takes the `Case`, returns one sentence of what it found, or raises
`Wrong`. A step builds on those before it, so after the first that fails the others are not reached.

What is checked stands elsewhere: `papers` (what centre and officials signed), `day` (what the
boards did), `figures` (votes and figures), `provedrecords` (the proofs of the count), `acts`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from verifier import acts, day, figures, papers, provedrecords
from verifier.evidence import Case
from verifier.proved import PROVED


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the examination."""

    name: str
    check: Callable[[Case], str]
    proves: str
    leaves_open: str = ""


STEPS = (
    Step(
        "package",
        papers.check_package,
        "The contests, names, boards, officials and rules are those that the centre signed.",
    ),
    Step(
        "minutes",
        papers.check_minutes,
        "The officials signed these figures with their own cards, and so did the accumulator.",
    ),
    Step(
        "files",
        papers.check_files,
        "Nothing in the bundle was changed, added or removed since the officials signed.",
    ),
    Step(
        "program",
        papers.check_program,
        "This list of program files is the one that the package allows.",
        "that the boards really ran these files: look at the boards",
    ),
    Step(
        "book",
        papers.check_book,
        "The pictures of the ballot are those that the package names.",
        "that the terminals really showed them",
    ),
    Step(
        "opening",
        day.check_opening,
        "The station was opened by its officials, with an empty urn and this tally key.",
    ),
    Step(
        "statements",
        day.check_statements,
        "Every board stated its figures under its own key, or members signed that it died.",
    ),
    Step(
        "journals",
        day.check_journals,
        "No entry of any board's journal was changed, removed or put in between.",
        "that a board wrote down everything that happened",
    ),
    Step(
        "sealed votes",
        figures.check_sealed,
        "Every vote in the urn was made by a terminal of this station, and none is there twice.",
        "that a terminal sealed what the voter touched",
    ),
    Step(
        "serials",
        figures.check_serials,
        "As many votes were taken in as cards were spent, and every card is accounted for.",
    ),
    Step("halves of the key", provedrecords.check_halves, *PROVED["halves of the key"]),
    Step("first lists", provedrecords.check_lists, *PROVED["first lists"]),
    Step("check values", provedrecords.check_values, *PROVED["check values"]),
    Step("first shuffle", provedrecords.check_first_mix, *PROVED["first shuffle"]),
    Step("second shuffle", provedrecords.check_second_mix, *PROVED["second shuffle"]),
    Step("checks", provedrecords.check_checked, *PROVED["checks"]),
    Step("openings", provedrecords.check_openings, *PROVED["openings"]),
    Step(
        "opened votes",
        figures.check_opened,
        "Each opened vote is one that the ballot allows; voters find their control codes here.",
    ),
    Step("contents", provedrecords.check_contents, *PROVED["contents"]),
    Step(
        "recount",
        figures.check_count,
        "The results are the sums of the opened votes.",
    ),
    Step(
        "other figures",
        figures.check_rest,
        "The other figures are the sums of the boards' statements; what does not add up is told.",
    ),
    Step(
        "sealing",
        acts.check_sealing,
        "The chair and others signed with which seals this very evidence was packed.",
        "that the seals are whole: look at the package",
    ),
)
