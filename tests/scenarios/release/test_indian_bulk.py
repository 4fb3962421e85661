"""Tablets from India, or from a partner, that are packed in Germany: nothing is certified before they are imported.

Those from India are tested; of those from Switzerland the certificate of their maker is enough, by a row of the policy.
"""

from datetime import timedelta
from typing import Any

from domain.core.people import Role
from domain.importation.batch_certificate import ManufacturerCertificate, ManufacturerCertificateReview
from domain.importation.consignment import CustomsClearance, ImportConsignment
from domain.oversight.certificate_act import ImportConfirmation
from domain.site.site import Activity
from records.batch.tables.batches import BatchRow
from records.contexts import load
from records.core.journal import Journal
from tests.company import Company
from tests.records.analysing import line as impurity
from tests.records.importing import REPORTED, an_importer
from tests.records.seeded import Seeded
from tests.scenarios.qualifying import PLACEHOLDER, does, does_unasked
from tests.scenarios.recording import authorisation, enters, is_authorised, is_entered, joins, posts, refusal
from tests.scenarios.supplying import Crew, Line, closed_gates, comes_to_decision, line_at

PRODUCT = "Arlivan 10 mg"
GOA = Crew("isha", "ravi", "meera")
IMPORT = "/v1/consignments/IMP-2027-001"
BULK = "batch T-77"


async def a_site_in(company: Company, country: str, tz: str) -> str:
    """Supplier, calendar, site and its people are registered over HTTP."""
    supplier = await posts(company.ines, "/v1/suppliers", {"name": "Konkan Formulations", "country": country})
    calendar = {"calendar_id": "CAL-KF", "tz": tz, "country": country}
    await posts(company.ines, "/v1/calendars", calendar)
    site = {
        "site_id": "KF-01",
        "supplier_id": supplier["supplier_id"],
        "name": "Verna",
        "address": "Verna Industrial Estate 4",
        "country": country,
        "tz": tz,
        "calendar_id": "CAL-KF",
    }
    await posts(company.ines, "/v1/sites", site)
    for user, role in zip(GOA, (Role.CDMO_TECH, Role.CDMO_QA, Role.CDMO_QU_HEAD), strict=True):
        await joins(company, user, role, "KF-01", str(supplier["supplier_id"]))
    return "KF-01"


async def is_known(company: Company, country: str = "IN", tz: str = "Asia/Kolkata") -> tuple[Line, Line, str]:
    """Tablets in a country, packs in Germany, a laboratory in Austria, and the authorisation of who imports."""
    site = await a_site_in(company, country, tz)
    tablets = await line_at(company, site, Activity.DRUG_PRODUCT, PRODUCT, ["EU"], crew=GOA, tz=tz)
    packs = await line_at(company, "VM-02", Activity.PACKAGING, PRODUCT, ["EU"])
    laboratory = await line_at(company, "OB-01", Activity.TESTING, PRODUCT, ["EU"])
    seeded = Seeded(company.database, Journal(company.database, load()), company.seeded)
    licence = await an_importer(seeded, scope_id=packs.scope_id, valid_to=company.today + timedelta(days=900))
    steps = [
        {"part": "DOSAGE_FORM", "site_id": site},
        {"part": "PACKAGING", "site_id": "VM-02"},
        {"part": "IMPORT", "site_id": "VM-02"},
        *({"part": "LABORATORY", "site_id": each} for each in ("VM-02", laboratory.site_id)),
    ]
    registered: dict[str, list[dict[str, Any]]] = {
        "steps": steps,
        "release_sites": [{"site_id": "VM-02"}],
        "packs": [{"code": "EU/1/27/1801/001", "description": "30 tablets in blisters"}],
        "specifications": [{"spec_id": packs.specification, "version": 1}],
        "processes": [{"set_id": tablets.parameter_set}],
    }
    await is_authorised(company, "AUT-ARLIVAN-EU", authorisation(company, "EU", PRODUCT, registered))
    return tablets, packs, licence


