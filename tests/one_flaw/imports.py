"""Flaws of imports: sites in other countries, arrivals, customs, who imports, where it was tested."""

from datetime import timedelta
from typing import Any

from records.batch.tables.decisions import BatchMarketRow
from records.importation.tables import ImportConsignmentRow
from records.site.tables import CertificateRow
from tests.one_flaw.authorised import varied
from tests.one_flaw.flaws import MADE_AT, Flaw, both
from tests.one_flaw.goods import is_made, is_ready, registers, stands_for
from tests.one_flaw.making import begun
from tests.one_flaw.past import a_qualification
from tests.one_flaw.places import PAKKAUS, TAVIRA, Place
from tests.one_flaw.results import retested, reviewed
from tests.one_flaw.telling import Telling
from tests.one_flaw.world import BULK, EU_PACK
from tests.records.importing import (
    a_maker_certifies,
    arrives,
    covers_import,
    covers_no_import,
    is_cleared,
    is_corrected,
    is_reviewed,
)

NUMBER = "IMP-77"
LABORATORY = "QL-01"
CERTIFICATE = "MBC-77"
_OF_CUSTOMS = ("reference", "cleared_with", "cleared_on")
"""What is said of the clearance, not of the arrival."""


def stands_in(place: Place, country: str | None) -> Flaw:
    """A site stands in another country, or nobody has said in which."""

    async def act(told: Telling) -> None:
        payload: dict[str, Any] = {"set": {"country": country}, "reason": "As the register says."}
        by = await told.seeded.actor("ines", at=told.at)
        await told.seeded.write("site.changed", place.site_id, payload, by=by, at=told.at)

    return Flaw(act)


def licensed(
    place: Place, *, covers: bool = True, ends_before: str | None = None, ends_with: str | None = None
) -> Flaw:
    """A site has a manufacturing authorisation; somebody has looked up that it covers import, or nobody has.

    It may have ended a day before a batch was begun, or with that day.
    """

    async def act(told: Telling) -> None:
        ends = told.at + timedelta(days=1000)
        if ends_before is not None:
            ends = begun(told.world, ends_before) - timedelta(days=1)
        if ends_with is not None:
            ends = begun(told.world, ends_with)
        at = told.at - timedelta(days=300)
        scope_id, supplier_id = told.world.scopes[place.site_id], told.world.suppliers[place.site_id]
        case = await a_qualification(told.seeded, place, scope_id, supplier_id, at)
        certificate = {
            "type": "MIA",
            "number": f"MIA-{place.country}-77",
            "authority": f"Authority of {place.country}",
            "issued_by": place.country,
            "scope_text": "Manufacture and importation",
            "inspected_on": None,
            "valid_to": ends.date().isoformat(),
        }
        document = await told.uploads(place.quality)
        sent = [{"key": "mia", "document": document, "certificate": certificate}]
        await case.does(place.quality, "submit-documents", documents=sent)
        await case.answers("ines", "review-documents", await case.asks("review-documents"))
        (row,) = (each for each in await told.seeded.rows(CertificateRow) if each.case_id == case.case_id)
        told.notes["licence"] = row.certificate_id
        if covers:
            await covers_import(told.seeded, row.certificate_id, at=told.at)

    return Flaw(act)


def arrived(
    what: str = BULK,
    place: Place = PAKKAUS,
    *,
    before: str | None = EU_PACK,
    cleared: bool = True,
    number: str = NUMBER,
    **given: Any,
) -> Flaw:
    """A consignment of a batch has arrived at a site, before another batch was begun with it, or an hour ago."""

    async def act(told: Telling) -> None:
        came = (begun(told.world, before) if before is not None else told.at) - timedelta(hours=given.get("hours", 1))
        form = {
            "from_country": "IN",
            "to_site_id": place.site_id,
            "authorisation_id": told.notes.get("licence"),
            "arrived_at": came.isoformat(),
            "quantity": "3960000" if what == BULK else "14850",
            "documents": [await told.uploads("sana")],
            **{name: value for name, value in given.items() if name not in ("hours", *_OF_CUSTOMS)},
        }
        await arrives(told.seeded, number, told.batch(what).case_id, at=told.at, **form)
        if cleared:
            customs: dict[str, Any] = {"cleared_on": came.date().isoformat(), "documents": [await told.uploads("sana")]}
            customs |= {name: value for name, value in given.items() if name in _OF_CUSTOMS}
            await is_cleared(told.seeded, number, at=told.at, **customs)
        told.passes(minutes=1)

    return Flaw(act)


def another_pack(quantity: str = "9000", takes: str = "900000") -> Flaw:
    """A third pack is made of the same tablets, after those for the Union and for the States; it is decided on."""

    async def act(told: Telling) -> None:
        took = {"batch_id": told.world.batches[BULK], "relation": "INTERMEDIATE", "quantity": takes}
        parents = [{**took, "theoretical_yield": "0.01"}]
        limits = {"yield_low": "90", "yield_high": "101"}
        batch = await registers(
            told, EU_PACK, "P-2001", parents, quantity=quantity, unit="{pack}", stage="FINISHED", **limits
        )
        await is_made(told, batch, EU_PACK, quantity)
        await is_ready(told, batch, EU_PACK)
        stands_for(told, batch, EU_PACK)

    return Flaw(act)


def for_investigational_products() -> Flaw:
    """The authorisation of the importer is one for investigational products."""

    async def act(told: Telling) -> None:
        async with told.seeded.database.writing() as session:
            (await session.get_one(CertificateRow, told.notes["licence"])).type = "MIA_IMP"

    return Flaw(act)


