"""Markets whose row of the policy names who releases: Great Britain on a certification that is checked, Switzerland."""

from typing import Any

import pytest
from sqlmodel import select

from domain.core.people import Role
from domain.core.refusals import Code
from records.appointment.tables import AppointmentRow
from records.batch.tables.decisions import BatchMarketRow
from records.batch.under_review import released_by
from records.core.policies import Policies
from records.core.tables.master_data import PersonRoleRow, PersonRow, SiteRow
from records.installation.supplementing import shipped_policy
from records.release.queries.certifications import certifications, one_certification
from records.release.queries.gate_reports import gate_report
from records.site.tables import CertificateRow
from tests.records.appointing import a_site_beside, appointed
from tests.records.certifying import a_certificate, decides, reviewed, sold_in
from tests.records.databases import on_one_database
from tests.records.importing import a_maker_certifies, is_reviewed
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.release.test_further_processing import employed
from tests.records.release.test_gate_exception import requests
from tests.records.release.test_tranches import seen as gates_seen
from tests.records.seeded import START, Seeded

RELEASE = "release-to-market"
FURTHER = "release-further-to-market"
LICENCE: dict[str, Any] = {"authorisation": "UK WDA(H) 12345", "audits_known": True}
NOT_CERTIFIED = (
    "does not say that a qualified person has certified: enter their certification, with signed_as QUALIFIED_PERSON"
    " and the number of the authorisation that names them (signed_under)"
)
OTHER_WORDS = {**LICENCE, "statement": "Approved (21 CFR 211.22(a))."}


async def ready_for(seeded: Seeded, *markets: str) -> Qualifying:
    """A batch that waits for the decision of these markets; rosa checks imports, ines is the Swiss person."""
    await sold_in(seeded, *markets)
    number = {"number": LICENCE["authorisation"]}
    await employed(seeded, "rosa", "RP_IMPORT", licence=number)
    await employed(seeded, "ines", "FVP", licence=number)
    british = {**number, "site_id": await a_site_beside(seeded, "XI")}
    await appointed(seeded, "quentin", "QP", "APT-GB", licence=british)
    return await reviewed(seeded, markets=[*markets])


async def certified_in_germany(seeded: Seeded) -> dict[str, Any]:
    """A qualified person certifies for the site, on an authorisation that it has shown."""
    await a_certificate(seeded, type="MIA", number="DE-MIA-7")
    return {"signed_as": "QUALIFIED_PERSON", "signed_under": "de mia 7"}


async def made_by_its_maker(seeded: Seeded, batch: Qualifying, market: str, **given: Any) -> dict[str, Any]:
    """The maker has certified the batch for the market; two others of quality have that on record."""
    number = f"MBC-{market}-1"
    known = {"importing_country": market, "issued_in": "DE", **await certified_in_germany(seeded), **given}
    await a_maker_certifies(seeded, number, batch.case_id, at=batch.at, by="vito", **known)
    await is_reviewed(seeded, number, at=batch.at)
    return {"first_step": [number]}


def words(market: str) -> str:
    row = shipped_policy().market_rule(market)
    assert row is not None
    return row.statement


async def test_a_release_is_checked_on_a_certification_of_another_person_and_on_record(seeded: Seeded) -> None:
    batch = await ready_for(seeded, "CH", "EU")
    assert (await batch.notes("batch.gates_evaluated")).effect["rules"] == {"CH": "MARKET", "EU": "QP"}
    early = await refused(decides(batch, "ines", "CH", RELEASE, **LICENCE))
    assert (early.code, list(early.fields)) == (Code.RULE_BROKEN, ["first_step"])
    certified = await decides(batch, "quentin", "EU")
    await employed(seeded, "quentin", "FVP")
    released = await decides(batch, "ines", "CH", RELEASE, **LICENCE)
    assert released.effect["certificate_number"] == f"REL-CH-{START.year}-000001"
    async with seeded.database.reading() as session:
        ines = await seeded.actor("ines")
        numbers = [
            each.certificate_number
            for each in (await certifications(session, ines, market=None, cursor=None, limit=9)).items
        ]
        said = (await one_certification(session, ines, str(released.effect["certificate_number"]))).declaration
    assert numbers == [certified.effect["certificate_number"], released.effect["certificate_number"]]
    assert (said.statement, said.relies_on) == (words("CH"), (certified.effect["certificate_number"],))
    assert "CFR" not in said.statement
    await are_rebuilt_identically(seeded.database, "batches", "batch_markets")


