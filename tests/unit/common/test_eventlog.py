"""The export has the form of NIST SP 1500-101, version 1."""

import json

import jsonschema
import pytest

from common.catalogue import EventType
from common.errors import LANGUAGES, Reason
from common.eventlog import BoardLog, event_documentation, event_log
from common.journal import Entry
from common.records import BoardKind

TIME_MS = 1_792_368_000_123
ENTRIES = (
    Entry(0, TIME_MS, EventType.STARTED, {"starts": 1}, bytes(32), bytes([1]) * 32),
    Entry(1, TIME_MS, EventType.CARD_REFUSED, {"reason": Reason.CARD_TORN}, bytes(32), bytes(32)),
)


def _object(
    name: str, required: dict[str, object], optional: dict[str, object]
) -> dict[str, object]:
    """A class of the specification: its @type, required and optional attributes, nothing else."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["@type", *required],
        "properties": {"@type": {"const": f"EventLogging.{name}"}} | required | optional,
    }


TEXT = {"type": "string"}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
EVENT = _object(
    "Event",
    {
        "Disposition": {"enum": ["failure", "na", "other", "success"]},
        "Id": TEXT,
        "Sequence": TEXT,
        "TimeStamp": TIME,
        "Type": TEXT,
    },
    {"Description": TEXT, "Details": TEXT, "Hash": TEXT, "Severity": TEXT, "UserId": TEXT},
)
DEVICE = _object(
    "Device",
    {"Id": TEXT},
    {
        "Event": {"type": "array", "items": EVENT},
        "HashType": {"enum": ["md6", "other", "sha-256", "sha-512"]},
        "Manufacturer": TEXT,
        "Model": TEXT,
        "Type": {"enum": ["ballot-activation", "ballot-marking", "dre", "electronic-cast"]},
        "Version": TEXT,
    },
)
LOG = _object(
    "ElectionEventLog",
    {"GeneratedTime": TIME},
    {"ElectionId": TEXT, "Device": {"type": "array", "items": DEVICE}},
)
DOCUMENTATION = _object(
    "ElectionEventLogDocumentation",
    {
        "DeviceManufacturer": TEXT,
        "DeviceModel": TEXT,
        "EventIdDescription": {
            "type": "array",
            "minItems": 1,
            "items": _object("EventIdDescription", {"Description": TEXT, "Id": TEXT}, {}),
        },
        "EventTypeDescription": {
            "type": "array",
            "minItems": 1,
            "items": _object("EventTypeDescription", {"Description": TEXT, "Type": TEXT}, {}),
        },
        "GeneratedDate": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
    },
    {"DeviceVersion": TEXT},
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", BoardKind)
def test_the_export_has_the_form_of_the_specification(kind: BoardKind, language: str) -> None:
    log = event_log("mazhilis-2023", [BoardLog("desk-1", kind, "0.1", ENTRIES)], TIME_MS, language)
    jsonschema.validate(json.loads(json.dumps(log)), LOG)
    documentation = event_documentation(kind, "0.1", TIME_MS, language)
    jsonschema.validate(json.loads(json.dumps(documentation)), DOCUMENTATION)


def test_every_entry_is_told_with_time_text_and_hash() -> None:
    log = event_log("e", [BoardLog("desk-1", BoardKind.DESK, "0.1", ENTRIES)], TIME_MS)
    devices = log["Device"]
    assert isinstance(devices, list)
    assert devices[0]["Event"] == [
        {
            "@type": "EventLogging.Event",
            "Id": "102",
            "Type": "program",
            "Disposition": "success",
            "Sequence": "0",
            "TimeStamp": "2026-10-19T00:00:00.123Z",
            "Description": "The program was started (starts so far: 1)",
            "Details": "starts=1",
            "Hash": "01" * 32,
        },
        {
            "@type": "EventLogging.Event",
            "Id": "400",
            "Type": "cards",
            "Disposition": "failure",
            "Sequence": "1",
            "TimeStamp": "2026-10-19T00:00:00.123Z",
            "Description": "A card was refused, reason: 208 CARD_TORN",
            "Details": "reason=208 CARD_TORN",
            "Hash": "00" * 32,
        },
    ]


def test_every_event_of_the_catalogue_is_documented() -> None:
    documentation = event_documentation(BoardKind.TERMINAL, "0.1", TIME_MS)
    rows = documentation["EventIdDescription"]
    assert isinstance(rows, list)
    assert [row["Id"] for row in rows] == [str(event.value) for event in EventType]
