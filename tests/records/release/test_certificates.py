"""Certificates in the records: fixed at the signature, in registers without gaps, what came later beside them."""

import asyncio
from datetime import timedelta
from typing import Any

from sqlmodel import select

from domain.core.entry import Written
from domain.core.refusals import Refused
from domain.release.certificate import CertificateState, CertificateTemplate, CertificationRecord
from records.batch.tables.batches import BatchCorrectionRow, BatchRow
from records.core.tables.master_data import ScopeRow, SiteRow
from records.release.queries.certifications import certifications, one_certification
from records.site.tables import CertificateRow
from tests.records.certifying import decides, fit, reviewed
from tests.records.databases import on_one_database
from tests.records.seeded import Seeded


async def certificate(seeded: Seeded, number: object) -> CertificationRecord:
    async with seeded.database.reading() as session:
        return await one_certification(session, await seeded.actor("quentin"), str(number))


@on_one_database
async def test_a_certificate_stays_as_it_was_signed_and_later_corrections_stand_beside_it(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    number = (await decides(batch, "quentin", "EU")).effect["certificate_number"]
    signed = await certificate(seeded, number)
    said = signed.declaration
    assert (said.template, said.content_version, signed.since) == (CertificateTemplate.PRODUCT, 3, ())
    assert said.product_authorisation is not None
    assert said.product_authorisation.words() == "EU/1/27/1801, version 1 (AUT-WORLD-0-EU)"
    assert ("Marketing authorisation", said.product_authorisation.words()) in {
        (each.label, each.text) for each in signed.printed
    }
    async with seeded.database.reading() as session:
        (listed,) = (await certifications(session, await seeded.actor("ines"), market="EU", cursor=None, limit=9)).items
    assert listed.product_authorisation == signed.product_authorisation == said.product_authorisation
    assert said.pack is not None
    assert (said.pack.description, said.signed_as) == ("30 tablets in blisters", "QP")
    assert said.destinations[0] == "EU"
    assert {"DE", "NO"} <= set(said.destinations)
    (known,) = [each.number for each in await seeded.rows(CertificateRow) if each.type == "GMP_CERT"]
    assert said.made_at[0].authorisations == (known,)
    async with seeded.database.writing() as session:
        row = await session.get_one(BatchRow, batch.case_id)
        row.pack, row.strength, row.number = None, "20 mg", "B-999"
        (await session.get_one(ScopeRow, "SC-1")).dosage_form = "Other"
        (await session.get_one(SiteRow, "VM-02")).name = "Plant 3"
        for each in (await session.exec(select(CertificateRow))).all():
            await session.delete(each)
        session.add(_corrected(batch.case_id, said.certified_at + timedelta(hours=1), version=2))
        session.add(_corrected(batch.case_id, said.certified_at - timedelta(hours=1), version=1))
    later = await certificate(seeded, number)
    assert (later.declaration, later.printed) == (said, signed.printed)
    assert [(each.text, each.by_name) for each in later.since] == [
        ("yield_percent is 98, not 99: A typing error.", "Vito Moretti")
    ]


def _corrected(batch_id: str, at: Any, *, version: int) -> BatchCorrectionRow:
    return BatchCorrectionRow(
        batch_id=batch_id,
        version=version,
        field="yield_percent",
        old="99",
        new="98",
        reason="A typing error.",
        corrected_by="Vito Moretti",
        corrected_at=at,
        confirmed=True,
    )


@on_one_database
async def test_what_was_taken_back_stays_in_the_register_and_says_so(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    await decides(batch, "quentin", "EU")
    await decides(batch, "hana", "US", "approve")
    await batch.answers("nora", "report-later-finding", {})
    given = [
        {"market": "EU", "outcome": "RECALL", "grounds": ["SPECIFICATION"]},
        {"market": "US", "outcome": "WITHDRAW", "grounds": ["SPECIFICATION"]},
    ]
    file = {"document_id": "DOC-1", "sha256": "0" * 64}
    await batch.does("quentin", "review-release", outcomes=given, evidence=[file])
    async with seeded.database.reading() as session:
        listed = await certifications(session, await seeded.actor("ines"), market=None, cursor=None, limit=9)
    states = {each.market: each.state for each in listed.items}
    assert states == {"EU": CertificateState.RECALLED, "US": CertificateState.WITHDRAWN}
    (note,) = (await certificate(seeded, listed.items[1].certificate_number)).since
    assert note.text.startswith("recalled: ")


async def test_a_register_has_no_gap_and_no_number_twice_whoever_signs_at_once_and_whatever_is_refused(
    seeded: Seeded,
) -> None:
    await fit(seeded)
    batches = [await reviewed(seeded) for _ in range(6)]

    async def tries(number: int) -> object:
        wrong: dict[str, Any] = {} if number % 2 else {"statement": "In other words."}
        try:
            return (await decides(batches[number], "quentin", "EU", **wrong)).effect["register_number"]
        except Refused as refused:
            return refused.refusal.code

    first = await asyncio.gather(*(tries(number) for number in range(6)))
    assert sorted(each for each in first if isinstance(each, int)) == [1, 2, 3]
    assert [each for each in first if not isinstance(each, int)] == ["rule_broken"] * 3
    twice = await asyncio.gather(*(decides(batches[0], "quentin", "EU") for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in twice].count(Written) == 1
    last = await decides(batches[2], "quentin", "EU")
    assert last.effect["register_number"] == 5
    entries = [(each.number, each.payload["certificate_number"]) for each in await seeded.events("QPR-EU")]
    assert entries == [(number, f"EU-2025-{number:06}") for number in range(1, 6)]
