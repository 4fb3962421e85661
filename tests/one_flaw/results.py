"""Flaws of own testing and of results that no program compares, and how people heal them."""

from typing import Any

from records.batch.tables.analysis import AnalysisReportRow
from records.batch.tables.process import OosRow
from records.core.tables.master_data import DocumentRow
from tests.one_flaw.flaws import Flaw
from tests.one_flaw.past import IMPURITY
from tests.one_flaw.telling import Telling

PASSED = [{"gate": "G8", "verdict": "PASS"}, {"gate": "G9", "verdict": "PASS"}]


def retested(what: str, result: str, report: str = "QC-77", *, by: str = "tove", **said: Any) -> Flaw:
    """The sponsor tests once more."""

    async def act(told: Telling) -> None:
        results = [{"test": IMPURITY, "result": result, "unit": "%"}]
        form = {"report": report, "results": results, "tested_on": told.at.date().isoformat(), **said}
        await told.batch(what).answers(by, "own-testing", form)
        told.passes(minutes=1)

    return Flaw(act)


def corrected(what: str, result: str = "0.12", *, cause: str = "TRANSCRIPTION", of: str = "QC-77") -> Flaw:
    """A report of own testing takes the place of another one."""

    async def act(told: Telling) -> None:
        said: dict[str, Any] = {"correction_of": of, "correction_reason": "1.2 was typed for 0.12.", "cause": cause}
        if cause == "TRANSCRIPTION":
            said["raw_data"] = await told.uploads("tove")
        await retested(what, result, f"{of}-1", **said).act(told)

    return Flaw(act)


def reviewed(what: str, by: str = "nora") -> Flaw:
    """The results are reviewed once more."""

    async def act(told: Telling) -> None:
        await told.batch(what).answers(by, "review-results", {"verdicts": PASSED})

    return Flaw(act)


def explained(what: str, cause: str | None = "TRANSCRIPTION") -> Flaw:
    """The own laboratory names the cause of its failing result, with documents; or that there is none."""

    async def act(told: Telling) -> None:
        batch, oos_id = told.batch(what), await _oos(told, what)
        found: dict[str, Any] = {"oos_id": oos_id, "retests": []}
        if cause is not None:
            raw = told.notes["raw"] = await told.uploads("tove")
            found |= {"cause": cause, "evidence": [raw], "capa_decision": "Two persons read each entry."}
            found |= {"raw_data": raw} if cause == "TRANSCRIPTION" else {}
        await batch.asks("oos-own-laboratory", oos_id=oos_id)
        await batch.answers("tove", "oos-own-laboratory", found)

    return Flaw(act)


def read(what: str, by: str = "nora") -> Flaw:
    """The first of two reads the raw data."""

    async def act(told: Telling) -> None:
        batch, oos_id = told.batch(what), await _oos(told, what)
        await batch.asks("compare-raw-data", oos_id=oos_id)
        await batch.answers(by, "compare-raw-data", {"oos_id": oos_id, "raw_data": told.notes["raw"]})

    return Flaw(act)


def agreed(what: str, by: str = "petra") -> Flaw:
    """The quality unit sees that the result does not count."""

    async def act(told: Telling) -> None:
        batch, oos_id = told.batch(what), await _oos(told, what)
        await batch.asks("review-invalidation", oos_id=oos_id)
        await batch.answers(by, "review-invalidation", {"oos_id": oos_id})

    return Flaw(act)


def compared(what: str, *, meets: bool, by: str = "nora", source: str = "COA") -> Flaw:
    """A person reads the original of what the program cannot compare."""

    async def act(told: Telling) -> None:
        batch = told.batch(what)
        reports = await told.seeded.rows(AnalysisReportRow)
        of_it = [each for each in reports if each.batch_id == batch.case_id and each.source == source]
        about = {"source": source, "report": of_it[-1].report}
        asked = (await batch.asks("compare-results", **about))["lines"]
        lines = [{**each, "meets": meets, "reason": "Read on page 2 of the original."} for each in asked]
        read_it = await told.seeded.row(DocumentRow, of_it[-1].document_id)
        original = {"document_id": read_it.document_id, "sha256": read_it.sha256}
        await batch.answers(by, "compare-results", {**about, "lines": lines, "original": original})

    return Flaw(act)


async def _oos(told: Telling, what: str) -> str:
    """The result of the batch that was opened last."""
    rows = await told.seeded.rows(OosRow)
    return [row.oos_id for row in rows if row.batch_id == told.world.batches[what]][-1]