@on_one_database
async def test_the_import_of_a_british_pack_is_checked_on_the_certificate_that_was_given_for_it(seeded: Seeded) -> None:
    batch = await ready_for(seeded, "GB")
    early = await refused(decides(batch, "rosa", "GB", RELEASE, **LICENCE))
    assert (early.code, list(early.fields)) == (Code.RULE_BROKEN, ["first_step"])
    document = await seeded.upload(by=await seeded.actor("rosa"))
    bare = await refused(decides(batch, "rosa", "GB", RELEASE, **LICENCE, first_release=[document]))
    assert (bare.code, list(bare.fields)) == (Code.RULE_BROKEN, ["first_release"])
    first = await made_by_its_maker(seeded, batch, "GB")
    released = await decides(batch, "rosa", "GB", RELEASE, **LICENCE, **first)
    async with seeded.database.reading() as session:
        number = str(released.effect["certificate_number"])
        said = (await one_certification(session, await seeded.actor("rosa"), number)).declaration
        report = await gate_report(session, Policies(), batch.case_id, batch.at, market="GB")
    assert (said.statement, said.relies_on) == (words("GB"), ("MBC-GB-1",))
    found = next(each for each in report.gates if each.gate == "G13")
    assert found.reason == "GB: release by qualified person or responsible person (import)."
    assert report.batch.pack is not None
    assert report.batch.pack.words() == '30 tablets in blisters, with "UK Only"'


@pytest.mark.parametrize(
    ("given", "review", "named", "words"),
    [
        ({}, {"accept": False}, "MBC-GB-1", "is not accepted"),
        ({}, {}, "MBC-GB-2", "is no maker's certificate of this batch"),
        ({"importing_country": "DE"}, {}, "MBC-GB-1", "was issued for DE"),
        (
            {"signed_as": "MAKER", "signed_under": None},
            {},
            "MBC-GB-1",
            NOT_CERTIFIED,
        ),
    ],
)
@on_one_database
async def test_the_first_step_is_an_accepted_certificate_of_this_batch_for_this_market(
    seeded: Seeded, given: dict[str, Any], review: dict[str, Any], named: str, words: str
) -> None:
    batch = await ready_for(seeded, "GB")
    known = {"importing_country": "GB", "issued_in": "DE", **await certified_in_germany(seeded), **given}
    await a_maker_certifies(seeded, "MBC-GB-1", batch.case_id, at=batch.at, by="vito", **known)
    await is_reviewed(seeded, "MBC-GB-1", at=batch.at, **review)
    refusal = await refused(decides(batch, "rosa", "GB", RELEASE, **LICENCE, first_step=[named]))
    assert (refusal.code, refusal.fields) == (Code.RULE_BROKEN, {"first_step.0": words})


@pytest.mark.parametrize(
    ("market", "user", "action", "changes", "code", "field"),
    [
        ("GB", "hana", RELEASE, LICENCE, Code.WRONG_ROLE, None),
        ("GB", "ines", RELEASE, LICENCE, Code.WRONG_ROLE, None),
        ("CH", "rosa", RELEASE, LICENCE, Code.WRONG_ROLE, None),
        ("CH", "quentin", RELEASE, LICENCE, Code.WRONG_ROLE, None),
        ("GB", "hana", "approve", {}, Code.RULE_BROKEN, "market"),
        ("GB", "quentin", "certify", LICENCE, Code.RULE_BROKEN, "market"),
        ("CH", "hana", "approve", {}, Code.RULE_BROKEN, "market"),
        ("GB", "quentin", RELEASE, {"audits_known": True}, Code.RULE_BROKEN, "authorisation"),
        (
            "GB",
            "quentin",
            RELEASE,
            {**LICENCE, "statement": "Approved (21 CFR 211.22(a))."},
            Code.RULE_BROKEN,
            "statement",
        ),
        ("CH", "ines", RELEASE, LICENCE, Code.RULE_BROKEN, "first_step"),
    ],
)
@on_one_database
async def test_nobody_else_releases_nor_in_other_words(
    seeded: Seeded, market: str, user: str, action: str, changes: dict[str, Any], code: Code, field: str | None
) -> None:
    batch = await ready_for(seeded, "CH", "GB")
    refusal = await refused(decides(batch, user, market, action, **changes))
    assert refusal.code == code
    assert field is None or field in refusal.fields
    assert (await seeded.row(BatchMarketRow, (batch.case_id, market))).decision is None


