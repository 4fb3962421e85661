"""Flaws of the decision itself: reviews, who decides, holds, alerts (gates G11, G13 and G14)."""

from tests.one_flaw.deciding import (
    judged_by_two,
    named,
    packed_up_again,
    refused_by_the_states,
    refused_for,
    reviews,
    shown_by,
)
from tests.one_flaw.flaws import both, deviates, fails, held, nothing, reported, said, unsaid
from tests.one_flaw.places import LARNWICK, MIKRON, PAKKAUS, TAVIRA
from tests.one_flaw.rows import Barred, Judged, Refused, Released, Row, waits
from tests.one_flaw.world import API, BULK, EU_PACK, INTERMEDIATE, US_PACK

G11 = (
    Row(
        "the results were not reviewed",
        "EU",
        unsaid(EU_PACK, "review-results"),
        Refused("G11", "Review of the results is missing"),
    ),
    Row(
        "the process was not reviewed",
        "US",
        unsaid(US_PACK, "review-process"),
        Refused("G11", "Review of the process is missing"),
    ),
    Row(
        "the site has not disposed of the pack",
        "EU",
        unsaid(EU_PACK, "disposition"),
        Refused("G11", "the site has not disposed of the batch"),
    ),
)
HELD = frozenset({"G14"})
G14 = (
    Row("the pack is held by hand", "EU", held(EU_PACK), Refused("G14", "HOLD-1 (placed by hand)")),
    Row("a deviation of the bulk holds what comes of it", "EU", deviates(BULK), Refused("G7", "DEV-77 is open", HELD)),
    Row(
        "a critical deviation of the intermediate holds what comes of it, to any depth",
        "US",
        deviates(INTERMEDIATE, "CRITICAL"),
        Refused("G7", "I3-0417 (BAT-1): DEV-77 is open", HELD),
    ),
    Row(
        "a failing result of the substance holds the pack",
        "EU",
        fails(API),
        Refused("G8", "OOS-77 (Impurity I-3)", HELD),
    ),
    Row(
        "the lot of the intermediate is recalled, its number written otherwise",
        "EU",
        reported(LARNWICK, "RECALL", lots=["i3 0417"]),
        waits("G14", "EVT-1 (recall) is open", "G12"),
    ),
    Row(
        "the lot of the tablets is recalled",
        "US",
        reported(TAVIRA, "RECALL", lots=["T\u20110051"]),
        waits("G14", "EVT-1 (recall) is open", "G12"),
    ),
    Row(
        "the maker of the intermediate is under an import alert",
        "US",
        reported(LARNWICK, "IMPORT_ALERT"),
        Refused("G14", "I3-0417 (BAT-1): EVT-1 (import alert) is open"),
    ),
    Row(
        "the packer is under an import alert",
        "US",
        reported(PAKKAUS, "IMPORT_ALERT"),
        Refused("G14", "EVT-1 (import alert) is open"),
    ),
)
G13 = (
    Row("the quality unit would certify", "EU", nothing(), Barred("wrong_role"), {"by": "hana"}),
    Row(
        "the quality unit would approve for the Union",
        "EU",
        nothing(),
        Barred("rule_broken", "EU is decided by QP", "G13"),
        {"by": "hana", "action": "approve"},
    ),
    Row("who has reviewed would approve", "US", nothing(), Barred("segregation_of_duties", rule="S5"), {"by": "priya"}),
    Row("supply chain would approve", "US", nothing(), Barred("wrong_role"), {"by": "sana"}),
)

PERSONS = (
    Row("the pack was rejected by its site", "EU",
        said(EU_PACK, "disposition", verdict="REJECTED", certificate_of_compliance=None),
        Refused("G11", "the site has rejected the batch")),
    Row("a qualified person would certify for the States", "US", nothing(),
        Barred("not_appointed", "APT-1 is for EU, not for US"), {"by": "quentin", "action": "certify"}),
    Row("an auditor would certify", "EU", nothing(), Barred("wrong_role"), {"by": "tom"}),
    Row("a qualified person of a site would certify", "EU", nothing(), Barred("wrong_role"), {"by": "bela"}),
    Row("more is released than was made", "EU", nothing(), Barred("rule_broken", "is more than there is"),
        {"quantity": "14851"}),
    Row("a gate is judged that nothing is wrong with", "US", nothing(), Barred("rule_broken", "judgements.0.gate"),
        {"judgements": [{"gate": "G3", "rationale": "The certificate is as valid as ever."}]}),
    Row("the qualified person certifies from elsewhere", "EU", nothing(),
        Barred("rule_broken", "must be one of AT, BE"), {"location": {"country": "US", "shown_by": "Telephone"}}),
    Row("the qualified person names no authorisation", "EU", nothing(), Barred("rule_broken", "authorisation"),
        {"authorisation": None}),
    Row("another qualified person certifies", "EU", nothing(), Released(), {"by": "quirin"}),
    Row("another member of the quality unit approves", "US", nothing(), Released(), {"by": "petra"}),
    Row("a part of the pack is certified from Northern Ireland", "EU", nothing(), Released(),
        {"quantity": "100", "location": {"country": "XI", "shown_by": "Office in Belfast"}}),
)  # fmt: skip

