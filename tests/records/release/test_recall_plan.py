"""What the plan of a recall says of the batches that come from what is called back."""

from domain.batch.gate.gate import Gate
from tests.records.databases import on_one_database
from tests.records.making import batch_of, made, ready
from tests.records.release.test_ancestry import shut
from tests.records.release.test_review_answers import FILE, SOLD, answers, sent
from tests.records.releasing import each_answers, each_refused, evaluated, released, reports_answered
from tests.records.seeded import Seeded

pytestmark = on_one_database


async def test_what_the_plan_of_a_recall_does_not_concern_is_confirmed_and_what_it_concerns_is_not(
    seeded: Seeded,
) -> None:
    await ready(seeded)
    origin = await released(seeded)
    part = {"batch_id": origin.case_id, "relation": "INTERMEDIATE", "quantity": "20"}
    free, hit = await released(seeded, parents=[part]), await released(seeded, parents=[part])
    later = await made(seeded, parents=[part])
    await sent(seeded, free, "EU")
    await origin.does("nora", "report-later-finding")
    called = [each | {"grounds": ["CONTAMINATION"]} for each in answers("RECALL", "WITHDRAW")["outcomes"]]
    (number,) = (await origin.does("quentin", "review-release", outcomes=called, evidence=[FILE])).numbers

    # Before the plan nobody knows; the release is not confirmed, and it may be taken back.
    waits = (await each_refused(free, **answers("CONFIRM", "CONFIRM", no_EU=SOLD)))["US"]
    name = (await batch_of(origin)).number
    unknown = "that it comes from is recalled, and the plan of that has to say whether this one is concerned"
    assert waits.fields["outcomes.0.outcome"] == f"waits for {name}, {unknown}"
    assert "was taken back on" in (await shut(later))[Gate.G12]

    said = [(free, False, "Drum 1 did not go into it."), (hit, True, "Drum 1."), (later, False, "Drum 2 alone.")]
    plan = [{"batch_id": of.case_id, "concerned": yes, "reason": why} for of, yes, why in said]
    await origin.does("hana", "plan-recall", review=number, descendants=plan)
    told = (await evaluated(free)).about()
    assert "by its plan this one is not concerned: Drum 1 did not go into it. (EU, US): the release may be conf" in told
    await reports_answered(free)
    await each_answers(free, **answers("CONFIRM", "CONFIRM", no_EU=SOLD))
    assert (await batch_of(free)).released
    kept = (await each_refused(hit, **answers("CONFIRM", "CONFIRM")))["EU"]
    assert kept.fields["outcomes.0.outcome"].startswith(f"cannot be given: {name} that it comes from is taken back")
    why = "its release for EU was taken back; by the plan of its recall not concerned: Drum 2 alone."
    reason = (await shut(later))[Gate.G12]
    assert (why in reason, "was taken back on" in reason) == (True, False)