async def test_a_qualified_person_certifies_for_great_britain_and_any_of_the_quality_unit_rejects(
    seeded: Seeded,
) -> None:
    batch = await ready_for(seeded, "CH", "GB")
    await decides(batch, "quentin", "GB", RELEASE, **LICENCE)
    no = {"decision": "REJECT", "quantity": None, "reason": "Too little life is left.", "grounds": ["COMMERCIAL"]}
    await decides(batch, "hana", "CH", RELEASE, **no)
    rows = [await seeded.row(BatchMarketRow, (batch.case_id, market)) for market in ("CH", "GB")]
    assert [(row.decision, row.deciders) for row in rows] == [("REJECT", ["FVP"]), ("RELEASE", ["QP", "RP_IMPORT"])]


@on_one_database
async def test_what_is_certified_for_northern_ireland_goes_on_to_great_britain(seeded: Seeded) -> None:
    batch = await ready_for(seeded, "GB", "XI")
    await appointed(seeded, "quentin", "QP", "APT-XI", markets=["XI"])
    certified = await decides(batch, "quentin", "XI")
    await decides(batch, "rosa", "GB", RELEASE, **LICENCE)
    async with seeded.database.reading() as session:
        said = (await one_certification(session, await seeded.actor("rosa"), f"REL-GB-{START.year}-000001")).declaration
    assert said.relies_on == (certified.effect["certificate_number"],)


@pytest.mark.parametrize(
    ("made_in", "licensed_in", "stands_in", "faults"),
    [
        ("GB", "GB", "GB", set()),
        ("GB", "GB", "IE", set()),
        ("DE", "GB", "GB", {"appointment.licence.country"}),
        ("GB", "DE", "GB", {"location.country"}),
        ("GB", "DE", "IE", set()),
        ("DE", "DE", "XI", set()),
        ("IN", "IN", "XI", {"appointment.licence.country"}),
    ],
)
@on_one_database
async def test_a_qualified_person_of_great_britain_certifies_for_northern_ireland_what_comes_from_there(
    seeded: Seeded, made_in: str, licensed_in: str, stands_in: str, faults: set[str]
) -> None:
    batch = await ready_for(seeded, "XI")
    async with seeded.database.writing() as session:
        (await session.get_one(SiteRow, "VM-02")).country = made_in
        if licensed_in != made_in:
            (await session.get_one(SiteRow, "OB-01")).country = licensed_in
        for each in (await session.exec(select(AppointmentRow))).all():
            each.licence_site = "VM-02" if licensed_in == made_in else "OB-01"
    given: dict[str, Any] = {"location": {"country": stands_in, "shown_by": "Office network"}}
    if not faults:
        await decides(batch, "quentin", "XI", **LICENCE, **given)
        return
    assert faults <= (await refused(decides(batch, "quentin", "XI", **LICENCE, **given))).fields.keys()


async def test_switzerland_takes_the_technical_release_of_the_maker(seeded: Seeded) -> None:
    batch = await ready_for(seeded, "CH")
    first = await made_by_its_maker(seeded, batch, "CH")
    released = await decides(batch, "ines", "CH", RELEASE, **LICENCE, **first)
    assert released.effect["certificate_number"] == f"REL-CH-{START.year}-000001"


