from datetime import UTC, datetime

from tests.api.calling import Api
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, a_qualification


async def drafted_twice(api: Api) -> Qualifying:
    case = await a_qualification(api.seeded, at=datetime.now(UTC))
    await case.does("ines", "draft-agreement")
    await case.does("ines", "draft-agreement", changes="A typing error.")
    return case


@on_one_database
async def test_an_agreement_is_found_by_site_and_scope_page_by_page(api: Api) -> None:
    await drafted_twice(api)
    first = await api.get("tom", "/v1/agreements?site=VM-02&scope=SC-1&limit=1")
    second = await api.get("tom", f"/v1/agreements?site=VM-02&limit=1&cursor={first['next']}")
    assert [(item["qta_id"], item["version"], item["status"]) for item in (*first["items"], *second["items"])] == [
        ("QTA-1", 2, "DRAFT"),
        ("QTA-1", 1, "SUPERSEDED"),
    ]
    assert second["next"] is None
    assert (await api.get("tom", "/v1/agreements?site=OB-01"))["items"] == []
    assert (await api.get("tom", first["items"][0]["url"]))["terms"]["products"] == ["ARL-204"]
    assert "cursor" in (await api.get("tom", "/v1/agreements?cursor=WyJWTSJd", expects=422))["fields"]


@on_one_database
async def test_a_site_reads_its_own_agreements_with_their_signatures_and_no_others(api: Api) -> None:
    await drafted_twice(api)
    history = await api.get("vito", "/v1/agreements/QTA-1")
    assert (history["in_force"], [view["version"] for view in history["versions"]]) == (None, [2, 1])
    assert {view["signatures"][0]["printed_name"] for view in history["versions"]} == {"Ines Marin"}
    assert (await api.get("vito", "/v1/agreements"))["items"] != []
    assert (await api.get("olga", "/v1/agreements"))["items"] == []
    for path in ("/v1/agreements/QTA-1", "/v1/agreements/QTA-1/2"):
        assert (await api.get("olga", path, expects=404))["code"] == "not_found"
    assert (await api.get("vito", "/v1/agreements/QTA-1/3", expects=404))["code"] == "not_found"
