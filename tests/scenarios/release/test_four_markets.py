"""One bulk, four packs: EU, US, Great Britain and Switzerland, each released by the people of its own market."""

from datetime import date
from typing import Any

from domain.core.people import Role
from domain.importation.batch_certificate import ManufacturerCertificate
from domain.site.site import Activity
from records.contexts import load
from records.core.journal import Journal
from tests.company import Company
from tests.records.certifying import a_certificate
from tests.records.importing import REPORTED
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import Seeded
from tests.scenarios.duties import holds
from tests.scenarios.qualifying import does, does_unasked
from tests.scenarios.recording import (
    appointment,
    authorisation,
    enters,
    is_authorised,
    is_entered,
    is_named,
    posts,
    reads,
    refusal,
)
from tests.scenarios.supplying import Line, comes_to_decision, is_qualified, line_at

RELEASE, CONFIRM, MARKET = "release-for-processing", "confirm-manufacture", "release-to-market"
MARKETS = ("CH", "EU", "GB", "US")
PRODUCT = "Arlivan 10 mg"
MIA = {"kind": "MIA", "number": "DE_RP_01_MIA_2023_0042", "holder": "Veldmark Fine Chemistry", "site_id": "VM-02"}
WDA = {"kind": "WDA", "number": "UK WDA(H) 12345", "holder": "Aurelia Pharma UK Ltd"}
BRITISH = {"kind": "MIA", "number": "UK MIA 40021", "holder": "Aurelia Pharma UK Ltd", "site_id": "UK-01"}
SWISS = {"kind": "APPOINTMENT", "number": "Swissmedic 512345", "holder": "Arlivan Therapeutics GmbH"}
PACKS: dict[str, dict[str, Any]] = {
    "EU": {"description": "30 tablets in blisters", "code": "04012345678901", "marks": ["EU_SAFETY_FEATURES"]},
    "US": {"description": "30 tablets in a bottle", "code": "00312345678906", "marks": []},
    "GB": {"description": "28 tablets in blisters", "code": "05012345678900", "marks": ["UK_ONLY"]},
    "CH": {"description": "30 tablets in blisters, three languages", "code": "07612345678900", "marks": []},
}


async def the_lines(company: Company) -> tuple[Line, Line, Line]:
    """One site in Germany makes the substance, the tablets and the packs."""
    substance = Line("VM-02", "SC-1", company.seeded.suppliers["VM-02"], "ARL-204", Activity.API_MFG)
    await is_qualified(company, substance, MARKETS)
    tablets = await line_at(company, "VM-02", Activity.DRUG_PRODUCT, PRODUCT, MARKETS)
    return substance, tablets, await line_at(company, "VM-02", Activity.PACKAGING, PRODUCT, MARKETS)


async def the_people(company: Company) -> None:
    """Who acts for the site, for Great Britain and for Switzerland is named on a licence, by two people."""
    await holds(company, "vito", Role.CDMO_QA, Role.CDMO_QP)
    await holds(company, "ruth", Role.RP_IMPORT)
    await holds(company, "tom", Role.FVP)
    form, path = appointment(company, "ruth", Role.RP_IMPORT, WDA), "/v1/appointments/APT-GB-1"
    assert await refusal(await enters(company.paul, path, "propose", form)) == (403, "wrong_role")
    other = await enters(company.rosa, path, "propose", {**form, "licence": {**WDA, "kind": "MIA"}})
    assert (other.status_code, other.json()["fields"]) == (422, {"licence.kind": "is WDA for RP_IMPORT"})
    assert (await enters(company.rosa, path, "propose", form)).status_code == 200
    read = await reads(company.rosa, path)
    own = await refusal(await enters(company.rosa, path, "approve", read, then="/approval"))
    assert own == (403, "segregation_of_duties")
    assert (await enters(company.hana, path, "approve", read, then="/approval")).status_code == 200
    await is_named(company, "tom", Role.FVP, "APT-CH-1", SWISS)
    await posts(company.ines, "/v1/calendars", {"calendar_id": "CAL-GB", "tz": "Europe/London", "country": "GB"})
    importer = await posts(company.ines, "/v1/suppliers", {"name": BRITISH["holder"], "country": "GB"})
    site = {"site_id": "UK-01", "supplier_id": importer["supplier_id"], "name": "Leeds", "address": "1 Mill Rd, Leeds"}
    await posts(company.ines, "/v1/sites", {**site, "tz": "Europe/London", "country": "GB", "calendar_id": "CAL-GB"})