def covers_no_more(*, again: bool = False) -> Flaw:
    """It is taken back that the authorisation of the importer covers import; perhaps it is confirmed once more."""

    async def act(told: Telling) -> None:
        await covers_no_import(told.seeded, told.notes["licence"], at=told.at)
        told.passes(minutes=1)
        if again:
            await covers_import(told.seeded, told.notes["licence"], at=told.at)
            told.passes(minutes=1)

    return Flaw(act)


def corrected_arrival(what: str = BULK, number: str = NUMBER, **given: Any) -> Flaw:
    """What was entered of an arrival is corrected."""

    async def act(told: Telling) -> None:
        row = await told.seeded.row(ImportConsignmentRow, number)
        form = {
            "from_country": row.from_country,
            "to_site_id": row.to_site_id,
            "authorisation_id": row.authorisation_id,
            "arrived_at": row.arrived_at.isoformat(),
            "quantity": row.quantity,
            **given,
        }
        await is_corrected(told.seeded, number, told.batch(what).case_id, at=told.at, **form)
        told.passes(minutes=1)

    return Flaw(act)


def laboratory_in(country: str, *, registered: str | None = "EU") -> Flaw:
    """A laboratory in a country is known, and named by the authorisation of a market, or by none."""

    async def act(told: Telling) -> None:
        by = await told.seeded.actor("ines", at=told.at)
        site: dict[str, Any] = {
            "site_id": LABORATORY,
            "supplier_id": told.world.suppliers[PAKKAUS.site_id],
            "name": "Hansa Labor",
            "address": "Deichstr. 9, 20459 Hamburg",
            "tz": "UTC",
            "country": country,
            "calendar_id": "CAL-UTC",
            "identifiers": {},
        }
        await told.seeded.write(
            "site.registered", LABORATORY, {"record": site, "site_id": LABORATORY}, by=by, at=told.at
        )
        scope: dict[str, Any] = {
            "activity": "TESTING",
            "product": "Arlivan 10 mg",
            "dosage_form": "tablet",
            "markets": ["EU", "US"],
            "stage": "COMMERCIAL",
            "sole_source": False,
            "risk_tier": "HIGH",
        }
        payload: dict[str, Any] = {"record": scope, "site_id": LABORATORY}
        await told.seeded.write("scope.registered", LABORATORY, payload, by=by, at=told.at)
        if registered is not None:
            await varied(registered, names_laboratory).act(told)

    return Flaw(act)


def names_laboratory(told: Telling, now: dict[str, Any]) -> dict[str, Any]:
    """The laboratory is registered as such since long."""
    return {"steps": [*now["steps"], {"part": "LABORATORY", "site_id": LABORATORY, "valid_from": "2000-01-01"}]}


def tested_in(country: str) -> Flaw:
    """The sponsor has the pack for the Union tested in a laboratory that is registered there, in a country."""
    return both(laboratory_in(country), _tested(EU_PACK))


def tested_unregistered(country: str) -> Flaw:
    """The same, in a laboratory that the authorisation of the Union does not name."""
    return both(laboratory_in(country, registered=None), _tested(EU_PACK))


def pack_tested_in(country: str, what: str) -> Flaw:
    """The same of a pack for Great Britain, in a laboratory that is registered there."""
    return both(laboratory_in(country, registered="GB"), _tested(what))


def _tested(what: str) -> Flaw:
    async def act(told: Telling) -> None:
        own = {"report": "QC-902", "laboratory": "Hansa Labor GmbH", "laboratory_site_id": LABORATORY}
        await retested(what, "0.12", **own).act(told)
        told.passes(minutes=1)
        await reviewed(what).act(told)

    return Flaw(act)


def tested_as_it_came() -> Flaw:
    """The sponsor has the tablets tested after their arrival, in a laboratory that is registered."""
    own = {"report": "QC-903", "laboratory": "Hansa Labor GmbH", "laboratory_site_id": LABORATORY}
    return retested(BULK, "0.12", **own)


def certified(what: str = BULK, *, accepted: bool | None = True, tested: str | None = None, **given: Any) -> Flaw:
    """Its maker has certified it for the import, and another person has compared that with the original, or nobody."""

    async def act(told: Telling) -> None:
        form = {"document": await told.uploads("ines"), **given}
        if tested is not None:
            place = MADE_AT[what]
            made = {"site_id": place.site_id, "activity": place.activity.value, "authorisation": "1"}
            form["sites"] = [made, {"site_id": tested, "activity": "TESTING", "authorisation": "2"}]
        case_id = told.batch(what).case_id
        await a_maker_certifies(told.seeded, CERTIFICATE, case_id, at=told.at, **form)
        if accepted is not None:
            await is_reviewed(told.seeded, CERTIFICATE, at=told.at, accept=accepted)
        told.passes(minutes=1)

    return Flaw(act)


def foreign_tablets(country: str, *further: Flaw) -> Flaw:
    """The tablets are made in a country and have arrived in Turku, where they are packed. Nobody tests them again."""
    return both(stands_in(TAVIRA, country), licensed(PAKKAUS), arrived(from_country=country), *further)


def once_unasked(what: str, market: str = "EU") -> Flaw:
    """A batch was registered when nobody asked for imports."""

    async def act(told: Telling) -> None:
        async with told.seeded.database.writing() as session:
            (await session.get_one(BatchMarketRow, (told.world.batches[what], market))).imports = None

    return Flaw(act)


def indian_tablets(*further: Flaw, tested: bool = True) -> Flaw:
    """The tablets are made in India, and packed in Turku, which may import; the pack is tested in Hamburg."""
    test = (tested_in("DE"),) if tested else ()
    return both(stands_in(TAVIRA, "IN"), licensed(PAKKAUS), *test, *further)
