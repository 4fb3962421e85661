"""What stops all that a site makes reaches what was released of it, and of what comes from it, at once."""

from typing import Any

import pytest

from domain.core.forms import Process
from domain.core.refusals import Code
from domain.event.site_event import EventType, SiteEventReport
from domain.inspection.inspection import InspectionNotice
from records.batch.tables.decisions import BatchMarketRow, ReviewDemandRow
from tests.domain.filling import filled
from tests.records.databases import on_one_database
from tests.records.delivering import ordered
from tests.records.making import batch_of, made, ready
from tests.records.qualifying import Qualifying, a_case, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.releasing import each_answers, each_refused, released, reports_answered
from tests.records.seeded import Seeded

pytestmark = on_one_database
ACTS = (EventType.NON_COMPLIANCE_STATEMENT, EventType.IMPORT_ALERT, EventType.WARNING_LETTER)


async def told(seeded: Seeded, type_: EventType, **changes: Any) -> Qualifying:
    """An event at the seeded site, reported by the sponsor, that waits for its triage."""
    given = {"type": type_, "lots": [], "scope_ids": [], "authority_outcome": None, "severity": "MAJOR", **changes}
    return await a_case(seeded, Process.EVENT, filled(SiteEventReport, given).model_dump(mode="json"), by="ines")


async def demanded_by(seeded: Seeded) -> list[tuple[str, str]]:
    return sorted((each.batch_id, each.cause) for each in await seeded.rows(ReviewDemandRow))


@pytest.mark.parametrize("type_", ACTS)
async def test_an_act_of_an_authority_has_every_release_of_the_site_reviewed_and_stops_deliveries(
    seeded: Seeded, type_: EventType
) -> None:
    batch = await released(await ready(seeded))
    waiting = await made(seeded)
    shipment = await ordered(seeded, batch)
    event = await told(seeded, type_)
    assert await demanded_by(seeded) == [(batch.case_id, event.case_id)]
    assert not (await batch_of(waiting)).review_open
    shipment.passes(minutes=1)
    stopped = await refused(shipment.does("sana", "dispatch"))
    assert (stopped.code, "a review after the release is open" in stopped.message) == (Code.GATE_CLOSED, True)
    assert (await refused(ordered(seeded, batch))).code is Code.GATE_CLOSED


async def test_a_release_is_not_confirmed_before_the_event_is_triaged(seeded: Seeded) -> None:
    batch = await released(await ready(seeded))
    event = await told(seeded, EventType.FALSIFICATION, severity="CRITICAL")
    await reports_answered(batch)
    for early in (await each_refused(batch)).values():
        assert "(Falsification), under triage" in early.fields["outcomes.0.outcome"]
    await event.does("ines", "triage", outcomes=["RECORD"])
    await each_answers(batch)
    assert not (await batch_of(batch)).review_open
    await ordered(seeded, batch)


async def test_what_comes_from_a_batch_of_the_site_is_reviewed_though_that_batch_itself_is_not_released(
    seeded: Seeded,
) -> None:
    origin = await made(await ready(seeded))
    part = {"batch_id": origin.case_id, "relation": "INTERMEDIATE", "quantity": "18"}
    child = await released(seeded, parents=[part])
    async with seeded.database.writing() as session:
        row = await batch_of(child)
        row = await session.merge(row)
        row.scope_id, row.site_id = "SC-9", "OB-09"  # it was made elsewhere
    event = await told(seeded, EventType.NON_COMPLIANCE_STATEMENT, scope_ids=["SC-1"])
    assert await demanded_by(seeded) == [(child.case_id, event.case_id)]


@pytest.mark.parametrize(
    ("type_", "changes"),
    [
        (EventType.FALSIFICATION, {"severity": "MAJOR"}),
        (EventType.FALSIFICATION, {"severity": "CRITICAL", "lots": ["X-1"]}),
        (EventType.RECALL, {"severity": "CRITICAL", "lots": ["X-1"]}),
        (EventType.CYBER_INCIDENT, {"severity": "CRITICAL"}),
        (EventType.INSPECTION_OUTCOME, {"authority_outcome": "VAI"}),
    ],
)
async def test_what_stops_no_certification_or_names_other_lots_demands_no_review_of_all(
    seeded: Seeded, type_: EventType, changes: dict[str, Any]
) -> None:
    await released(await ready(seeded))
    await told(seeded, type_, **changes)
    assert await demanded_by(seeded) == []


