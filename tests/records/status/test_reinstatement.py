"""The way back from a suspension or probation, in the records."""

from datetime import date, timedelta
from typing import Any

from sqlmodel import SQLModel, select

from domain.core.forms import Process
from domain.core.people import Role
from domain.core.refusals import Code
from domain.qualification.risk_review import RiskReviewRequest
from records.agreement.tables import AgreementRow
from records.asl.tables.listing import AslRow, ConditionRow
from records.audit.tables.audits import AuditRow, CapaRow, FindingRow
from records.batch.tables.decisions import HoldRow, ReviewDemandRow
from records.core.shown import Reading
from records.core.tables.cases import ParticipantRow
from records.core.tables.master_data import DelegationRow
from records.site.tables import CertificateRow
from records.status.queries.status import status_of_case
from records.status.tables import SuspensionRow
from tests.domain.filling import filled
from tests.records.databases import on_one_database
from tests.records.deciding import a_status_case, approved, evidenced, made, status, suspended
from tests.records.qualifying import Qualifying, a_case, refused
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import START, Seeded

DUE, UNTIL = START.date() + timedelta(days=20), START.date() + timedelta(days=90)
CONDITIONAL: dict[str, Any] = {
    "status": "CONDITIONALLY_APPROVED",
    "conditions": [{"text": "Observers", "owner": "Site head", "due": DUE.isoformat(), "verification": "Reports"}],
    "conditional_to": UNTIL.isoformat(),
}


async def keeps(seeded: Seeded, *rows: SQLModel) -> None:
    async with seeded.database.writing() as session:
        session.add_all(rows)


async def liftable(seeded: Seeded) -> Qualifying:
    """The seeded scope is suspended, and what its reinstatement rests on is on record."""
    case = await suspended(seeded)
    await evidenced(case)
    return case


async def reinstated(case: Qualifying, **proposal: Any) -> dict[str, Any]:
    """Proposed by ines, signed by hana and quentin. Returns the effect of the last signature."""
    await case.answers("ines", "propose-reinstatement", **proposal)
    await case.does("hana", "sign-reinstatement")
    return (await case.does("quentin", "co-sign-reinstatement")).effect


async def test_a_reinstatement_states_the_status_and_lifts_no_hold(seeded: Seeded) -> None:
    await made(seeded, "BAT-91")
    case = await liftable(seeded)
    case.passes(days=30)
    assert (await reinstated(case))["in_force"] is True
    assert await status(seeded) == ("APPROVED", None)
    (held,) = await seeded.rows(HoldRow)
    assert (held.lifted_at, held.placed_in) == (None, case.case_id)
    row = await seeded.row(SuspensionRow, case.case_id)
    assert (row.lifted_at, row.lifted_in) == (case.at, case.case_id)
    statement = (await seeded.rows(AslRow))[-1]
    signers = sorted(map(seeded.result.person, ("hana", "quentin")))
    assert (statement.reason_code, statement.decided_by) == ("REINSTATED", signers)
    async with seeded.database.reading() as session:
        shown = await status_of_case(Reading(session, await seeded.actor("hana"), case.at), await case.row())
    assert shown.suspension is not None
    assert shown.reinstatement is not None
    assert (shown.status, shown.suspension.lifted_in, shown.reinstatement.in_force) == ("APPROVED", case.case_id, True)
    await is_rebuilt_identically(seeded.database, "suspensions", "asl", "holds")


@on_one_database
async def test_s1_s2_s11_who_proposed_signed_first_or_led_an_audit_does_not_sign(seeded: Seeded) -> None:
    case = await liftable(seeded)
    audit = await a_case(seeded, Process.AUDIT, {**seeded.result.audit_request, "scope_ids": ["SC-1"]}, by="ines")
    assert set((await refused(case.answers("priya", "propose-reinstatement"))).fields) == {"audits"}
    await audit.closes("CANCELLED")
    await case.answers("priya", "propose-reinstatement")
    await holds(seeded, "priya", Role.QA_APPROVER, Role.HEAD_QA, Role.QP)
    await holds(seeded, "hana", Role.HEAD_QA, Role.QP)
    assert await rule(case.does("priya", "sign-reinstatement")) == "S1"
    for lead in ({"lead": seeded.result.person("hana")}, {"lead": None}):
        await change_audit(seeded, audit.case_id, **lead)
        if lead["lead"] is not None:
            assert await rule(case.does("hana", "sign-reinstatement")) == "S2"
    await case.does("hana", "sign-reinstatement")
    assert await rule(case.does("hana", "co-sign-reinstatement")) == "S1"
    await keeps(
        seeded,
        ParticipantRow(case_id=audit.case_id, person_id=seeded.result.person("quentin"), role="LEAD_AUDITOR"),
    )
    assert await rule(case.does("quentin", "co-sign-reinstatement")) == "S2"
    assert (await status(seeded))[0] == "SUSPENDED"


