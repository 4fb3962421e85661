"""Flaws of quantities: used at risk beyond what was arranged, destroyed, split off."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from domain.batch.markets import roles_under
from domain.core.entry import Answer, AnyLine, Entry
from domain.core.forms import Process
from domain.core.people import Role
from domain.delivery.destruction import DestructionOrder
from domain.policy.market_rule import DecisionRule
from domain.release.at_risk_use import AtRiskApproval, AtRiskProposal
from domain.release.further_processing import PartialConfirmation, ProcessingRelease
from domain.release.release_review import LaterFinding
from domain.release.tranche import FurtherConfirmation, FurtherProcessing
from records.batch.tables.decisions import BatchMarketRow
from records.core.policies import Policies
from records.release.queries.gate_reports import gate_report
from tests.domain.filling import filled
from tests.one_flaw.flaws import MADE_AT, Flaw, both, closed, deviates, said, seen
from tests.one_flaw.goods import registers
from tests.one_flaw.making import begun
from tests.one_flaw.places import Place
from tests.one_flaw.telling import Telling
from tests.one_flaw.world import BATCHES, BULK, EU_PACK, US_PACK, World
from tests.records.releasing import reports_answered


def used_at_risk(site: Place, quantity: str, *, before_it: str | None = None) -> Flaw:
    """The packer begins with the tablets before they are confirmed; that was arranged with a site for a quantity.

    `before_it` was taken by another pack that was begun still earlier.
    """

    async def act(told: Telling) -> None:
        confirmed, now = _confirmed(told.world), told.at
        told.at = confirmed - timedelta(minutes=40)
        await _arranged(told, site, quantity)
        told.at = now
        await said(EU_PACK, "start", started_at=(confirmed - timedelta(minutes=30)).isoformat()).act(told)
        if before_it is not None:
            await _began(told, before_it, confirmed - timedelta(minutes=35))

    return Flaw(act, EU_PACK)


def with_a_deviation(flaw: Flaw) -> Flaw:
    """The deviation of the pack is reported, closed and looked at."""
    return both(flaw, deviates(EU_PACK, "MINOR"), closed(EU_PACK), seen(EU_PACK))


def destroyed(what: str, quantity: str) -> Flaw:
    """A part is destroyed where it was made."""

    async def act(told: Telling) -> None:
        user = MADE_AT[what].quality
        given = {"batch_id": told.world.batches[what], "stock": "AT_SITE", "held_in": None, "quantity": quantity}
        order = filled(DestructionOrder, given).model_dump(mode="json")
        case = await told.opens(Process.DESTRUCTION, order, by=user)
        await case.does("petra", "approve")
        proof, day = await told.uploads(user), told.at.date().isoformat()
        await case.does(user, "record", destroyed_on=day, quantity=quantity, evidence=[proof])

    return Flaw(act)


def split_off(quantity: str) -> Flaw:
    """A part of the pack is registered as a batch of its own; the rest is decided on."""

    async def act(told: Telling) -> None:
        took = {"batch_id": told.world.batches[EU_PACK], "relation": "SPLIT", "quantity": quantity}
        await registers(told, EU_PACK, "P-2001", [took], quantity=quantity, unit="{pack}", stage="FINISHED")

    return Flaw(act)


def retest_was_due(what: str, day: str) -> Flaw:
    """Its day of retest is corrected, which another person confirms; then its release is reviewed and confirmed."""
    return both(corrected_end(what, retest_on=day), confirmed_again(what))


def made_as(what: str, **right: str) -> Flaw:
    """What was said at the end of its manufacture is corrected, to less."""

    async def act(told: Telling) -> None:
        user = MADE_AT[what].quality
        await told.batch(what).answers(user, "correct-manufacture", {**right, "evidence": [await told.uploads(user)]})

    return Flaw(act)


def corrected_end(what: str, **right: str) -> Flaw:
    """What was said at the end of its manufacture is corrected, which another person confirms."""

    async def act(told: Telling) -> None:
        await made_as(what, **right).act(told)
        await told.batch(what).does("petra", "confirm-manufacture-correction")

    return Flaw(act)


def confirmed_again(what: str) -> Flaw:
    """The release is reviewed and confirmed by each market's decider; no report to an authority is due."""

    async def act(told: Telling) -> None:
        batch = told.batch(what)
        await reports_answered(batch)
        for each in (await batch.asks("review-release"))["outcomes"]:
            row = await told.seeded.row(BatchMarketRow, (batch.case_id, each["market"]))
            user = "quentin" if Role.QP in roles_under(DecisionRule(row.rule), row.deciders) else "petra"
            await batch.does(user, "review-release", outcomes=[{**each, "outcome": "CONFIRM"}])

    return Flaw(act)


