"""Gates and registers over HTTP."""

from tests.api.calling import Api
from tests.records.certifying import decides, fit, reviewed
from tests.records.databases import on_one_database

pytestmark = on_one_database


async def test_gates_and_certificates_are_read_by_the_sponsor_alone(api: Api) -> None:
    batch = await reviewed(await fit(api.seeded))
    await decides(batch, "quentin", "EU")
    url = f"/v1/batches/{batch.case_id}/gates"
    signed = await api.get("quentin", f"{url}?certificate=EU-2025-000001")
    assert (signed["as_signed"], len(signed["gates"])) == (True, 14)
    live = await api.get("rosa", f"{url}?market=US")
    assert (live["market"], live["decision"]["decision"], live["decision"]["rule"]) == ("US", None, "QCU")
    page = (await api.call("GET", "rosa", f"{url}/page?market=US")).text
    assert "Gate report" in page
    assert (await api.get("vito", f"{url}/page?market=US", expects=403))["code"] == "wrong_organisation"
    listed = await api.get("sana", "/v1/certifications?market=EU")
    assert [item["url"] for item in listed["items"]] == ["/v1/certifications/EU-2025-000001"]
    one = await api.get("ines", listed["items"][0]["url"])
    assert one["declaration"]["statement"].startswith("I certify")
    for path in (f"{url}?market=EU", "/v1/certifications", "/v1/certifications/EU-2025-000001"):
        assert (await api.get("vito", path, expects=403))["code"] == "wrong_organisation"
    for path, expects in (
        (url, 422),
        (f"{url}?market=eu", 422),
        (f"{url}?market=JP", 404),
        ("/v1/batches/BAT-99/gates?market=EU", 404),
        ("/v1/certifications?cursor=abc", 422),
        ("/v1/certifications/x", 404),
    ):
        await api.get("quentin", path, expects=expects)
