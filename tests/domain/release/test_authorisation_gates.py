"""Gate G10: what is not registered in the market, of the batch and of all that it comes from."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.batch.gate.gate import Gate
from domain.batch.gate.results import GateResult, GateVerdict
from domain.batch.making.pack import Pack
from domain.batch.supply_stage import SupplyStage
from domain.policy.market_rule import DecisionRule
from domain.release.authorisation_gates import authorised
from domain.release.evidence import BatchEvidence
from domain.release.gates import evaluate
from domain.release.registered_steps import steps_of
from domain.site.site import Activity
from tests.domain.evidence import ANALYSIS, AT, AUTHORISED, CLEAN, FIRST, LAST, PARENT, SCOPE, TODAY, but
from tests.domain.release.test_import_gates import ARRIVED, analysed_in, bulk, bulk_test, pack

PASS, FAIL, NEEDS = GateVerdict.PASS, GateVerdict.FAIL, GateVerdict.NEEDS_JUDGEMENT
PACK = Pack(description="30 tablets in blisters", code="04012345678901")
AFTER_USE = (FIRST + timedelta(days=1)).isoformat()
MILL = SCOPE.model_copy(
    update={"scope_id": "SC-3", "site_id": "MK-01", "site": "Graz", "activity": Activity.API_MFG, "product": "ARL-204"}
)
API = CLEAN.model_copy(
    update={"batch_id": "BAT-2", "number": "A-2", "supply_stage": SupplyStage.API, "scopes": (MILL,), "depth": 1}
)


def g10(evidence: BatchEvidence) -> GateResult:
    return next(each for each in evaluate(evidence, {}, AT) if each.gate is Gate.G10)


def by(**changes: Any) -> BatchEvidence:
    """The same, by an authorisation that says something else."""
    said = AUTHORISED.model_dump() | changes
    return but(authorisations=(type(AUTHORISED).model_validate(said),))


def packed(**changes: Any) -> BatchEvidence:
    """Made and packed by the site, of the substance of a mill."""
    made = SCOPE.model_copy(update={"activity": Activity.DRUG_PRODUCT, "product": "ARL-204"})
    of = (PARENT.model_copy(update={"batch_id": "BAT-2"}),)
    found = but(
        supply_stage=SupplyStage.FINISHED, scopes=(made,), ancestors=(API,), pack=PACK, parents=of, expiry_on=TODAY
    )
    return found.model_copy(update={"authorisations": by(**changes).authorisations})


def step(site: str, **more: Any) -> dict[str, Any]:
    return {"part": "API", "site_id": site, "valid_from": "2020-01-01", **more}


def laboratory(site: str, **more: Any) -> dict[str, Any]:
    return {"part": "LABORATORY", "site_id": site, "valid_from": "2020-01-01", **more}


STEPS = [each.model_dump(mode="json") for each in AUTHORISED.steps]


def test_who_certifies_is_on_the_licence_of_a_site_that_the_fitting_authorisation_names() -> None:
    there = AUTHORISED.release_sites[0].model_copy(update={"site_id": "OB-01"})
    elsewhere = AUTHORISED.model_copy(
        update={"authorisation_id": "AUT-0", "specifications": (), "release_sites": (there,)}
    )
    both = but(authorisations=(elsewhere, AUTHORISED))
    assert g10(both).verdict is PASS
    assert g10(both.model_copy(update={"licensed_at": ("VM-02",)})).verdict is PASS
    assert g10(both.model_copy(update={"licensed_at": ("OB-01",)})).verdict is FAIL
    assert g10(but(licensed_at=("OB-01",))).reason == (
        "who certifies is on no licence of a site that EU/1/27/1801 (AUT-ARL-EU) names for the release"
    )
    assert g10(but(licensed_at=("OB-01",), needs=DecisionRule.QCU)).verdict is PASS


def test_number_holder_and_version_are_shown() -> None:
    found = g10(CLEAN)
    assert found.verdict is PASS
    assert "authorisation: EU/1/27/1801 (AUT-ARL-EU), version 1, of Arlivan Therapeutics GmbH, in force" in (
        found.looked_at
    )
    shown = g10(
        by(
            official_batch_release=True,
            packs=[{"code": "001", "description": "28 tablets", "valid_from": "2020-01-01"}],
            trial="2027-1",
        )
    )
    said = {"official batch release: demanded", "registered packs: 001 28 tablets", "authorised trial: 2027-1"}
    assert said <= {*shown.looked_at}


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        (but(authorisations=()), "no authorisation of ARL-204 in EU is on record"),
        (
            but(authorisations=(), supply_stage=SupplyStage.CLINICAL_SUPPLY, scopes=()),
            "no authorisation of trial in EU is on record",
        ),
        (by(standing=[{"status": "SUSPENDED", "valid_from": "2020-01-01"}]), "(AUT-ARL-EU) is suspended"),
        (
            by(standing=[{"status": "IN_FORCE", "valid_from": "2020-01-01", "valid_to": "2020-12-31"}]),
            "is not said to be in force today",
        ),
        (by(release_sites=[]), "EU/1/27/1801 (AUT-ARL-EU) names no release site"),
        (by(specifications=[]), "version 2 of SPEC-SC-1 is not registered"),
        (
            by(specifications=[{"spec_id": "SPEC-SC-1", "version": 2, "valid_from": "2020-01-01",
                                "valid_to": "2024-12-31"}]),
            "version 2 of SPEC-SC-1 is not registered but from 2020-01-01 to 2024-12-31",
        ),
        (packed(), "A-2 (BAT-2): Graz (MK-01) is not registered as source of the active substance ARL-204 in EU"),
        (packed(steps=[*STEPS, step("MK-01", substance="ARL-311")]), "Graz (MK-01) is not registered as source"),
        (
            packed(steps=[*STEPS, step("MK-01", valid_to=str(FIRST))]),
            f"ARL-204 in EU but from 2020-01-01 to {FIRST}",
        ),
        (packed(steps=[step("MK-01")]), "Plant 2 (VM-02) is not registered as maker of the dosage form in EU"),
    ],
)  # fmt: skip
def test_what_is_not_registered_is_refused_and_holds_nothing(evidence: BatchEvidence, words: str) -> None:
    found = g10(evidence)
    assert (found.verdict, found.hold_type) == (FAIL, None)
    assert words in found.reason
    before = g10(evidence.model_copy(update={"by_authorisation": False}))
    assert before.verdict is NEEDS, "it was registered before this was asked"
    assert words in before.reason


@pytest.mark.parametrize(
    "steps", [[step("MK-01")], [step("MK-01", substance="arl 204")], [step("MK-01", valid_to=str(LAST))]]
)
def test_a_source_that_was_registered_while_it_was_used_passes(steps: list[dict[str, Any]]) -> None:
    assert g10(packed(steps=[*STEPS, *steps])).verdict is PASS


def test_a_source_that_is_registered_since_may_be_judged() -> None:
    found = g10(packed(steps=[*STEPS, step("MK-01", valid_from=AFTER_USE)]))
    assert found.verdict is NEEDS
    assert f"before {AFTER_USE}, and it was used from {FIRST} on" in found.reason


@pytest.mark.parametrize(
    ("importers", "words"),
    [
        ([], (False, ["is not registered as importer in EU"])),
        ([{"part": "IMPORT", "site_id": "PK-01", "valid_from": "2020-01-01"}], (False, [])),
        (
            [{"part": "IMPORT", "site_id": "OB-01", "valid_from": "2020-01-01"}],
            (True, ["is not registered as importer"]),
        ),
        (
            [{"part": "IMPORT", "site_id": "PK-01", "valid_from": "2020-01-01", "valid_to": "2025-08-19"}],
            (True, ["is not registered as importer in EU but from 2020-01-01 to 2025-08-19"]),
        ),
    ],
)
def test_what_was_imported_has_arrived_at_a_registered_importer(
    importers: list[dict[str, Any]], words: tuple[bool, list[str]]
) -> None:
    elsewhere = ARRIVED.model_copy(update={"number": "IMP-2", "to_site_id": "ZH-01", "to_country": "CH"})
    made = pack(ancestors=(bulk(consignments=(ARRIVED, elsewhere)),))
    found = authorised(made.model_copy(update={"authorisations": by(steps=[*STEPS, *importers]).authorisations}))
    reasons = [each for each in (*found.wrong, *found.doubtful) if "arrived on" in each]
    assert (any("arrived on" in each for each in found.wrong), len(reasons)) == (words[0], len(words[1]))
    assert all(said in each for said, each in zip(words[1], reasons, strict=True))


@pytest.mark.parametrize(
    ("laboratories", "tests", "verdict"),
    [
        ([], [("QL-01", "Assay", "Identity")], FAIL),
        ([laboratory("QL-01")], [("QL-01", "Assay", "Identity")], PASS),
        ([laboratory("QL-02")], [("QL-01", "Assay", "Identity")], FAIL),
        ([laboratory("QL-01", valid_to="2025-10-01")], [("QL-01", "Assay", "Identity")], FAIL),
        ([laboratory("QL-01", valid_from="2025-10-03")], [("QL-01", "Assay", "Identity")], NEEDS),
        ([laboratory("QL-01")], [("QL-01", "Assay", "Identity"), ("QL-02", "Assay")], PASS),
        ([laboratory("QL-01")], [("QL-01", "Assay"), ("QL-02", "Identity")], FAIL),
        ([], [("QL-01", "Assay")], FAIL),
        ([], [], PASS),
    ],
)
def test_the_importers_test_was_done_in_a_registered_laboratory(
    laboratories: list[dict[str, Any]], tests: list[tuple[str, ...]], verdict: GateVerdict
) -> None:
    own = tuple(analysed_in("FI", *names, site_id=site, tested_on=date(2025, 10, 2)) for site, *names in tests)
    analysis = ANALYSIS.model_copy(update={"specified": ("Assay", "Identity"), "own_tests": own})
    known = {"authorisations": by(steps=[*STEPS, *laboratories]).authorisations, "analysis": analysis, "pack": PACK}
    found = g10(pack("IN", **known))
    assert found.verdict is verdict, found.reason
    if verdict is not PASS:
        assert "of 2025-10-02 is an importer's test, is not registered as laboratory in EU" in found.reason
    assert g10(pack("FI", **known)).verdict is PASS, "what is no import needs no importer's test"


def test_what_was_tested_as_it_arrived_was_tested_in_a_registered_laboratory() -> None:
    tested = bulk_test("DE", "2025-08-20", "Assay", "Identity")
    made = pack(ancestors=(bulk(consignments=(ARRIVED,), arrival_tests=(tested,)),), pack=PACK)
    named = {"part": "IMPORT", "site_id": "PK-01", "valid_from": "2020-01-01"}
    bare = made.model_copy(update={"authorisations": by(steps=[*STEPS, named]).authorisations})
    assert "Hansa Labor (QL-01), whose QC-7 of 2025-08-20 is an importer's test" in g10(bare).reason
    known = by(steps=[*STEPS, named, laboratory("QL-01")]).authorisations
    assert g10(made.model_copy(update={"authorisations": known})).verdict is PASS


def test_the_process_of_each_batch_is_registered() -> None:
    made = {"parameter_set_id": "PS-1"}
    assert "its process (PS-1) is not registered in EU" in g10(but(**made)).reason
    of_origin = API.model_copy(update={**made, "scopes": ()})
    assert "A-2 (BAT-2): its process (PS-1)" in g10(but(ancestors=(of_origin,))).reason
    known = by(processes=[{"set_id": "PS-1", "valid_from": "2020-01-01"}]).model_copy(update=made)
    assert g10(known).verdict is PASS


@pytest.mark.parametrize(
    ("expiry", "decided", "verdict"),
    [(0, None, PASS), (1, None, FAIL), (1, TODAY, FAIL), (5, FIRST + timedelta(days=5), PASS), (None, None, PASS)],
)
def test_the_last_day_lies_within_the_registered_shelf_life(
    expiry: int | None, decided: date | None, verdict: GateVerdict
) -> None:
    lasts = {"months": 12, "from_release_within_days": 5}
    anniversary = FIRST.replace(year=FIRST.year + 1)
    last = anniversary + timedelta(days=expiry) if expiry is not None else None
    made = {"expiry_on": last, "decided_on": decided}
    assert g10(by(shelf_life=lasts).model_copy(update=made)).verdict is verdict


def test_a_finished_product_without_a_last_day_of_use_is_refused() -> None:
    made = packed().model_copy(update={"expiry_on": None})
    assert "no last day of use is on record" in "; ".join(authorised(made).wrong)
    assert g10(but(expiry_on=None)).verdict is PASS  # what is no finished product may have a day of retest


@pytest.mark.parametrize(
    ("starts_with", "age", "verdict"), [("DOSAGE_FORM", 150, FAIL), ("PACKAGING", 150, PASS), ("DOSAGE_FORM", 0, PASS)]
)
def test_a_pack_is_as_old_as_its_bulk(starts_with: str, age: int, verdict: GateVerdict) -> None:
    """Unless the authorisation says that its shelf life starts with a later step."""
    ends = FIRST.replace(year=FIRST.year + 1)
    tablets = bulk().model_copy(update={"first_day": FIRST - timedelta(days=age), "last_day": FIRST})
    made = pack(ancestors=(tablets,)).model_copy(update={"first_day": FIRST, "last_day": LAST, "expiry_on": ends})
    lasts = by(shelf_life={"months": 12, "starts_with": starts_with}).authorisations
    found = authorised(made.model_copy(update={"authorisations": lasts}))
    assert any("its last day" in each for each in found.wrong) is (verdict is FAIL)


def test_of_several_authorisations_the_one_that_fits_counts() -> None:
    other = AUTHORISED.model_copy(update={"authorisation_id": "AUT-0", "steps": (), "release_sites": ()})
    assert g10(but(authorisations=(other, AUTHORISED))).verdict is PASS


@pytest.mark.parametrize("rule", [DecisionRule.PROCESSING, DecisionRule.CONFIRMATION])
def test_what_is_no_product_yet_needs_none(rule: DecisionRule) -> None:
    assert g10(but(authorisations=(), needs=rule)).verdict is PASS


@pytest.mark.parametrize(
    ("activity", "stage", "parts"),
    [
        (Activity.API_MFG, SupplyStage.STARTING_MATERIAL, ["STARTING_MATERIAL"]),
        (Activity.INTERMEDIATE, SupplyStage.INTERMEDIATE, ["INTERMEDIATE"]),
        (Activity.API_MFG, SupplyStage.API, ["API"]),
        (Activity.API_MFG, SupplyStage.BULK, ["API"]),
        (Activity.DRUG_PRODUCT, SupplyStage.BULK, ["DOSAGE_FORM"]),
        (Activity.STERILE_FILL, SupplyStage.FINISHED, ["DOSAGE_FORM", "PACKAGING"]),
        (Activity.PACKAGING, SupplyStage.FINISHED, ["PACKAGING"]),
        (Activity.TESTING, SupplyStage.BULK, ["LABORATORY"]),
        (Activity.STORAGE, SupplyStage.BULK, []),
        (Activity.DEVELOPMENT, SupplyStage.CLINICAL_SUPPLY, ["DOSAGE_FORM", "PACKAGING"]),
        (None, SupplyStage.BULK, []),
    ],
)
def test_what_a_site_does_in_the_words_of_an_authorisation(
    activity: Activity | None, stage: SupplyStage, parts: list[str]
) -> None:
    made = but(supply_stage=stage, scopes=(SCOPE.model_copy(update={"activity": activity}),))
    assert [part.value for _, part in steps_of(made)] == parts
