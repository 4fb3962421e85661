"""Batches in stories: a site that may make them, and each step of their disposition with the usual answers."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from pydantic import JsonValue
from sqlmodel import col, select

from domain.agreement.agreement import AgreementStatus, AgreementTerms
from domain.asl.asl import stream_of
from domain.batch.batch import OosState
from domain.batch.making.package import ALWAYS
from domain.batch.results.oos import is_under_way
from domain.batch.results.specification import SpecifiedTest
from domain.core.entry import Entry, PlainEvent
from domain.exchange.parameters import ParameterContent
from records.agreement.tables import AgreementRow
from records.batch.tables.analysis import AnalysisReportRow
from records.batch.tables.process import OosRow
from records.contexts import load
from records.core.journal import Journal
from tests.authorised import process_is_registered
from tests.company import Colleague, Company
from tests.records.agreeing import COVERED
from tests.records.analysing import line, specified
from tests.records.certifying import a_certificate, registered_with_the_fda
from tests.records.making import CONTENT, NOTIFICATION, packed_as, stage_of, turns_to, with_yields
from tests.records.seeded import Seeded
from tests.scenarios.qualifying import does, does_unasked


async def fact(company: Company, stream: str, type_: str, payload: dict[str, JsonValue], **ago: float) -> None:
    """Something that happened before the story."""
    at = company.now - timedelta(**ago)
    entry = Entry(stream=stream, command_id=f"told:{uuid4()}", at=at, lines=(PlainEvent(type=type_, payload=payload),))
    await Journal(company.database, load()).write(entry)


async def ready(company: Company, activity: str = "DRUG_PRODUCT", markets: Sequence[str] = ("EU", "US")) -> None:
    """The seeded site may make ARL-204: on the list, an agreement in force, parameters effective."""
    await turns_to(company.database, activity)
    statement: dict[str, JsonValue] = {
        "scope_id": "SC-1",
        "site_id": "VM-02",
        "supplier_id": "SUP-1",
        "status": "APPROVED",
        "suspension_scope": None,
        "effective_from": (company.now - timedelta(days=400)).isoformat(),
        "reason_code": "DECISION",
        "reason": "As decided.",
        "decided_in": "QC-0",
        "decided_by": [company.hana.person],
        "markets": [*markets],
        "valid_to": None,
        "next_requal_due": None,
        "next_audit_due": (company.today + timedelta(days=300)).isoformat(),
        "last_audit_day": (company.today - timedelta(days=65)).isoformat(),
        "oversight_model": None,
    }
    await fact(company, stream_of("SC-1"), "asl.changed", statement, days=400)
    known = {"notification": NOTIFICATION, "confirmations": COVERED}
    terms = company.fills(AgreementTerms, known).model_dump(mode="json")
    row = AgreementRow(
        qta_id="QTA-1",
        version=1,
        number=1,
        site_id="VM-02",
        scope_id="SC-1",
        case_id="QC-0",
        status=AgreementStatus.EFFECTIVE.value,
        terms=terms,
        drafted_by="PER-1",
        drafted_at=company.now,
        effective_from=date(2020, 1, 1),
        lapses_on=date(2100, 1, 1),
    )
    async with company.database.writing() as session:
        session.add(row)
    await effective(company, CONTENT)


async def fit(
    company: Company,
    *tighter_for_us: SpecifiedTest,
    activity: str = "DRUG_PRODUCT",
    markets: Sequence[str] = ("EU", "US"),
) -> None:
    """Nothing stands against what the seeded site makes: specifications are registered, its certificate is verified."""
    await ready(company, activity, markets)
    await limits_known(company, *tighter_for_us, markets=markets)
    await certified(company, activity)


async def limits_known(company: Company, *tighter_for_us: SpecifiedTest, markets: Sequence[str] = ("EU", "US")) -> None:
    """The specifications are registered."""
    seeded = Seeded(company.database, Journal(company.database, load()), company.seeded)
    await specified(seeded, markets=tuple(markets))
    if tighter_for_us:
        await specified(seeded, *tighter_for_us, version=2, markets=("US",))


async def certified(company: Company, activity: str = "DRUG_PRODUCT") -> None:
    """The certificate of the seeded site is verified."""
    seeded = Seeded(company.database, Journal(company.database, load()), company.seeded)
    await a_certificate(seeded, valid_to=date(2100, 1, 1), activity=activity)
    await known_to_the_fda(company, activity)


async def known_to_the_fda(company: Company, activity: str = "DRUG_PRODUCT") -> None:
    """The seeded site is registered with the FDA."""
    await registered_with_the_fda(Seeded(company.database, Journal(company.database, load()), company.seeded), activity)


async def effective(company: Company, content: ParameterContent, set_id: str = "PS-900") -> None:
    """Parameters are agreed and effective."""
    agreed: dict[str, JsonValue] = {
        "scope_id": "SC-1",
        "site_id": "VM-02",
        "product": "ARL-204",
        "major": int(set_id.partition("-")[2]),
        "minor": 0,
        "content": content.model_dump(mode="json"),
        "sha256": "0" * 64,
        "case_id": "TX-0",
    }
    await fact(company, set_id, "parameters.agreed", agreed, days=1)
    await fact(company, set_id, "parameters.effective", {}, days=1)
    await process_is_registered(company.database, set_id)


async def registers(company: Company, number: str = "B-001", **changes: Any) -> str:
    """A batch of the seeded scope is registered by sana. Returns its id."""
    today = company.today.isoformat()
    changes = {**changes, **with_yields(changes)}
    stated = await stage_of(company.database, changes.get("scope_id", "SC-1"), changes.get("parents", ()))
    if changes.get("supply_stage", stated["supply_stage"]) != stated["supply_stage"]:
        stated = {"packed_by": None}
    body: dict[str, Any] = {
        "site_id": "VM-02",
        "scope_id": "SC-1",
        **packed_as(changes.get("supply_stage", stated.get("supply_stage")), changes.get("markets", ())),
        **stated,
        "number": number,
        "order_number": "PO-4711",
        "size": "120",
        "unit": "kg",
        "markets": ["EU", "US"],
        "mbr_version": "MBR-204 v3",
        "planned_start": today,
        "planned_end": today,
        **changes,
    }
    answer = await company.sana.post("/v1/batches", body, **{"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


async def makes(company: Company, batch: str, value: str = "41.2", *, shelf_days: int = 1000) -> None:
    """Made today, with one value of the coupling temperature."""
    now = company.now.isoformat()
    materials = [{"name": "Coupling agent C-12", "lot": "C12-0417", "manufacturer": "Rheinchem AG"}]
    await does(company.wen, batch, "start", started_at=now, materials=materials, equipment=["R-201"])
    values = [{"parameter": "Coupling temperature", "value": value, "unit": "Cel", "measured_at": now}]
    await does_unasked(company.wen, batch, "parameters", values=values)
    shelf = (company.today + timedelta(days=shelf_days)).isoformat()
    await does(company.wen, batch, "finish", finished_on=company.today.isoformat(), expiry_on=shelf)


async def disposes(company: Company, batch: str, **changes: Any) -> dict[str, Any]:
    """The site's quality unit releases the batch, on a certificate of analysis: another one if there is none yet."""
    async with company.database.reading() as session:
        known = (await session.exec(select(AnalysisReportRow).where(col(AnalysisReportRow.batch_id) == batch))).first()
    if known is None and changes.get("verdict") != "REJECTED":
        document, day = await company.vito.uploads(batch), company.today.isoformat()
        await unasked(company.vito, batch, "coa", results=[line()], document=document, issued_on=day)
    certificate = await company.uta.uploads(batch)
    return await does(company.uta, batch, "disposition", **{"certificate_of_compliance": certificate, **changes})


