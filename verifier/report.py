"""The examination as a whole, and how its result is told: in words, or as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from verifier import evidence
from verifier.checks import STEPS
from verifier.encoding import Wrong
from verifier.evidence import Case, NotThere
from verifier.work import Work

_TOO_MUCH = (ArithmeticError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class Finding:
    """One step's result: `right` is None where it was not reached, or nothing was there."""

    step: str
    right: bool | None
    found: str
    proves: str
    leaves_open: str


@dataclass(frozen=True, slots=True)
class Report:
    """The result: accepted or not, step by step."""

    accepted: bool
    findings: tuple[Finding, ...]
    remarks: tuple[str, ...]
    contests: tuple[dict[str, object], ...]

    def as_json(self) -> str:
        """Return the report for programs."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)

    def as_text(self) -> str:
        """Return the report for people."""
        lines = []
        for finding in self.findings:
            mark = {True: "right", False: "WRONG", None: "-----"}[finding.right]
            lines.append(f"{mark}  {finding.step}: {finding.found}")
            if finding.right and finding.proves:
                lines.append(f"         {finding.proves}")
            if finding.right and finding.leaves_open:
                lines.append(f"         Not shown by this: {finding.leaves_open}.")
        lines += [f"note   {remark}" for remark in self.remarks]
        lines.append("")
        lines.append(
            "ACCEPTED: the bundle is whole, signed and adds up."
            if self.accepted
            else "REFUSED: do not rely on this bundle. Keep it, and tell the higher commission."
        )
        return "\n".join(lines)


def examine(folder: Path, root_key: bytes, work: Work | None = None) -> tuple[Report, Case | None]:
    """Examine the bundle in `folder` against the root key (Ed25519, 32 bytes).

    `work` is how long work is done, and who is told of its progress.
    """
    try:
        files, sealing = evidence.read_folder(folder), evidence.read_sealing(folder)
    except Wrong as wrong:
        first = Finding("bundle", right=False, found=str(wrong), proves="", leaves_open="")
        return Report(False, (first,), (), ()), None
    return examine_files(files, root_key, sealing, work)


def examine_files(
    files: dict[str, bytes],
    root_key: bytes,
    sealing: bytes | None = None,
    work: Work | None = None,
) -> tuple[Report, Case]:
    """Examine a bundle that was read from wherever it lay: file contents by path.

    `sealing` is the act that lies beside it.
    """
    case = Case(files, root_key, sealing, work=work or Work())
    findings: list[Finding] = []
    failed = False
    for step in STEPS:
        right: bool | None = None
        found = "not reached"
        if not failed:
            try:
                found, right = step.check(case), True
            except NotThere as nothing:
                found = str(nothing)
            except Wrong as wrong:
                found, right, failed = str(wrong), False, True
            except (LookupError, TypeError, ValueError, AttributeError, *_TOO_MUCH):
                # A record with the right signature whose inside is of the wrong form.
                found, right, failed = "a record does not have its documented form", False, True
        findings.append(Finding(step.name, right, found, step.proves, step.leaves_open))
    contests = () if failed else _contests(case)
    report = Report(not failed, tuple(findings), tuple(case.remarks), contests)
    return report, case


def _contests(case: Case) -> tuple[dict[str, object], ...]:
    return tuple(
        {
            "contest": contest[0],
            "ballots": result[1],
            "with_selections": result[2],
            "against_all": result[3],
            "blank": result[4],
            "lines": list(result[5]),
        }
        for contest, result in zip(case.package[11], case.minutes[10], strict=True)
    )
