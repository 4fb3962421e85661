"""The days of an audit."""

from datetime import date

from domain.audit.audit import AuditStage, confirm_clock, notice_clock
from domain.audit.dates import AuditNotice, CounterDecision, DateAnswer, DateVerdict, Reschedule
from domain.audit.plan import AuditPlan
from domain.audit.request import AuditType
from domain.core.forms import Audience
from domain.core.people import Actor, Org
from domain.core.refusals import Code, Refused
from workflows.audit.suspension import suspension_decided
from workflows.audit.team import Auditors
from workflows.core.case import Case
from workflows.core.tasks import Answered


class AuditDays:
    """SOP-07, 4: the days are announced and agreed with the site, and again if either side moves them.

    Domain specification, section 6.
    """

    def __init__(self, case: Case, type_: AuditType, auditors: Auditors) -> None:
        self._case = case
        self._type = type_
        self._auditors = auditors
        self._moving = False
        self.first: date = date.max
        self.last: date = date.max
        self.access_is_refused = False

    @property
    def are_planned(self) -> bool:
        """Whether the audit has days, agreed or not."""
        return self.first < date.max

    def plan(self, plan: AuditPlan) -> None:
        """Those of the approved plan, which the site does not know yet."""
        self.first, self.last = plan.first_day, plan.last_day

    def set(self, first: date, last: date) -> None:
        """Both sides know these."""
        self.first, self.last = first, last
        days = {"first_day": first.isoformat(), "last_day": last.isoformat()}
        self._case.record("audit.dated", days, Audience.SHARED)

    async def agree(self) -> None:
        """Until the site accepts days, or refuses access."""
        while True:
            self._case.stage(AuditStage.NOTICED)
            notice = await self._case.ask(AuditNotice, clock=notice_clock(self._type), to=self._auditors.lead)
            if await self._agrees_site(notice.form.first_day, notice.form.last_day) or self.access_is_refused:
                break
        self._case.stage(AuditStage.ABORTED if self.access_is_refused else AuditStage.CONFIRMED)

    def may_be_moved(self) -> None:
        """From here on either side may reschedule."""
        self._case.offer(Reschedule, self._rescheduled, check=self.refuse_while_moving)

    def refuse_while_moving(self, form: object, actor: Actor) -> None:
        """Raises `Refused` while the days are being agreed again."""
        if self._moving:
            raise Refused(Code.CONFLICT, "The days of the audit are being agreed again.", rule="audit.reschedule")

    async def _agrees_site(self, first: date, last: date) -> bool:
        """Whether a date is accepted by both: the announced one, or the one the site proposes instead."""
        answer = await self._case.ask(DateAnswer, clock=confirm_clock(self._type), about=f"{first} to {last}")
        if answer.form.verdict is DateVerdict.REFUSE_ACCESS:
            await self._access_refused()
            return False
        if answer.form.verdict is DateVerdict.COUNTER_PROPOSE:
            first, last = answer.form.first_day or first, answer.form.last_day or last
            decision = await self._case.ask(CounterDecision, about=f"The site proposes {first} to {last}")
            if not decision.form.accept:
                return False
        self.set(first, last)
        return True

    async def _access_refused(self) -> None:
        self.access_is_refused = True
        await suspension_decided(self._case, about="The site refuses access to the audit")

    async def _rescheduled(self, wish: Answered[Reschedule]) -> None:
        before = self._case.at_stage
        first, last = wish.form.first_day, wish.form.last_day
        self._moving = True
        self._case.stage(AuditStage.RESCHEDULED)
        self._case.stage(AuditStage.NOTICED)
        if wish.by.org is Org.CDMO:
            decision = await self._case.ask(
                CounterDecision, about=f"The site asks to move the audit to {first} to {last}"
            )
            if decision.form.accept:
                self.set(first, last)
        else:
            await self._agrees_site(first, last)
        if not self.access_is_refused:
            self._case.stage(before)
        self._moving = False
