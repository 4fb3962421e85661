"""What a qualified person declares on the makers of a substance, through the journal."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.core.refusals import Code
from records.batch.tables.decisions import ReviewDemandRow
from records.release.queries.qp_declarations import declarations
from records.release.tables import DeclaredSiteRow, QpDeclarationRow
from tests.records.certifying import a_certificate, fit
from tests.records.databases import on_one_database
from tests.records.declaring import an_audit, declares, takes_back
from tests.records.qualifying import refused
from tests.records.releasing import released
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
NUMBER = "QPD-2025-014"
LAST_DAY = "2025-10-31"


async def says(seeded: Seeded, by: str = "quentin", number: str = NUMBER, **given: Any) -> None:
    given = {"substance": "ARL-204", "valid_until": LAST_DAY, "covers": {"SC-1": "AUD-900"}, "at": START, **given}
    await declares(seeded, by, number, given.pop("covers"), at=given.pop("at"), **given)


async def test_a_declaration_keeps_its_makers_with_their_audits(seeded: Seeded) -> None:
    await an_audit(await fit(seeded, "API_MFG"))
    await says(seeded)
    row = await seeded.row(QpDeclarationRow, NUMBER)
    assert (row.valid_until, row.by_name, row.withdrawn_at) == (date(2025, 10, 31), "Quentin Dubois", None)
    site = await seeded.row(DeclaredSiteRow, (NUMBER, "SC-1"))
    assert (site.site_id, site.audit_id, site.audited_on) == ("VM-02", "AUD-900", (START - timedelta(days=60)).date())
    await says(seeded, number="QPD-2025-015")
    async with seeded.database.reading() as session:
        first = await declarations(session, site="VM-02", scope=None, cursor=None, limit=1)
        second = await declarations(session, site=None, scope="SC-1", cursor=first.next, limit=1)
    assert [each.number for each in (*first.items, *second.items)] == [NUMBER, "QPD-2025-015"]
    assert second.next is None


@pytest.mark.parametrize(
    ("audit", "given", "field", "fault"),
    [
        ({}, {"covers": {"SC-9": "AUD-900"}}, "covers.0.scope_id", "unknown"),
        ({}, {"covers": {"SC-1": "AUD-901"}}, "covers.0.audit_id", "is no audit of this site and scope"),
        ({"site_id": "VM-03"}, {}, "covers.0.audit_id", "is no audit of this site and scope"),
        ({"report_version": None}, {}, "covers.0.audit_id", "has no issued report"),
        ({"full_scope": False}, {}, "covers.0.audit_id", "did not cover the full scope"),
        ({"recommendation": "UNACCEPTABLE"}, {}, "covers.0.audit_id", "found it unacceptable"),
        ({"last_day": date(2022, 1, 10)}, {}, "covers.0.audit_id", "the next audit was due on 2023-01-10"),
        ({}, {"valid_until": "2025-11-15"}, "valid_until", "is after 2025-11-14, when the next audit is due"),
        ({}, {"valid_until": "2025-01-12"}, "valid_until", "is over"),
        ({}, {"substance": "ARL-205"}, "substance", "they are qualified for ARL-204"),
    ],
)
async def test_a_declaration_rests_on_an_audit_that_shows_it(
    seeded: Seeded, audit: dict[str, Any], given: dict[str, Any], field: str, fault: str
) -> None:
    await an_audit(await fit(seeded, "API_MFG"), **audit)
    refusal = await refused(says(seeded, **given))
    assert (refusal.code, refusal.rule) == (Code.RULE_BROKEN, "section 17, QP declaration")
    assert fault in refusal.fields[field]
    assert await seeded.rows(QpDeclarationRow) == []


async def test_a_declaration_is_given_in_person_by_a_qualified_person_under_a_new_number(seeded: Seeded) -> None:
    await an_audit(await fit(seeded, "API_MFG"))
    assert (await refused(says(seeded, "hana"))).code is Code.WRONG_ROLE
    await says(seeded)
    again = await refused(says(seeded, at=START + timedelta(hours=1)))
    assert (again.code, again.fields) == (Code.CONFLICT, {"number": "is taken"})


async def test_what_was_released_on_a_declaration_that_is_withdrawn_is_reviewed(seeded: Seeded) -> None:
    await an_audit(await fit(seeded, "API_MFG"))
    await says(seeded)
    batch = await released(seeded)
    assert (await refused(takes_back(seeded, "priya", NUMBER, at=batch.at))).code is Code.WRONG_ROLE
    assert (await refused(takes_back(seeded, "hana", "QPD-9", at=batch.at))).code is Code.NOT_FOUND
    await takes_back(seeded, "hana", NUMBER, at=batch.at)
    assert (await seeded.row(QpDeclarationRow, NUMBER)).withdrawn_by == seeded.result.person("hana")
    assert await seeded.rows(ReviewDemandRow) == []  # its certificate names the activity
    twice = await refused(takes_back(seeded, "quentin", NUMBER, at=batch.at))
    assert (twice.code, twice.who) == (Code.ALREADY_ANSWERED, seeded.result.person("hana"))


async def test_without_a_certificate_a_withdrawal_has_released_batches_reviewed(seeded: Seeded) -> None:
    await an_audit(await fit(seeded, "API_MFG"))
    await says(seeded)
    await says(seeded, number="QPD-2025-015")
    batch = await released(seeded)
    later = batch.at + timedelta(days=450)  # the certificate has ended in 2026, and so have the declarations
    await takes_back(seeded, "quentin", NUMBER, at=later)
    (demand,) = await seeded.rows(ReviewDemandRow)
    assert (demand.batch_id, demand.cause) == (batch.case_id, NUMBER)
    assert demand.reason.startswith(f"{NUMBER}, on which the GMP of SC-1 rested, is withdrawn: ")
    await a_certificate(seeded, date(2030, 1, 1), "API_MFG")
    await takes_back(seeded, "hana", "QPD-2025-015", at=later)
    assert len(await seeded.rows(ReviewDemandRow)) == 1
