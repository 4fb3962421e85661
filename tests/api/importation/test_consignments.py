"""Consignments over HTTP: signed, read by the sponsor's people, cleared, corrected, taken back."""

from typing import Any

from tests.api.calling import Api
from tests.records.certifying import fit
from tests.records.databases import on_one_database
from tests.records.importing import LICENCE, an_importer
from tests.records.making import made
from tests.records.seeded import START

pytestmark = on_one_database
NUMBER = "IMP-2025-014"
PATH = f"/v1/consignments/{NUMBER}"


async def signed(api: Api, user: str, action: str, form: dict[str, Any], *, record: str = NUMBER) -> str:
    body = {"password": "vetted", "record": record, "action": action, "form": form}
    return str((await api.post(user, "/v1/signatures", body))["token"])


async def test_a_consignment_is_signed_read_cleared_corrected_and_taken_back(api: Api) -> None:
    await an_importer(await fit(api.seeded))
    batch = await made(api.seeded)
    paper = await api.seeded.upload()
    form = {
        "batch_id": batch.case_id,
        "from_country": "IN",
        "to_site_id": "VM-02",
        "authorisation_id": LICENCE,
        "arrived_at": batch.at.isoformat(),
        "quantity": "10",
        "documents": [paper],
    }
    token = await signed(api, "sana", "arrive", form)
    assert (await api.call("PUT", "sana", PATH, form, expects=422)).json()["code"] == "signature_missing"
    shown = (await api.call("PUT", "sana", PATH, form, Signature_Token=token)).json()
    assert (shown["number"], shown["batch_id"], shown["cleared_on"]) == (NUMBER, batch.case_id, None)
    cleared = {"reference": "MRN-1", "cleared_on": batch.at.date().isoformat(), "documents": [paper]}
    token = await signed(api, "sana", "clear", cleared)
    seen = (await api.call("GET", "sana", PATH)).headers["ETag"]
    given: dict[str, Any] = {"Signature_Token": token, "Idempotency_Key": "once", "If_Match": seen}
    shown = (await api.call("POST", "sana", f"{PATH}/clearance", cleared, **given)).json()
    assert shown["customs_reference"] == "MRN-1"
    assert (await api.call("POST", "sana", f"{PATH}/clearance", cleared, **given)).json() == shown
    assert len(await api.events(NUMBER, "consignment.clear")) == 1
    corrected = {**form, "quantity": "9", "reason": "The packing list was that of another consignment."}
    token = await signed(api, "sana", "correct", corrected)
    late = await api.call(
        "POST", "sana", f"{PATH}/corrections", corrected, expects=412, Signature_Token=token, If_Match=seen
    )
    assert late.json()["code"] == "version_stale"
    now = (await api.call("GET", "sana", PATH)).headers["ETag"]
    answer = await api.call("POST", "sana", f"{PATH}/corrections", corrected, Signature_Token=token, If_Match=now)
    shown = answer.json()
    assert answer.headers["ETag"] == (await api.call("GET", "sana", PATH)).headers["ETag"] != now
    assert (shown["quantity"], shown["customs_reference"]) == ("9", "MRN-1")
    assert (await api.get("ines", f"/v1/consignments?batch={batch.case_id}"))["items"] == [shown]
    for path, user, expects in (
        ("/v1/consignments", "vito", 403),
        (PATH, "vito", 403),
        ("/v1/consignments?site=XX-9", "sana", 404),
        ("/v1/consignments?cursor=abc", "sana", 422),
        ("/v1/consignments/IMP-9", "sana", 404),
        ("/v1/consignments/SPEC-9", "sana", 422),
    ):
        await api.get(user, path, expects=expects)
    reason = {"reason": "It was of another batch."}
    token = await signed(api, "ines", "withdraw", reason)
    gone = (await api.call("POST", "ines", f"{PATH}/withdrawal", reason, Signature_Token=token)).json()
    assert gone["withdrawn_because"] == reason["reason"]
    assert await api.get("sana", PATH) == gone


async def test_an_authorisation_is_confirmed_to_cover_import(api: Api) -> None:
    await an_importer(api.seeded, valid_to=None)
    today = (await api.get("ines", "/v1/certificates/CERT-801"))["import_checked_on"]
    assert today is None
    form = {"register_checked_on": "2025-01-13", "wording": "Part 2, importation of medicinal products"}
    given: dict[str, Any] = {"Signature_Token": await signed(api, "ines", "confirm-import", form, record=LICENCE)}
    given["If_Match"] = (await api.call("GET", "ines", f"/v1/certificates/{LICENCE}")).headers["ETag"]
    late = await api.call("POST", "ines", f"/v1/certificates/{LICENCE}/import", form, expects=422, **given)
    assert set(late.json()["fields"]) == {"register_checked_on"}


async def test_it_is_taken_back_that_an_authorisation_covers_import(api: Api) -> None:
    await an_importer(api.seeded, valid_to=None, import_confirmed_by="PER-1")
    path, form = f"/v1/certificates/{LICENCE}/import/withdrawal", {"reason": "Import was struck out of the entry."}
    token = await signed(api, "ines", "withdraw-import", form, record=LICENCE)
    shown = (await api.call("POST", "ines", path, form, Signature_Token=token)).json()
    assert (shown["import_confirmed_by"], shown["import_wording"]) == (None, None)


async def test_a_consignment_of_a_bought_lot_names_the_lot_in_the_place_of_a_batch(api: Api) -> None:
    await an_importer(await fit(api.seeded))
    lot = {"material": "Comparin 20 mg", "number": "C-77", "manufacturer": "Originator Inc, Boston", "unit": "{pack}"}
    form: dict[str, Any] = {
        "lot": lot,
        "from_country": "US",
        "to_site_id": "VM-02",
        "authorisation_id": LICENCE,
        "arrived_at": START.isoformat(),
        "quantity": "10",
        "documents": [await api.seeded.upload()],
    }
    for wrong, field in ({**form, "batch_id": "BAT-1"}, "lot"), ({**form, "lot": None}, "batch_id"):
        token = await signed(api, "sana", "arrive", wrong)
        answer = await api.call("PUT", "sana", PATH, wrong, expects=422, Signature_Token=token)
        assert (answer.json()["code"], [*answer.json()["fields"]]) == ("rule_broken", [field])
    await api.call("GET", "sana", PATH, expects=404)
    token = await signed(api, "sana", "arrive", form)
    shown = (await api.call("PUT", "sana", PATH, form, Signature_Token=token)).json()
    assert (shown["batch_id"], shown["lot"]) == (None, lot)