async def all_is_authorised(company: Company, substance: Line, tablets: Line, packs: Line) -> None:
    """Regulatory affairs register the product in each market, with its pack; another person approves."""
    steps = [
        {"part": "API", "site_id": "VM-02", "substance": "ARL-204"},
        {"part": "DOSAGE_FORM", "site_id": "VM-02"},
        {"part": "PACKAGING", "site_id": "VM-02"},
    ]
    for market in MARKETS:
        sold = ("EU", "CH") if market == "EU" else (market,)
        packs_there = [{name: PACKS[each][name] for name in ("code", "description")} for each in sold]
        registered = {
            "steps": steps,
            "release_sites": [{"site_id": "VM-02"}],
            "packs": packs_there,
            "specifications": [{"spec_id": packs.specification, "version": 1}],
            "processes": [{"set_id": each.parameter_set} for each in (substance, tablets)],
        }
        form = authorisation(company, market, PRODUCT, registered)
        if market == "CH":
            path = "/v1/authorisations/AUT-ARLIVAN-CH"
            assert await refusal(await enters(company.hana, path, "propose", form)) == (403, "wrong_role")
        await is_authorised(company, f"AUT-ARLIVAN-{market}", form)


async def a_pack(company: Company, line: Line, bulk: str, market: str, *also: str) -> str:
    of = {"batch_id": bulk, "quantity": "150000", "theoretical_yield": "0.03333333"}
    more = {"of": of, "pack": PACKS[market], "markets": [market, *also], "shelf_days": 800}
    return await comes_to_decision(company, line, f"P-{market}", "FINISHED", quantity="5000", unit="{pack}", **more)


async def test_one_bulk_is_packed_for_four_markets_and_each_is_released_by_its_own_people(company: Company) -> None:
    substance_line, tablet_line, pack_line = await the_lines(company)
    await the_people(company)
    await all_is_authorised(company, substance_line, tablet_line, pack_line)
    year = company.today.year

    substance = await comes_to_decision(
        company, substance_line, "A-1", "API", quantity="100", unit="kg", markets=[*MARKETS]
    )
    assert await company.quentin.is_refused(substance, RELEASE) == (403, "wrong_role")
    assert await company.priya.is_refused(substance, RELEASE) == (403, "segregation_of_duties")  # she has reviewed it
    for _ in MARKETS:
        await does(company.hana, substance, RELEASE, sites=["VM-02"])

    of = {"batch_id": substance, "quantity": "50", "theoretical_yield": "20000"}
    bulk = await comes_to_decision(
        company, tablet_line, "T-1", "BULK", quantity="1000000", unit="{tablet}", of=of, markets=[*MARKETS]
    )
    part = {"part": "Compression to bulk tablets", "authorisation": MIA["number"], "agreement": tablet_line.agreement}
    refused = await company.vito.attempts(bulk, CONFIRM, **part)
    assert (refused.status_code, refused.json()["code"], list(refused.json()["fields"])) == (
        403, "not_appointed", ["appointment"],
    )  # fmt: skip
    await is_named(company, "vito", Role.CDMO_QP, "APT-VM-1", MIA)
    assert await company.quentin.is_refused(bulk, CONFIRM, **part) == (403, "wrong_role")
    await does(company.vito, bulk, CONFIRM, **part)
    assert {each.prefill["market"] for each in await company.open_tasks(bulk, RELEASE)} == {"CH", "GB", "US"}
    for _ in range(3):
        await does(company.hana, bulk, RELEASE, sites=["VM-02"])

    await is_certified_for_the_union(company, await a_pack(company, pack_line, bulk, "EU"))
    await is_approved_for_the_us(company, await a_pack(company, pack_line, bulk, "US"))
    await is_released_for_great_britain_in_both_ways(company, pack_line, bulk)
    await is_released_for_switzerland(company, await a_pack(company, pack_line, bulk, "CH", "EU"))

    listed = (await company.quentin.get("/v1/processing-releases"))["items"]
    expected = {f"RFP-{market}-{year}-000001" for market in MARKETS}
    expected |= {f"RFP-{market}-{year}-000002" for market in ("CH", "GB", "US")} | {f"CPM-EU-{year}-000001"}
    assert {each["certificate_number"] for each in listed} == expected
    shown = (await company.quentin.get(f"/v1/certifications/CPM-EU-{year}-000001"))["declaration"]
    assert (shown["template"], shown["part"], shown["agreement"], shown["authorisation"]) == (
        "CONFIRMATION", part["part"], tablet_line.agreement, MIA["number"],
    )  # fmt: skip
    assert (shown["signed_as"], shown["certified_by"]) == ("CDMO_QP", company.vito.person)
    entries = (await company.quentin.get("/v1/certifications"))["items"]
    assert {(each["certificate_number"], each["state"]) for each in entries} == {
        (number, "STANDS")
        for number in (
            f"EU-{year}-000001", f"EU-{year}-000002", f"US-{year}-000001",
            f"REL-GB-{year}-000001", f"REL-GB-{year}-000002", f"REL-CH-{year}-000001",
        )
    }  # fmt: skip
    await are_rebuilt_identically(company.database, "batches", "batch_markets", "tranches", "appointments")