def doubted_as_it_was_used(what: str) -> Flaw:
    """Something is learned of a batch after its release, before packs are made of it; nobody has answered it yet."""

    async def act(told: Telling) -> None:
        await told.batch(what).answers("nora", LaterFinding.action.name, {})
        await told.goes_on(EU_PACK, lambda entry: (entry,), only=[EU_PACK, US_PACK])

    return Flaw(act, EU_PACK)


def withdrawn_in_review(what: str, market: str) -> Flaw:
    """The quality unit takes the release back for one market, in its review."""

    async def act(told: Telling) -> None:
        back = {"market": market, "outcome": "WITHDRAW", "grounds": ["SPECIFICATION"]}
        evidence = [await told.uploads("hana")]
        await told.batch(what).does("hana", "review-release", outcomes=[back], evidence=evidence)

    return Flaw(act)


def confirmed_further(quantity: str) -> Flaw:
    """The qualified person of the site confirms a further part of the tablets, in the words of the first."""

    async def act(told: Telling) -> None:
        lines = (line for entry in told.world.story(BULK) for line in entry.lines if isinstance(line, Answer))
        said_first = next(line.form for line in lines if line.action == PartialConfirmation.action.name)
        part = {**said_first, "quantity": quantity, "gates_seen": None}
        await told.batch(BULK).answers("bela", FurtherConfirmation.action.name, part)

    return Flaw(act)


def released_for_another_use(what: str, child: str, *, first: str, further: str) -> Flaw:
    """A part is released for stability samples, then another one for further processing, before a batch is made of it.

    What comes of it is told again.
    """
    anywhere: dict[str, Any] = {"sites": [], "purpose": None}

    async def act(told: Telling) -> None:
        samples = {**anywhere, "purposes": ["STABILITY_SAMPLES"], "quantity": first}
        forms: list[dict[str, Any]] = []

        def edited(entry: Entry) -> Sequence[Entry]:
            lines: list[AnyLine] = []
            for line in entry.lines:
                if isinstance(line, Answer) and line.action == ProcessingRelease.action.name:
                    forms.append({**line.form, **samples})
                    lines.append(line.model_copy(update={"form": forms[-1]}))
                else:
                    lines.append(line)
            return (entry.model_copy(update={"lines": tuple(lines)}),)

        await told.goes_on(what, edited, only=[what])
        told.at = begun(told.world, child) - timedelta(seconds=1)
        for form in forms:
            seen_gates = await _gates_seen(told, what, form["market"])
            use = {"purposes": ["FURTHER_PROCESSING"], "quantity": further, "gates_seen": seen_gates}
            await told.batch(what).answers("hana", FurtherProcessing.action.name, {**form, **use})
        await told.goes_on(child, lambda entry: (entry,), only=BATCHES[BATCHES.index(child) :])

    return Flaw(act, what)


async def _gates_seen(told: Telling, what: str, market: str) -> str | None:
    """As the report of the gates hands them out."""
    async with told.seeded.database.reading() as session:
        report = await gate_report(session, Policies(), told.world.batches[what], told.at, market=market)
    return report.gates_seen


async def _arranged(told: Telling, site: Place, quantity: str) -> None:
    batch, given = told.batch(BULK), {"site_id": site.site_id, "quantity": quantity}
    written = await batch.answers("sana", AtRiskProposal.action.name, given)
    read = {"version": written.record_version, "sha256": written.record_hash}
    await batch.answers("petra", AtRiskApproval.action.name, {"approve": True, "proposal": read})


async def _began(told: Telling, quantity: str, at: datetime) -> None:
    took = {"batch_id": told.world.batches[BULK], "relation": "INTERMEDIATE", "quantity": quantity}
    parents = [{**took, "theoretical_yield": "0.01"}]
    limits = {"yield_low": "90", "yield_high": "101"}
    other = await registers(
        told, EU_PACK, "P-2001", parents, quantity="1000", unit="{pack}", stage="FINISHED", **limits
    )
    started = {"started_at": at.isoformat(), "materials": [], "equipment": []}
    await other.does(MADE_AT[EU_PACK].maker, "start", **started)


def _confirmed(world: World) -> datetime:
    names = {PartialConfirmation.action.name, ProcessingRelease.action.name}
    return min(at for action, at in _answers(world) if action in names)


def _answers(world: World) -> Iterator[tuple[str, datetime]]:
    for entry in world.story(BULK):
        if entry.stream == world.batches[BULK]:
            yield from ((line.action, entry.at) for line in entry.lines if isinstance(line, Answer))
