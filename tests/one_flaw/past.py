"""What was settled before the story: each site was qualified thirteen months ago, as the journal has kept it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from pydantic import JsonValue

from domain.asl.asl import stream_of
from domain.batch.results.specification import SpecifiedTest
from domain.core.case import CaseOrder
from domain.core.forms import Form, Process
from domain.exchange.parameters import Parameter, ParameterContent, QualityAttribute
from domain.qualification.request import QualificationRequest
from domain.site.site import Activity
from records.core.identities import next_id
from tests.domain.filling import filled
from tests.one_flaw.places import LARNWICK, MIKRON, PAKKAUS, TAVIRA, VELDMARK, Place
from tests.records.agreeing import COVERED
from tests.records.analysing import specified
from tests.records.qualifying import Qualifying
from tests.records.seeded import Seeded

SINCE = timedelta(days=400)
"""How long before the story the sites were qualified."""
MARKETS: list[JsonValue] = ["EU", "US"]
TEMPERATURE = "Temperature"
IMPURITY = "Impurity I-3"


def content() -> ParameterContent:
    """What each process is held to: temperature, 35 to 45 in normal operation, 30 to 50 proven; and an impurity."""
    temperature = filled(Parameter, {"name": TEMPERATURE, "linked_cqas": [IMPURITY]})
    return ParameterContent(parameters=(temperature,), attributes=(filled(QualityAttribute, {"limit_high": "0.15"}),))


NOON = time(12)
AGREED = timedelta(days=100)
"""How long before the story the agreements took effect."""
ENDS = {
    place: timedelta(days=30 + 10 * number)
    for number, place in enumerate((LARNWICK, MIKRON, VELDMARK, TAVIRA, PAKKAUS))
}
"""When the certificates end, counted from the beginning of the story: one after the other."""


@dataclass(frozen=True)
class Past:
    """How a site came to be qualified. What is not said is as it should be."""

    is_verified: bool = True
    """Whether the sponsor has accepted the certificate."""
    specified_for: tuple[str, ...] = ("EU", "US")
    """The markets for which its specification is registered."""
    has_parameters: bool = True
    """Whether parameters were agreed; a step without critical ones follows its master instruction."""
    agreed_on: date | None = None
    """The day on which its quality agreement took effect, if it was another one than usual."""
    is_registered: bool = True
    """Whether it is registered with the FDA."""
    approved_until: date | None = None
    """The last day for which its agreement approves its subcontractor."""


async def qualified(
    seeded: Seeded, place: Place, scope_id: str, supplier_id: str, now: datetime, past: Past | None = None
) -> None:
    """A site has been qualified: certificate verified, agreement signed, on the list, its process agreed."""
    past, at = past or Past(), now - SINCE
    case = await a_qualification(seeded, place, scope_id, supplier_id, at)
    await shows_a_certificate(case, place, (now + ENDS[place]).date(), is_verified=past.is_verified)
    case.at = now - AGREED if past.agreed_on is None else datetime.combine(past.agreed_on, NOON, UTC)
    await _agrees(case, place, past)
    if past.is_registered and place.activity is not Activity.INTERMEDIATE:
        case.at = now - timedelta(days=1)
        await registers_with_the_fda(case, place)
    case.at = at
    await _is_listed(seeded, place, scope_id, supplier_id, now, case.case_id)
    if past.has_parameters:
        await _has_agreed_parameters(seeded, place, scope_id, at)
    await _is_registered_with_a_specification(seeded, scope_id, at, past)
    closed: dict[str, JsonValue] = {"stage": "DECISION", "offers": [], "outcome": "APPROVED"}
    await seeded.write("case.closed", case.case_id, closed, at=at)


async def a_qualification(seeded: Seeded, place: Place, scope_id: str, supplier_id: str, at: datetime) -> Qualifying:
    """Its procedure has come to an end long ago: only its records are told."""
    form = filled(
        QualificationRequest,
        site_id=place.site_id,
        activity=place.activity.value,
        product=place.product,
        markets=MARKETS,
        need_by=(at + timedelta(days=1000)).date().isoformat(),
    )
    async with seeded.database.writing() as session:
        case_id = await next_id(session, Process.QUALIFICATION.prefix)
    order = CaseOrder(
        case_id=case_id,
        process=Process.QUALIFICATION,
        title=f"Qualification of {place.name}",
        supplier_id=supplier_id,
        site_id=place.site_id,
        scope_ids=(scope_id,),
        activities=frozenset({place.activity.value}),
        markets=frozenset({"EU", "US"}),
        risk_tier="HIGH",
        requested_by=await seeded.actor("paul", at=at),
        requested_at=at,
        policy_version=1,
        request=form.model_dump(mode="json"),
    )
    requested: dict[str, JsonValue] = {"order": order.model_dump(mode="json"), "kind": "INITIAL", **said(form)}
    await seeded.write("qualification.request", case_id, requested, at=at)
    return Qualifying(seeded, case_id, at)


def said(form: Form) -> dict[str, JsonValue]:
    return {"form": form.model_dump(mode="json"), "sha256": "0" * 64, "version": 1, "effect": {}}


async def shows_a_certificate(
    case: Qualifying,
    place: Place,
    ends: date,
    *,
    is_verified: bool = True,
    key: str = "gmp_certificate",
    **printed: JsonValue,
) -> None:
    """The site sends its certificate, and the sponsor looks it up."""
    document = await case.seeded.upload(by=await case.seeded.actor(place.quality, at=case.at))
    certificate = {
        "type": "GMP_CERT",
        "number": f"{place.country}-GMP-{ends:%Y%m%d}",
        "authority": f"Authority of {place.country}",
        "issued_by": place.country,
        "scope_text": place.activity.value,
        "inspected_on": (case.at - timedelta(days=100)).date().isoformat(),
        "valid_to": ends.isoformat(),
        **printed,
    }
    sent = [{"key": key, "document": document, "certificate": certificate}]
    await case.does(place.quality, "submit-documents", documents=sent)
    suggested = await case.asks("review-documents")
    if not is_verified:
        (verdict,) = suggested["verdicts"]
        suggested["verdicts"] = [{"key": verdict["key"], "verdict": "REJECT", "reason": "Not in the register."}]
    await case.answers("ines", "review-documents", suggested)


async def registers_with_the_fda(case: Qualifying, place: Place) -> None:
    """The site is registered with the FDA for the year, and from October on for the next one."""
    printed: dict[str, Any] = {"type": "FDA_REGISTRATION", "number": f"FEI-{place.site_id}", "authority": "FDA"}
    printed |= {"issued_by": "US", "inspected_on": None}
    await shows_a_certificate(case, place, date(case.at.year + 1, 12, 31), key="fda_registration", **printed)


async def _agrees(case: Qualifying, place: Place, past: Past) -> None:
    terms: dict[str, Any] = dict((await case.asks("draft-agreement"))["terms"])
    if place is VELDMARK:
        approved = (case.at - timedelta(days=7)).date().isoformat()
        mill = {"name": MIKRON.name, "site": MIKRON.site_id, "activity": "Micronisation", "approved_on": approved}
        until = past.approved_until.isoformat() if past.approved_until is not None else None
        terms["subcontractors"] = [{**mill, "approved_until": until}]
    if place is PAKKAUS:
        terms["confirmations"] = COVERED
    await case.answers("ines", "draft-agreement", {"terms": terms})
    await case.does(place.quality, "answer-agreement")
    await case.does("rosa", "consult-regulatory")
    await case.does("quentin", "consult-qp")
    await case.does("priya", "sign-agreement")
    await case.does(place.quality_head, "sign-agreement-for-site")
    await case.notes("agreement.effective")


async def _is_listed(
    seeded: Seeded, place: Place, scope_id: str, supplier_id: str, now: datetime, case_id: str
) -> None:
    at = now - SINCE
    statement = approved(place, scope_id, supplier_id, at, decided_in=case_id)
    await seeded.write("asl.changed", stream_of(scope_id), statement, at=at)


def approved(
    place: Place, scope_id: str, supplier_id: str, at: datetime, *, decided_in: str, **more: JsonValue
) -> dict[str, JsonValue]:
    """What the approved supplier list says of a site: audited half a year ago, the next audit in half a year."""
    audited: date = (at + SINCE - timedelta(days=180)).date()
    return {
        "scope_id": scope_id,
        "site_id": place.site_id,
        "supplier_id": supplier_id,
        "status": "APPROVED",
        "suspension_scope": None,
        "effective_from": at.isoformat(),
        "reason_code": "DECISION",
        "reason": "As decided.",
        "decided_in": decided_in,
        "decided_by": [],
        "markets": MARKETS,
        "valid_to": None,
        "next_requal_due": None,
        "next_audit_due": (audited + timedelta(days=365)).isoformat(),
        "last_audit_day": audited.isoformat(),
        "oversight_model": None,
        **more,
    }


async def _has_agreed_parameters(seeded: Seeded, place: Place, scope_id: str, at: datetime) -> None:
    async with seeded.database.writing() as session:
        set_id = await next_id(session, "PS")
    agreed: dict[str, JsonValue] = {
        "scope_id": scope_id,
        "site_id": place.site_id,
        "product": place.product,
        "major": 1,
        "minor": 0,
        "content": content().model_dump(mode="json"),
        "sha256": "0" * 64,
        "case_id": "TX-0",
    }
    await seeded.write("parameters.agreed", set_id, agreed, at=at)
    await seeded.write("parameters.effective", set_id, {}, at=at)


async def _is_registered_with_a_specification(seeded: Seeded, scope_id: str, at: datetime, past: Past) -> None:
    impurity = filled(SpecifiedTest, {"name": IMPURITY, "unit": "%", "upper": "0.15"})
    await specified(seeded, impurity, scope_id=scope_id, markets=past.specified_for, effective_from=at)
