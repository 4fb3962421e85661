"""Flaws of the sites while a batch was made, and what is found there: statuses, conditions, agreements, inspections."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from pydantic import JsonValue

from domain.asl.asl import stream_of
from domain.audit.capa import CapaRequest
from domain.core.days import add_months
from domain.core.entry import Move, OpenTask
from domain.core.forms import Process
from domain.inspection.inspection import InspectionNotice
from domain.qualification.conditions import ConditionVerification
from domain.qualification.decision import DecisionProposal, DecisionSignature
from tests.domain.filling import filled
from tests.one_flaw.flaws import Flaw
from tests.one_flaw.past import Past, a_qualification, approved, said
from tests.one_flaw.places import Place
from tests.one_flaw.telling import Telling
from tests.one_flaw.world import BATCHES, INTERMEDIATE, PEOPLE, the_past
from tests.records.qualifying import Qualifying

LIFTED_IN = "STA-77"
HARD_STOP = 36
"""Months for which a quality agreement is in force."""


async def _states(told: Telling, place: Place, since: datetime, status: str, **more: JsonValue) -> None:
    scope_id = told.world.scopes[place.site_id]
    supplier_id = told.world.suppliers[place.site_id]
    more = {"decided_in": LIFTED_IN, "effective_from": since.isoformat(), **more}
    decided_in = str(more.pop("decided_in"))
    statement = approved(place, scope_id, supplier_id, told.at, decided_in=decided_in, status=status, **more)
    await told.seeded.write("asl.changed", stream_of(scope_id), statement, at=told.at)


def stood(place: Place, what: str, status: str, *, lifted: bool = True, **more: JsonValue) -> Flaw:
    """The list said otherwise of a site from the middle of the manufacture of a batch until the day after it."""

    async def act(told: Telling) -> None:
        began, ended = told.made(what)
        await _states(told, place, began + (ended - began) / 2, status, decided_in="STA-76", **more)
        if lifted:
            await _states(told, place, ended + timedelta(days=1), "APPROVED")

    return Flaw(act)


def stood_after(place: Place, what: str, status: str, **more: JsonValue) -> Flaw:
    """The list said otherwise of a site from the end of the manufacture of a batch until a day later."""

    async def act(told: Telling) -> None:
        _, ended = told.made(what)
        await _states(told, place, ended, status, decided_in="STA-76", **more)
        await _states(told, place, ended + timedelta(days=1), "APPROVED")

    return Flaw(act)


def stood_twice(place: Place, what: str) -> Flaw:
    """Suspended with release twice while a batch was made; lifted in two cases."""

    async def act(told: Telling) -> None:
        began, ended = told.made(what)
        step = (ended - began) / 8
        reach = {"suspension_scope": "NEW_ORDERS_AND_RELEASE"}
        for number, lifted_in in enumerate((LIFTED_IN, "STA-79")):
            at = began + (2 * number + 1) * step
            await _states(told, place, at, "SUSPENDED", decided_in=f"STA-{90 + number}", **reach)
            await _states(told, place, at + step, "APPROVED", decided_in=lifted_in)

    return Flaw(act)


def on_reinstatement(told: Telling) -> Awaitable[dict[str, Any]]:
    """What a judgement rests on that a suspension was lifted."""
    return _named(told, reinstatement=LIFTED_IN)


async def _named(_: Telling, **named: Any) -> dict[str, Any]:
    return named


def on(*fields: str, by: str = "hana", **named: Any) -> Callable[[Telling], Awaitable[dict[str, Any]]]:
    """What a judgement names: a document in each of these fields, uploaded by somebody; and what is given."""

    async def names(told: Telling) -> dict[str, Any]:
        found = dict(named)
        for field in fields:
            document = await told.uploads(by)
            found[field] = [document] if field == "evidence" else document
        return found

    return names


def conditionally_approved(place: Place, *, is_met: bool = False, **condition: Any) -> Flaw:
    """A site was qualified anew, under a condition."""

    async def act(told: Telling) -> None:
        scope_id, supplier_id = told.world.scopes[place.site_id], told.world.suppliers[place.site_id]
        case = await a_qualification(told.seeded, place, scope_id, supplier_id, told.at)
        day = (told.at + timedelta(days=200)).date().isoformat()
        due: dict[str, Any] = {"text": "A person in plant.", "owner": "Site", "due": day, "verification": "Reports."}
        outcome = {"outcome": "CONDITIONALLY_APPROVED", "conditional_to": day, "valid_from": told.at.date().isoformat()}
        proposal = filled(DecisionProposal, {**outcome, "conditions": [{**due, **condition}]})
        await told.seeded.write("qualification.propose", case.case_id, said(proposal), at=told.at)
        signed = filled(DecisionSignature, {"proposal": {"version": 1, "sha256": "0" * 64}})
        in_force: dict[str, JsonValue] = {**said(signed), "effect": {"in_force": True}}
        await told.seeded.write("qualification.decide", case.case_id, in_force, at=told.at)
        await _states(told, place, told.at, "CONDITIONALLY_APPROVED", decided_in=case.case_id)
        if is_met:
            await _verifies(told, case)

    return Flaw(act)


async def _verifies(told: Telling, case: Qualifying) -> None:
    """The only condition of an approval is met."""
    form, task = ConditionVerification.action, f"{case.case_id}.1"
    asked = OpenTask(task_id=task, action=form.name, by=form.by, clock=form.clock, since=case.at, concerns=(1,))
    await case.writes(asked)
    case.tasks[form.name] = task
    await case.answers("ines", form.name, {"number": 1, "evidence": [await told.uploads("ines")]})


@cache
def made_as_the_agreement_ended(place: Place, what: str) -> Flaw:
    """The quality agreement of a site ended with the day on which it had begun to make a batch."""

    async def act(told: Telling) -> None:
        day = add_months(told.made(what)[0].date(), -HARD_STOP)
        await _otherwise(told, place, Past(agreed_on=day))

    return Flaw(act, PEOPLE)


@cache
def subcontracted_beyond_approval(place: Place, what: str) -> Flaw:
    """The agreement of a site approves its subcontractor until the day on which it had begun to make a batch."""

    async def act(told: Telling) -> None:
        await _otherwise(told, place, Past(approved_until=told.made(what)[0].date()))

    return Flaw(act, PEOPLE)


async def _otherwise(told: Telling, place: Place, past: Past) -> None:
    told.at = told.world.begun
    await the_past(told.world, told.seeded, told.world.begun, {place: past})
    await told.goes_on(INTERMEDIATE, lambda entry: (entry,), only=BATCHES)


def inspected(place: Place, outcome: str, *, days_ago: float = 0, authority: str = "FDA") -> Flaw:
    """An authority has inspected a site."""

    async def act(told: Telling) -> None:
        at = told.at
        day = (at - timedelta(days=days_ago)).date().isoformat()
        notice = {"site_id": place.site_id, "authority": authority, "announced_on": day, "start": day}
        form = filled(InspectionNotice, notice).model_dump(mode="json")
        inspection = await told.opens(Process.INSPECTION, form, by=place.quality)
        await inspection.does(place.quality, "begin", started_on=day, expected_end=day)
        given: dict[str, Any] = {"end": day, "received_on": day, "outcome": outcome}
        if outcome not in ("NAI", "NONE"):
            given |= {"report": await told.uploads(place.quality), "redacted": False, "observations": {"major": 2}}
        await inspection.does(place.quality, "report-outcome", **given)

    return Flaw(act)


def corrects(place: Place, *, since: str | None = None, done: str | None = None, scopes: bool = True) -> Flaw:
    """Something critical is to be put right at a site: since it began to make a batch, until the day after or still."""

    async def act(told: Telling) -> None:
        at = told.at
        if since is not None:
            told.at = told.made(since)[0] - timedelta(days=1)
        request = {
            "origin": "SCAR", "severity": "CRITICAL", "site_id": place.site_id,
            "scope_ids": [told.world.scopes[place.site_id]] if scopes else [],
        }  # fmt: skip
        form = filled(CapaRequest, request, audit_id=None, finding_no=None, replaces=None, plan=None)
        capa = await told.opens(Process.CAPA, form.model_dump(mode="json"), by="ines")
        if since is not None and done is not None:
            capa.at = told.made(since)[1] + timedelta(days=1)
            await capa.does("ines", "verify")
            await capa.writes(Move(stage="VERIFIED"))
            if done == "EFFECTIVE":
                await capa.closes(done)
        told.at = at

    return Flaw(act)
