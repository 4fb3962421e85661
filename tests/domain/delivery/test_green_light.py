"""Where clinical supply may go."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.core.refusals import Code, Refused
from domain.delivery.green_light import Lack, Lit, lacking, refuse_if_lacking, refuse_misplaced_trial
from domain.delivery.shipment import Destination

TODAY = date(2028, 3, 1)
GRAZ = Destination(name="University hospital Graz", address="Auenbruggerplatz 1, 8036 Graz")
GIVEN: dict[str, Any] = {
    "version": 1,
    "market": "EU",
    "trial": "CTA-1",
    "destination": GRAZ.name,
    "address": GRAZ.address,
    "valid_to": None,
    "withdrawn_at": None,
}
WITHDRAWN = {"withdrawn_at": datetime(2028, 2, 1, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("asked", "given", "field"),
    [
        ({}, [{}], None),
        ({"trial": "cta–1"}, [{}], None),
        ({"destination": GRAZ.model_copy(update={"name": "UNIVERSITY HOSPITAL, GRAZ"})}, [{}], None),
        ({}, [WITHDRAWN, {"version": 2}], None),
        ({}, [{"valid_to": TODAY}], None),
        ({}, [], "destination"),
        ({}, [{"market": "CH"}], "destination"),
        ({}, [{"trial": "CTA-2"}], "destination"),
        ({}, [{"address": "Elsewhere 1"}], "destination"),
        ({}, [WITHDRAWN], "destination"),
        ({}, [{"valid_to": date(2028, 2, 29)}], "destination"),
        ({"trial": "CTA-2"}, [{"trial": "CTA-2"}], "trial"),
        ({"trial": None}, [{}], "trial"),
        ({"certified": None}, [{}], "trial"),
    ],
)
def test_supply_goes_to_a_site_of_its_trial_that_has_a_green_light_for_the_market(
    asked: dict[str, Any], given: list[dict[str, Any]], field: str | None
) -> None:
    lit = [Lit.model_validate({**GIVEN, **changes}) for changes in given]
    about = {"trial": "CTA-1", "market": "EU", "destination": GRAZ, "certified": "CTA-1", **asked}
    lack = lacking(**about, lit=lit, today=TODAY)
    assert (lack.field if lack is not None else None) == field


def test_the_site_is_not_told_why() -> None:
    lack = Lack("destination", "green light 1 was withdrawn on 2028-02-01")
    for to_site in (False, True):
        with pytest.raises(Refused) as caught:
            refuse_if_lacking(lack, to_site=to_site)
        assert (caught.value.refusal.code, "withdrawn" in str(caught.value)) == (Code.NO_GREEN_LIGHT, not to_site)
    refuse_if_lacking(None)


@pytest.mark.parametrize(("trial", "is_clinical", "fits"), [("CTA-1", True, True), (None, False, True),
                                                             ("CTA-1", False, False), (None, True, False)])  # fmt: skip
def test_an_order_of_clinical_supply_names_its_trial(trial: str | None, *, is_clinical: bool, fits: bool) -> None:
    if fits:
        refuse_misplaced_trial(trial, is_clinical=is_clinical)
        return
    with pytest.raises(Refused) as caught:
        refuse_misplaced_trial(trial, is_clinical=is_clinical)
    assert list(caught.value.refusal.fields) == ["trial"]
