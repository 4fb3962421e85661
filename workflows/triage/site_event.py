"""The triage of an event at a site."""

from pydantic import JsonValue
from temporalio import workflow

from domain.core.case import CaseOrder
from domain.core.case_actions import COMMON_FORMS
from domain.event.site_event import EventSupplement, SiteEventReport, SiteEventStage
from domain.triage.clearing import TO_CONFIRM, ClearingConfirmation
from domain.triage.triage import SITE_EVENT_FORMS, AlikeLot, ClearedLot, EventTriage
from workflows.core.case import Case
from workflows.core.tasks import Closing

TRIAGED = Closing.at(SiteEventStage.TRIAGED)
"""How every event ends. What follows from it is not said here: the site reads how its cases end (S6)."""


@workflow.defn
class SiteEventTriage:
    """SOP-10: take up what happens at a site, and decide what follows.

    EU GMP Chapters 7 and 8; ICH Q10 2.7; domain specification, sections 5 and 10.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.report = SiteEventReport.stored(order.request)
        self.case = Case(order, SITE_EVENT_FORMS + COMMON_FORMS, stage=SiteEventStage.RECEIVED)

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        self.case.offer(EventSupplement)
        await self._triaged()
        return TRIAGED

    async def _triaged(self) -> None:
        """The clock runs from the receipt, however late the procedure was started. The records carry out the rest."""
        about = f"{self.report.severity}: {self.report.type.words} {self.report.number}"
        triage = await self.case.ask(EventTriage, since=self.case.order.requested_at, about=about)
        if (lots := triage.effect.get(TO_CONFIRM)) is not None:
            barred = dict.fromkeys(sorted(triage.by.persons), "S1")
            await self.case.ask(ClearingConfirmation, barred=barred, about=_not_concerned(triage.form, lots))


def _not_concerned(form: EventTriage, lots: JsonValue) -> str:
    """What is to be confirmed, with the reasons."""
    assert isinstance(lots, list), "They are listed."
    said: list[ClearedLot | AlikeLot] = [*form.cleared, *form.alike]
    return "; ".join(f"{each.lot} is not concerned: {each.reason}" for each in said if each.lot in lots)[:4000]