BOTH = said(EU_PACK, "request", markets=["EU", "US"])
REVIEWS = (
    Row("the package came again after the reviews", "EU", packed_up_again(EU_PACK),
        Refused("G11", "Review of the process was before the last package")),
    Row("a reviewer has failed a gate", "EU",
        reviews(EU_PACK, "carla", "review-process", verdicts=[
            {"gate": "G6", "verdict": "FAIL", "reason": "The trend of the temperature is not understood."}]),
        Refused("G11", "has failed G6 in Review of the process", HELD)),
    Row("the record of the tablets was not reviewed", "EU", unsaid(BULK, "review-record"),
        Refused("G12", "T-0051 (BAT-3) is not released for EU")),
    Row("the site has not disposed of the intermediate", "US", unsaid(INTERMEDIATE, "disposition"),
        Refused("G12", "I3-0417 (BAT-1) is not released for US")),
)  # fmt: skip
MARKETS = (
    Row("the States have rejected the pack for their market alone", "EU",
        both(BOTH, refused_by_the_states(EU_PACK, "COMMERCIAL")),
        Judged("G13", "P-1001 (BAT-4) was rejected for US", named())),
    Row("the States have rejected the pack for its goods", "EU",
        both(BOTH, refused_by_the_states(EU_PACK, "CONTAMINATION")),
        Judged("G13", "P-1001 (BAT-4) was rejected for US (contamination)", shown_by("quentin"))),
    Row("the States have rejected the pack for its safety", "EU",
        both(BOTH, refused_by_the_states(EU_PACK, "SAFETY")),
        Refused("G13", "P-1001 (BAT-4) was rejected for US", HELD)),
    Row("the rejection of the States is judged by two", "EU",
        both(BOTH, refused_by_the_states(EU_PACK, "SAFETY"), judged_by_two(EU_PACK, "HOLD-1")), Released()),
    Row("the States have rejected the intermediate for its safety", "EU",
        refused_for(INTERMEDIATE, "release-for-processing", "US", "SAFETY"),
        Refused("G12", "I3-0417 (BAT-1): rejected for US (safety)", HELD)),
)  # fmt: skip
ALERTS = (
    Row("the authority states that the mill does not comply", "EU", reported(MIKRON, "NON_COMPLIANCE_STATEMENT"),
        Refused("G14", "A-2204 (BAT-2): EVT-1 (non compliance statement) is open")),
    Row("a lot of the pack is falsified", "EU", reported(PAKKAUS, "FALSIFICATION", lots=["p 1001"]),
        waits("G14", "EVT-1 (falsification) is open", "G12")),
    Row("another lot of the packer is falsified", "EU", reported(PAKKAUS, "FALSIFICATION", lots=["P-0999"]),
        Released()),
    Row("a foil of another maker with the number of this one is recalled", "EU",
        reported(MIKRON, "RECALL", lots=["alu 12"]),
        Judged("G12", "Material ALU-12 may be a lot that EVT-1 (Recall at")),
    Row("the foil is recalled", "EU", reported(PAKKAUS, "RECALL", lots=["ALU12"]),
        waits("G14", "EVT-1 (recall) is open", "G12")),
    Row("a material of the intermediate is falsified", "US",
        reported(LARNWICK, "FALSIFICATION", lots=["bra 1180"]),
        waits("G14", "I3-0417 (BAT-1): EVT-1 (falsification) is open", "G12")),
    Row("an alert of serialisation names the pack", "US", reported(PAKKAUS, "SERIALISATION_ALERT", lots=["P-1002"]),
        waits("G14", "EVT-1 (serialisation alert) is open", "G12")),
)  # fmt: skip

ROWS = (*G11, *REVIEWS, *G13, *MARKETS, *G14, *ALERTS, *PERSONS)