async def test_indian_tablets_are_certified_once_they_have_arrived_are_cleared_and_tested(company: Company) -> None:
    tablets, packs, licence = await is_known(company)
    bulk, pack, arrived_at = await is_made(company, tablets, packs)
    await nothing_is_certified(company, pack, G13="no arrival is recorded of", G9="the importer's test of Impurity I-3")
    await arrives(company, bulk, licence, arrived_at)
    await nothing_is_certified(company, pack, G13="nobody has confirmed that", G9="the importer's test of Impurity I-3")
    await covers_import(company, licence)
    await nothing_is_certified(company, pack, G13="is not cleared by customs", G9="the importer's test of Impurity I-3")
    await is_cleared(company)
    await nothing_is_certified(company, pack, G9="the importer's test of Impurity I-3")
    await is_tested_in_the_area(company, bulk)

    assert await closed_gates(company.quentin, pack, "EU") == {}
    await does(company.quentin, pack, "certify")
    shown = await company.quentin.get(f"/v1/certifications/EU-{company.today.year}-000001")
    said = shown["declaration"]
    assert [(each["site_id"], each["activity"]) for each in said["made_at"]] == [("VM-02", "PACKAGING")]
    assert [(each["site_id"], each["activity"]) for each in said["made_before"]] == [("KF-01", "DRUG_PRODUCT")]
    (gate,) = (each for each in shown["gates"] if each["gate"] == "G13")
    assert "consignment IMP-2027-001 from India" in str(gate)
    assert "cleared" in str(gate)
    (gate,) = (each for each in shown["gates"] if each["gate"] == "G9")
    assert f"importer's test of Impurity I-3: QC-2 of T-77 ({bulk}) on {company.today}" in str(gate)


async def is_made(company: Company, tablets: Line, packs: Line) -> tuple[str, str, str]:
    """Tablets are made and travel for two days, and packs are made of them. Returns both, and when the former came."""
    bulk = await comes_to_decision(
        company, tablets, "T-77", "BULK", quantity="1000000", unit="{tablet}", markets=["EU"]
    )
    assert await company.open_task(bulk, "confirm-manufacture") is None  # nobody confirms what is made outside
    await does(company.hana, bulk, "release-for-processing", sites=["VM-02"])
    await company.passes(days=2)
    arrived_at = company.now.isoformat()
    of = {"batch_id": bulk, "quantity": "900000", "theoretical_yield": "0.03333333"}
    pack = await comes_to_decision(
        company, packs, "P-77", "FINISHED", quantity="30000", unit="{pack}", of=of, markets=["EU"], shelf_days=800
    )
    return bulk, pack, arrived_at


async def test_swiss_tablets_are_certified_on_the_certificate_of_their_maker_if_tests_are_recognised(
    company: Company,
) -> None:
    tablets, packs, licence = await is_known(company, "CH", "Europe/Zurich")
    policy = await company.hana.get("/v1/policy")
    inspected = [
        {**row, "effects": ["INSPECTION"]} if (row["importer"], row["partner"]) == ("EU", "CH") else row
        for row in policy["mra"]
    ]
    assert await company.hana.changes_policy({**policy, "mra": inspected}) == 200
    bulk, pack, arrived_at = await is_made(company, tablets, packs)
    await arrives(company, bulk, licence, arrived_at, country="CH")
    await covers_import(company, licence)
    await is_cleared(company)
    await is_certified_by_its_maker(company, bulk)
    await nothing_is_certified(company, pack, G9="EU with CH since 2002-06-01 does not cover tests of batches")
    assert await company.hana.changes_policy({**await company.hana.get("/v1/policy"), "mra": policy["mra"]}) == 200
    assert await closed_gates(company.quentin, pack, "EU") == {}
    await does(company.quentin, pack, "certify")
    shown = await company.quentin.get(f"/v1/certifications/EU-{company.today.year}-000001")
    (gate,) = (each for each in shown["gates"] if each["gate"] == "G9")
    assert "importer's test of T-77" in str(gate)
    assert "manufacturer's certificate MBC-CH-77" in str(gate)


