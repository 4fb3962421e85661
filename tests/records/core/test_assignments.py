"""Who can do a task at all: enabled, in a role of it, and of the site if they are of a CDMO."""

from datetime import UTC, datetime

import pytest

from records.core.assignments import Standing
from records.core.tables.cases import TaskRow

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TASK = TaskRow(
    task_id="AUD-1/1",
    case_id="AUD-1",
    process="audits",
    action="confirm",
    title="Confirm the dates",
    site_id="VM-02",
    org="CDMO",
    barred={},
    prefill={},
    concerns=[],
    roles=["CDMO_QA"],
    opened_at=NOW,
    sort_due=NOW,
)
ABLE = Standing(roles=frozenset({"CDMO_QA"}), sites=frozenset({"VM-02"}), of_cdmo=True, disabled=False)


@pytest.mark.parametrize(
    ("standing", "can"),
    [
        (ABLE, True),
        (ABLE._replace(disabled=True), False),
        (ABLE._replace(roles=frozenset({"CDMO_PM"})), False),
        (ABLE._replace(sites=frozenset({"VM-03"})), False),
        (ABLE._replace(sites=frozenset(), of_cdmo=False), True),
    ],
)
def test_a_person_can_do_a_task(standing: Standing, can: bool) -> None:  # noqa: FBT001
    assert standing.can_do(TASK) is can
