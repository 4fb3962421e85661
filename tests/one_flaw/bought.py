"""Flaws of what is bought and goes into a batch: where products came from, and how they were imported."""

from datetime import timedelta
from functools import cache
from typing import Any

from domain.asl.asl import stream_of
from domain.site.site import Activity
from records.batch.tables.batches import BatchUseRow
from records.site.tables import CertificateRow
from tests.one_flaw.authorised import varied
from tests.one_flaw.flaws import Flaw, both, said
from tests.one_flaw.imports import licensed, tested_in
from tests.one_flaw.making import begun
from tests.one_flaw.past import SINCE, approved
from tests.one_flaw.places import PAKKAUS, People, Place
from tests.one_flaw.telling import Telling
from tests.one_flaw.world import BULK, EU_PACK
from tests.records.importing import arrives, is_cleared

SOLVENT: dict[str, Any] = {
    "name": "Diluent for Arlivan",
    "lot": "D-9",
    "manufacturer": "Alpwasser AG, Basel",
    "part": "DOSAGE_FORM",
}
"""What is packed with the tablets, and was bought as a product."""
NUMBER = "IMP-91"
NOVASINT = Place(
    "NV-01", "Novasint", "Brno", "Tovarni 7, 602 00 Brno, Czechia", "CZ", "UTC",
    Activity.API_MFG, "ARL-204", People("ines", "ines", "ines"),
)  # fmt: skip
"""A maker of the substance that makes no batch of ours: what it makes is bought."""
SUBSTANCE: dict[str, Any] = {
    "name": "ARL-204",
    "lot": "K-5",
    "manufacturer": "Novasint, Brno",
    "part": "API",
    "maker_site_id": NOVASINT.site_id,
}


def with_solvent(
    *further: Flaw,
    came_from: str = "CH",
    tested: bool = True,
    what: str = EU_PACK,
    importer: Flaw = licensed(PAKKAUS),  # noqa: B008
) -> Flaw:
    """A solvent from a country is packed with the tablets in Turku, which may import; the pack is tested in Hamburg."""
    test = (tested_in("DE"),) if tested else ()
    return both(said(what, "start", materials=[{**SOLVENT, "came_from": came_from}]), importer, *test, *further)


def solvent_arrived(*, cleared: bool = True, early: bool = True, **given: Any) -> Flaw:
    """A consignment of it has arrived in Turku, before it was packed, or two days after that."""

    async def act(told: Telling) -> None:
        if not early:
            told.passes(days=2)
        came = begun(told.world, EU_PACK) - timedelta(hours=1) if early else told.at - timedelta(hours=1)
        lot = {"material": "DILUENT for Arlivan", "number": "D 9", "manufacturer": "Alpwasser AG, Basel", "unit": "1"}
        form = {
            "lot": lot,
            "from_country": "CH",
            "to_site_id": PAKKAUS.site_id,
            "authorisation_id": told.notes.get("licence"),
            "arrived_at": came.isoformat(),
            "quantity": "15000",
            "documents": [await told.uploads("sana")],
            **given,
        }
        await arrives(told.seeded, NUMBER, None, at=told.at, **form)
        if cleared:
            paper = await told.uploads("sana")
            day = came.date().isoformat()
            await is_cleared(told.seeded, NUMBER, at=told.at, cleared_on=day, documents=[paper])
        told.passes(minutes=1)

    return Flaw(act)


def from_somewhere(what: str = EU_PACK) -> Flaw:
    """The start of manufacture was reported when nobody asked from where a product came."""

    async def act(told: Telling) -> None:
        async with told.seeded.database.writing() as session:
            key = (told.world.batches[what], "MATERIAL", "Diluent for Arlivan D-9")
            rows = [
                row for row in await told.seeded.rows(BatchUseRow) if (row.batch_id, row.kind, row.reference) == key
            ]
            (await session.get_one(BatchUseRow, (*key, rows[0].issuer))).came_from = None

    return Flaw(act)


def with_bought_substance(
    *further: Flaw, product: str = "ARL-204", is_listed: bool = True, has_certificate: bool = True
) -> Flaw:
    """A part of the substance of the tablets was bought in Brno, which is registered, qualified and shows its GMP."""
    sources = [varied(market, _is_a_source) for market in ("EU", "US")]
    return both(_pressed_with_it(product, is_listed, has_certificate), *sources, *further)


