"""A for-cause audit from its request to its closure, every step of it counted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from domain.processes import form_of
from records.core.database import Database
from tests.company import Colleague, Company, company_at
from tests.cost.counting import Counter, Rest, Turns
from tests.domain.filling import filled
from tests.stating import stated

FINDING = {"severity": "MAJOR", "area": "QC laboratory", "summary": "Audit trail review is missing."}


class Cost(NamedTuple):
    """What a step took until everything that follows from it was done."""

    statements: int
    before_answer: int
    """Statements until the person was answered, signature token included."""
    writes: int
    """Write transactions."""
    events: int
    """Events of the history of the case."""


@dataclass
class CountedAudit:
    """An audit whose steps are taken one by one, each when the one before has had all its consequences."""

    company: Company
    turns: Turns
    rest: Rest
    costs: dict[str, Cost] = field(default_factory=dict)
    views: dict[str, int] = field(default_factory=dict)

    async def follow(self) -> None:
        """From the request to the closure, with one finding and its CAPA."""
        audit = await self._requests()
        await self._comes_to_the_site(audit)
        await self._is_on_site(audit)
        await self._is_reported(audit)
        await self._looks(audit)
        await self._is_answered(audit)
        await self._is_followed_up(audit)
        await self._does(self.company.priya, audit, "close")

    async def _requests(self) -> str:
        await self.rest.come()
        counter = Counter()
        with counter.on(self.company.database.engine.sync_engine):
            audit = await self.company.tom.requests()
            before_answer = counter.of_the_api
            await self.rest.come()
        events, _ = await self.company.history(audit)
        self.costs["request"] = Cost(counter.statements, before_answer, counter.writes, events)
        return audit

    async def _does(self, who: Colleague, case: str, action: str, **changes: Any) -> None:
        """Take a step as its task suggests. What the person looks up before is not counted."""
        task = await who.task(case, action)
        kind = form_of(self.company.process(case), action)
        known = {**(task["prefill"] if task else {}), **changes}
        form = filled(kind, stated(kind, known, self.company.now))
        before, _ = await self.company.history(case)
        counter = Counter()
        with counter.on(self.company.database.engine.sync_engine):
            answer = await who.sends(case, action, form.model_dump(mode="json"), task["task_id"] if task else None)
            before_answer = counter.statements
            await self.rest.come()
        assert answer.status_code == 200, answer.text
        after, _ = await self.company.history(case)
        self.costs[action] = Cost(counter.statements, before_answer, counter.writes, after - before)

    async def _comes_to_the_site(self, audit: str) -> None:
        company = self.company
        await self._does(company.hana, audit, "decide")
        await self._does(company.ines, audit, "plan")
        await self._does(company.priya, audit, "approve-plan")
        await self._does(company.ines, audit, "team")
        await self._does(company.tom, audit, "declare")
        await self._does(company.tom, audit, "notice")
        await self._does(company.vito, audit, "confirm")
        await self._does(company.tom, audit, "prepare")
        with self.turns.freely():
            await company.comes_on(await company.first_day(audit))
        await self.rest.come()

    async def _is_on_site(self, audit: str) -> None:
        tom, now, today = self.company.tom, self.company.now.isoformat(), self.company.today.isoformat()
        await self._does(tom, audit, "open", held_at=now)
        await self._does(tom, audit, "log-evidence", at=now)
        await self._does(tom, audit, "close-meeting", held_at=now, last_day=today, preliminary_findings=[FINDING])

    async def _is_reported(self, audit: str) -> None:
        company = self.company
        await self._does(company.tom, audit, "report")
        await self._does(company.priya, audit, "approve-report")
        await self._does(company.vito, audit, "acknowledge-report")

    async def _is_answered(self, audit: str) -> None:
        company = self.company
        await self._does(company.vito, audit, "respond")
        await self._does(company.tom, audit, "review-response", verdicts=await company.accepts_all(audit))
        await self._does(company.priya, audit, "accept-response")

    async def _is_followed_up(self, audit: str) -> None:
        company = self.company
        (capa,) = await company.capas_of(audit)
        evidence = await company.vito.uploads(capa)
        await self._does(company.vito, capa, "implement", evidence=[evidence])
        await self._does(company.ines, capa, "verify")

    async def _looks(self, audit: str) -> None:
        """At the case and at lists that show something, while an answer to the finding is awaited."""
        ines, vito = self.company.ines, self.company.vito
        paths = ("/v1/audits/{}", "/v1/audits/{}/events", "/v1/audits", "/v1/events", "/v1/sites")
        for who, path in [*((ines, path) for path in paths), (vito, "/v1/tasks")]:
            counter = Counter()
            with counter.on(self.company.database.engine.sync_engine):
                seen = await who.get(path.format(audit))
            assert seen.get("items") != [], path
            self.views[path] = counter.statements


@asynccontextmanager
async def counted_audit(folder: Path, database_url: str) -> AsyncIterator[CountedAudit]:
    """An audit that has been followed to its closure, in a company of its own."""
    turns: list[Turns] = []

    def one_at_a_time(database: Database) -> Turns:
        turns.append(Turns(database))
        return turns[0]

    watch = Database(database_url)
    try:
        async with company_at(folder, database_url, deliveries=one_at_a_time) as company:
            audit = CountedAudit(company, turns[0], Rest(company.environment.client, turns[0], watch))
            await audit.follow()
            yield audit
    finally:
        await watch.close()