async def packs(company: Company, batch: str, *more: str, **changes: Any) -> dict[str, Any]:
    """The package is sent: what every package holds, and more."""
    document = await company.vito.uploads(batch)
    documents = [{"item": item, "document": document} for item in (*(each.value for each in ALWAYS), *more)]
    async with company.database.reading() as session:
        results = (await session.exec(select(OosRow).where(col(OosRow.batch_id) == batch))).all()
    under_way = [each.oos_id for each in results if is_under_way(OosState(each.state))]
    changes = {"open_investigations": under_way, **changes}
    return await does(company.vito, batch, "package", documents=documents, **changes)


async def reviews(company: Company, batch: str) -> None:
    """Results, record and process are reviewed and passed."""
    for who, review in (
        (company.nora, "review-results"),
        (company.priya, "review-record"),
        (company.carla, "review-process"),
    ):
        await does(who, batch, review)


async def comes_to_certification(company: Company, number: str, *, shelf_days: int = 1000, **changes: Any) -> str:
    """A batch, made, analysed, tested by the sponsor as well, released by its site and reviewed. Returns its id."""
    batch = await registers(company, number, **changes)
    await makes(company, batch, shelf_days=shelf_days)
    await goes_to_certification(company, batch)
    return batch


async def goes_to_certification(company: Company, batch: str, *more: str) -> None:
    """Analysed, tested by the sponsor as well, released by its site and reviewed. `more` is in the package."""
    certificate, day = await company.vito.uploads(batch), company.today.isoformat()
    await unasked(company.vito, batch, "coa", results=[line()], document=certificate, issued_on=day)
    await unasked(company.tove, batch, "own-testing", results=[line()], tested_on=day)
    await disposes(company, batch)
    await packs(company, batch, *more)
    await does(company.ines, batch, "completeness")
    await reviews(company, batch)


async def unasked(who: Colleague, batch: str, action: str, **changes: Any) -> dict[str, Any]:
    """Report something that the case takes at any time."""
    return await does_unasked(who, batch, action, **changes)
