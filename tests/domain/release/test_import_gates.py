"""What is imported, what that asks for, and what counts as its test (gates G9 and G13)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.batch.gate.batch_facts import OwnTestFacts
from domain.batch.gate.chain_facts import TransportFacts, UseFacts
from domain.batch.gate.gate import Gate
from domain.batch.gate.results import GateVerdict
from domain.batch.gate.site_facts import InspectionFacts
from domain.batch.supply_stage import SupplyStage
from domain.event.site_event import AuthorityOutcome
from domain.importation.facts import ArrivalTestFacts, ConsignmentFacts, ImporterFacts, ImportRule, TakenFacts
from domain.importation.inside import ReleasedBefore
from domain.policy.market_rule import DecisionRule, row_of
from domain.release.evidence import BatchEvidence, Member
from domain.release.gates import evaluate
from domain.release.import_gates import imported_quantity, imports
from domain.release.import_test_gates import importer_test
from domain.site.site import Activity
from records.installation.supplementing import shipped_policy
from tests.domain.evidence import ANALYSIS, AT, CLEAN, SCOPE

RULE = ImportRule(area=frozenset({"DE", "FI", "IS"}), is_tested=True)
IMPORTER = ImporterFacts(number="MIA-1", covers_import=True)
ARRIVED = ConsignmentFacts(
    number="IMP-1",
    from_country="IN",
    to_site_id="PK-01",
    to_site="Turku",
    to_country="FI",
    arrived_at=datetime(2025, 8, 20, 9, tzinfo=UTC),
    quantity=Decimal(100),
    cleared_on=datetime(2025, 8, 21, tzinfo=UTC).date(),
    customs_reference="MRN-1",
    importer=IMPORTER,
)


def scope(country: str | None, activity: Activity = Activity.DRUG_PRODUCT, scope_id: str = "SC-1") -> Any:
    return SCOPE.model_copy(update={"country": country, "activity": activity, "scope_id": scope_id})


def pack(country: str | None = "FI", **changes: Any) -> BatchEvidence:
    known = {
        "supply_stage": SupplyStage.FINISHED,
        "scopes": (scope(country, Activity.PACKAGING),),
        "imports": RULE,
        "expiry_on": CLEAN.today,
        "analysis": ANALYSIS.model_copy(update={"specified": ("Assay", "Identity")}),
    }
    return CLEAN.model_copy(update={**known, **changes})


def bulk(country: str | None = "IN", used_in: str | None = "FI", **changes: Any) -> Member:
    use = UseFacts(site_ids=frozenset({"PK-01"}), country=used_in, quantity=Decimal(50), ended_at=AT)
    return Member(
        batch_id="BAT-7",
        number="T-7",
        market="EU",
        today=CLEAN.today,
        depth=1,
        supply_stage=changes.pop("supply_stage", SupplyStage.BULK),
        scopes=changes.pop("scopes", (scope(country),)),
        uses=(use,),
        **changes,
    )


def analysed_in(country: str, *names: str, **more: Any) -> OwnTestFacts:
    return OwnTestFacts(report="QC-1", at=AT, tests=names, site="Hansa Labor (QL-01)", country=country, **more)


@pytest.mark.parametrize(
    ("evidence", "asked"),
    [
        (pack(), False),
        (pack("IN"), True),
        (pack(ancestors=(bulk(),)), True),
        (pack(ancestors=(bulk("DE"),)), False),
        (pack(ancestors=(bulk(supply_stage=SupplyStage.API),)), False),
        (pack(ancestors=(bulk(scopes=(scope("DE"), scope("IN", Activity.TESTING, "SC-2"))),)), False),
        (pack(ancestors=(bulk(scopes=(scope("DE"), scope("IN", Activity.STORAGE, "SC-2"))),)), True),
        (pack(ancestors=(bulk(scopes=(scope("DE"), scope("IN", Activity.API_MFG, "SC-2"))),)), False),
        (pack(ancestors=(bulk(consignments=(ARRIVED,)),)), False),
        (pack("IN", supply_stage=SupplyStage.API), False),
        (pack("IN", needs=DecisionRule.PROCESSING), False),
        (pack("IN", needs=DecisionRule.CONFIRMATION, supply_stage=SupplyStage.BULK), True),
        (pack("IN", supply_stage=SupplyStage.CLINICAL_SUPPLY), True),
        (pack("IN", imports=None), False),
    ],
)
def test_what_was_made_outside_has_to_arrive(evidence: BatchEvidence, asked: bool) -> None:  # noqa: FBT001
    assert bool(imports(evidence).wrong) is asked


def test_what_is_used_outside_is_imported_in_what_is_made_of_it() -> None:
    found = imports(pack("IN", ancestors=(bulk(used_in="IN"),)))
    assert [each.split(",")[0] for each in found.wrong] == ["no arrival is recorded of B-001 (BAT-1)"]


def test_an_import_that_is_whole_is_told_with_what_it_rests_on() -> None:
    found = imports(pack(ancestors=(bulk(consignments=(ARRIVED,)),)))
    assert (found.wrong, found.doubtful) == ([], [])
    (line,) = found.looked_at
    assert line.startswith("import of T-7 (BAT-7): consignment IMP-1 from India, 2025-08-20 at Turku (PK-01) ")
    assert line.endswith("under authorisation MIA-1, cleared 2025-08-21 (MRN-1)")


def test_what_it_stands_on_is_judged_if_it_counts_no_more_today() -> None:
    paper = IMPORTER.model_copy(update={"no_more": "had ended on 2025-09-01"})
    ended = ARRIVED.model_copy(update={"importer": paper})
    found = imports(pack(ancestors=(bulk(consignments=(ended,)),)))
    assert list(found.wrong) == []
    (doubt,) = found.doubtful
    assert doubt.endswith("arrived at Turku (PK-01) under authorisation MIA-1, which had ended on 2025-09-01")


def test_a_batch_from_before_is_judged_and_an_unknown_country_is_refused() -> None:
    old = RULE.model_copy(update={"is_asked_for": False})
    found = imports(pack("IN", imports=old))
    assert (len(found.doubtful), list(found.wrong)) == (1, [])
    assert (len(imports(pack(None)).wrong), list(imports(pack(None)).doubtful)) == (1, [])
    assert len(imports(pack(None, imports=old)).doubtful) == 1
    assert len(importer_test(pack("IN", imports=old)).doubtful) == 1


@pytest.mark.parametrize(
    ("tests", "changes", "missing"),
    [
        ((), {}, "Assay, Identity"),
        ((analysed_in("FI", "assay", "Identity"),), {}, None),
        ((analysed_in("IS", "Assay"), analysed_in("DE", "Identity")), {}, None),
        ((analysed_in("FI", "Assay"),), {}, "Identity"),
        ((analysed_in("IN", "Assay", "Identity"),), {}, "Assay, Identity"),
        ((), {"supply_stage": SupplyStage.CLINICAL_SUPPLY}, "Assay, Identity"),
        ((), {"imports": RULE.model_copy(update={"is_tested": False})}, None),
        ((analysed_in("CH", "Assay", "Identity"),), {"imports": RULE.model_copy(update={"tested_in": {"CH"}})}, None),
    ],
)
def test_the_importers_test_is_whole_and_in_the_area(
    tests: tuple[OwnTestFacts, ...], changes: dict[str, Any], missing: str | None
) -> None:
    analysis = ANALYSIS.model_copy(update={"specified": ("Assay", "Identity"), "own_tests": tests})
    found = importer_test(pack("IN", **{"analysis": analysis, **changes}))
    assert bool(found.wrong) is (missing is not None)
    if missing is not None:
        assert f"the importer's test of {missing} is not on file" in found.wrong[0]
        assert found.held == found.wrong, "it waits for the test, and holds nothing"


def bulk_test(country: str, day: str, *names: str) -> ArrivalTestFacts:
    return ArrivalTestFacts(
        report="QC-7",
        tested_on=date.fromisoformat(day),
        tests=names,
        site="Hansa Labor (QL-01)",
        site_id="QL-01",
        country=country,
    )


@pytest.mark.parametrize(
    ("tests", "missing"),
    [
        ((), "Assay, Identity"),
        ((bulk_test("DE", "2025-08-20", "assay", "Identity"),), None),
        ((bulk_test("IN", "2025-08-20", "assay", "Identity"),), "Assay, Identity"),
        ((bulk_test("DE", "2025-08-19", "assay", "Identity"),), "Assay, Identity"),
        ((bulk_test("DE", "2025-08-20", "Assay"),), "Identity"),
    ],
)
def test_what_is_tested_as_it_has_arrived_counts_for_all_that_is_made_of_it(
    tests: tuple[ArrivalTestFacts, ...], missing: str | None
) -> None:
    found = importer_test(pack(ancestors=(bulk(consignments=(ARRIVED,), arrival_tests=tests),)))
    assert bool(found.wrong) is (missing is not None)
    if missing is None:
        said = "importer's test of assay, Identity: QC-7 of T-7 (BAT-7) on 2025-08-20 in Hansa Labor (QL-01), Germany"
        assert found.looked_at == [said]
    else:
        assert f"the importer's test of {missing} is not on file" in found.wrong[0]
    untested = bulk(consignments=(ARRIVED,)).model_copy(update={"batch_id": "BAT-9"})
    both = (bulk(consignments=(ARRIVED,), arrival_tests=tests), untested)
    assert importer_test(pack(ancestors=both)).wrong, "of two that were imported, each is tested"


def test_as_much_is_certified_as_has_arrived() -> None:
    assert imported_quantity(pack()) is None
    assert imported_quantity(pack("IN")) == 0
    later = ARRIVED.model_copy(update={"number": "IMP-2", "cleared_on": None})
    assert imported_quantity(pack("IN", consignments=(ARRIVED, later))) == 100


def _moved(number: str, whence: str, whither: str, quantity: int, hours: int) -> ConsignmentFacts:
    changes = {
        "number": number,
        "from_country": whence,
        "to_country": whither,
        "quantity": Decimal(quantity),
        "arrived_at": ARRIVED.arrived_at + timedelta(hours=hours),
    }
    return ARRIVED.model_copy(update=changes)


TO_SWITZERLAND = _moved("IMP-2", "DE", "CH", 50, 2)
BACK = _moved("IMP-3", "CH", "DE", 50, 4)
IN_QUARANTINE = TransportFacts(
    shipment_id="SHP-1", within_limits=True, is_in_quarantine=True, dispatched_at=ARRIVED.arrived_at, to_site_id="CH-1",
    to_country="CH", market="EU", quantity=Decimal(50),
)  # fmt: skip


@pytest.mark.parametrize(
    ("consignments", "transports", "before", "inside"),
    [
        ((ARRIVED, TO_SWITZERLAND), (), None, 50),
        ((ARRIVED, TO_SWITZERLAND, BACK), (), None, 100),
        ((TO_SWITZERLAND, BACK), (), None, 0),
        ((ARRIVED,), (IN_QUARANTINE,), None, 50),
        ((ARRIVED, TO_SWITZERLAND, BACK), (IN_QUARANTINE,), None, 100),
        ((ARRIVED,), (IN_QUARANTINE.model_copy(update={"market": "CH"}),), None, 100),
        ((ARRIVED, TO_SWITZERLAND), (), ReleasedBefore(Decimal(40), ARRIVED.arrived_at), 90),
        ((ARRIVED, TO_SWITZERLAND), (), ReleasedBefore(Decimal(60), ARRIVED.arrived_at), 100),
        ((ARRIVED, TO_SWITZERLAND), (), ReleasedBefore(Decimal(60), BACK.arrived_at), 50),
    ],
)
def test_what_left_and_came_back_has_arrived_once(
    consignments: tuple[ConsignmentFacts, ...],
    transports: tuple[TransportFacts, ...],
    before: ReleasedBefore | None,
    inside: int,
) -> None:
    known = pack("IN", consignments=consignments, transports=transports)
    assert imported_quantity(known, before) == inside


def _taken(batch_id: str, quantity: int, country: str = "FI", began: int = 0, **more: Any) -> TakenFacts:
    since = AT - timedelta(days=began)
    return TakenFacts(
        batch_id=batch_id, number="P-8", quantity=Decimal(quantity), country=country, began_at=since, **more
    )


@pytest.mark.parametrize(
    ("taken", "short"),
    [
        ((), False),
        ((_taken("BAT-2", 50, began=5),), False),
        ((_taken("BAT-2", 51, began=5),), True),
        ((_taken("BAT-2", 51, began=1),), False),
        ((_taken("BAT-2", 51, "US", began=5),), False),
        ((_taken("BAT-2", 30, began=5), _taken("BAT-3", 30, "DE", began=4)), True),
    ],
)
def test_who_began_first_took_first_of_what_has_arrived(taken: tuple[TakenFacts, ...], *, short: bool) -> None:
    use = UseFacts(
        batch_id="BAT-1", site_ids=frozenset({"PK-01"}), country="FI", quantity=Decimal(50), ended_at=AT,
        began_at=AT - timedelta(days=3),
    )  # fmt: skip
    of = bulk(consignments=(ARRIVED,), taken=taken).model_copy(update={"uses": (use,)})
    found = imports(pack(ancestors=(of,)))
    assert bool(found.wrong) is short
    if short:
        assert "of T-7 (BAT-7) 50 were used, and " in found.wrong[0]
        assert "by P-8 (BAT-2)" in found.wrong[0]


def test_what_was_split_off_inside_is_no_part_of_what_is_certified() -> None:
    taken = (_taken("BAT-2", 30, is_decided_by_itself=True), _taken("BAT-3", 20))
    assert imported_quantity(pack("IN", consignments=(ARRIVED,), taken=taken)) == 70


@pytest.mark.parametrize(
    ("market", "inside", "outside"),
    [("EU", {"DE", "NO", "XI"}, {"GB", "CH", "IN"}), ("GB", {"GB", "DE"}, {"CH", "US"}), ("XI", {"GB", "IE"}, {"US"})],
)
def test_each_market_has_an_area_of_its_own(market: str, inside: set[str], outside: set[str]) -> None:
    row = row_of(shipped_policy().markets, market)
    assert row is not None
    assert inside <= set(row.import_area)
    assert outside.isdisjoint(row.import_area)


def test_a_test_in_a_state_of_the_eea_or_of_a_partner_counts_for_great_britain() -> None:
    row = row_of(shipped_policy().markets, "GB")
    assert row is not None
    rule = ImportRule(area=frozenset(row.import_area), is_tested=True, tested_in=frozenset(row.tested_in))
    for country, counts in (("IS", True), ("CH", True), ("IN", False)):
        tested = (analysed_in(country, "Assay", "Identity"),)
        analysis = ANALYSIS.model_copy(update={"specified": ("Assay", "Identity"), "own_tests": tested})
        assert bool(importer_test(pack("IN", market="GB", imports=rule, analysis=analysis)).wrong) is not counts


@pytest.mark.parametrize(
    ("country", "recognises", "verdict"),
    [
        ("US", {"US"}, GateVerdict.PASS),
        ("US", set(), GateVerdict.NEEDS_JUDGEMENT),
        ("IN", {"US"}, GateVerdict.NEEDS_JUDGEMENT),
    ],
)
def test_an_inspection_by_the_fda_shows_the_gmp_of_a_site_there_where_it_is_recognised(
    country: str, recognises: set[str], verdict: GateVerdict
) -> None:
    seen = InspectionFacts(
        scope_id="SC-1", case_id="INS-1", outcome=AuthorityOutcome.NAI, last_day=CLEAN.today - timedelta(days=100)
    )
    evidence = pack(
        scopes=(scope(country),),
        imports=None,
        certificates=(),
        inspections=(seen,),
        recognises={each: shipped_policy().asks_of(each) for each in recognises},
    )
    assert next(each.verdict for each in evaluate(evidence, {}, AT) if each.gate is Gate.G3) is verdict