@on_one_database
async def test_who_is_appointed_to_check_does_not_certify_in_a_role_without_an_appointment(seeded: Seeded) -> None:
    batch = await ready_for(seeded, "GB")
    person_id = seeded.result.person("rosa")
    async with seeded.database.writing() as session:
        session.add(PersonRoleRow(person_id=person_id, role="QP", site_id=""))
        person = await session.get_one(PersonRow, person_id)
        person.roles = [*person.roles, "QP"]
    refusal = await refused(decides(batch, "rosa", "GB", RELEASE, **LICENCE))
    assert (refusal.code, list(refusal.fields)) == (Code.RULE_BROKEN, ["first_step"])
    first = await made_by_its_maker(seeded, batch, "GB")
    released = await decides(batch, "rosa", "GB", RELEASE, **LICENCE, **first)
    async with seeded.database.reading() as session:
        said = await one_certification(session, await seeded.actor("rosa"), str(released.effect["certificate_number"]))
    assert said.declaration.signed_as == "RP_IMPORT"


async def test_a_further_part_is_released_by_whom_the_row_names_on_a_first_step(seeded: Seeded) -> None:
    batch = await ready_for(seeded, "GB")
    first = await made_by_its_maker(seeded, batch, "GB")
    await decides(batch, "rosa", "GB", RELEASE, **LICENCE, **first, quantity="100")
    asked: dict[str, Any] = {"market": "GB", "decision": "RELEASE", "quantity": "18", **LICENCE, **first}
    asked |= {"statement": words("GB"), "gates_seen": await gates_seen(batch, "GB")}
    assert (await refused(batch.answers("hana", FURTHER, asked))).code == Code.WRONG_ROLE
    approval = {name: given for name, given in asked.items() if name not in {"authorisation", "first_step"}}
    assert (await refused(batch.answers("hana", "approve-further", approval))).fields.keys() == {"market"}
    other = await refused(batch.answers("rosa", FURTHER, {**asked, "statement": "Approved."}))
    assert list(other.fields) == ["statement"]
    released = await batch.answers("rosa", FURTHER, asked)
    assert released.effect["certificate_number"] == f"REL-GB-{START.year}-000002"
    assert (await seeded.row(BatchMarketRow, (batch.case_id, "GB"))).quantity == "118"
    await are_rebuilt_identically(seeded.database, "tranches", "batch_markets")


@on_one_database
async def test_a_batch_that_was_registered_before_its_market_had_a_row_is_approved_as_it_would_have_been(
    seeded: Seeded,
) -> None:
    batch = await ready_for(seeded, "GB", "US")
    async with seeded.database.writing() as session:
        row = await session.get_one(BatchMarketRow, (batch.case_id, "GB"))
        row.rule, row.deciders = "QCU", None
    assert (await batch.notes("batch.gates_evaluated")).effect["rules"] == {"GB": "QCU", "US": "QCU"}
    assert "statement" not in await batch.asks("approve", market="GB")
    assert (await refused(decides(batch, "rosa", "GB", RELEASE, **LICENCE))).code == Code.WRONG_ROLE
    released = await decides(batch, "hana", "GB", "approve", statement="The records were reviewed.")
    assert released.effect["certificate_number"] == f"GB-{START.year}-000001"
    async with seeded.database.reading() as session:
        number = str(released.effect["certificate_number"])
        said = (await one_certification(session, await seeded.actor("hana"), number)).declaration
    assert said.statement == "The records were reviewed."


@on_one_database
async def test_an_exception_and_a_review_are_the_market_persons(seeded: Seeded) -> None:
    batch = await ready_for(seeded, "CH", "GB")
    await decides(batch, "quentin", "GB", RELEASE, **LICENCE)
    async with seeded.database.writing() as session:
        for row in (await session.exec(select(CertificateRow))).all():
            await session.delete(row)
    given = await requests(batch, market="CH")
    assert (await refused(batch.answers("rosa", "sign-exception", given))).code == Code.WRONG_ROLE
    await batch.answers("ines", "sign-exception", given)
    async with seeded.database.reading() as session:
        assert await released_by(session, batch.case_id) == {"GB": {Role.QP, Role.RP_IMPORT}}
