"""A lot of the substance: who has made it, and at which registered site."""

from typing import Any

import pytest

from domain.batch.making.materials import Material, refuse_unless_sourced
from domain.batch.making.own_lots import issuers
from tests.domain.filling import faults

MAKERS = {"MK-01": issuers("Mikronwerk", "Graz", "MK-01")}
SITE, PART = "materials.0.maker_site_id", "materials.0.part"


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({}, set()),
        ({"part": "API"}, set()),
        ({"part": "OTHER"}, set()),
        ({"part": "API", "maker_site_id": "MK-01"}, set()),
        ({"part": "STARTING_MATERIAL", "maker_site_id": "MK-01", "manufacturer": "MIKRONWERK – Graz"}, set()),
        ({"part": "API", "maker_site_id": "MK-01", "manufacturer": "Hubei Chemicals, Wuhan"}, {SITE}),
        ({"part": "API", "maker_site_id": "MK-02"}, {SITE}),
        ({"part": "OTHER", "maker_site_id": "MK-01"}, {PART}),
        ({"maker_site_id": "MK-01"}, {PART}),
    ],
)
def test_the_site_of_a_maker_is_registered_and_its_own(said: dict[str, Any], fields: set[str]) -> None:
    known = {"name": "ARL-204", "lot": "L-7", "manufacturer": "Mikronwerk, Graz", **said}
    assert faults(lambda: refuse_unless_sourced([Material.model_validate(known)], MAKERS)) == fields
