"""A supply chain in stories: what a site may do, and each batch of it as far as its decision."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from domain.agreement.agreement import AgreementStatus, AgreementTerms
from domain.asl.asl import stream_of
from domain.batch.making.package import ALWAYS
from domain.batch.supply_stage import has_parameters
from domain.site.site import Activity
from records.agreement.tables import AgreementRow
from records.contexts import load
from records.core.journal import Journal
from tests.company import Colleague, Company
from tests.records.agreeing import COVERED
from tests.records.analysing import line, specified
from tests.records.certifying import a_certificate, registered_with_the_fda
from tests.records.making import CONTENT, NOTIFICATION
from tests.records.seeded import Seeded
from tests.scenarios.making import fact, registers, reviews
from tests.scenarios.qualifying import does, does_unasked
from tests.scenarios.recording import posts


class Crew(NamedTuple):
    """Who works at a site, by account."""

    maker: str
    quality: str
    head: str


class Line(NamedTuple):
    """What is done at a site, for a product, and by whom."""

    site_id: str
    scope_id: str
    supplier_id: str
    product: str
    activity: Activity
    crew: Crew = Crew("wen", "vito", "uta")
    tz: str = "UTC"

    @property
    def agreement(self) -> str:
        return f"QTA-{self.scope_id}"

    @property
    def parameter_set(self) -> str:
        return f"PS-9{self.scope_id.partition('-')[2]}"

    @property
    def specification(self) -> str:
        return f"SPEC-{self.scope_id}"


async def line_at(
    company: Company, site_id: str, activity: Activity, product: str, markets: Sequence[str], **more: Any
) -> Line:
    """A scope of a site is registered over HTTP. What came of its qualification lies behind."""
    scope = {"activity": activity.value, "product": product, "markets": [*markets], "stage": "COMMERCIAL"}
    form = {"dosage_form": "tablet", "risk_tier": "HIGH", **scope}
    registered = await posts(company.ines, f"/v1/sites/{site_id}/scopes", form)
    supplier = str((await company.ines.get(f"/v1/sites/{site_id}"))["supplier_id"])
    made = Line(site_id, str(registered["scope_id"]), supplier, product, activity, **more)
    await is_qualified(company, made, markets)
    return made


async def is_qualified(company: Company, made: Line, markets: Sequence[str]) -> None:
    """It is on the list, bound by an agreement, certified; its process is agreed and its specification registered."""
    seeded = Seeded(company.database, Journal(company.database, load()), company.seeded)
    await fact(company, stream_of(made.scope_id), "asl.changed", _listed(company, made, markets), days=400)
    known = {"notification": NOTIFICATION, "confirmations": COVERED}
    terms = company.fills(AgreementTerms, known).model_dump(mode="json")
    agreement = AgreementRow(
        qta_id=made.agreement,
        version=1,
        number=1,
        site_id=made.site_id,
        scope_id=made.scope_id,
        case_id="QC-0",
        status=AgreementStatus.EFFECTIVE.value,
        terms=terms,
        drafted_by="PER-1",
        drafted_at=company.now,
        effective_from=date(2020, 1, 1),
        lapses_on=date(2100, 1, 1),
    )
    async with company.database.writing() as session:
        session.add(agreement)
    place = {"site_id": made.site_id, "scope_id": made.scope_id}
    await a_certificate(seeded, valid_to=date(2100, 1, 1), activity=made.activity.value, **place)
    await registered_with_the_fda(seeded, made.activity.value, **place)
    await specified(seeded, scope_id=made.scope_id, markets=tuple(markets))
    if has_parameters(made.activity):
        content: JsonValue = CONTENT.model_dump(mode="json")
        about: dict[str, JsonValue] = {
            **place,
            "product": made.product,
            "major": 1,
            "minor": 0,
            "sha256": "0" * 64,
            "case_id": "TX-0",
        }
        await fact(company, made.parameter_set, "parameters.agreed", {**about, "content": content}, days=1)
        await fact(company, made.parameter_set, "parameters.effective", {}, days=1)


def _listed(company: Company, made: Line, markets: Sequence[str]) -> dict[str, JsonValue]:
    return {
        "scope_id": made.scope_id,
        "site_id": made.site_id,
        "supplier_id": made.supplier_id,
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


# ---------------------------------------------------------------------------------- batches


async def comes_to_decision(
    company: Company, made: Line, number: str, stage: str, *, quantity: str, unit: str, **more: Any
) -> str:
    """A batch is registered, made now, analysed, disposed of by its site and reviewed. Returns its id.

    `of` says what it is made of, `shelf_days` how long it lasts; the rest is of the registration.
    """
    of, shelf_days = more.pop("of", None), more.pop("shelf_days", 900)
    if of is not None:
        more |= {"parents": [{"relation": "INTERMEDIATE", **of}], "yield_low": "90", "yield_high": "105"}
    place = {"site_id": made.site_id, "scope_id": made.scope_id, "supply_stage": stage}
    batch = await registers(company, number, **place, size=quantity, unit=unit, **more)
    await company.passes(minutes=5)
    await _is_made(company, made, batch, f"L-{number}", quantity, shelf_days)
    await _is_one_day(company, made)
    await _is_shown(company, made, batch)
    await reviews(company, batch)
    return batch


async def _is_made(company: Company, made: Line, batch: str, lot: str, quantity: str, shelf_days: int) -> None:
    maker, now = _who(company, made.crew.maker), company.now
    lots = [{"name": "Material", "lot": lot, "manufacturer": "Rheinchem AG"}]
    await does(maker, batch, "start", started_at=now.isoformat(), materials=lots)
    if has_parameters(made.activity):
        value = {"parameter": "Coupling temperature", "value": "41.2", "unit": "Cel", "measured_at": now.isoformat()}
        await does_unasked(maker, batch, "parameters", values=[value])
    given = {"quantity": quantity, "yield_percent": "100"}
    given["finished_on"] = _today_at(company, made).isoformat()
    given["expiry_on"] = (company.today + timedelta(days=shelf_days)).isoformat()
    await does(maker, batch, "finish", **given)


def _today_at(company: Company, made: Line) -> date:
    """The day that it is where the site lies."""
    return company.now.astimezone(ZoneInfo(made.tz)).date()


async def _is_one_day(company: Company, made: Line) -> None:
    """What was made after midnight in the east is tested here once that day has begun here too."""
    await company.comes(datetime.combine(_today_at(company, made), time(), UTC))


async def _is_shown(company: Company, made: Line, batch: str) -> None:
    """Certificate of analysis, own testing, the disposition of the site, and its package."""
    quality, head = _who(company, made.crew.quality), _who(company, made.crew.head)
    document, issued_on = await quality.uploads(batch), _today_at(company, made).isoformat()
    await does_unasked(quality, batch, "coa", results=[line()], document=document, issued_on=issued_on)
    await does_unasked(company.tove, batch, "own-testing", results=[line()], tested_on=company.today.isoformat())
    await does(head, batch, "disposition", certificate_of_compliance=await head.uploads(batch))
    await does(quality, batch, "package", documents=[{"item": item.value, "document": document} for item in ALWAYS])
    await does(company.ines, batch, "completeness")


def _who(company: Company, user: str) -> Colleague:
    return getattr(company, user)  # type: ignore[no-any-return]


async def closed_gates(who: Colleague, batch: str, market: str) -> dict[str, str]:
    """The gates that refuse a batch for a market, with their reasons, as they are shown."""
    report = await who.get(f"/v1/batches/{batch}/gates", market=market)
    return {gate["gate"]: gate["reason"] for gate in report["gates"] if gate["verdict"] == "FAIL"}
