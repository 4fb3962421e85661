"""A subcontractor counts for the work, the products and the period that the agreement approves it for."""

from datetime import date
from typing import Any

import pytest

from domain.agreement.agreement import AgreementTerms, SubcontractedWork, unapproved
from domain.site.site import Activity
from tests.domain.filling import filled

SUBCONTRACTOR = {"name": "Rheinlab GmbH", "site": "LAB-01", "activity": "Testing", "approved_on": "2025-01-07"}
WORK = SubcontractedWork(
    places=("LAB-01", "Laboratory", "Mannheim, Germany"),
    product="ARL-204",
    activity=Activity.TESTING,
    step="Microbiological testing",
    first=date(2025, 9, 1),
    last=date(2025, 9, 12),
)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, None),
        ({"site": "lab 01"}, None),
        ({"site": "Somewhere else"}, "does not name"),
        ({"products": ["ARL-204"]}, None),
        ({"products": ["ARL-205"]}, "does not approve for ARL-204"),
        ({"kinds_of_work": ["TESTING", "STORAGE"]}, None),
        ({"kinds_of_work": ["PACKAGING"]}, "approves for PACKAGING only, not for TESTING (Microbiological testing)"),
        ({"approved_on": "2025-09-01"}, None),
        ({"approved_on": "2025-09-02"}, "approves from 2025-09-02 on"),
        ({"approved_until": "2025-09-12"}, None),
        ({"approved_until": "2025-09-11"}, "approves until 2025-09-11 only"),
    ],
)
def test_an_agreement_approves_a_subcontractor_for_its_work(changes: dict[str, Any], fault: str | None) -> None:
    terms = filled(AgreementTerms, subcontractors=[{**SUBCONTRACTOR, **changes}])
    assert unapproved(terms, WORK) == fault


def test_one_of_several_entries_has_to_cover_all_of_the_work() -> None:
    early = {**SUBCONTRACTOR, "approved_until": "2025-06-30"}
    assert unapproved(filled(AgreementTerms, subcontractors=[early, SUBCONTRACTOR]), WORK) is None
    assert unapproved(filled(AgreementTerms), WORK) == "does not name"
