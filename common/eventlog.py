"""Journals in the form of NIST SP 1500-101 (Election Event Logging), for other people's tools.

Rules: pure; a verified journal in, a JSON-ready object out. The export carries no signatures: what
counts as evidence is `journal.cborseq`; each event has the hash of its entry there. Times are UTC.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from common.catalogue import EventType, Group, describe, shown
from common.journal import Entry
from common.records import BoardKind

Json: TypeAlias = dict[str, object]

MANUFACTURER: Final = "Sailau"
# SP 1500-101 §4.1.1: the use of a device.
_USES: Final = {
    BoardKind.DESK: "ballot-activation",
    BoardKind.TERMINAL: "ballot-marking",
    BoardKind.ACCUMULATOR: "electronic-cast",
    BoardKind.PORTABLE: "dre",
}


@dataclass(frozen=True, slots=True)
class BoardLog:
    """One board and its journal. `version` is that of its program."""

    board: str
    kind: BoardKind
    version: str
    entries: Sequence[Entry]


def event_log(
    election: str, logs: Sequence[BoardLog], generated_ms: int, language: str = "en"
) -> Json:
    """Return an `ElectionEventLog` of these boards; texts in "kk", "ru" or "en".

    `generated_ms` is the time of the export, UTC.
    """
    return {
        "@type": "EventLogging.ElectionEventLog",
        "ElectionId": election,
        "GeneratedTime": _time(generated_ms),
        "Device": [
            {
                "@type": "EventLogging.Device",
                "Id": log.board,
                "Manufacturer": MANUFACTURER,
                "Model": log.kind.name.lower(),
                "Type": _USES[log.kind],
                "Version": log.version,
                "HashType": "sha-256",
                "Event": [_event(entry, language) for entry in log.entries],
            }
            for log in logs
        ],
    }


def event_documentation(
    kind: BoardKind, version: str, generated_ms: int, language: str = "en"
) -> Json:
    """Return an `ElectionEventLogDocumentation`: what the events of such a board mean."""
    return {
        "@type": "EventLogging.ElectionEventLogDocumentation",
        "DeviceManufacturer": MANUFACTURER,
        "DeviceModel": kind.name.lower(),
        "DeviceVersion": version,
        "GeneratedDate": _time(generated_ms)[:10],
        "EventIdDescription": [
            {
                "@type": "EventLogging.EventIdDescription",
                "Id": str(event.value),
                "Description": getattr(event, language),
            }
            for event in EventType
        ],
        "EventTypeDescription": [
            {
                "@type": "EventLogging.EventTypeDescription",
                "Type": group.name.lower(),
                "Description": group.meaning,
            }
            for group in Group
        ],
    }


def _event(entry: Entry, language: str) -> Json:
    facts = "; ".join(f"{name}={shown(value, language)}" for name, value in entry.facts.items())
    return {
        "@type": "EventLogging.Event",
        "Id": str(entry.event.value),
        "Type": entry.event.group.name.lower(),
        "Disposition": entry.event.ending.value,
        "Sequence": str(entry.number),
        "TimeStamp": _time(entry.time_ms),
        "Description": describe(entry.event, entry.facts, language),
        "Details": facts,
        "Hash": entry.hash.hex(),
    }


def _time(time_ms: int) -> str:
    time = dt.datetime.fromtimestamp(time_ms / 1000, tz=dt.UTC)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
