"""Gate G10 of the active substance that a dosage form is made of, where its sources are registered."""

from typing import Any

import pytest

from domain.batch.gate.chain_facts import MaterialFacts
from domain.batch.gate.results import GateVerdict
from domain.batch.making.materials import MaterialPart
from domain.batch.supply_stage import SupplyStage
from domain.release.evidence import BatchEvidence
from domain.release.import_gates import dosage_forms
from domain.site.site import Activity
from tests.domain.evidence import FIRST, PARENT, SCOPE, TODAY, but
from tests.domain.release.test_authorisation_gates import AFTER_USE, API, PACK, STEPS, by, g10, step

PASS, FAIL, NEEDS = GateVerdict.PASS, GateVerdict.FAIL, GateVerdict.NEEDS_JUDGEMENT
SOURCE = step("MK-01", substance="ARL-204")
BARE = "which active substance B-001 (BAT-1) is made of is not on record: no batch and no lot of it is named, and EU"


def lot(part: MaterialPart | None = MaterialPart.API, site_id: str | None = "MK-01", **more: Any) -> MaterialFacts:
    known = {"lot": "ARL-204 L-7", "maker": "Mikron GmbH, Graz", "name": "ARL-204", "part": part, "site_id": site_id}
    return MaterialFacts.model_validate({**known, **more})


def tablets(*lots: MaterialFacts, steps: list[dict[str, Any]] | None = None, **changes: Any) -> BatchEvidence:
    """Made and packed by the site, of lots."""
    scope = SCOPE.model_copy(update={"activity": Activity.DRUG_PRODUCT})
    made = but(supply_stage=SupplyStage.FINISHED, scopes=(scope,), pack=PACK, materials=lots, expiry_on=TODAY)
    known = {"authorisations": by(steps=[*STEPS, *(steps if steps is not None else [SOURCE])]).authorisations}
    return made.model_copy(update={**known, **changes})


@pytest.mark.parametrize(
    ("lots", "steps", "verdict"),
    [
        ((lot(),), None, PASS),
        ((lot(name="arl 204"),), None, PASS),
        ((lot(site_id="HB-01"),), None, FAIL),
        ((lot(site_id=None),), None, FAIL),
        ((lot(name="ARL-311"),), None, FAIL),
        ((lot(),), [{**SOURCE, "valid_to": str(FIRST)}], FAIL),
        ((lot(),), [{**SOURCE, "valid_from": AFTER_USE}], NEEDS),
        ((lot(), lot(site_id="HB-01")), None, FAIL),
        ((lot(), lot(MaterialPart.OTHER, None)), None, PASS),
        ((lot(), lot(MaterialPart.STARTING_MATERIAL, None)), None, PASS),
        ((lot(site_id="HB-01"),), [], PASS),
        ((), [], PASS),
        ((lot(None),), [step("MK-01")], PASS),
    ],
)
def test_a_substance_that_was_bought_comes_from_a_registered_source(
    lots: tuple[MaterialFacts, ...], steps: list[dict[str, Any]] | None, verdict: GateVerdict
) -> None:
    found = g10(tablets(*lots, steps=steps))
    assert (found.verdict, found.hold_type) == (verdict, None), found.reason


@pytest.mark.parametrize(("site_id", "place"), [("HB-01", " (HB-01)"), (None, ", whose site is not named,")])
def test_the_maker_that_is_not_registered_is_named(site_id: str | None, place: str) -> None:
    words = f"Mikron GmbH, Graz{place} is not registered as source of the active substance ARL-204 in EU"
    assert f"{words}, which ARL-204 L-7 was bought as" in g10(tablets(lot(site_id=site_id))).reason


@pytest.mark.parametrize("lots", [(), (lot(None),), (lot(MaterialPart.OTHER),), (lot(MaterialPart.INTERMEDIATE),)])
def test_what_it_is_made_of_is_on_record(lots: tuple[MaterialFacts, ...]) -> None:
    found = g10(tablets(*lots))
    assert found.verdict is FAIL
    assert f"{BARE} registers sources of ARL-204" in found.reason
    assert g10(tablets(*lots, by_authorisation=False)).verdict is NEEDS, "it was registered before this was asked"


def test_a_batch_of_the_substance_is_looked_at_as_what_it_comes_from() -> None:
    of = (PARENT.model_copy(update={"batch_id": "BAT-2"}),)
    made = tablets(ancestors=(API,), parents=of)
    assert g10(made).verdict is PASS
    bulk = API.model_copy(update={"batch_id": "BAT-3", "supply_stage": SupplyStage.BULK, "scopes": ()})
    packed = tablets(ancestors=(bulk,), parents=(PARENT.model_copy(update={"batch_id": "BAT-3"}),))
    assert "which active substance A-2 (BAT-3) is made of" in g10(packed).reason
    assert [each.batch_id for each in dosage_forms(packed)] == ["BAT-1", "BAT-3"]


def test_of_two_dosage_forms_one_may_be_without_a_substance() -> None:
    """A solvent, or tablets of a cycle without any."""
    forms = [
        API.model_copy(update={"batch_id": id_, "supply_stage": SupplyStage.BULK, "scopes": (), "materials": lots})
        for id_, lots in (("BAT-3", (lot(),)), ("BAT-4", ()))
    ]
    of = tuple(PARENT.model_copy(update={"batch_id": each.batch_id}) for each in forms)
    found = g10(tablets(ancestors=tuple(forms), parents=of))
    assert found.verdict is NEEDS
    assert "which active substance A-2 (BAT-4) is made of" in found.reason


def test_a_placebo_is_judged_and_a_comparator_was_bought_as_it_is() -> None:
    known = by(type="CTA", trial="2027-1", steps=[*STEPS, SOURCE]).authorisations
    placebo = tablets(supply_stage=SupplyStage.CLINICAL_SUPPLY, authorisations=known)
    assert g10(placebo).verdict is NEEDS
    bought = (lot(None, comparator="comparator EU/1/19/1377/001"),)
    assert g10(placebo.model_copy(update={"materials": bought})).verdict is PASS
