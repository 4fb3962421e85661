"""What operations ask the API."""

from tests.api.conftest import Opens
from tests.api.core.test_refusals import unreachable
from tests.api.house import House


async def test_it_is_alive_and_ready(house: House) -> None:
    assert (await house.http.get("/healthz")).status_code == 200
    answer = await house.http.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {"database": "ok", "schema_version": "ok", "temporal": "ok"},
    )


async def test_it_is_not_ready_without_the_workflow_server(opens: Opens) -> None:
    async with opens(server=await unreachable(), works=False) as house:
        answer = await house.http.get("/readyz")
        assert (answer.status_code, answer.json()["database"]) == (503, "ok")
        assert answer.json()["temporal"] != "ok"


async def test_requests_are_counted_by_route_and_not_by_address(house: House) -> None:
    ines = house.as_("ines")
    for number in (1, 2):
        await ines.get(f"/v1/audits/AUD-{number}")
        await ines.get(f"/nowhere/{number}")
    metrics = (await house.http.get("/metrics")).text
    counted = 'vetted_http_requests_total{method="GET",route="/v1/audits/{case_id}",status="404"} 2.0'
    assert counted in metrics
    assert 'vetted_http_requests_total{method="GET",route="unknown",status="404"} 2.0' in metrics
    assert "AUD-1" not in metrics


async def test_overdue_cases_are_counted_by_process(house: House) -> None:
    from records.core.tables.cases import CaseRow

    case_id = await house.audit()
    async with house.database.writing() as session:
        (await session.get_one(CaseRow, case_id)).overdue = True
    assert 'vetted_overdue_cases{process="audits"} 1.0' in (await house.http.get("/metrics")).text