@cache
def _pressed_with_it(product: str, is_listed: bool, has_certificate: bool) -> Flaw:  # noqa: FBT001
    async def act(told: Telling) -> None:
        told.at = told.world.story(BULK)[0].at - timedelta(minutes=1)
        await _is_known(told, product)
        if is_listed:
            supplier, at = told.world.suppliers[NOVASINT.site_id], told.at - SINCE
            scope = told.world.scopes[NOVASINT.site_id]
            statement = approved(NOVASINT, scope, supplier, at, decided_in="QC-0")
            await told.seeded.write("asl.changed", stream_of(scope), statement, at=at)
        if has_certificate:
            await _shows_its_gmp(told)
        await said(BULK, "start", materials=[SUBSTANCE]).act(told)

    return Flaw(act, BULK)


async def _is_known(told: Telling, product: str) -> None:
    by = await told.seeded.actor("ines", at=told.at)
    supplier = told.world.suppliers[NOVASINT.site_id] = "SUP-NV"
    company: dict[str, Any] = {"name": NOVASINT.supplier, "country": NOVASINT.country, "identifiers": {}}
    await told.seeded.write("supplier.registered", supplier, {"record": company}, by=by, at=told.at)
    site: dict[str, Any] = {
        "site_id": NOVASINT.site_id,
        "supplier_id": supplier,
        "name": NOVASINT.name,
        "address": NOVASINT.address,
        "tz": NOVASINT.tz,
        "country": NOVASINT.country,
        "calendar_id": "CAL-UTC",
        "identifiers": {},
    }
    payload: dict[str, Any] = {"record": site, "site_id": NOVASINT.site_id}
    await told.seeded.write("site.registered", NOVASINT.site_id, payload, by=by, at=told.at)
    scope: dict[str, Any] = {
        "activity": NOVASINT.activity.value,
        "product": product,
        "dosage_form": None,
        "markets": ["EU", "US"],
        "stage": "COMMERCIAL",
        "sole_source": False,
        "risk_tier": "HIGH",
    }
    payload = {"record": scope, "site_id": NOVASINT.site_id}
    written = await told.seeded.write("scope.registered", NOVASINT.site_id, payload, by=by, at=told.at)
    told.world.scopes[NOVASINT.site_id] = str(written.effect["id"])


async def _shows_its_gmp(told: Telling) -> None:
    """Its certificate, and its registration with the FDA."""
    ends = (told.at + timedelta(days=1000)).date()
    checked = (told.at - SINCE).date()
    papers: tuple[dict[str, Any], ...] = (
        {"type": "GMP_CERT", "number": "CZ-GMP-77", "authority": "Authority of CZ", "inspected_on": checked},
        {"type": "FDA_REGISTRATION", "number": "FEI-NV-01", "authority": "FDA", "issued_by": "US"},
    )
    async with told.seeded.database.writing() as session:
        for number, paper in enumerate(papers):
            known: dict[str, Any] = {
                "certificate_id": f"CERT-NV{number or ''}",
                "serial": 7701 + number,
                "site_id": NOVASINT.site_id,
                "scope_id": told.world.scopes[NOVASINT.site_id],
                "case_id": "QC-0",
                "valid_to": ends,
                "sort_valid_to": ends,
                "register_checked_on": checked,
                "scope_confirmed_by": "PER-1",
                "confirmed_activity": NOVASINT.activity.value,
                "scope_text": "Manufacture of active substances",
                "document_id": "DOC-1",
                "status": "VERIFIED",
            }
            session.add(CertificateRow(**known, **paper))


def _is_a_source(_: Telling, now: dict[str, Any]) -> dict[str, Any]:
    step = {"part": "API", "site_id": NOVASINT.site_id, "substance": "ARL-204", "valid_from": "2000-01-01"}
    return {"steps": [*now["steps"], step]}


def lot_corrected(what: str, lot: dict[str, Any], *, confirmed: bool = True, **right: Any) -> Flaw:
    """The sponsor corrects what was said of a lot, and a second person confirms that or refuses it."""

    async def act(told: Telling) -> None:
        named = {name: lot[name] for name in ("name", "lot", "manufacturer")}
        batch, evidence = told.batch(what), [await told.uploads("priya")]
        form = {"lots": [{**named, **right}], "reason": "The goods receipt says it.", "evidence": evidence}
        await batch.answers("priya", "correct-manufacture", form)
        prefill = await batch.asks("confirm-manufacture-correction")
        reason = "The goods receipt was read."
        await batch.answers(
            "hana", "confirm-manufacture-correction", {**prefill, "confirm": confirmed, "reason": reason}
        )
        told.passes(minutes=1)

    return Flaw(act)
