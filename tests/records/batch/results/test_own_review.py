"""Who has tested does not review the results, under whatever account, name or delegation."""

from datetime import timedelta

from domain.batch.gate.gate import Gate
from records.core.tables.master_data import DelegationRow
from tests.records.analysing import confirmed, gates_of, line
from tests.records.certifying import fit, reviewed
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, refused
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
PASSED = [{"gate": "G8", "verdict": "PASS"}, {"gate": "G9", "verdict": "PASS"}]


async def a_batch(seeded: Seeded) -> Qualifying:
    """Tove has tested it, Nora has reviewed the results."""
    return await reviewed(await fit(seeded))


async def is_barred(batch: Qualifying, user: str, **more: str) -> None:
    refusal = await refused(batch.answers(user, "review-results", {"verdicts": PASSED}, **more))
    assert (refusal.code, refusal.rule, list(refusal.fields)) == ("segregation_of_duties", "S1", ["verdicts"])


async def test_the_tester_reviews_nothing_but_may_say_that_it_fails(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    assert (await gates_of(batch))[Gate.G9].passes
    await is_barred(batch, "tove")
    await batch.answers("nora", "review-results", {"verdicts": PASSED})
    failing = [PASSED[0], {"gate": "G9", "verdict": "FAIL", "reason": "A peak is missing."}]
    await batch.answers("tove", "review-results", {"verdicts": failing})


async def test_own_testing_after_the_review_is_reviewed_again_by_another_one(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    batch.passes(minutes=5)
    await confirmed(batch, report="QC-2")
    g9 = (await gates_of(batch))[Gate.G9]
    assert (g9.reason, g9.hold_type) == ("own testing QC-2 came after the review of the results", None)
    await batch.answers("nora", "review-results", {"verdicts": PASSED})
    assert (await gates_of(batch))[Gate.G9].passes


async def test_a_reviewer_who_tests_afterwards_has_reviewed_the_own_result(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await confirmed(batch, report="QC-2", by="nora")
    assert "was reviewed by Nora Lindholm, who has tested" in (await gates_of(batch))[Gate.G9].reason


async def test_named_testers_and_analysts_are_barred_like_who_enters(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await confirmed(batch, report="QC-2", tested_by=[seeded.result.person("nora")])
    await is_barred(batch, "nora")
    unknown = await refused(confirmed(batch, report="QC-3", tested_by=["PER-999", seeded.result.person("vito")]))
    assert set(unknown.fields) == {"tested_by.0", "tested_by.1"}


async def test_an_analyst_by_name_is_barred(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await confirmed(batch, line(analyst="LINDHOLM,  Nora"), line(analyst="nora lindholm"), report="QC-2")
    await is_barred(batch, "nora")


async def test_who_acts_for_the_tester_is_barred(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    today = START.date()
    async with seeded.database.writing() as session:
        session.add(
            DelegationRow(
                delegation_id="DLG-9", delegator=seeded.result.person("tove"), delegate=seeded.result.person("nora"),
                roles=["QC_REVIEWER"], valid_from=today, valid_to=today + timedelta(days=9), accepted=True,
            )
        )  # fmt: skip
    await is_barred(batch, "nora", on_behalf_of="tove")
