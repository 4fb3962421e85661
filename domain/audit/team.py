"""The audit team: competence, independence, declarations (domain specification, sections 6, 10 and 11, S13)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from domain.audit.plan import AuditPlan
from domain.core.attestations import Known
from domain.core.forms import Action, Form, Meaning, Process, Value
from domain.core.people import Actor, AuditorQualification, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.standard import Standard
from domain.core.text import Identifier, Language, Text


class TeamRole(StrEnum):
    """An auditor's part in the team."""

    LEAD = "LEAD"
    CO = "CO"


class TeamMember(Value):
    """An auditor in the team."""

    person_id: Identifier = Field(examples=["PER-1"])
    """The auditor."""
    role: Annotated[TeamRole, Known("who is fit for it by the file of auditors")] = Field(examples=[TeamRole.LEAD])
    """LEAD or CO."""
    language: Language = Field(examples=["en"])
    """The language in which this auditor audits, ISO 639-1."""


class AuditTeam(Form):
    """Name the audit team: at least one lead, and together all languages and standards of the plan."""

    action = Action(
        Process.AUDIT, "team", "Name the audit team", frozenset({Role.SUPPLIER_QUALITY}), clock="audit.team"
    )

    members: tuple[TeamMember, ...] = Field(min_length=1, max_length=20)
    """The auditors, each once."""


class AuditorDeclaration(Form):
    """Declare independence from the site and any conflict of interest. Who has one leaves the team."""

    action = Action(
        Process.AUDIT,
        "declare",
        "Declare conflicts of interest",
        frozenset({Role.LEAD_AUDITOR, Role.CO_AUDITOR, Role.THIRD_PARTY_AUDITOR}),
        clock="audit.declare",
        meaning=Meaning.ACKNOWLEDGED,
    )

    independent: bool = Field(examples=[True])
    """Whether you are independent of the site: no employment, consulting or share there."""
    conflict_of_interest: Text | None = None
    """The conflict, in words; absent when there is none."""


class AuditorReplacement(Form):
    """Replace an auditor. The new one declares conflicts of interest; the site is told when the lead changes."""

    action = Action(Process.AUDIT, "replace-auditor", "Replace an auditor", frozenset({Role.SUPPLIER_QUALITY}))

    outgoing: Identifier = Field(examples=["PER-1"])
    """The auditor who leaves the team."""
    incoming: TeamMember
    """The auditor who joins it."""
    reason: Text = Field(examples=["The lead auditor is ill."])
    """Why."""


class AuditorFacts(BaseModel):
    """What is known of a person when the team is checked."""

    model_config = ConfigDict(frozen=True)

    person_id: str
    roles: frozenset[Role]
    disabled: bool = False
    absent_until: date | None = None
    """Last day of absence."""
    qualification: AuditorQualification | None = None


class TeamNeeds(BaseModel):
    """What the audit asks of its team."""

    model_config = ConfigDict(frozen=True)

    site_id: str
    first_day: date
    last_day: date
    standards: frozenset[Standard]
    languages: frozenset[str]
    third_party: bool
    independent_since: date
    """Work at the site must have ended on or before this day (S13; 24 months before the first day by policy)."""


def needs_of(
    plan: AuditPlan,
    *,
    site_id: str,
    independent_since: date,
    first_day: date | None = None,
    last_day: date | None = None,
) -> TeamNeeds:
    """The needs of a plan; agreed days that differ from the planned ones are passed along."""
    return TeamNeeds(
        site_id=site_id,
        first_day=first_day or plan.first_day,
        last_day=last_day or plan.last_day,
        standards=frozenset(plan.standards),
        languages=frozenset(plan.languages),
        third_party=plan.third_party is not None,
        independent_since=independent_since,
    )


def is_independent(facts: AuditorFacts, needs: TeamNeeds) -> bool:
    """Whether the auditor has not worked at the site since the day from which independence counts (S13)."""
    employments = facts.qualification.employments if facts.qualification else ()
    return all(
        work.until is not None and work.until <= needs.independent_since
        for work in employments
        if work.site_id == needs.site_id
    )


def _qualification_fault(member: TeamMember, held: AuditorQualification, needs: TeamNeeds) -> str | None:
    missing = needs.standards - held.standards if member.role is TeamRole.LEAD else frozenset()
    if held.valid_to < needs.last_day:
        return f"is qualified only until {held.valid_to}"
    if member.language not in held.languages:
        return f"does not audit in {member.language}"
    return f"leads without being qualified for {', '.join(sorted(missing))}" if missing else None


