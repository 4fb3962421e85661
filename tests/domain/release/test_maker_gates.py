"""The makers of what was bought: gates G1 and G3 to G5 look at them, through which lot is said."""

from typing import Any

import pytest

from domain.asl.asl import AslStatus
from domain.batch.gate.chain_facts import MaterialFacts
from domain.batch.gate.gate import Gate
from domain.batch.making.makers import is_qualified_for
from domain.batch.making.materials import MaterialPart
from domain.batch.supply_stage import SupplyStage
from domain.release.evidence import Maker
from domain.release.gates import found_at
from domain.release.maker_gates import makers
from domain.site.site import Activity
from tests.domain.evidence import CLEAN, FIRST, SCOPE, TODAY

PLACE = {"site_id": "NV-01", "site": "Brno"}


def maker(**changes: Any) -> Maker:
    """The maker of the substance that the batch was made with; its scope is on the list as that of the batch is."""
    known: dict[str, Any] = {
        "batch_id": CLEAN.batch_id,
        "number": CLEAN.number,
        "market": CLEAN.market,
        "today": TODAY,
        "first_day": FIRST,
        "supply_stage": SupplyStage.API,
        "lot": "ARL-204 K-5",
        "part": MaterialPart.API,
        "maker": "Novasint, Brno",
        "scopes": (SCOPE.model_copy(update={**PLACE, "activity": Activity.API_MFG}),),
    }
    return Maker(**{**known, **PLACE, **changes})


@pytest.mark.parametrize(
    ("part", "name", "activity", "product", "fits"),
    [
        (MaterialPart.API, "ARL-204", Activity.API_MFG, "arl 204", True),
        (MaterialPart.API, "ARL-204", Activity.API_MFG, "ARL-205", False),
        (MaterialPart.API, "ARL-204", Activity.INTERMEDIATE, "ARL-204", False),
        (MaterialPart.API, "ARL-204", Activity.TESTING, "ARL-204", False),
        (MaterialPart.INTERMEDIATE, "I-3", Activity.INTERMEDIATE, "I-3", True),
        (MaterialPart.INTERMEDIATE, "I-3", Activity.API_MFG, "I-3", True),
        (MaterialPart.STARTING_MATERIAL, "C-12", Activity.INTERMEDIATE, "C-12", True),
        (MaterialPart.DOSAGE_FORM, "Diluent", Activity.STERILE_FILL, "Diluent", True),
        (MaterialPart.DOSAGE_FORM, "Diluent", Activity.API_MFG, "Diluent", False),
    ],
)
def test_a_maker_is_qualified_for_what_it_makes_under_its_name(
    part: MaterialPart, name: str, activity: Activity, product: str, *, fits: bool
) -> None:
    assert is_qualified_for(part, name, activity, product) is fits


def test_the_maker_of_a_lot_is_looked_at_by_name() -> None:
    suspended = SCOPE.model_copy(update={**PLACE, "now": AslStatus.SUSPENDED, "activity": Activity.API_MFG})
    good = CLEAN.model_copy(update={"makers": (maker(),)})
    bad = CLEAN.model_copy(update={"makers": (maker(scopes=(suspended,)),)})
    assert found_at(Gate.G1, good).wrong == []
    (said,) = found_at(Gate.G1, bad).wrong
    name = f"ARL-204 K-5 of Novasint, Brno in {CLEAN.number} ({CLEAN.batch_id}): "
    assert said.startswith(name)
    assert said.endswith("at Brno (NV-01) is suspended now")
    assert [each for each in found_at(Gate.G3, good).doubtful if each.startswith(name)]


def test_a_maker_without_a_scope_for_it_is_not_qualified() -> None:
    (said,) = makers(CLEAN.model_copy(update={"makers": (maker(scopes=()),)})).wrong
    assert said.startswith("Brno (NV-01) is not qualified as source of the active substance ARL-204 K-5 ")


@pytest.mark.parametrize(
    ("part", "site_id", "is_asked"),
    [
        (MaterialPart.API, None, True),
        (MaterialPart.STARTING_MATERIAL, None, True),
        (MaterialPart.API, "NV-01", False),
        (MaterialPart.DOSAGE_FORM, None, False),
        (MaterialPart.OTHER, None, False),
        (None, None, False),
    ],
)
def test_a_maker_whose_site_is_not_named_is_judged(
    part: MaterialPart | None, site_id: str | None, *, is_asked: bool
) -> None:
    lot = MaterialFacts(lot="ARL-204 K-5", maker="Novasint, Brno", part=part, site_id=site_id)
    found = makers(CLEAN.model_copy(update={"materials": (lot,)}))
    assert ("which registered site has made ARL-204 K-5" in " ".join(found.doubtful)) is is_asked
    assert not found.wrong
