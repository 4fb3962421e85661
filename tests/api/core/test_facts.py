"""The list of facts, as it is asked for over HTTP."""

from datetime import UTC, datetime, timedelta

from tests.api.calling import Api
from tests.records.making import in_manufacture, ready
from tests.records.seeded import START


async def test_a_batch_on_hold_says_why_and_a_site_is_told_nothing(api: Api) -> None:
    seeded = await ready(api.seeded)
    batch = await in_manufacture(seeded)
    for number in ("DEV-1", "DEV-2"):
        given = {"deviation_id": number, "deviation_class": "MAJOR", "detected_at": START.isoformat()}
        await batch.answers("vito", "deviation", given)
    path = f"/v1/facts?about={batch.case_id}"
    newest, oldest = (await api.get("ines", path))["items"]
    assert (oldest["kind"], oldest["consequences"]["held"]) == ("GraveDeviationReported", [batch.case_id])
    assert newest["consequences"]["held"] == []  # it is held already
    (hold,) = (await api.get("ines", f"/v1/holds?batch={batch.case_id}"))["items"]
    assert hold["fact"] == {"kind": oldest["kind"], "identity": oldest["identity"]}
    first = await api.get("adam", f"{path}&limit=1")
    second = await api.get("adam", f"{path}&limit=1&cursor={first['next']}")
    assert [first["items"], second["items"], second["next"]] == [[newest], [oldest], None]
    before = (datetime.now(UTC) - timedelta(days=9999)).isoformat().replace("+00:00", "Z")
    assert (await api.get("ines", f"{path}&as_of={before}"))["items"] == []
    assert (await api.get("ines", f"{path}&cursor=nonsense", expects=422))["code"] == "form_invalid"
    assert (await api.get("vito", path, expects=403))["rule"] == "S6"
