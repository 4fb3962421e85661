"""Manufacturer's certificates over HTTP: handed in by the site, reviewed by the sponsor."""

from typing import Any

from domain.importation.batch_certificate import ManufacturerCertificate
from records.batch.tables.batches import BatchRow
from tests.api.calling import Api
from tests.domain.filling import filled
from tests.records.certifying import fit
from tests.records.databases import on_one_database
from tests.records.importing import REPORTED, an_importer
from tests.records.making import made

pytestmark = on_one_database
NUMBER = "MBC-2025-014"
PATH = f"/v1/batch-certificates/{NUMBER}"


async def signed(api: Api, user: str, action: str, form: dict[str, Any]) -> str:
    body = {"password": "vetted", "record": NUMBER, "action": action, "form": form}
    return str((await api.post(user, "/v1/signatures", body))["token"])


async def test_the_site_hands_it_in_and_the_sponsor_reviews_it(api: Api) -> None:
    await an_importer(await fit(api.seeded), country="CH")
    batch = await made(api.seeded)
    row = await api.seeded.row(BatchRow, batch.case_id)
    vito = await api.seeded.actor("vito")
    certificate = filled(
        ManufacturerCertificate,
        batch_id=batch.case_id,
        product=row.product,
        batch_number=row.number,
        manufactured_on="2025-01-13",
        expires_on="2028-01-31",
        sites=[{"site_id": "VM-02", "activity": "DRUG_PRODUCT", "authorisation": "DE_RP_01_MIA_2024_0801"}],
        results=[REPORTED],
        authorisation_number="EU/1/27/1801",
        issued_on="2025-01-20",
        document=await api.seeded.upload(by=vito),
    )
    form = certificate.model_dump(mode="json")
    token = await signed(api, "vito", "enter", form)
    assert (await api.call("PUT", "vito", PATH, form, expects=422)).json()["code"] == "signature_missing"
    shown = (await api.call("PUT", "vito", PATH, form, Signature_Token=token)).json()
    assert (shown["certificate"]["issued_in"], shown["accepted"], shown["entered_by"]) == ("CH", None, None)
    review = {"accept": True, "finding": "Compared line by line with the original."}
    token = await signed(api, "priya", "review", review)
    read = (await api.call("GET", "priya", PATH)).headers["ETag"]
    seen = (await api.call("POST", "priya", f"{PATH}/review", review, Signature_Token=token, If_Match=read)).json()
    assert (seen["accepted"], seen["finding"]) == (True, review["finding"])
    own = await api.get("vito", PATH)
    assert (own["accepted"], own["finding"], own["reviewer_name"]) == (True, None, None)
    assert (await api.get("ines", f"/v1/batch-certificates?batch={batch.case_id}"))["items"] == [seen]
    missing = await api.call("POST", "priya", f"{PATH}/review", review, expects=428)
    assert missing.json()["code"] == "version_missing"
    no = {"accept": False, "finding": "A line of the original is missing."}
    token = await signed(api, "priya", "review", no)  # turning it down protects: it waits for no reading
    turned_down = (await api.call("POST", "priya", f"{PATH}/review", no, Signature_Token=token)).json()
    assert turned_down["accepted"] is False
    for path, user, expects in (
        (PATH, "olga", 404),
        ("/v1/batch-certificates/MBC-9", "ines", 404),
        ("/v1/batch-certificates/QPD-9", "ines", 422),
        ("/v1/batch-certificates?cursor=abc", "ines", 422),
    ):
        await api.get(user, path, expects=expects)