@on_one_database
async def test_s11_a_signature_given_for_another_counts_as_both_persons(seeded: Seeded) -> None:
    case = await liftable(seeded)
    priya, hana = map(seeded.result.person, ("priya", "hana"))
    await keeps(
        seeded,
        DelegationRow(
            delegation_id="DEL-9",
            delegator=hana,
            delegate=priya,
            roles=["HEAD_QA", "QP"],
            valid_from=START.date(),
            valid_to=START.date(),
            accepted=True,
        ),
    )
    await case.answers("priya", "propose-reinstatement")
    suggested = await case.asks("sign-reinstatement")
    assert await rule(case.answers("priya", "sign-reinstatement", suggested, on_behalf_of="hana")) == "S1"
    await case.answers("ines", "propose-reinstatement")
    suggested = await case.asks("sign-reinstatement")
    await case.answers("priya", "sign-reinstatement", suggested, on_behalf_of="hana")
    await holds(seeded, "hana", Role.HEAD_QA, Role.QP)
    assert await rule(case.does("hana", "co-sign-reinstatement")) == "S1"
    await case.does("quentin", "co-sign-reinstatement")
    assert (await seeded.rows(AslRow))[-1].decided_by == sorted([priya, hana, seeded.result.person("quentin")])


async def rule(attempt: Any) -> str | None:
    refusal = await refused(attempt)
    assert refusal.code is Code.SEGREGATION_OF_DUTIES
    return refusal.rule


async def holds(seeded: Seeded, user: str, *roles: Role) -> None:
    person = seeded.result.person(user)
    more: dict[str, Any] = {"roles": sorted(role.value for role in roles)}
    await seeded.write("person.changed", person, {"reason": "Set-up", "set": more})


async def change_audit(seeded: Seeded, case_id: str, *, lead: str | None) -> None:
    async with seeded.database.writing() as session:
        (await session.get_one(AuditRow, case_id)).lead = lead


def certificate(valid_to: date, number: int = 1) -> CertificateRow:
    return CertificateRow(
        certificate_id=f"CERT-{number}",
        serial=number,
        site_id="VM-02",
        scope_id="SC-1",
        case_id="QC-0",
        type="GMP_CERT",
        number=str(number),
        authority="Mainz",
        valid_to=valid_to,
        sort_valid_to=valid_to,
        scope_text="Synthesis",
        document_id="DOC-1",
        status="VERIFIED",
        register_checked_on=START.date(),
        scope_confirmed_by="PER-1",
        confirmed_activity="API_MFG",
    )


def agreement(lapses_on: date) -> AgreementRow:
    return AgreementRow(
        qta_id="QTA-1",
        version=1,
        number=1,
        site_id="VM-02",
        scope_id="SC-1",
        case_id="QC-0",
        status="EFFECTIVE",
        drafted_by="PER-1",
        drafted_at=START,
        effective_from=START.date() - timedelta(days=900),
        lapses_on=lapses_on,
        terms={},
    )


def finding(status: str, severity: str = "CRITICAL") -> FindingRow:
    return FindingRow(
        case_id="AUD-9",
        number=1,
        finding_id="FND-9-1",
        severity=severity,
        area="QC",
        body={},
        status=status,
        issued=True,
        site_id="VM-02",
    )


def capa(status: str, severity: str = "CRITICAL") -> CapaRow:
    return CapaRow(capa_id="CAPA-9", origin="SCAR", site_id="VM-02", severity=severity, owner="QC", status=status)


YESTERDAY, TODAY = START.date() - timedelta(days=1), START.date()


OPEN: list[tuple[list[SQLModel], set[str]]] = [
    ([finding("CAPA_ACCEPTED")], {"findings"}),
    ([finding("VERIFIED")], set()),
    ([finding("ISSUED", "MAJOR")], set()),
    ([capa("IMPLEMENTED")], {"capas"}),
    ([capa("EFFECTIVENESS_PENDING")], set()),
    ([capa("IMPLEMENTED", "MAJOR")], set()),
    ([certificate(YESTERDAY)], {"certificates"}),
    ([certificate(YESTERDAY), certificate(TODAY, 2)], set()),
    ([agreement(YESTERDAY)], {"agreement"}),
    ([agreement(TODAY)], set()),
]