async def is_certified_for_the_union(company: Company, pack: str) -> None:
    assert await company.hana.is_refused(pack, "certify") == (403, "wrong_role")
    assert await company.tom.is_refused(pack, "certify") == (403, "wrong_role")
    other = await company.quentin.attempts(pack, "certify", statement="Released.")
    assert (other.status_code, list(other.json()["fields"])) == (422, ["statement"])
    await does(company.quentin, pack, "certify")
    said = await certificate(company, f"EU-{company.today.year}-000001", "EU", pack)
    assert (said["signed_as"], said["authorisation"]) == ("QP", MIA["number"])
    assert said["appointments"][0].startswith("APT-1:")
    assert {"DE", "AT", "NO"} <= set(said["destinations"])
    assert not {"GB", "XI", "CH"} & set(said["destinations"])
    assert {each["scope_id"] for each in said["made_before"]} == {"SC-1", *(await scopes_of_tablets(company))}


async def scopes_of_tablets(company: Company) -> list[str]:
    scopes = (await company.ines.get("/v1/sites/VM-02/scopes"))["items"]
    return [each["scope_id"] for each in scopes if each["activity"] == "DRUG_PRODUCT"]


async def is_approved_for_the_us(company: Company, pack: str) -> None:
    assert await company.quentin.is_refused(pack, "approve") == (403, "wrong_role")
    assert await company.priya.is_refused(pack, "approve") == (403, "segregation_of_duties")
    await does(company.hana, pack, "approve")
    said = await certificate(company, f"US-{company.today.year}-000001", "US", pack)
    assert (said["signed_as"], said["authorisation"], said["appointments"]) == ("HEAD_QA", None, [])
    assert said["destinations"] == ["US"]


async def is_released_for_great_britain_in_both_ways(company: Company, line: Line, bulk: str) -> None:
    """A pack with "UK Only" is none for the Union; one part of it a qualified person certifies, one is checked."""
    form = registration(company, line, bulk)
    refused = await company.sana.post("/v1/batches", form, **{"Idempotency-Key": "P-GB in the Union"})
    assert (refused.status_code, refused.json()["code"]) == (422, "rule_broken")
    assert "EU" in str(refused.json()["fields"])
    assert "UK Only" in str(refused.json()["fields"])

    pack = await a_pack(company, line, bulk, "GB")
    known = (await company.asked(pack, MARKET)).prefill
    assert await company.hana.is_refused(pack, MARKET, **known, authorisation="HO 1") == (403, "wrong_role")
    other = {**known, "authorisation": SWISS["number"]}
    assert await company.tom.is_refused(pack, MARKET, **other) == (403, "wrong_role")
    early = await company.ruth.attempts(pack, MARKET, authorisation=WDA["number"])
    assert (early.status_code, list(early.json()["fields"])) == (422, ["first_step"])
    elsewhere = await company.quentin.attempts(pack, MARKET, authorisation=MIA["number"])
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "not_appointed")
    assert "APT-1 is for EU, not for GB" in elsewhere.json()["fields"]["appointment.markets"]
    await is_named(company, "quentin", Role.QP, "APT-GB-2", BRITISH, markets=["GB"])
    await does(company.quentin, pack, MARKET, authorisation=BRITISH["number"], quantity="3000")
    year = company.today.year
    said = await certificate(company, f"REL-GB-{year}-000001", "GB", pack)
    assert (said["signed_as"], said["authorisation"], said["quantity"]) == ("QP", BRITISH["number"], "3000")
    assert set(said["destinations"]) == {"GB", "XI"}

    number = await is_certified_by_its_maker(company, line, pack)
    gates = (await company.ruth.get(f"/v1/batches/{pack}/gates", market="GB"))["gates_seen"]
    further = {"market": "GB", "quantity": "2000", "authorisation": WDA["number"], "gates_seen": gates}
    further |= {"statement": (await row(company, "GB"))["statement"]}
    assert await company.hana.is_refused(pack, "release-further-to-market", **further) == (403, "wrong_role")
    unproven = await company.ruth.attempts(pack, "release-further-to-market", **further)
    assert (unproven.status_code, list(unproven.json()["fields"])) == (422, ["first_step"])
    paper = await company.ruth.uploads(pack, b"Certificate of the qualified person")
    bare = await company.ruth.attempts(pack, "release-further-to-market", **further, first_release=[paper])
    assert (bare.status_code, list(bare.json()["fields"])) == (422, ["first_release"])
    await does_unasked(company.ruth, pack, "release-further-to-market", **further, first_step=[number])
    said = await certificate(company, f"REL-GB-{year}-000002", "GB", pack)
    assert (said["signed_as"], said["authorisation"], said["quantity"]) == ("RP_IMPORT", WDA["number"], "2000")
    assert (said["relies_on"], said["certified_by"]) == ([number], company.ruth.person)
    assert said["appointments"][0].startswith("APT-GB-1:")


