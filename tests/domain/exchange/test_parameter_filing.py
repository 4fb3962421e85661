from datetime import date
from typing import Any

import pytest

from domain.exchange.parameter_filing import (
    FilingStatement,
    change_case,
    effective_on,
    pending_markets,
    refuse_unless_approved_change,
    refuse_unless_stated,
    suggested_filings,
)
from tests.domain.filling import faults, filled

EU, US = ({"market": market, "filing": "NO_FILING"} for market in ("EU", "US"))
APPROVAL: dict[str, Any] = {"market": "EU", "filing": "PRIOR_APPROVAL"}
APPROVED = APPROVAL | {"approved_on": "2025-07-16", "reference": "II/042"}
TODAY = date(2025, 7, 16)


@pytest.mark.parametrize(
    ("filings", "replaces", "change", "expected"),
    [
        ([EU, US], False, None, set()),
        ([EU, US], True, "CC-1", set()),
        ([EU, US], True, None, {"change"}),
        ([EU], False, None, {"filings"}),
        ([EU, US, US], False, None, {"filings.2.market"}),
        ([EU, US, US | {"market": "JP"}], False, None, {"filings.2.market"}),
        ([APPROVAL, US], False, None, set()),
        ([APPROVED, US], False, None, set()),
        ([APPROVED | {"reference": None}, US], False, None, {"filings.0.reference"}),
        ([EU | {"approved_on": "2025-07-16"}, US], False, None, {"filings.0.approved_on"}),
        ([EU, US | {"filing": "NOTIFY"}], False, None, set()),
    ],
)
def test_every_market_is_stated_and_an_approval_is_named(
    filings: list[dict[str, Any]], change: str | None, expected: set[str], *, replaces: bool
) -> None:
    form = filled(FilingStatement, filings=filings, change=change)
    assert faults(lambda: refuse_unless_stated(form, ["EU", "US"], replaces=replaces)) == expected


@pytest.mark.parametrize(
    ("filings", "pending", "day"),
    [
        ([EU, US], [], TODAY),
        ([APPROVAL, US], ["EU"], TODAY),
        ([APPROVED, US], [], TODAY),
        ([APPROVED | {"approved_on": "2025-07-01"}, US], [], TODAY),
        ([APPROVED | {"approved_on": "2025-09-01"}, US], [], date(2025, 9, 1)),
        ([APPROVED | {"approved_on": "2025-09-01"}, APPROVED | {"approved_on": "2025-10-01"}], [], date(2025, 10, 1)),
    ],
)
def test_it_waits_for_the_last_approval(filings: list[dict[str, Any]], pending: list[str], day: date) -> None:
    form = filled(FilingStatement, filings=filings)
    assert pending_markets(form) == pending
    assert effective_on(form, TODAY) == day


@pytest.mark.parametrize(
    ("text", "case"),
    [
        ("CHG-12", "CHG-12"),
        (" chg-12 ", "CHG-12"),
        ("CC-2025-0041", None),
        ("CHG-", None),
        ("CHG-1 and more", None),
        (None, None),
    ],
)
def test_a_reference_may_name_the_case_of_a_change(text: str | None, case: str | None) -> None:
    assert change_case(text) == case


@pytest.mark.parametrize(("known", "approved"), [(False, False), (True, False), (True, True)])
def test_a_change_that_is_named_is_approved(*, known: bool, approved: bool) -> None:
    found = faults(lambda: refuse_unless_approved_change(known=known, approved=approved))
    assert found == (set() if approved else {"change"})


def test_what_is_suggested_makes_a_whole_statement() -> None:
    form = filled(FilingStatement, suggested_filings(["US", "EU"], "CHG-1"))
    assert faults(lambda: refuse_unless_stated(form, ["EU", "US"], replaces=True)) == set()
