"""Flaws of the decision itself: reviews, who decides, holds, alerts (gates G11, G13 and G14)."""

from tests.one_flaw.flaws import deviates, fails, held, nothing, reported, said, unsaid
from tests.one_flaw.places import LARNWICK, PAKKAUS, TAVIRA
from tests.one_flaw.rows import Barred, Refused, Released, Row
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
    Row("the pack for the States is held by hand", "US", held(US_PACK), Refused("G14", "HOLD-1 (placed by hand)")),
    Row("a deviation of the bulk holds what comes of it", "EU", deviates(BULK), Refused("G7", "DEV-77 is open", HELD)),
    Row(
        "a critical deviation of the intermediate holds what comes of it, to any depth",
        "US",
        deviates(INTERMEDIATE, "CRITICAL"),
        Refused("G7", "BAT-1 (I3-0417): DEV-77 is open", HELD),
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
        Refused("G14", "EVT-1 (recall) is open"),
    ),
    Row(
        "the lot of the tablets is recalled",
        "US",
        reported(TAVIRA, "RECALL", lots=["T\u20110051"]),
        Refused("G14", "EVT-1 (recall) is open"),
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
    Row("the pack for the States was rejected by its site", "US",
        said(US_PACK, "disposition", verdict="REJECTED", certificate_of_compliance=None),
        Refused("G11", "the site has rejected the batch")),
    Row("a qualified person would certify for the States", "US", nothing(), Barred("rule_broken", rule="G13"),
        {"by": "quentin", "action": "certify"}),
    Row("an auditor would certify", "EU", nothing(), Barred("wrong_role"), {"by": "tom"}),
    Row("a qualified person of a site would certify", "EU", nothing(), Barred("wrong_role"), {"by": "bela"}),
    Row("more is released than was made", "EU", nothing(), Barred("rule_broken", "is more than was made"),
        {"quantity": "14851"}),
    Row("a gate is judged that nothing is wrong with", "US", nothing(), Barred("rule_broken", "judgements.0.gate"),
        {"judgements": [{"gate": "G3", "rationale": "The certificate is as valid as ever."}]}),
    Row("the qualified person certifies from elsewhere", "EU", nothing(),
        Barred("rule_broken", "must lie in the Union"), {"location": {"country": "US", "shown_by": "Telephone"}}),
    Row("the qualified person names no authorisation", "EU", nothing(), Barred("rule_broken", "authorisation"),
        {"authorisation": None}),
    Row("another qualified person certifies", "EU", nothing(), Released(), {"by": "quirin"}),
    Row("another member of the quality unit approves", "US", nothing(), Released(), {"by": "petra"}),
    Row("a part of the pack is certified from Northern Ireland", "EU", nothing(), Released(),
        {"quantity": "100", "location": {"country": "XI", "shown_by": "Office in Belfast"}}),
)  # fmt: skip

ROWS = (*G11, *G13, *G14, *PERSONS)
