"""What is secret shows in no `repr`: neither in a log line, nor in an error, nor in a debugger."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Iterator

import accumulator
import cardio
import common
import desk
import hal
import terminal

SECRET = re.compile(
    r"(pin|puk|password|secret|.*_secret|.*_seed|urn_key|share|shares|piece|typed|digits"
    r"|code|codes|choices|selections|fills"
    r"|serial|iin|surname|given|patronymic|birth_date|address|voters"
    r"|card_key|key_hash|activation|cast_vote|deposit|sealed)"
)
PUBLIC = {
    ("accumulator.clockcheck.ClockCheck", "typed"),  # a time of day
    ("accumulator.sealing_act.Seals", "typed"),  # numbers of seals
    ("accumulator.sealing_act.SealingAct", "typed"),
    ("common.records.Line", "given"),  # a candidate's name
    ("common.records.Line", "patronymic"),
    ("common.records.StationKeyOffer", "sealed"),  # sealed twice over
    ("desk.errands.CountingCards", "typed"),  # how many cards
    ("desk.phases.ClockCheck", "typed"),
    ("desk.tally.Tally", "sealed"),  # how many envelopes
    ("hal.config.ClockChipConfig", "address"),  # on a bus
    ("hal.config.SupplyConfig", "address"),
    ("hal.config.TouchConfig", "address"),
}


def secret_fields() -> Iterator[tuple[str, dataclasses.Field[object]]]:
    """Yield class and field for each field of a board's dataclasses that is named like a secret."""
    for package in (common, cardio, hal, desk, terminal, accumulator):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".drivers." in found.name or found.name.endswith("__main__"):
                continue
            module = importlib.import_module(found.name)
            for kind in vars(module).values():
                if not (isinstance(kind, type) and kind.__module__ == found.name):
                    continue
                if dataclasses.is_dataclass(kind):
                    for each in dataclasses.fields(kind):
                        name = f"{kind.__module__}.{kind.__qualname__}"
                        if SECRET.fullmatch(each.name) and (name, each.name) not in PUBLIC:
                            yield name, each


def test_every_exception_is_needed() -> None:
    for name, each in PUBLIC:
        module, _, kind = name.rpartition(".")
        found = getattr(importlib.import_module(module), kind)
        assert each in {one.name for one in dataclasses.fields(found)}


def test_no_secret_shows() -> None:
    fields = list(secret_fields())
    assert len(fields) > 30
    assert [f"{name}.{each.name}" for name, each in fields if each.repr] == []
