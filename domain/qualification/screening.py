"""Screening of a site in public registers before anything else is asked of it (domain specification, section 4)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, JsonValue

from domain.core.attestations import Known
from domain.core.document import DocumentReference, RecordVersion
from domain.core.forms import Action, Decision, Form, Meaning, Process, Value
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import ShortText, Text
from domain.policy.market_asks import MarketAsks
from domain.site.registers import Register


class CheckResult(StrEnum):
    """What a register says of the site."""

    CLEAR = "CLEAR"
    HIT = "HIT"
    NOT_LISTED = "NOT_LISTED"
    UNAVAILABLE = "UNAVAILABLE"


class HitKind(StrEnum):
    """What was found."""

    SANCTIONS = "SANCTIONS"
    IMPORT_ALERT = "IMPORT_ALERT"
    NON_COMPLIANCE = "NON_COMPLIANCE"
    WARNING_LETTER = "WARNING_LETTER"
    OAI = "OAI"
    OTHER = "OTHER"


class CheckSource(StrEnum):
    """Where a check comes from: a person looked it up, or it was found in an extract of the register."""

    MANUAL = "MANUAL"
    EXTRACT = "EXTRACT"


class Obstacle(StrEnum):
    """What ends a qualification unless the head of quality overrides it."""

    SANCTIONS = "SANCTIONS"
    IMPORT_ALERT = "IMPORT_ALERT"
    NON_COMPLIANCE = "NON_COMPLIANCE"
    CONFLICT_OF_INTEREST = "CONFLICT_OF_INTEREST"


HITS: Mapping[Register, tuple[HitKind, ...]] = {
    Register.EUDRAGMDP: (HitKind.NON_COMPLIANCE, HitKind.OTHER),
    Register.FDA_INSPECTIONS: (HitKind.OAI, HitKind.OTHER),
    Register.FDA_WARNING_LETTERS: (HitKind.WARNING_LETTER,),
    Register.FDA_IMPORT_ALERT: (HitKind.IMPORT_ALERT,),
    Register.NCA: (HitKind.NON_COMPLIANCE, HitKind.OTHER),
    Register.SANCTIONS: (HitKind.SANCTIONS,),
}
"""The kinds of hit that each register holds, the gravest first."""


class RegisterHit(Value):
    """An entry in a register that speaks against the site."""

    kind: HitKind = Field(examples=[HitKind.OTHER])
    """What it is; a register holds only its own kinds."""
    concerns_scope: bool = Field(examples=[False])
    """Whether it touches the activity or product that is to be qualified."""
    valid: bool = Field(examples=[True])
    """Whether it is in force now: not closed out, lifted or superseded."""
    description: Text = Field(examples=["Warning letter of 2026-02-10 on data integrity in the QC laboratory."])
    """What it says."""
    reference: ShortText = Field(examples=["MARCS-CMS 612345"])
    """The number under which the register keeps it."""


class RegisterCheck(Value):
    """One look into one register, with what it showed."""

    register_name: Annotated[Register, Known("the registers of the markets")]
    """The register. NCA may be checked once for each authority, any other register once."""
    result: CheckResult
    """CLEAR, HIT, NOT_LISTED or UNAVAILABLE. On a list of what is wrong, not being listed is CLEAR."""
    evidence: DocumentReference
    """What the register showed: a printout, a picture of the screen or the extract."""
    checked_at: AwareDatetime = Field(examples=["2026-04-01T08:00:00Z"])
    """When the register was looked into; for an extract the start of the day of its data."""
    source: CheckSource = CheckSource.MANUAL
    """Whether a person looked it up or it was found in an extract, which then is the evidence."""
    hit: RegisterHit | None = None
    """Required for a HIT."""


class Screening(Form):
    """Check the site and its supplier in the registers of its markets and in the sanctions lists."""

    action = Action(
        Process.QUALIFICATION,
        "screen",
        "Screen the site in registers",
        frozenset({Role.SUPPLIER_QUALITY}),
        clock="qualification.screening",
        meaning=Meaning.AUTHORED,
    )

    checks: Annotated[tuple[RegisterCheck, ...], Field(min_length=1, max_length=40)]
    """One check for each register that the markets require."""
    conflict_of_interest: bool = False
    """Whether who screens has an interest in the outcome; it is recorded and the head of quality decides."""
    conflict: Text | None = None
    """Which interest; required if there is one."""
    remarks: Text | None = None
    """Anything else that was noticed."""


class ScreeningOverride(Decision):
    """Decide whether the qualification goes on in spite of what the screening found."""

    action = Action(
        Process.QUALIFICATION,
        "override-screening",
        "Decide on the result of the screening",
        frozenset({Role.HEAD_QA}),
        clock="qualification.screening.override",
        meaning=Meaning.APPROVED,
    )

    override: bool = Field(examples=[True])
    """Whether the qualification goes on."""
    screening: RecordVersion
    """The version of the screening that was read."""
    reason: Text = Field(examples=["The alert names another product line; the authority confirmed it in writing."])
    """Why."""

    def approves(self) -> bool:
        return self.override


def required_registers(asks: Iterable[MarketAsks]) -> tuple[Register, ...]:
    """The registers that these markets ask for, in a fixed order; the sanctions lists always (section 4)."""
    wanted = {Register.SANCTIONS}.union(*(each.registers for each in asks))
    return tuple(register for register in Register if register in wanted)


def refuse_unless_screened(
    screening: Screening, *, asks: Iterable[MarketAsks], earliest: date, latest: datetime, tz: tzinfo
) -> None:
    """Raise `Refused` with every fault of a screening (section 4).

    `earliest` is the first day, at the site in time zone `tz`, on which a check may have been made (policy limit
    `screening_check_age_max`); `latest` the last instant.
    """
    required = required_registers(asks)
    faults: dict[str, str] = {}
    for index, check in enumerate(screening.checks):
        place = f"checks.{index}"
        faults |= {f"{place}.{name}": fault for name, fault in _check_faults(check, required).items()}
        if check.checked_at > latest:
            faults[f"{place}.checked_at"] = "lies in the future"
        elif not is_recent(check.checked_at, earliest, tz):
            faults[f"{place}.checked_at"] = f"is too long ago; check again (on {earliest} or later)"
    if problem := _coverage_fault(screening.checks, required):
        faults["checks"] = problem
    if screening.conflict_of_interest and screening.conflict is None:
        faults["conflict"] = "say which conflict of interest there is"
    if screening.conflict is not None and not screening.conflict_of_interest:
        faults["conflict_of_interest"] = "is false, but a conflict is described"
    if faults:
        raise broken("section 4, screening", "The screening is not complete.", **faults)


def is_recent(checked_at: datetime, earliest: date, tz: tzinfo) -> bool:
    """Whether a check was made on that day at the site, or later."""
    return checked_at.astimezone(tz).date() >= earliest


def obstacles(screening: Screening) -> tuple[Obstacle, ...]:
    """What ends the qualification unless the head of quality overrides it, in a fixed order (section 4).

    A sanctions hit always; an import alert or a non-compliance statement if it is in force and touches the scope; a
    conflict of interest of who screened.
    """
    found = {Obstacle(hit.kind) for hit in _hits(screening) if _blocks(hit)}
    if screening.conflict_of_interest:
        found.add(Obstacle.CONFLICT_OF_INTEREST)
    return tuple(obstacle for obstacle in Obstacle if obstacle in found)


_FLOORS = (HitKind.WARNING_LETTER, HitKind.OAI, HitKind.NON_COMPLIANCE, HitKind.IMPORT_ALERT)


def risk_facts(screening: Screening) -> tuple[HitKind, ...]:
    """What is in force and puts a floor under the risk tier, whatever scope it touches (sections 4 and 10)."""
    valid = {hit.kind for hit in _hits(screening) if hit.valid}
    return tuple(kind for kind in _FLOORS if kind in valid)


def suggested_screening(asks: Iterable[MarketAsks]) -> dict[str, JsonValue]:
    """Prefill of a screening: the registers to look into. When, and what they say, is for a person to find out."""
    return {"checks": [{"register_name": register.value} for register in required_registers(asks)]}


def _hits(screening: Screening) -> list[RegisterHit]:
    return [check.hit for check in screening.checks if check.hit is not None]


def _blocks(hit: RegisterHit) -> bool:
    match hit.kind:
        case HitKind.SANCTIONS:
            return True
        case HitKind.IMPORT_ALERT | HitKind.NON_COMPLIANCE:
            return hit.valid and hit.concerns_scope
        case _:
            return False


def _check_faults(check: RegisterCheck, required: tuple[Register, ...]) -> dict[str, str]:
    faults: dict[str, str] = {}
    if check.result is CheckResult.UNAVAILABLE and check.register_name in required:
        faults["result"] = "repeat the check: the register gave no answer"
    if check.result is CheckResult.NOT_LISTED and check.register_name.is_negative:
        faults["result"] = "is CLEAR where only what is wrong is listed"
    if check.result is not CheckResult.HIT:
        if check.hit is not None:
            faults["hit"] = f"does not go with {check.result}"
    elif check.hit is None:
        faults["hit"] = "say what was found"
    elif check.hit.kind not in HITS[check.register_name]:
        faults["hit.kind"] = f"{check.register_name} holds {' or '.join(HITS[check.register_name])}"
    return faults


def _coverage_fault(checks: Iterable[RegisterCheck], required: tuple[Register, ...]) -> str | None:
    times = Counter(check.register_name for check in checks)
    missing = [register for register in required if not times[register]]
    if missing:
        return f"{', '.join(missing)} must be checked too"
    twice = [register for register, count in times.items() if count > 1 and register is not Register.NCA]
    return f"{', '.join(twice)} is checked twice" if twice else None