@on_one_database
async def test_what_is_open_at_the_site_keeps_the_status(seeded: Seeded) -> None:
    case = await liftable(seeded)
    for rows, missing in OPEN:
        await keeps(seeded, *rows)
        if missing:
            refusal = await refused(case.answers("ines", "propose-reinstatement"))
            assert (refusal.code, set(refusal.fields)) == (Code.GATE_CLOSED, missing)
        else:
            await case.answers("ines", "propose-reinstatement")
        async with seeded.database.writing() as session:
            for row in rows:
                await session.delete(row)


@on_one_database
async def test_a_criterion_is_met_by_a_record_of_the_scope_that_is_concluded_since(seeded: Seeded) -> None:
    request = filled(RiskReviewRequest, site_id="VM-02", scope_id="SC-1").model_dump(mode="json")
    before = await a_case(seeded, Process.RISK, request, by="ines", at=START - timedelta(days=9))
    await before.closes("APPROVED")
    case = await suspended(seeded)
    await evidenced(case)
    missing = await refused(case.answers("ines", "propose-reinstatement", criteria=[{**MET, "shown_by": []}]))
    assert (missing.code, set(missing.fields)) == (Code.RULE_BROKEN, {"criteria.0.shown_by"})
    named = ("CAPA-9", case.case_id, before.case_id, "CAPA-1")
    faulty = await refused(case.answers("ines", "propose-reinstatement", criteria=[{**MET, "shown_by": named}]))
    assert set(faulty.fields) == {f"criteria.0.shown_by.{place}" for place in (0, 1, 2)}
    await case.answers("ines", "propose-reinstatement", criteria=[{**MET, "shown_by": ["CAPA-1"]}])


MET = {"number": 1, "finding": "Seen.", "evidence": [{"document_id": "DOC-1", "sha256": "0" * 64}]}


@on_one_database
async def test_released_batches_are_reviewed_before_a_suspension_is_lifted(seeded: Seeded) -> None:
    await made(seeded, "BAT-94", "CERTIFIED")
    case = await suspended(seeded)
    await evidenced(case)
    refusal = await refused(case.answers("ines", "propose-reinstatement"))
    assert (refusal.code, refusal.fields) == (Code.GATE_CLOSED, {"batches": "are released and not reviewed: BAT-94"})
    async with seeded.database.writing() as session:
        for row in (await session.exec(select(ReviewDemandRow))).all():
            row.reviewed_at = case.at
    await case.answers("ines", "propose-reinstatement")


@on_one_database
async def test_what_opens_between_proposal_and_signature_closes_the_gate_again(seeded: Seeded) -> None:
    case = await liftable(seeded)
    await case.answers("ines", "propose-reinstatement")
    await case.does("hana", "sign-reinstatement")
    await keeps(seeded, finding("ISSUED"))
    assert (await refused(case.does("quentin", "co-sign-reinstatement"))).code is Code.GATE_CLOSED
    assert (await case.does("quentin", "co-sign-reinstatement", approve=False)).effect == {}
    assert (await refused(case.does("quentin", "co-sign-reinstatement", proposal=OTHER))).code is Code.VERSION_STALE


OTHER = {"version": 2, "sha256": "1" * 64}


@on_one_database
async def test_a_suspension_in_force_by_another_case_needs_criteria_from_a_review_first(seeded: Seeded) -> None:
    await approved(seeded)
    audit = await a_case(seeded, Process.AUDIT, {**seeded.result.audit_request, "scope_ids": ["SC-1"]}, by="ines")
    await audit.does("hana", "decide-suspension")
    case = Qualifying(seeded, "STA-1", audit.at, Process.STATUS)
    assert set((await refused(case.answers("ines", "propose-reinstatement", criteria=[]))).fields) == {
        "audits",
        "criteria",
        "impact",
    }
    assert set((await refused(case.does("hana", "review"))).fields) == {"exit_criteria"}
    await case.does("hana", "review", exit_criteria=["The audit is closed."])
    assert (await seeded.row(SuspensionRow, "STA-1")).exit_criteria != []
    case.tasks.clear()
    missing = await refused(case.answers("ines", "propose-reinstatement"))
    assert (missing.code, set(missing.fields)) == (Code.GATE_CLOSED, {"audits", "impact"})
    await evidenced(case)
    await audit.closes("CANCELLED")
    assert (await reinstated(case))["in_force"] is True
    await is_rebuilt_identically(seeded.database, "suspensions")


