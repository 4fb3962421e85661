"""Batches that are analysed at the seeded site: a specification in force, a certificate, and own testing."""

from datetime import date, datetime
from typing import Any

from pydantic import JsonValue

from domain.batch.gate.batch_facts import AnalysisFacts
from domain.batch.gate.gate import Gate
from domain.batch.gate.results import GateResult
from domain.batch.results.specification import SpecifiedTest, stream_of
from domain.batch.results.specification_forms import SpecificationApproval, SpecificationProposal
from domain.release.gates import evaluate
from records.batch.results.analysis import analysis_facts
from records.core.policies import Policies
from records.release.gate_evidence import evidence_of
from tests.domain.filling import filled
from tests.records.making import batch_of
from tests.records.qualifying import Qualifying
from tests.records.seeded import START, Seeded

IMPURITY = filled(SpecifiedTest, {"unit": "%", "upper": "0.15"})
"""`≤ 0.15 %`, by HPLC AM-017: what the examples of the forms report on."""


async def specified(
    seeded: Seeded,
    *tests: SpecifiedTest,
    scope_id: str = "SC-1",
    version: int = 1,
    markets: tuple[str, ...] = ("EU", "US"),
    effective_from: datetime = START,
    printed_as: tuple[str, ...] = ("SPEC-204 v3",),
    former_valid_until: date | None = None,
) -> None:
    """A specification is approved, by default of one test of one impurity, and in force from an instant on."""
    proposal = SpecificationProposal.model_validate(
        {
            "replaces": version - 1,
            "markets": markets,
            "registration": "Module 3.2.S.4.1",
            "printed_as": printed_as,
            "effective_from": effective_from,
            "former_valid_until": former_valid_until,
            "tests": [test.model_dump(mode="json") for test in tests or (IMPURITY,)],
            "reason": "As registered.",
        }
    )
    read = {"version": version, "sha256": "0" * 64}
    approval = SpecificationApproval.model_validate({"approve": True, "specification": read, "reason": "Compared."})
    for form, by in ((proposal, "nora"), (approval, "priya")):
        payload: dict[str, JsonValue] = {"scope_id": scope_id, "sha256": "0" * 64, "version": version}
        payload["form"] = form.model_dump(mode="json")
        type_ = f"specification.{form.action.name}"
        await seeded.write(type_, stream_of(scope_id), payload, by=await seeded.actor(by))


def line(result: str = "0.12", test: str = "Impurity I-3", **more: Any) -> dict[str, Any]:
    """A line of a certificate."""
    return {"test": test, "result": result, "unit": "%", **more}


async def analysed(batch: Qualifying, *results: dict[str, Any], **changes: Any) -> dict[str, JsonValue]:
    """A certificate of analysis comes; by default it conforms. Returns what is found."""
    document = await batch.seeded.upload(by=await batch.seeded.actor("vito"))
    today = batch.at.date().isoformat()
    given = {"results": list(results or (line(),)), "number": "COA-1", "document": document, "issued_on": today}
    given |= changes
    return (await batch.answers("vito", "coa", given)).effect


async def confirmed(
    batch: Qualifying, *results: dict[str, Any], by: str = "tove", **changes: Any
) -> dict[str, JsonValue]:
    """The sponsor has tested the batch itself; by default it conforms. Returns what is found."""
    given = {"results": list(results or (line(),)), "tested_on": batch.at.date().isoformat(), **changes}
    return (await batch.answers(by, "own-testing", given)).effect


async def facts_of(batch: Qualifying, market: str = "EU") -> AnalysisFacts:
    """What gate G9 looks at, as the batch stands."""
    row = await batch_of(batch)
    async with batch.seeded.database.reading() as session:
        limits = (await Policies().in_force(session, batch.at)).limits
        return await analysis_facts(session, row, market, batch.at, limits)


async def gates_of(batch: Qualifying, market: str = "EU") -> dict[Gate, GateResult]:
    """What every gate says, as the batch stands."""
    row = await batch_of(batch)
    async with batch.seeded.database.reading() as session:
        evidence = await evidence_of(session, Policies(), row, market, batch.at)
    return {each.gate: each for each in evaluate(evidence, {}, batch.at)}
