"""The sponsor's own qualified person of the EU certifies a batch that is made for Great Britain alone."""

from datetime import timedelta
from typing import Any

import pytest

from domain.core.entry import Written
from domain.core.refusals import Code
from domain.release.certification_abroad import AbroadWithdrawal, CertificationAbroad
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, ReviewDemandRow
from records.release.queries.certifications import certifications, one_certification
from records.release.queries.certifications_abroad import certification_abroad
from tests.domain.filling import filled
from tests.records.appointing import ends
from tests.records.certifying import decides
from tests.records.databases import on_one_database
from tests.records.declaring import signs
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.release.test_market_release import LICENCE, RELEASE, ready_for, words
from tests.records.release.test_tranches import seen as gates_seen
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
QPC = "QPC-2025-014"
UNION = "DE_RP_01_MIA_2023_0042"
"""The authorisation on which the qualified person of the EU is named."""


async def certifies(
    seeded: Seeded,
    batch: Qualifying,
    by: str = "quentin",
    number: str = QPC,
    **given: Any,
) -> Written:
    known = {
        "batch_id": batch.case_id,
        "market": "GB",
        "under": "EU",
        "decision": "RELEASE",
        "quantity": "118.4",
        "statement": words("EU"),
        "authorisation": UNION,
        "location": {"country": "DE", "shown_by": "Office network"},
        "audits_known": True,
        **given,
    }
    if "gates_seen" not in known:
        made_for = (await seeded.row(BatchRow, batch.case_id)).markets
        known["gates_seen"] = await gates_seen(batch, next(iter({known["market"]} & {*made_for}), made_for[0]))
    form, actor = filled(CertificationAbroad, known), await seeded.actor(by, at=batch.at)
    return await signs(seeded, actor, "certification_abroad.certify", number, form, at=batch.at)


async def takes_back(seeded: Seeded, batch: Qualifying, by: str) -> Written:
    form, actor = filled(AbroadWithdrawal, {}), await seeded.actor(by, at=batch.at)
    return await signs(seeded, actor, "certification_abroad.withdraw", QPC, form, at=batch.at)


async def test_what_nobody_entitled_has_certified_is_no_first_step(seeded: Seeded) -> None:
    batch = await ready_for(seeded, "GB")
    await certifies(seeded, batch)
    await ends(seeded, "APT-1", at=batch.at, ended_from=(START - timedelta(days=1)).date())
    assert list((await refused(decides_gb(batch))).fields) == ["first_step"]


async def test_the_import_is_checked_on_what_the_qualified_person_of_the_union_has_certified(seeded: Seeded) -> None:
    batch = await ready_for(seeded, "GB")
    assert list((await refused(decides_gb(batch))).fields) == ["first_step"]
    await certifies(seeded, batch)
    number = f"EU-{START.year}-000001"
    assert (await seeded.row(BatchMarketRow, (batch.case_id, "GB"))).decision is None
    released = await decides_gb(batch)
    rosa = await seeded.actor("rosa")
    async with seeded.database.reading() as session:
        entries = (await certifications(session, rosa, market=None, cursor=None, limit=9)).items
        certificate = await one_certification(session, rosa, number)
        checked = await one_certification(session, rosa, str(released.effect["certificate_number"]))
        kept = await certification_abroad(session, rosa, QPC)
    assert [each.certificate_number for each in entries] == [number, f"REL-GB-{START.year}-000001"]
    said = certificate.declaration
    assert (said.destinations, said.statement, said.signed_as) == (("GB", "XI"), words("EU"), "QP")
    assert said.authorisation == UNION
    assert said.product_authorisation is not None
    assert (said.product_authorisation.authorisation_id, entries[0].product_authorisation) == (
        "AUT-WORLD-0-GB",
        said.product_authorisation,
    )
    assert certificate.gates
    assert certificate.signature is not None
    assert (checked.declaration.relies_on, checked.declaration.signed_as) == ((number,), "RP_IMPORT")
    assert (kept.certificate_number, kept.under, kept.withdrawn_at) == (number, "EU", None)
    await takes_back(seeded, batch, "hana")
    demands = await seeded.rows(ReviewDemandRow)
    assert any(number in each.reason for each in demands)
    assert (await refused(takes_back(seeded, batch, "priya"))).code == Code.ALREADY_ANSWERED
    await are_rebuilt_identically(seeded.database, "certifications_abroad", "authorised_decisions")