async def test_a_conditional_reinstatement_lives_by_its_conditions_and_ends_on_its_last_day(seeded: Seeded) -> None:
    case = await liftable(seeded)
    effect = await reinstated(case, **CONDITIONAL)
    assert (effect["first_condition"], str(effect["until"])[:10]) == (1, UNTIL.isoformat())
    condition = await seeded.row(ConditionRow, (case.case_id, 1))
    assert (condition.due_on, condition.scope_id, condition.status) == (DUE, "SC-1", "OPEN")
    unmet = await refused(case.answers("ines", "propose-reinstatement", criteria=[]))
    assert (unmet.code, unmet.fields) == (Code.GATE_CLOSED, {"conditions": f"are not met: {case.case_id}/1"})
    case.passes(days=21)
    assert (await case.notes("status.condition_unmet", {"number": 1})).effect == {"suspended": True}
    assert await status(seeded, at=case.at) == ("SUSPENDED", "NEW_ORDERS")
    await case.answers("ines", "verify-condition", number=1)
    case.passes(days=90)
    assert (await case.notes("status.approval_expired")).effect == {"expired": True}
    assert (await status(seeded))[0] == "EXPIRED"
    await reinstated(case, criteria=[])
    assert (await status(seeded))[0] == "APPROVED"
    await is_rebuilt_identically(seeded.database, "conditions", "asl")


# ------------------------------------------------------------------------------ probation, disqualification, retirement


@on_one_database
async def test_a_probation_needs_two_persons_and_is_lifted_as_a_suspension_is(seeded: Seeded) -> None:
    case = await a_status_case(await approved(seeded), "PROBATION", reason_code="CAPA_LATE")
    await case.does("priya", "put-on-probation", measures=["No late CAPA for two months."])
    await holds(seeded, "priya", Role.QA_APPROVER, Role.HEAD_QA)
    assert await rule(case.does("priya", "confirm-probation")) == "S1"
    assert (await case.does("hana", "confirm-probation", confirm=False)).effect == {}
    effect = (await case.does("hana", "confirm-probation")).effect
    assert effect == {"review_on": (START + timedelta(days=30)).date().isoformat()}
    assert await status(seeded) == ("PROBATION", None)
    assert list((await refused(case.does("hana", "review", scope="FULL"))).fields) == ["scope"]
    await case.does("hana", "review", exit_criteria=["One", "Two"])
    assert list((await refused(case.answers("ines", "propose-reinstatement"))).fields) == ["criteria"]
    await case.does("hana", "review", exit_criteria=["One"])
    await evidenced(case)
    await reinstated(case)
    assert await status(seeded) == ("APPROVED", None)


@on_one_database
async def test_a_disqualification_needs_an_executive_and_holds_what_is_open(seeded: Seeded) -> None:
    await made(seeded, "BAT-91")
    case = await a_status_case(await approved(seeded), "DISQUALIFICATION")
    assert list((await refused(case.does("hana", "disqualify", exit_plan=None))).fields) == ["exit_plan"]
    await case.does("hana", "disqualify")
    assert (await refused(case.does("hana", "consent"))).code is Code.WRONG_ROLE
    await holds(seeded, "hana", Role.HEAD_QA, Role.EXECUTIVE_SPONSOR)
    assert await rule(case.does("hana", "consent")) == "S1"
    assert (await case.does("erik", "consent")).effect == {"held": ["BAT-91"]}
    assert await status(seeded) == ("DISQUALIFIED", None)
    await case.does("sana", "plan-supply")


@on_one_database
async def test_nothing_may_be_open_where_a_site_retires(seeded: Seeded) -> None:
    await approved(seeded)
    await made(seeded, "BAT-91", "CERTIFIED")
    audit = await a_case(seeded, Process.AUDIT, {**seeded.result.audit_request, "scope_ids": ["SC-1"]}, by="ines")
    action = await a_case(
        seeded,
        Process.CAPA,
        {"origin": "SCAR", "site_id": "VM-02", "severity": "MAJOR", "finding": "Late.", "owner": "QC"},
        by="ines",
    )
    case = await a_status_case(seeded, "RETIREMENT")
    refusal = await refused(case.does("priya", "retire"))
    assert (refusal.code, refusal.fields) == (
        Code.GATE_CLOSED,
        {"batches": "BAT-91", "audits": audit.case_id, "capas": action.case_id},
    )
    await audit.closes("CANCELLED")
    await action.closes("CANCELLED")
    assert set((await refused(case.does("priya", "retire"))).fields) == {"batches"}
    assert (await case.does("priya", "retire", retire=False)).effect == {}
    assert (await status(seeded))[0] == "APPROVED"


async def test_a_scope_without_open_ends_retires_by_two_persons(seeded: Seeded) -> None:
    case = await a_status_case(await approved(seeded), "RETIREMENT", reason_code="BUSINESS_END")
    await case.does("priya", "retire")
    assert (await status(seeded))[0] == "RETIRED"
    signers = sorted(map(seeded.result.person, ("ines", "priya")))
    assert (await seeded.rows(AslRow))[-1].decided_by == signers
