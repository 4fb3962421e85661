"""Certification in the records: gates in the signature's transaction, the register without gaps, what follows."""

import asyncio
from datetime import timedelta
from typing import Any

from domain.asl.asl import AslStatus
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, HoldRow
from records.core.tables.cases import RecordRow
from records.core.tables.master_data import PersonRoleRow
from tests.records.certifying import a_certificate, decides, fit, reviewed
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, refused, stands
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded


async def row_of(batch: Qualifying) -> BatchRow:
    return await batch.seeded.row(BatchRow, batch.case_id)


async def entries(seeded: Seeded, register: str) -> list[tuple[int, str]]:
    """Number and certificate of each entry of a register."""
    events = await seeded.events(register)
    return [(event.number, str(event.payload["certificate_number"])) for event in events]


async def test_each_market_is_decided_by_its_own_rule_and_entered_in_its_own_register(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    written = await decides(batch, "quentin", "EU")
    assert (written.effect["certificate_number"], written.effect["register_number"]) == ("EU-2025-000001", 1)
    assert {each["verdict"] for each in written.effect["gates"]} == {"PASS"}
    row = await row_of(batch)
    assert (row.state, row.released, row.physical_status) == ("OPEN", True, "QUARANTINE")
    await decides(batch, "hana", "US", "approve", quantity="20")
    row = await row_of(batch)
    assert (row.state, row.released, row.physical_status) == ("CERTIFIED", True, "UNRESTRICTED")
    eu, us = await seeded.rows(BatchMarketRow)
    assert (eu.decision, eu.quantity, eu.register_name, eu.decided_by) == (
        "RELEASE", "118.4", "QPR-EU", seeded.result.person("quentin"),
    )  # fmt: skip
    assert (us.certificate_number, us.quantity, us.register_name) == ("US-2025-000001", "20", "QCU-US")
    (entry,) = await seeded.events("QPR-EU")
    assert entry.payload["made_at"][0]["site_id"] == "VM-02"  # type: ignore[index,call-overload]
    assert (entry.payload["location"], entry.payload["certified_by_name"]) == (
        {"country": "DE", "shown_by": "Signed in from the office network at the Mainz site"},
        "Quentin Dubois",
    )
    record = await seeded.row(RecordRow, (batch.case_id, "certify", 1))
    assert record.signature["meaning"] == "CERTIFIED"
    await are_rebuilt_identically(seeded.database, "batches", "batch_markets")


async def test_a_refused_attempt_leaves_no_gap_in_the_register_and_changes_nothing(seeded: Seeded) -> None:
    await fit(seeded)
    first, second = await reviewed(seeded), await reviewed(seeded)
    await decides(first, "quentin", "EU")
    await stands(seeded, AslStatus.SUSPENDED, suspension_scope="NEW_ORDERS_AND_RELEASE", markets=["EU", "US"])
    refusal = await refused(decides(second, "quentin", "EU"))
    assert (refusal.code, set(refusal.fields)) == ("gate_closed", {"G1", "G4"})
    assert "at Plant 2 (VM-02) is suspended for new orders and release now" in refusal.fields["G1"]
    await fit_again(seeded)
    await decides(second, "quentin", "EU")
    assert await entries(seeded, "QPR-EU") == [(1, "EU-2025-000001"), (2, "EU-2025-000002")]


async def fit_again(seeded: Seeded) -> None:
    due = (START.date() + timedelta(days=300)).isoformat()
    await stands(seeded, AslStatus.APPROVED, markets=["EU", "US"], next_audit_due=due)


async def test_two_certified_at_once_get_the_next_two_numbers(seeded: Seeded) -> None:
    await fit(seeded)
    batches = [await reviewed(seeded) for _ in range(2)]
    written = await asyncio.gather(*(decides(batch, "quentin", "EU") for batch in batches))
    assert sorted(each.effect["register_number"] for each in written) == [1, 2]


@on_one_database
async def test_what_may_not_be_decided_like_this_is_refused_field_by_field(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    given: list[tuple[str, dict[str, Any], str, set[str]]] = [
        ("EU", {"quantity": "118.5"}, "rule_broken", {"quantity"}),
        ("EU", {"market": "JP"}, "not_appointed", {"appointment", "appointment.markets"}),
        ("EU", {"market": "US"}, "not_appointed", {"appointment", "appointment.markets"}),
        ("EU", {"location": {"country": "CH", "shown_by": "VPN"}}, "rule_broken", {"location.country"}),
        ("EU", {"decision": "REJECT"}, "rule_broken", {"quantity", "reason", "grounds"}),
        (
            "EU",
            {"judgements": [{"gate": "G3", "rationale": "The certificate was extended."}]},
            "rule_broken",
            {"judgements.0.gate"},
        ),
        ("EU", {"audits_known": False}, "gate_closed", {"G4"}),
        ("EU", {"gates_seen": None}, "rule_broken", {"gates_seen"}),
    ]
    for market, changes, code, fields in given:
        refusal = await refused(decides(batch, "quentin", market, **changes))
        assert (refusal.code, set(refusal.fields)) == (code, fields)
    batch.tasks.clear()
    refusal = await refused(batch.answers("hana", "approve", {"market": "EU", "quantity": "1"}))
    assert (refusal.code, refusal.rule) == ("rule_broken", "G13")
    assert (await row_of(batch)).released is False
    assert await seeded.events("QPR-EU") == []


@on_one_database
async def test_who_has_reviewed_the_batch_does_not_release_it(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    role = PersonRoleRow(person_id=seeded.result.person("quentin"), role="CDMO_TECH", site_id="VM-02")
    async with seeded.database.writing() as session:
        session.add(role)
    assert (await refused(decides(batch, "quentin", "EU"))).rule == "S5"  # holds a production role as well
    refusal = await refused(decides(batch, "priya", "US", "approve"))
    assert (refusal.code, refusal.rule) == ("segregation_of_duties", "S5")
    rejects: dict[str, Any] = {"decision": "REJECT", "quantity": None, "reason": "Not now.", "grounds": ["COMMERCIAL"]}
    await decides(batch, "hana", "US", "approve")
    again = await refused(decides(batch, "hana", "US", "approve", **rejects))
    assert (again.code, again.who) == ("already_answered", seeded.result.person("hana"))


@on_one_database
async def test_who_has_reviewed_the_batch_may_reject_it(seeded: Seeded) -> None:
    """Rejecting protects: having looked at it keeps nobody of the role from that."""
    batch = await reviewed(await fit(seeded))
    rejects: dict[str, Any] = {"decision": "REJECT", "quantity": None, "reason": "Not now.", "grounds": ["COMMERCIAL"]}
    assert (await refused(decides(batch, "priya", "US", "approve"))).rule == "S5"
    written = await decides(batch, "priya", "US", "approve", **rejects)
    assert written.effect["decision"] == "REJECT"


@on_one_database
async def test_a_gate_in_doubt_is_judged_in_writing_and_a_closed_one_is_not(seeded: Seeded) -> None:
    await fit(seeded)
    batch = await reviewed(seeded)
    batch.at = START + timedelta(days=500)  # certificate, audit and own testing are too old
    assert (await refused(decides(batch, "quentin", "EU"))).fields.keys() == {"G3", "G4", "G9"}
    batch.at = START + timedelta(days=310)
    by_words = {"gate": "G4", "rationale": "The audit takes place in a week; its date was moved by the site."}
    judged = [{**by_words, "evidence": [{"document_id": "DOC-1", "sha256": "0" * 64}]}]
    assert (await refused(decides(batch, "quentin", "EU"))).fields.keys() == {"G4"}
    phrase = await refused(decides(batch, "quentin", "EU", judgements=[by_words]))
    assert phrase.fields == {"judgements.0.evidence": "is required: G4 asks for it"}
    written = await decides(batch, "quentin", "EU", judgements=judged)
    verdicts = {each["gate"]: each["verdict"] for each in written.effect["gates"]}
    assert (verdicts["G4"], verdicts["G3"]) == ("JUDGED", "PASS")
    (entry,) = await seeded.events("QPR-EU")
    assert entry.payload["judged"] == ["G4"]


@on_one_database
async def test_what_the_site_has_rejected_is_not_released(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    await batch.does("uta", "disposition", verdict="REJECTED", certificate_of_compliance=None)
    refusal = await refused(decides(batch, "quentin", "EU"))
    assert (refusal.code, refusal.fields) == ("gate_closed", {"G11": "the site has rejected the batch"})


@on_one_database
async def test_a_rejection_of_all_markets_is_final_and_blocks_the_goods(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    rejects: dict[str, Any] = {
        "decision": "REJECT",
        "quantity": None,
        "reason": "The trend of impurity I-3 is not understood.",
        "grounds": ["SPECIFICATION"],
    }
    await decides(batch, "quentin", "EU", **rejects)
    assert (await row_of(batch)).state == "OPEN"
    seen: Any = (await batch.notes("batch.gates_evaluated")).effect
    assert (list(seen["open"]), seen["decided"]) == (["US"], {"EU": "REJECT"})
    returned = await batch.answers("hana", "redirect", {"way": "RETURN_FOR_CORRECTION"})
    assert returned.effect == {"decided": {"EU": "REJECT"}}
    await decides(batch, "hana", "US", "approve", **rejects)
    row = await row_of(batch)
    assert (row.state, row.released, row.physical_status) == ("CLOSED", False, "BLOCKED")
    assert (await refused(batch.answers("hana", "redirect", {"way": "REJECT"}))).code == "not_open"
    assert (await refused(decides(batch, "quentin", "EU"))).code == "already_answered"
    assert await seeded.events("QPR-EU") == []
    await are_rebuilt_identically(seeded.database, "batches", "batch_markets")


@on_one_database
async def test_entering_certification_holds_the_batch_for_what_has_failed_once_and_lifts_nothing(
    seeded: Seeded,
) -> None:
    await fit(seeded)
    batch = await reviewed(seeded, value="46", reviewers={"nora": "review-results"})  # outside NOR, no deviation
    first: Any = (await batch.notes("batch.gates_evaluated")).effect["open"]
    assert {market: verdicts["G6"] for market, verdicts in first.items()} == {"EU": "FAIL", "US": "FAIL"}
    assert first["EU"]["G11"] == "FAIL"
    (hold,) = await seeded.rows(HoldRow)
    assert (hold.type, hold.market, hold.placed_by, hold.placed_in) == ("PROCESS", None, "SYSTEM", batch.case_id)
    await batch.notes("batch.gates_evaluated")
    assert len(await seeded.rows(HoldRow)) == 1
    refusal = await refused(decides(batch, "quentin", "EU"))
    assert set(refusal.fields) == {"G6", "G11", "G14"}
    await are_rebuilt_identically(seeded.database, "holds")


@on_one_database
async def test_a_certificate_for_another_activity_leaves_the_gate_to_judgement_and_holds_nothing(
    seeded: Seeded,
) -> None:
    await fit(seeded)
    await a_certificate(seeded, activity="PACKAGING")
    batch = await reviewed(seeded)
    seen = (await batch.asks("certify", market="EU"))["gates_seen"]
    assert "G3 PASS" in seen
    batch.at = START + timedelta(days=430)
    verdicts: Any = (await batch.notes("batch.gates_evaluated")).effect["open"]
    assert (verdicts["EU"]["G3"], verdicts["US"]["G3"]) == ("NEEDS_JUDGEMENT", "NEEDS_JUDGEMENT")
    assert {hold.type for hold in await seeded.rows(HoldRow)} == {"AUDIT", "COA"}
    assert {hold.market for hold in await seeded.rows(HoldRow)} == {"EU", "US"}