async def is_certified_by_its_maker(company: Company, line: Line, pack: str) -> str:
    """The German maker certifies the pack for Great Britain; one of the site enters it, one of the sponsor compares."""
    shown = (await company.ines.sees(pack))["batch"]
    known = {
        "batch_id": pack,
        "importing_country": "GB",
        "issued_in": "DE",
        "issued_on": company.today.isoformat(),
        "batch_number": shown["number"],
        "manufactured_on": shown["made_on"],
        "expires_on": shown["expiry_on"],
        "sites": [{"site_id": line.site_id, "activity": "PACKAGING", "authorisation": "DE-MIA-7"}],
        "authorisation_number": "GB/1/27/1801",
        "results": [REPORTED],
        "signed_as": "QUALIFIED_PERSON",
        "signed_under": "DE-MIA-7",
        "document": await company.vito.uploads(pack),
    }
    seeded = Seeded(company.database, Journal(company.database, load()), company.seeded)
    await a_certificate(seeded, date(2100, 1, 1), type="MIA", number="DE-MIA-7")
    certificate = company.fills(ManufacturerCertificate, known).model_dump(mode="json")
    path, review = "/v1/batch-certificates/MBC-GB-1", {"accept": True, "finding": "Compared with the original."}
    await is_entered(await enters(company.vito, path, "enter", certificate))
    await is_entered(await enters(company.priya, path, "review", review, then="/review"))
    return "MBC-GB-1"


def registration(company: Company, line: Line, bulk: str) -> dict[str, Any]:
    """The "UK Only" pack, registered for the Union too."""
    today = company.today.isoformat()
    of = {"batch_id": bulk, "relation": "INTERMEDIATE", "quantity": "150000", "theoretical_yield": "0.03333333"}
    return {
        "site_id": line.site_id, "scope_id": line.scope_id, "supply_stage": "FINISHED", "packed_by": line.scope_id,
        "pack": PACKS["GB"], "number": "P-GB-EU", "order_number": "PO-1", "size": "5000", "unit": "{pack}",
        "markets": ["EU", "GB"], "mbr_version": "MBR-1", "planned_start": today, "planned_end": today,
        "parents": [of], "yield_low": "90", "yield_high": "105",
    }  # fmt: skip


async def is_released_for_switzerland(company: Company, pack: str) -> None:
    """The Swiss person checks the certificate that the qualified person has given for the same pack, and only then."""
    licence = {"market": "CH", "authorisation": SWISS["number"]}
    early = await company.tom.attempts(pack, MARKET, **licence)
    assert (early.status_code, list(early.json()["fields"])) == (422, ["first_step"])
    await does(company.quentin, pack, "certify")
    known = {**(await company.asked(pack, MARKET)).prefill, **licence}
    for other in (company.quentin, company.ruth):
        assert await other.is_refused(pack, MARKET, **known) == (403, "wrong_role")
    await does(company.tom, pack, MARKET, **licence)
    year = company.today.year
    said = await certificate(company, f"REL-CH-{year}-000001", "CH", pack)
    assert (said["signed_as"], said["relies_on"]) == ("FVP", [f"EU-{year}-000002"])
    assert (said["authorisation"], said["destinations"]) == (SWISS["number"], ["CH"])
    assert said["appointments"][0].startswith("APT-CH-1:")


async def row(company: Company, market: str) -> dict[str, Any]:
    """The market's row of the policy."""
    rows = (await company.hana.get("/v1/policy"))["markets"]
    return next(each for each in rows if each["market"] == market)


async def certificate(company: Company, number: str, market: str, pack: str) -> dict[str, Any]:
    """What a certificate of a pack declares; what they have in common is compared."""
    shown = await company.ines.get(f"/v1/certifications/{number}")
    said = shown["declaration"]
    assert (shown["market"], shown["batch_id"], shown["state"]) == (market, pack, "STANDS")
    assert (said["template"], said["product"], said["dosage_form"]) == ("PRODUCT", PRODUCT, "tablet")
    assert said["statement"] == (await row(company, market))["statement"]
    assert said["pack"] == PACKS["EU" if said["batch_number"] == "P-EU" else said["batch_number"][2:]]
    assert (said["unit"], shown["signature"]["printed_name"]) == ("{pack}", said["certified_by_name"])
    printed = {each["label"]: each["text"] for each in shown["printed"]}
    assert (printed["Statement"], printed["Batch number"]) == (said["statement"], said["batch_number"])
    assert PACKS[said["batch_number"][2:]]["description"] in printed["Pack size and type"]
    return dict(said)
