"""What a consignment and its clearance can be."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from domain.batch.supply_stage import SupplyStage
from domain.core.refusals import Code, Refused
from domain.importation.consignment import (
    CONSIGNMENT,
    ConsignmentCorrection,
    CustomsClearance,
    ImportConsignment,
    ImportedBatch,
    SiteOfArrival,
    refuse_another_arrival,
    refuse_unless_arrived,
    refuse_unless_cleared,
    refuse_withdrawn,
)
from tests.domain.filling import filled

NOW = datetime(2025, 2, 1, 12, tzinfo=UTC)
BATCH = ImportedBatch(stage=SupplyStage.BULK, started_at=datetime(2025, 1, 1, 6, tzinfo=UTC), quantity=Decimal(100000))
SITE = SiteOfArrival(country="DE", papers=frozenset({"CERT-1"}))
FORM: dict[str, Any] = {
    "batch_id": "BAT-1",
    "from_country": "IN",
    "to_site_id": "VM-02",
    "authorisation_id": "CERT-1",
    "arrived_at": "2025-01-31T09:00:00Z",
    "quantity": "50000",
}


@pytest.mark.parametrize(
    ("given", "batch", "site", "sent_from", "faults"),
    [
        ({}, BATCH, SITE, None, {}),
        ({"authorisation_id": None}, BATCH, SITE, None, {}),
        ({"from_site_id": "MU-01"}, BATCH, SITE, "IN", {}),
        ({"from_site_id": "MU-01"}, BATCH, SITE, "", {}),
        ({}, None, SITE, None, {"batch_id": "unknown"}),
        ({}, BATCH.model_copy(update={"stage": SupplyStage.API}), SITE, None, {"batch_id": "is no dosage form"}),
        ({}, BATCH.model_copy(update={"stage": None}), SITE, None, {"batch_id": "is no dosage form"}),
        ({}, BATCH.model_copy(update={"started_at": None}), SITE, None, {"batch_id": "nothing of it is made yet"}),
        ({"arrived_at": "2024-12-31T09:00:00Z"}, BATCH, SITE, None, {"arrived_at": "is before its manufacture"}),
        ({"arrived_at": "2025-02-01T12:00:01Z"}, BATCH, SITE, None, {"arrived_at": "is in the future"}),
        ({"quantity": "100000.1"}, BATCH, SITE, None, {"quantity": "is more than the 100000 that were made"}),
        ({"quantity": "100001"}, BATCH.model_copy(update={"quantity": None}), SITE, None, {}),
        ({"from_site_id": "MU-01"}, BATCH, SITE, None, {"from_site_id": "unknown"}),
        ({"from_site_id": "MU-01"}, BATCH, SITE, "CN", {"from_country": "is CN at MU-01"}),
        ({}, BATCH, None, None, {"to_site_id": "unknown"}),
        ({}, BATCH, SiteOfArrival(country=None, papers=SITE.papers), None, {"to_site_id": "its country is not known"}),
        ({"from_country": "DE"}, BATCH, SITE, None, {"from_country": "is that of VM-02 as well"}),
        ({"authorisation_id": "CERT-2"}, BATCH, SITE, None, {"authorisation_id": "is no manufacturing authorisation"}),
    ],
)
def test_a_consignment_is_of_a_dosage_form_and_arrives_in_another_country(
    given: dict[str, Any],
    batch: ImportedBatch | None,
    site: SiteOfArrival | None,
    sent_from: str | None,
    faults: dict[str, str],
) -> None:
    form = filled(ImportConsignment, **{**FORM, **given})
    if not faults:
        refuse_unless_arrived(form, batch, site, sent_from, NOW)
        return
    with pytest.raises(Refused) as refused:
        refuse_unless_arrived(form, batch, site, sent_from, NOW)
    refusal = refused.value.refusal
    assert (refusal.code, refusal.rule, set(refusal.fields)) == (Code.RULE_BROKEN, "section 18, import", set(faults))
    assert all(refusal.fields[name].startswith(fault) for name, fault in faults.items())


@pytest.mark.parametrize(
    ("given", "was_cleared", "fault"),
    [
        ({}, False, None),
        ({"cleared_on": "2025-01-20"}, False, None),
        ({"correction_reason": "Of another consignment."}, True, None),
        ({"cleared_on": "2025-02-02"}, False, "cleared_on"),
        ({"cleared_on": "2024-12-31"}, False, "cleared_on"),
        ({}, True, "correction_reason"),
        ({"correction_reason": "Of another consignment."}, False, "correction_reason"),
    ],
)
def test_customs_clear_once_and_a_correction_says_why(
    given: dict[str, Any], *, was_cleared: bool, fault: str | None
) -> None:
    form = filled(CustomsClearance, **{"cleared_on": "2025-02-01", **given})
    days = {"begun_on": date(2025, 1, 1), "arrived_on": date(2025, 1, 31), "today": date(2025, 2, 1)}
    if fault is None:
        refuse_unless_cleared(form, was_cleared=was_cleared, **days)
        return
    with pytest.raises(Refused) as refused:
        refuse_unless_cleared(form, was_cleared=was_cleared, **days)
    assert set(refused.value.refusal.fields) == {fault}


@pytest.mark.parametrize(
    ("given", "was", "faults"),
    [
        ({}, ("BAT-2", None), {"batch_id"}),
        ({"return_id": "RET-1"}, ("BAT-1", None), {"return_id"}),
        ({}, ("BAT-1", "RET-1"), {"return_id"}),
        ({"return_id": "RET-2"}, ("BAT-1", "RET-1"), {"return_id"}),
    ],
)
def test_a_consignment_stays_one_of_its_batch_and_of_its_return(
    given: dict[str, str], was: tuple[str, str | None], faults: set[str]
) -> None:
    refuse_another_arrival(filled(ConsignmentCorrection, **FORM), "BAT-1", None)
    form = filled(ConsignmentCorrection, **{**FORM, **given})
    with pytest.raises(Refused) as refused:
        refuse_another_arrival(form, *was)
    assert set(refused.value.refusal.fields) == faults


def test_customs_are_not_a_year_early_where_no_manufacture_was_told() -> None:
    form = filled(CustomsClearance, cleared_on="2024-01-20")
    with pytest.raises(Refused) as refused:
        refuse_unless_cleared(
            form, was_cleared=False, begun_on=None, arrived_on=date(2025, 1, 31), today=date(2025, 2, 1)
        )
    assert "is long before the arrival" in refused.value.refusal.fields["cleared_on"]


def test_what_was_taken_back_stays_so() -> None:
    refuse_withdrawn(None, None)
    with pytest.raises(Refused) as refused:
        refuse_withdrawn("PER-1", "2025-01-13T09:00:00+00:00")
    assert refused.value.refusal.code is Code.ALREADY_ANSWERED


def test_a_consignment_is_known_by_its_number() -> None:
    assert [CONSIGNMENT.names(each) for each in ("IMP-2025-014", "IMP-", "BAT-1")] == [True, False, False]


LOT = {"material": "Comparin 20 mg", "number": "C-77", "manufacturer": "Originator SA, Lyon", "unit": "{pack}"}


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({"lot": LOT}, set()),
        ({"lot": LOT, "quantity": "100000000"}, set()),
        ({}, {"batch_id"}),
        ({"lot": LOT, "batch_id": "BAT-1"}, {"lot"}),
        ({"lot": LOT, "return_id": "RET-1"}, {"return_id"}),
        ({"lot": LOT, "arrived_at": "2025-02-01T12:00:01Z"}, {"arrived_at"}),
        ({"lot": LOT, "from_country": "DE"}, {"from_country"}),
    ],
)
def test_a_consignment_of_a_bought_lot_is_of_no_batch(given: dict[str, Any], faults: set[str]) -> None:
    form = filled(ImportConsignment, **{**FORM, "batch_id": None, **given})
    if not faults:
        refuse_unless_arrived(form, None, SITE, None, NOW)
        return
    with pytest.raises(Refused) as caught:
        refuse_unless_arrived(form, BATCH, SITE, None, NOW)
    assert (caught.value.refusal.code, set(caught.value.refusal.fields)) == (Code.RULE_BROKEN, faults)


def test_a_consignment_of_a_bought_lot_stays_one_of_it() -> None:
    same, other = {**LOT, "number": "c 77"}, {**LOT, "manufacturer": "Another SA"}
    form = filled(ConsignmentCorrection, **{**FORM, "batch_id": None, "lot": same})
    assert form.lot is not None
    refuse_another_arrival(form, None, None, form.lot.key)
    moved = filled(ConsignmentCorrection, **{**FORM, "batch_id": None, "lot": other})
    with pytest.raises(Refused) as caught:
        refuse_another_arrival(moved, None, None, form.lot.key)
    assert set(caught.value.refusal.fields) == {"lot"}
