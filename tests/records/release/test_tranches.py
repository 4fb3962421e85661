"""Part of a batch is certified now and the rest later: each part by the same gates, never more in sum than was made."""

from typing import Any

from domain.core.refusals import Code
from domain.release.gate_report import GateReport
from domain.release.gate_report_text import rendered
from records.batch.tables.decisions import BatchMarketRow
from records.core.policies import Policies
from records.core.tables.cases import RecordRow
from records.release.queries.certifications import certifications, one_certification
from records.release.queries.gate_reports import gate_report
from tests.records.certifying import decides, fit, reviewed
from tests.records.databases import on_one_database
from tests.records.delivering import ordered
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import Seeded

FILE = {"document_id": "DOC-1", "sha256": "0" * 64}


async def further(batch: Qualifying, quantity: str | None, by: str = "quentin", **changes: Any) -> Any:
    """No task asks for it; the gate report shows the gates."""
    given = {"market": "EU", "decision": "RELEASE", "quantity": quantity, "gates_seen": await seen(batch), **changes}
    return await batch.answers(by, "certify-further", given)


async def seen(batch: Qualifying, market: str = "EU") -> str | None:
    """The gates as the report hands them out."""
    return (await report_of(batch, market)).gates_seen


async def report_of(batch: Qualifying, market: str = "EU") -> GateReport:
    async with batch.seeded.database.reading() as session:
        return await gate_report(session, Policies(), batch.case_id, batch.at, market=market)


async def test_the_rest_is_certified_later_under_its_own_entry_until_what_was_made_is_exhausted(seeded: Seeded) -> None:
    await fit(seeded)
    batch = await reviewed(seeded)
    early = await refused(further(batch, "18"))
    assert (early.code, list(early.fields)) == (Code.NOT_OPEN, ["market"])
    await decides(batch, "quentin", "EU", quantity="100")
    assert list((await refused(ordered(seeded, batch, quantity="100.1"))).fields) == ["quantity"]
    assert list((await refused(further(batch, "18.5"))).fields) == ["quantity"]
    assert list((await refused(further(batch, None, decision="REJECT", reason="Not now."))).fields) == [
        "decision", "quantity",
    ]  # fmt: skip
    assert (await refused(further(batch, "18", by="hana"))).code is Code.WRONG_ROLE
    await further(batch, "18")
    row = next(each for each in await seeded.rows(BatchMarketRow) if each.market == "EU")
    assert (row.quantity, row.register_number) == ("118", 1)
    assert list((await refused(further(batch, "0.5"))).fields) == ["quantity"]
    await further(batch, "0.4")
    await ordered(seeded, batch, quantity="118.4")
    quentin = await seeded.actor("quentin")
    async with seeded.database.reading() as session:
        first = await certifications(session, quentin, market="EU", cursor=None, limit=2)
        rest = await certifications(session, quentin, market="EU", cursor=first.next, limit=2)
        one = await one_certification(session, quentin, first.items[1].certificate_number)
    found = [(each.register_number, each.quantity) for each in (*first.items, *rest.items)]
    assert found == [(1, "100"), (2, "18"), (3, "0.4")]
    assert (one.quantity, one.declaration.quantity, one.signature is not None) == ("18", "18", True)
    named = [each.product_authorisation for each in (*first.items, *rest.items)]
    assert [each.authorisation_id for each in named if each is not None] == ["AUT-WORLD-0-EU"] * 3
    assert await register_of_authorisation(seeded, "AUT-WORLD-0-EU") == [1, 2, 3]
    assert await register_of_authorisation(seeded, "AUT-WORLD-0-US") == []
    await are_rebuilt_identically(seeded.database, "tranches", "batch_markets", "authorised_decisions")


async def register_of_authorisation(seeded: Seeded, record: str) -> list[int]:
    """The entries that name it, by their numbers."""
    rosa = await seeded.actor("rosa")
    async with seeded.database.reading() as session:
        found = await certifications(session, rosa, market=None, authorisation=record, cursor=None, limit=9)
    return [each.register_number for each in found.items]


@on_one_database
async def test_a_further_part_stands_before_the_same_gates(seeded: Seeded) -> None:
    await fit(seeded)
    batch = await reviewed(seeded)
    await decides(batch, "quentin", "EU", quantity="100")
    await batch.answers("priya", "place-hold", {"hold_type": "MANUAL", "reason": "A photograph.", "markets": None})
    refusal = await refused(further(batch, "18"))
    assert (refusal.code, "G14" in refusal.fields) == (Code.GATE_CLOSED, True)
    assert (await refused(batch.answers("hana", "approve-further", {"market": "EU"}))).fields.keys() == {"market"}


@on_one_database
async def test_who_releases_a_further_part_has_seen_the_gates_as_the_report_hands_them_out(seeded: Seeded) -> None:
    await fit(seeded)
    batch = await reviewed(seeded)
    assert await seen(batch) == (await batch.asks("certify", market="EU"))["gates_seen"]
    await decides(batch, "quentin", "EU", quantity="100")
    report = await report_of(batch)
    assert (report.left, report.judged_anew, report.since) == ("18.4 kg", (), ())
    assert "FURTHER PART: 18.4 kg are left to release" in rendered(report)
    stale = await seen(batch)
    missing = await refused(further(batch, "18", gates_seen=None))
    assert (missing.code, missing.fields) == (Code.RULE_BROKEN, {"gates_seen": "is required for RELEASE"})
    other = await seen(batch, "US")
    assert (await refused(further(batch, "18", gates_seen=other))).code is Code.VERSION_STALE
    changed = await refused(further(batch, "18", gates_seen=f"{stale} "[:-9]))
    assert (changed.code, list(changed.fields)) == (Code.VERSION_STALE, ["gates_seen"])
    before = await seen(batch)
    await further(batch, "18")
    (kept,) = [row.form["gates_seen"] for row in await seeded.rows(RecordRow) if row.action == "certify-further"]
    assert kept == before


@on_one_database
async def test_a_further_part_is_judged_on_grounds_of_its_own(seeded: Seeded) -> None:
    """What another market has decided is judged for the rest anew, on records and in words."""
    await fit(seeded)
    batch = await reviewed(seeded)
    why = {"decision": "REJECT", "quantity": None, "reason": "The label is not theirs.", "grounds": ["SPECIFICATION"]}
    await decides(batch, "hana", "US", "approve", **why)
    judged: dict[str, Any] = {"gate": "G13", "rationale": "The label is that of the US alone.", "evidence": [FILE]}
    await decides(batch, "quentin", "EU", quantity="100", judgements=[judged])
    groundless: list[tuple[list[dict[str, Any]], str]] = [
        ([], "G13"),
        ([{**judged, "evidence": []}], "judgements.0.evidence"),
        ([{**judged, "rationale": "Fine."}], "judgements.0.rationale"),
        ([judged, judged], "judgements.1.gate"),
        ([judged, {"gate": "G1", "rationale": "The site was audited last week."}], "judgements.1.gate"),
    ]
    for judgements, field in groundless:
        assert field in (await refused(further(batch, "18", judgements=judgements))).fields
    assert [row.quantity for row in await seeded.rows(BatchMarketRow) if row.market == "EU"] == ["100"]
    written = await further(batch, "18", judgements=[judged])
    assert [each["gate"] for each in written.effect["gates"] if each["verdict"] == "JUDGED"] == ["G13"]
    assert [row.quantity for row in await seeded.rows(BatchMarketRow) if row.market == "EU"] == ["118"]