async def is_certified_by_its_maker(company: Company, bulk: str) -> None:
    """The certificate of the maker is entered by one person, and another one compares it with the original."""
    async with company.database.reading() as session:
        row = await session.get_one(BatchRow, bulk)
    known: dict[str, Any] = {
        "batch_id": bulk,
        "product": PRODUCT,
        "batch_number": "T-77",
        "manufactured_on": str(row.made_on),
        "expires_on": str(row.expiry_on),
        "sites": [{"site_id": "KF-01", "activity": "DRUG_PRODUCT", "authorisation": "506789-102"}],
        "authorisation_number": "EU/1/27/1801",
        "results": [REPORTED],
        "issued_in": "CH",
        "issued_on": company.today.isoformat(),
        "document": PLACEHOLDER,
        **({"strength": row.strength} if row.strength is not None else {}),
    }
    path = "/v1/batch-certificates/MBC-CH-77"
    form = company.fills(ManufacturerCertificate, known).model_dump(mode="json")
    await is_entered(await enters(company.ines, path, "enter", form))
    review = company.fills(ManufacturerCertificateReview, {"accept": True}).model_dump(mode="json")
    assert await refusal(await enters(company.ines, path, "review", review, then="/review")) == (
        403, "segregation_of_duties",
    )  # fmt: skip
    await is_entered(await enters(company.priya, path, "review", review, then="/review"))


async def nothing_is_certified(company: Company, pack: str, **expected: str) -> None:
    """The qualified person is refused, by exactly these gates and in these words; nobody else may either."""
    assert await company.quentin.is_refused(pack, "certify") == (409, "gate_closed")
    assert await company.hana.is_refused(pack, "certify") == (403, "wrong_role")
    closed = await closed_gates(company.quentin, pack, "EU")
    assert closed.keys() == expected.keys(), closed
    for gate, words in expected.items():
        assert words in closed[gate]


async def arrives(company: Company, bulk: str, licence: str, at: str, *, country: str = "IN") -> None:
    """Supply chain enters the arrival; it cannot be entered of more than was made, nor by the site."""
    known: dict[str, Any] = {"batch_id": bulk, "from_country": country, "from_site_id": "KF-01", "to_site_id": "VM-02"}
    known |= {"authorisation_id": licence, "arrived_at": at, "quantity": "1000000", "documents": [PLACEHOLDER]}
    form = company.fills(ImportConsignment, known).model_dump(mode="json")
    assert await refusal(await enters(company.vito, IMPORT, "arrive", form)) == (403, "wrong_role")
    more = await enters(company.sana, IMPORT, "arrive", {**form, "quantity": "1000001", "from_country": "CN"})
    assert (more.status_code, more.json()["fields"]) == (
        422,
        {"quantity": "is more than the 1000000 that were made", "from_country": f"is {country} at KF-01"},
    )
    shown = await is_entered(await enters(company.sana, IMPORT, "arrive", form))
    assert (shown["from_country"], shown["quantity"], shown["cleared_on"]) == (country, "1000000", None)


async def covers_import(company: Company, licence: str) -> None:
    form = company.fills(ImportConfirmation, {"register_checked_on": company.today.isoformat()}).model_dump(mode="json")
    path = f"/v1/certificates/{licence}"
    assert await refusal(await enters(company.vito, path, "confirm-import", form, then="/import")) == (
        403, "wrong_role",
    )  # fmt: skip
    await is_entered(await enters(company.ines, path, "confirm-import", form, then="/import"))


async def is_cleared(company: Company) -> None:
    known = {"cleared_on": company.today.isoformat(), "documents": [PLACEHOLDER]}
    form = company.fills(CustomsClearance, known).model_dump(mode="json")
    shown = await is_entered(await enters(company.sana, IMPORT, "clear", form, then="/clearance"))
    assert (shown["cleared_on"], shown["customs_reference"]) == (form["cleared_on"], form["reference"])


async def is_tested_in_the_area(company: Company, bulk: str) -> None:
    """A laboratory in Innsbruck tests the tablets in full, as they have arrived: that counts for every pack of them."""
    own = {"report": "QC-2", "laboratory": "Oberland Biotech", "laboratory_site_id": "OB-01"}
    today = company.today.isoformat()
    await does_unasked(company.tove, bulk, "own-testing", results=[impurity()], tested_on=today, **own)