async def decides_gb(batch: Qualifying) -> Written:
    written: Written = await decides(batch, "rosa", "GB", RELEASE, **LICENCE)
    return written


@pytest.mark.parametrize(
    ("by", "given", "code", "field"),
    [
        ("hana", {}, Code.WRONG_ROLE, None),
        ("quentin", {"batch_id": "BAT-99"}, Code.RULE_BROKEN, "batch_id"),
        ("quentin", {"market": "CH"}, Code.RULE_BROKEN, "market"),
        ("quentin", {"under": "US"}, Code.RULE_BROKEN, "under"),
        ("quentin", {"statement": "As it should be."}, Code.RULE_BROKEN, "statement"),
        ("quentin", {"location": {"country": "GB", "shown_by": "Office"}}, Code.RULE_BROKEN, "location.country"),
        ("quentin", {"location": None}, Code.RULE_BROKEN, "location"),
        ("quentin", {"quantity": "100000"}, Code.RULE_BROKEN, "quantity"),
        ("quentin", {"authorisation": "DE_RP_01_MIA_2023_0099"}, Code.NOT_APPOINTED, "authorisation"),
        ("quentin", {"gates_seen": "All is well."}, Code.VERSION_STALE, "gates_seen"),
        (
            "quentin",
            {"decision": "REJECT", "quantity": None, "reason": "No.", "grounds": ["COMMERCIAL"]},
            Code.RULE_BROKEN,
            "decision",
        ),
    ],
)
async def test_nobody_else_certifies_nor_otherwise(
    seeded: Seeded, by: str, given: dict[str, Any], code: Code, field: str | None
) -> None:
    batch = await ready_for(seeded, "GB")
    refusal = await refused(certifies(seeded, batch, by, **given))
    assert refusal.code == code
    assert field is None or field in refusal.fields


async def test_a_number_is_given_once_and_what_is_held_is_not_certified(seeded: Seeded) -> None:
    batch = await ready_for(seeded, "GB")
    assert (await refused(takes_back(seeded, batch, "hana"))).code == Code.NOT_FOUND
    await certifies(seeded, batch)
    assert (await refused(certifies(seeded, batch, quantity="100"))).code == Code.CONFLICT
    await takes_back(seeded, batch, "quentin")
    assert list((await refused(decides_gb(batch))).fields) == ["first_step"]
    assert (await refused(certifies(seeded, batch, number="QPC-2"))).code == Code.GATE_CLOSED


async def test_parts_that_are_certified_one_after_the_other_add_up_for_who_checks_them(seeded: Seeded) -> None:
    batch = await ready_for(seeded, "GB")
    await certifies(seeded, batch, quantity="60")
    beyond = await refused(decides(batch, "rosa", "GB", RELEASE, **LICENCE, quantity="100"))
    assert list(beyond.fields) == ["quantity"]
    again = await refused(certifies(seeded, batch, number="QPC-2", quantity="60"))
    assert list(again.fields) == ["quantity"]
    await certifies(seeded, batch, number="QPC-2", quantity="40")
    released = await decides(batch, "rosa", "GB", RELEASE, **LICENCE, quantity="100")
    async with seeded.database.reading() as session:
        number = str(released.effect["certificate_number"])
        said = (await one_certification(session, await seeded.actor("rosa"), number)).declaration
    assert said.relies_on == (f"EU-{START.year}-000001", f"EU-{START.year}-000002")


async def test_the_qualified_person_of_the_union_certifies_for_switzerland_which_checks_it(seeded: Seeded) -> None:
    batch = await ready_for(seeded, "CH")
    given = {"market": "CH"}
    assert list((await refused(certifies(seeded, batch, **given, under="US"))).fields) == ["under"]
    await certifies(seeded, batch, **given)
    released = await decides(batch, "ines", "CH", RELEASE, **LICENCE)
    assert released.effect["certificate_number"] == f"REL-CH-{START.year}-000001"
