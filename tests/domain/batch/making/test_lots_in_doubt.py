"""Which lots an event names, by number and by whose they are."""

import pytest

from domain.batch.making.lots_in_doubt import NamedLots, UsedLot, is_named, is_never_used, may_be_named
from domain.batch.making.materials import Material
from domain.batch.making.own_lots import issuers
from domain.event.site_event import ALERTS, EventSeverity, EventType, calls_lots_into_question
from tests.domain.filling import filled

MAKER = "Rheinchem AG, Mannheim"
NAMED = NamedLots.told(["C12-0417"], issuers("Rheinchem AG", "Mannheim", "RC-01"))


def used(lot: str | None = "c12 0417", maker: str = MAKER, *way: str) -> UsedLot:
    return UsedLot.of(f"Coupling agent {lot or 'C12-0417'}", lot, maker, way)


@pytest.mark.parametrize(
    ("lot", "here", "expected"),
    [
        (used(), False, True),
        (used(maker="RHEINCHEM AG"), False, True),
        (used(maker="Somebody else"), False, False),
        (used(maker="Somebody else"), True, True),
        (used("C12-0418"), True, False),
        (used("C120417"), True, False),
        (used("C12-0417", "Somebody else", "Chemiehandel Nord", "Rheinchem AG"), False, True),
        (used(None), False, True),
        (used(None, "Somebody else"), False, False),
        (used(maker=""), False, False),
    ],
)
def test_a_lot_is_named_by_its_number_and_by_who_had_it_or_where_it_happened(
    *, lot: UsedLot, here: bool, expected: bool
) -> None:
    assert is_named(lot, NAMED, here=here) is expected


@pytest.mark.parametrize(
    ("lot", "here", "is_closed", "expected"),
    [
        (used("C120417", "Somebody else"), False, False, True),
        (used("C120417", "Somebody else"), False, True, False),
        (used("C120417", "Somebody else"), True, True, True),
        (used("C120417", ""), False, True, True),
        (used("C120417", "-"), False, True, True),
        (used("C12-417", ""), False, True, True),
        (used("\u042112.0417", ""), False, True, True),
        (used("C12-0417", "Rheinchem AG Mannheim"), False, True, True),
        (used("C12-0418", ""), True, False, False),
    ],
)
def test_a_number_that_is_alike_is_asked_about_for_ever_only_where_no_other_maker_is_known(
    *, lot: UsedLot, here: bool, is_closed: bool, expected: bool
) -> None:
    assert may_be_named(lot, NAMED, here=here, is_closed=is_closed) is expected


def test_whoever_had_a_reported_lot_on_its_way_is_known() -> None:
    chain = [{"type": "REPACKER", "name": "Chemiehandel Nord"}]
    lot = UsedLot.reported(filled(Material, name="Agent", lot="C-1", manufacturer=MAKER, chain=chain))
    assert (lot.reference, lot.numbers, lot.holders) == ("Agent C-1", frozenset({"c 1"}), (MAKER, "Chemiehandel Nord"))


@pytest.mark.parametrize("type_", EventType)
def test_alerts_and_results_call_lots_into_question_and_what_is_grave_by_its_severity(type_: EventType) -> None:
    by_severity = {each for each in EventSeverity if calls_lots_into_question(type_, each)}
    if type_ in ALERTS | {EventType.OOS}:
        assert by_severity == set(EventSeverity)
    elif type_ in {EventType.DEVIATION, EventType.COMPLAINT}:
        assert by_severity == {EventSeverity.CRITICAL, EventSeverity.MAJOR}
    else:
        assert by_severity == set()
    assert is_never_used(type_) is (type_ is EventType.FALSIFICATION)
