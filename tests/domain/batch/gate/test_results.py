from domain.asl.asl import AslStatus
from domain.batch.gate.chain_facts import ReleaseFacts
from domain.batch.gate.decision_facts import HoldFacts, SiteEventFacts
from domain.batch.gate.gate import Gate
from domain.batch.gate.results import Found, GateVerdict, closed, holds_demanded, in_words, result
from domain.batch.holds.holds import HoldType
from domain.event.site_event import EventType
from domain.release.gates import evaluate
from tests.domain.evidence import AT, PARENT, but, with_analysis, with_audit, with_scope


def demanded(**by_market: object) -> list[tuple[str, str | None]]:
    results = {market: evaluate(evidence, {}, AT) for market, evidence in by_market.items()}  # type: ignore[arg-type]
    return [(each.type.value, each.market) for each in holds_demanded(results)]


def test_a_failed_gate_holds_the_batch_or_the_market_that_it_differs_for() -> None:
    suspended = with_scope(now=AslStatus.EXPIRED)
    assert demanded(EU=suspended, US=suspended) == [("SUPPLIER_STATUS", None)]
    assert demanded(EU=with_analysis(certificates=()), US=but()) == [("COA", "EU")]
    assert demanded(EU=with_audit(due=None), US=with_audit(due=None)) == [("AUDIT", "EU"), ("AUDIT", "US")]


def test_what_only_refuses_or_is_left_to_judgement_or_is_held_already_demands_no_hold() -> None:
    held = HoldFacts(hold_id="HOLD-1", type=HoldType.MANUAL, reason="Label.")
    assert demanded(EU=but(disposition=None), US=but(certificates=())) == []
    assert demanded(EU=but(holds=(held,))) == []


def test_the_hold_of_a_gate_says_what_no_other_hold_says() -> None:
    status = HoldFacts(hold_id="HOLD-1", type=HoldType.SUPPLIER_STATUS, reason="Data were deleted.")
    alert = SiteEventFacts(event_id="EVT-1", type=EventType.RECALL, site_id="VM-02", site="Plant 2")
    evidence = but(holds=(status,), events=(alert,))
    (shut,) = [each for each in evaluate(evidence, {}, AT) if each.gate is Gate.G14]
    assert shut.reason.count("HOLD-1 (status of the site) stands: Data were deleted.") == 1
    (demand,) = holds_demanded({"EU": evaluate(evidence, {}, AT)})
    assert demand.reason == "G14: EVT-1 (recall) is open"


def test_what_waits_for_a_parent_is_no_reason_of_a_hold() -> None:
    evidence = but(materials=(), parents=(PARENT.model_copy(update={"release": ReleaseFacts(), "used_over": True}),))
    (shut,) = [each for each in evaluate(evidence, {}, AT) if each.gate is Gate.G12]
    assert "is not released for EU" in shut.reason
    (demand,) = holds_demanded({"EU": evaluate(evidence, {}, AT)})
    assert demand.reason == "G12: B-007 (BAT-7) was used after its last day, 2026-08-31"


def test_what_a_decider_must_read_is_whole_and_what_is_left_out_is_counted() -> None:
    found = Found("Well.", [f"line {number}: {'x' * 3000}" for number in range(210)], ["y" * 3000, *["z" * 600] * 4])
    told = result(Gate.G7, found)
    assert (len(told.looked_at), told.looked_at[-1]) == (201, "and 10 more")
    assert {len(line) for line in told.looked_at[:-1]} == {len("line 0: ") + n + 3000 for n in (0, 1, 2)}
    assert told.reason == f"{'y' * 3000}; {'z' * 600}; and 3 more"
    assert result(Gate.G7, Found("Well.", wrong=["y" * 9000])).reason == "y" * 9000
    judged = result(Gate.G7, Found("Well.", doubtful=["y" * 3000]), rationale="It is of another line.")
    assert judged.looked_at[-1] == f"judged: {'y' * 3000}"


def test_a_gate_that_does_not_apply_is_open() -> None:
    told = result(Gate.G12, Found("Nothing is shipped.", wrong=["x"], applies=False))
    assert (told.verdict, told.passes) == (GateVerdict.NOT_APPLICABLE, True)


def test_the_gates_in_words_give_every_reason_whole() -> None:
    results = evaluate(but(reviews=(), certificates=(), number="B" * 200), {}, AT)
    words = in_words(results)
    assert all(each.reason in words for each in results)
    assert [line.split()[0] for line in words.splitlines()] == [gate.value for gate in Gate]
    assert set(closed(results)) == {Gate.G3, Gate.G11}
