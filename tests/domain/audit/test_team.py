from datetime import date
from typing import Any

import pytest

from domain.audit.plan import AuditPlan
from domain.audit.team import (
    AuditorDeclaration,
    AuditorFacts,
    AuditorReplacement,
    AuditTeam,
    TeamMember,
    TeamNeeds,
    TeamRole,
    declares_fit,
    leads_of,
    needs_of,
    refuse_unless_competent,
    refuse_unless_in_team,
    remaining,
    replaced,
    suggested_team,
)
from domain.core.people import Actor, AuditorQualification, Employment, Org, Role
from domain.core.refusals import Code, Refused
from domain.core.standard import Standard
from tests.domain.filling import faults, filled

NEEDS = TeamNeeds(
    site_id="SITE-2",
    first_day=date(2026, 3, 10),
    last_day=date(2026, 3, 12),
    standards=frozenset({Standard.EU_GMP_II_ICH_Q7, Standard.CFR_211}),
    languages=frozenset({"en", "de"}),
    third_party=False,
    independent_since=date(2024, 3, 10),
)


def auditor(person_id: str, role: Role = Role.LEAD_AUDITOR, **change: Any) -> AuditorFacts:
    qualification = {
        "valid_to": date(2026, 3, 12),
        "standards": frozenset({"EU_GMP_II_ICH_Q7", "21CFR211"}),
        "languages": frozenset({"en", "de"}),
    }
    known = {key: change.pop(key) for key in (*qualification, "employments") if key in change}
    facts = {
        "person_id": person_id,
        "roles": frozenset({role}),
        "qualification": AuditorQualification.model_validate(qualification | known),
    }
    return AuditorFacts.model_validate(facts | change)


LEAD = TeamMember(person_id="TOM", role=TeamRole.LEAD, language="en")
CO = TeamMember(person_id="RUTH", role=TeamRole.CO, language="de")


@pytest.mark.parametrize(
    ("change", "fine"),
    [
        ({}, True),
        ({"valid_to": date(2026, 3, 11)}, False),
        ({"standards": frozenset({"21CFR211"})}, False),
        ({"languages": frozenset({"de"})}, False),
        ({"disabled": True}, False),
        ({"absent_until": date(2026, 3, 9)}, True),
        ({"absent_until": date(2026, 3, 10)}, False),
        ({"qualification": None}, False),
        ({"role": Role.CO_AUDITOR}, False),
        ({"role": Role.THIRD_PARTY_AUDITOR}, False),
        ({"employments": (Employment(site_id="SITE-2", until=None),)}, False),
        ({"employments": (Employment(site_id="SITE-2", until=date(2024, 3, 11)),)}, False),
        ({"employments": (Employment(site_id="SITE-2", until=date(2024, 3, 10)),)}, True),
        ({"employments": (Employment(site_id="SITE-9", until=None),)}, True),
    ],
)
def test_a_lead_is_qualified_available_and_independent(change: dict[str, Any], *, fine: bool) -> None:
    facts = {"TOM": auditor("TOM", **change), "RUTH": auditor("RUTH", Role.CO_AUDITOR)}
    expected = set() if fine else {"members.0.person_id"}
    assert faults(lambda: refuse_unless_competent((LEAD, CO), facts, NEEDS)) == expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ((LEAD, CO), set()),
        ((CO,), {"members"}),
        ((LEAD,), {"members"}),
        ((LEAD, CO, CO), {"members.2.person_id"}),
        ((LEAD, CO.model_copy(update={"person_id": "NOBODY"})), {"members.1.person_id"}),
    ],
)
def test_a_team_has_a_lead_and_covers_every_language(members: tuple[TeamMember, ...], expected: set[str]) -> None:
    facts = {"TOM": auditor("TOM"), "RUTH": auditor("RUTH", Role.CO_AUDITOR, standards=frozenset())}
    assert faults(lambda: refuse_unless_competent(members, facts, NEEDS)) == expected


def test_a_third_party_auditor_leads_when_a_third_party_audits() -> None:
    facts = {"TOM": auditor("TOM", Role.THIRD_PARTY_AUDITOR), "RUTH": auditor("RUTH")}
    third_party = NEEDS.model_copy(update={"third_party": True})
    assert faults(lambda: refuse_unless_competent((LEAD, CO), facts, third_party)) == set()


@pytest.mark.parametrize(
    ("given", "fit"),
    [
        ({"independent": True}, True),
        ({"independent": False}, False),
        ({"independent": True, "conflict_of_interest": "My brother works there."}, False),
    ],
)
def test_who_has_a_conflict_is_out(given: dict[str, Any], *, fit: bool) -> None:
    declaration = filled(AuditorDeclaration, **given)
    assert declares_fit(declaration) is fit
    assert remaining((LEAD, CO), {"TOM": declaration}) == ((LEAD, CO) if fit else (CO,))


def test_a_member_is_replaced_by_somebody_new() -> None:
    new = {"person_id": "RUTH", "role": "LEAD", "language": "en"}
    after = replaced((LEAD,), filled(AuditorReplacement, outgoing="TOM", incoming=new))
    assert leads_of(after) == {"RUTH"}
    assert leads_of((LEAD, CO)) == {"TOM"}


@pytest.mark.parametrize(
    ("outgoing", "incoming", "expected"),
    [("NOBODY", "NEW", {"outgoing"}), ("TOM", "RUTH", {"incoming.person_id"})],
)
def test_a_replacement_must_fit_the_team(outgoing: str, incoming: str, expected: set[str]) -> None:
    replacement = filled(AuditorReplacement, outgoing=outgoing, incoming={"person_id": incoming})
    assert faults(lambda: replaced((LEAD, CO), replacement)) == expected


def test_the_suggested_team_can_audit() -> None:
    candidates = [auditor("CARL", valid_to=date(2025, 1, 1)), auditor("RUTH", Role.CO_AUDITOR), auditor("TOM")]
    team = filled(AuditTeam, suggested_team(candidates, NEEDS))
    facts = {candidate.person_id: candidate for candidate in candidates}
    assert faults(lambda: refuse_unless_competent(team.members, facts, NEEDS)) == set()


def test_without_a_fit_auditor_no_team_is_suggested() -> None:
    assert suggested_team([auditor("CARL", disabled=True)], NEEDS) == {}


def test_needs_follow_the_plan_and_the_agreed_days() -> None:
    plan = filled(AuditPlan, languages=["en", "de"])
    since = date(2025, 4, 1)
    assert needs_of(plan, site_id="S", independent_since=since).first_day == plan.first_day
    moved = needs_of(plan, site_id="S", independent_since=since, first_day=date(2027, 5, 1), last_day=date(2027, 5, 2))
    assert (moved.first_day, moved.last_day) == (date(2027, 5, 1), date(2027, 5, 2))
    assert moved.languages == {"en", "de"}


@pytest.mark.parametrize(
    ("person", "on_behalf_of", "fine"), [("TOM", None, True), ("X", "RUTH", True), ("X", None, False)]
)
def test_only_the_team_reports_from_the_audit(person: str, on_behalf_of: str | None, *, fine: bool) -> None:
    actor = Actor(
        person=person,
        user="x",
        name="X",
        org=Org.SPONSOR,
        roles=frozenset({Role.LEAD_AUDITOR}),
        on_behalf_of=on_behalf_of,
    )
    if fine:
        refuse_unless_in_team((LEAD, CO), actor)
        return
    with pytest.raises(Refused) as refused:
        refuse_unless_in_team((LEAD, CO), actor)
    assert refused.value.refusal.code is Code.NOT_ASSIGNED