@pytest.mark.parametrize("type_", [EventType.FALSIFICATION, EventType.SERIALISATION_ALERT, EventType.RECALL])
async def test_a_critical_alert_without_lots_is_about_all_that_is_made_there(seeded: Seeded, type_: EventType) -> None:
    batch = await released(await ready(seeded))
    event = await told(seeded, type_, severity="CRITICAL")
    assert await demanded_by(seeded) == [(batch.case_id, event.case_id)]


async def test_of_what_is_taken_back_or_over_nothing_is_reviewed(seeded: Seeded) -> None:
    batch = await released(await ready(seeded))
    async with seeded.database.writing() as session:
        row = await session.merge(await batch_of(batch))
        row.released = False
        for market in ("EU", "US"):
            (await session.get_one(BatchMarketRow, (batch.case_id, market))).withdrawn_at = batch.at
    await told(seeded, EventType.NON_COMPLIANCE_STATEMENT)
    assert await demanded_by(seeded) == []


# ------------------------------------------------------------------------------ the same, told by an inspection


async def inspected(seeded: Seeded, **outcome: Any) -> Qualifying:
    """An inspection at the seeded site, entered by the sponsor."""
    notice = filled(InspectionNotice, {"scope_ids": [], "reference": "LA-1", "announced_on": "2025-01-13"})
    inspection = await a_case(seeded, Process.INSPECTION, notice.model_dump(mode="json"), by="ines")
    await inspection.answers("ines", "enter-beginning", started_on="2025-01-13")
    await inspection.answers("ines", "enter-outcome", **outcome)
    return inspection


@pytest.mark.parametrize("outcome", ["NON_COMPLIANT", "OAI"])
async def test_a_bad_outcome_of_an_inspection_has_every_release_reviewed_until_it_is_reviewed_itself(
    seeded: Seeded, outcome: str
) -> None:
    batch = await released(await ready(seeded))
    shipment = await ordered(seeded, batch)
    inspection = await inspected(seeded, outcome=outcome)
    assert await demanded_by(seeded) == [(batch.case_id, inspection.case_id)]
    shipment.passes(minutes=1)
    assert (await refused(shipment.does("sana", "dispatch"))).code is Code.GATE_CLOSED
    await reports_answered(batch)
    for early in (await each_refused(batch)).values():
        assert early.fields["outcomes.0.outcome"].startswith("waits for LA-1, stops what is made at")
    await inspection.does("ines", "review-outcome")
    await each_answers(batch)
    assert not (await batch_of(batch)).review_open
    await are_rebuilt_identically(seeded.database, "review_demands", "facts")


async def test_a_warning_letter_is_reviewed_before_what_it_stops_is_confirmed(seeded: Seeded) -> None:
    batch = await released(await ready(seeded))
    copy = {"report": {"document_id": "DOC-1", "sha256": "0" * 64}, "redacted": True}
    inspection = await inspected(seeded, outcome="VAI", **copy)
    assert await demanded_by(seeded) == []
    await inspection.answers("ines", "report-warning-letter", received_on="2025-01-13")
    assert await demanded_by(seeded) == [(batch.case_id, inspection.case_id)]
    await reports_answered(batch)
    await inspection.does("ines", "review-outcome")  # of the outcome; the letter is not reviewed yet
    assert "Warning letter" in (await each_refused(batch))["EU"].fields["outcomes.0.outcome"]
    await inspection.does("ines", "review-outcome")
    await each_answers(batch)


async def test_an_inspection_that_names_a_batch_has_its_release_reviewed(seeded: Seeded) -> None:
    batch, other = await released(await ready(seeded)), await released(seeded)
    number = (await batch_of(batch)).number
    inspection = await inspected(seeded, outcome="NAI", batches=[number])
    assert await demanded_by(seeded) == [(batch.case_id, inspection.case_id)]
    assert not (await batch_of(other)).review_open
    await reports_answered(batch)
    await each_answers(batch)