def auditor_fault(member: TeamMember, facts: AuditorFacts | None, needs: TeamNeeds) -> str | None:
    """Why this person cannot take this place in the team; `None` when nothing stands against it."""
    leads = {Role.LEAD_AUDITOR} | ({Role.THIRD_PARTY_AUDITOR} if needs.third_party else set())
    fit = leads if member.role is TeamRole.LEAD else leads | {Role.CO_AUDITOR}
    if facts is None:
        return "is not known"
    faults = (
        "has a disabled account" if facts.disabled else None,
        None if fit & facts.roles else f"needs one of the roles {', '.join(sorted(fit))}",
        f"is absent until {facts.absent_until}"
        if facts.absent_until is not None and facts.absent_until >= needs.first_day
        else None,
        _qualification_fault(member, facts.qualification, needs)
        if facts.qualification
        else "is not qualified as an auditor",
        None if is_independent(facts, needs) else f"worked at the site after {needs.independent_since} (S13)",
    )
    return next((fault for fault in faults if fault is not None), None)


def team_faults(members: Sequence[TeamMember], facts: Mapping[str, AuditorFacts], needs: TeamNeeds) -> dict[str, str]:
    """Everything that stands against a team, by dotted path (section 6: a valid lead, every language covered)."""
    faults: dict[str, str] = {}
    seen: set[str] = set()
    for index, member in enumerate(members):
        path = f"members.{index}.person_id"
        if member.person_id in seen:
            faults[path] = "is in the team twice"
        elif (fault := auditor_fault(member, facts.get(member.person_id), needs)) is not None:
            faults[path] = fault
        seen.add(member.person_id)
    if not any(member.role is TeamRole.LEAD for member in members):
        faults["members"] = "has no lead auditor"
    elif missing := needs.languages - {member.language for member in members}:
        faults["members"] = f"covers no {', '.join(sorted(missing))}"
    return faults


def refuse_unless_competent(members: Sequence[TeamMember], facts: Mapping[str, AuditorFacts], needs: TeamNeeds) -> None:
    """Raise `Refused` with everything that stands against the team (`team_faults`)."""
    faults = team_faults(members, facts, needs)
    if faults:
        raise broken("audit.team", "The team cannot audit this site.", **faults)


def declares_fit(declaration: AuditorDeclaration) -> bool:
    """Whether the auditor may stay: independent and without a conflict of interest (section 10)."""
    return declaration.independent and declaration.conflict_of_interest is None


def remaining(members: Iterable[TeamMember], declarations: Mapping[str, AuditorDeclaration]) -> tuple[TeamMember, ...]:
    """The members left when those who declared a conflict are out; who has not declared yet still counts."""
    return tuple(
        member
        for member in members
        if member.person_id not in declarations or declares_fit(declarations[member.person_id])
    )


def replaced(members: Sequence[TeamMember], replacement: AuditorReplacement) -> tuple[TeamMember, ...]:
    """The team after a replacement. Raises `Refused` when it does not fit the team; competence is checked apart."""
    if replacement.outgoing not in {member.person_id for member in members}:
        raise broken("audit.team", "Only a member of the team can be replaced.", outgoing="is not in the team")
    if replacement.incoming.person_id in {member.person_id for member in members}:
        raise broken(
            "audit.team", "The new auditor is in the team already.", **{"incoming.person_id": "is in the team already"}
        )
    return tuple(replacement.incoming if member.person_id == replacement.outgoing else member for member in members)


def refuse_unless_in_team(members: Iterable[TeamMember], actor: Actor) -> None:
    """Raise `Refused` unless the actor is an auditor of the team: others have seen nothing on site (section 6)."""
    if not actor.persons & {member.person_id for member in members}:
        raise Refused(Code.NOT_ASSIGNED, "Only the audit team reports from the audit.", rule="audit.team")


def leads_of(members: Iterable[TeamMember]) -> frozenset[str]:
    """The person ids of the lead auditors; the site is told when they change (section 10)."""
    return frozenset(member.person_id for member in members if member.role is TeamRole.LEAD)


def suggested_team(candidates: Iterable[AuditorFacts], needs: TeamNeeds) -> dict[str, JsonValue]:
    """Prefill of a team: the first candidate fit to lead, then one more auditor for each language not yet covered."""
    pool = sorted(candidates, key=lambda facts: facts.person_id)
    chosen: list[TeamMember] = []
    wanted = sorted(needs.languages)
    for language in wanted:
        for facts in pool:
            role = TeamRole.CO if chosen else TeamRole.LEAD
            member = TeamMember(person_id=facts.person_id, role=role, language=language)
            taken = any(facts.person_id == other.person_id for other in chosen)
            if not taken and auditor_fault(member, facts, needs) is None:
                chosen.append(member)
                break
    return {"members": [member.model_dump(mode="json") for member in chosen]} if chosen else {}


def covers(members: Iterable[TeamMember], languages: Iterable[str]) -> bool:
    """Whether a team has a lead and speaks every language of the plan (section 6)."""
    team = tuple(members)
    return bool(leads_of(team)) and set(languages) <= {member.language for member in team}
