"""Batches that are decided on, as certifications and rejections leave them."""

from typing import Any

from domain.core.entry import OpenTask, Written
from domain.core.refusals import Refusal
from domain.release.field_alert import FieldAlertAssessment
from domain.release.release_review import ReleaseEvaluation
from records.batch.settling import settle
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.tables.cases import TaskRow
from tests.records.making import made
from tests.records.qualifying import Qualifying, refused
from tests.records.seeded import Seeded


async def decided(seeded: Seeded, batch_id: str, by: str = "quentin", **markets: str) -> None:
    """A batch is decided on for some markets: `EU="RELEASE"`."""
    async with seeded.database.writing() as session:
        batch = await session.get_one(BatchRow, batch_id)
        rows = [await session.get_one(BatchMarketRow, (batch_id, market)) for market in batch.markets]
        for row in rows:
            if row.market in markets:
                row.decision, row.decided_by = markets[row.market], seeded.result.person(by)
        await settle(session, batch_id)


async def released(seeded: Seeded, **changes: Any) -> Qualifying:
    """A batch that has been made and is released for the EU and the US."""
    batch = await made(seeded, **changes)
    await decided(
        seeded, batch.case_id, **dict.fromkeys((await seeded.row(BatchRow, batch.case_id)).markets, "RELEASE")
    )
    return batch


REVIEWERS = {"EU": "quentin", "US": "hana"}
"""Who answers the review of a release for each market."""


async def each_answers(batch: Qualifying, **changes: Any) -> list[Written]:
    """Each market's decider answers the review, one after the other, with the outcomes that are given or suggested."""
    outcomes = changes.pop("outcomes", None) or (await batch.asks("review-release"))["outcomes"]
    return [
        await batch.does(REVIEWERS[each["market"]], "review-release", outcomes=[each], **changes) for each in outcomes
    ]


async def each_refused(batch: Qualifying, **changes: Any) -> dict[str, Refusal]:
    """By market how its own decider is refused who answers the review for it alone. Each must be."""
    outcomes = changes.pop("outcomes", None) or (await batch.asks("review-release"))["outcomes"]
    found = {}
    for each in outcomes:
        line = {"outcomes": [each], **changes}
        found[each["market"]] = await refused(batch.does(REVIEWERS[each["market"]], "review-release", **line))
    return found


async def evaluated(batch: Qualifying) -> ReleaseEvaluation:
    """What is to be done about a released batch."""
    return ReleaseEvaluation.model_validate((await batch.notes("batch.reviews_demanded")).effect)


async def reports_answered(batch: Qualifying, by: str = "rosa") -> list[TaskRow]:
    """Regulatory affairs say of every report that may be due that it is not. Returns the tasks."""
    tasks = [task for task in await reports_asked(batch) if "demands" in task.prefill]
    for task in tasks:
        batch.tasks["assess-field-alert"] = task.task_id
        await batch.answers(by, "assess-field-alert", {**task.prefill, "file": False})
    return tasks


async def reports_asked(batch: Qualifying) -> list[TaskRow]:
    """The tasks that the procedure opens for the reports that may be due, in the order of the policy."""
    form, found = FieldAlertAssessment.action, []
    for alert in (await evaluated(batch)).alerts:
        task_id = f"{batch.case_id}.{alert.key}"
        prefill: dict[str, Any] = {"report": alert.report} | ({"demands": [*alert.demands]} if alert.demands else {})
        asked: dict[str, Any] = {
            "prefill": prefill,
            "concerns": alert.demands or (alert.review,),
            "about": alert.about,
            "clock": alert.clock or form.clock,
        }
        await batch.writes(OpenTask(task_id=task_id, action=form.name, by=form.by, since=alert.since, **asked))
        found.append(await batch.seeded.row(TaskRow, task_id))
    return found
