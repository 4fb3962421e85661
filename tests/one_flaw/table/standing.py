"""Flaws of how sites stood while the batches of the family were made, and of their agreements (gates G1 and G2)."""

from typing import Any

from tests.one_flaw.deciding import named
from tests.one_flaw.flaws import both, closed, deviates, reported, seen, unsaid
from tests.one_flaw.judgements import misjudged
from tests.one_flaw.places import LARNWICK, MIKRON, PAKKAUS, TAVIRA, VELDMARK
from tests.one_flaw.rows import Barred, Judged, Refused, Released, Row, held, waits
from tests.one_flaw.site_flaws import (
    conditionally_approved,
    made_as_the_agreement_ended,
    on,
    on_reinstatement,
    stood,
    stood_after,
    stood_twice,
    subcontracted_beyond_approval,
)
from tests.one_flaw.world import API, BULK, EU_PACK, INTERMEDIATE, US_PACK

RELEASE: dict[str, Any] = {"suspension_scope": "NEW_ORDERS_AND_RELEASE"}
ORDERS: dict[str, Any] = {"suspension_scope": "NEW_ORDERS"}
REINSTATED = "suspended for new orders and release while the batch was made, lifted in STA-77"
BEYOND_APPROVAL = subcontracted_beyond_approval(VELDMARK, API)

TOLD_ELSEWHERE = (
    Row("a grave complaint names the pack, at a site that does not know it", "EU",
        reported(LARNWICK, "COMPLAINT", severity="CRITICAL", lots=["p 1001"]),
        waits("G14", "A grave complaint about P-1001 is reported", "G7")),
    Row("a recall names the bulk, at the maker of the intermediate", "US",
        reported(LARNWICK, "RECALL", lots=["T-0051"]),
        waits("G14", "T-0051 (BAT-3)", "G12")),
    Row("a minor deviation names the pack, at a site that does not know it", "EU",
        reported(LARNWICK, "DEVIATION", severity="MINOR", lots=["P-1001"]),
        waits("G7", "EVT-1 (deviation, minor)")),
)  # fmt: skip
DURING = (
    Row("the packer was disqualified for some hours while it packed", "EU", stood(PAKKAUS, EU_PACK, "DISQUALIFIED"),
        Refused("G1", "packaging at Turku (PK-01) was disqualified while the batch was made")),
    Row("the packer was retired from the list while it packed", "US", stood(PAKKAUS, US_PACK, "RETIRED"),
        Refused("G1", "packaging at Turku (PK-01) was retired while the batch was made")),
    Row("the maker of the tablets was disqualified while it pressed", "US", stood(TAVIRA, BULK, "DISQUALIFIED"),
        Refused("G1", "T-0051 (BAT-3): manufacture of the dosage form at Porto (TB-01) was disqualified while the "
            "batch was made")),
    Row("the mill was disqualified while the substance was made", "EU", stood(MIKRON, API, "DISQUALIFIED"),
        Refused("G1", "A-2204 (BAT-2): manufacture of the active substance at Graz (MK-01) was disqualified while "
            "the batch was made")),
    Row("the maker of the intermediate was retired while it was made", "EU", stood(LARNWICK, INTERMEDIATE, "RETIRED"),
        Refused("G1", "I3-0417 (BAT-1): manufacture of intermediates at Cork (LR-01) was retired while the batch "
            "was made")),
    Row("the packer was suspended while it packed, and is reinstated", "EU",
        stood(PAKKAUS, EU_PACK, "SUSPENDED", **RELEASE), Judged("G1", REINSTATED, on_reinstatement)),
    Row("the packer was suspended while it packed, and another case is named than the one that lifted it", "EU",
        stood(PAKKAUS, EU_PACK, "SUSPENDED", **RELEASE), Barred("rule_broken", "judgements.0.reinstatement"),
        {"judgements": [{"gate": "G1", "rationale": "All was reviewed with the reinstatement.",
                         "reinstatement": "STA-1"}]}),
    Row("the packer was suspended twice, and one reinstatement is named", "EU", stood_twice(PAKKAUS, EU_PACK),
        Barred("rule_broken", "judgements.0.reinstatement"),
        {"judgements": [{"gate": "G1", "rationale": "All was reviewed with the reinstatement.",
                         "reinstatement": "STA-77"}]}),
    Row("the packer was suspended twice, and each reinstatement is named", "EU", stood_twice(PAKKAUS, EU_PACK),
        Judged("G1", REINSTATED, named(reinstatement="STA-77", further=[{"reinstatement": "STA-79"}]))),
    Row("the maker of the intermediate was suspended while it was made, and is reinstated", "US",
        stood(LARNWICK, INTERMEDIATE, "SUSPENDED", **RELEASE), Judged("G1", REINSTATED, on_reinstatement)),
    Row("the approval of the mill had expired for some hours", "EU", stood(MIKRON, API, "EXPIRED"),
        Judged("G1", "manufacture of the active substance at Graz (MK-01) was expired while the batch was made, "
            "lifted in STA-77", on_reinstatement)),
    Row("the packer took no new orders while it packed", "US", stood(PAKKAUS, US_PACK, "SUSPENDED", **ORDERS),
        Judged("G1", "packaging at Turku (PK-01) was suspended for new orders while the batch was made")),
    Row("the maker of the tablets took no new orders while it pressed", "EU",
        stood(TAVIRA, BULK, "SUSPENDED", **ORDERS),
        Judged("G1", "T-0051 (BAT-3): manufacture of the dosage form at Porto (TB-01) was suspended for new orders "
            "while the batch was made")),
    Row("the packer takes no new orders since it packed", "EU",
        stood(PAKKAUS, EU_PACK, "SUSPENDED", lifted=False, **ORDERS),
        Judged("G1", "packaging at Turku (PK-01) was suspended for new orders while the batch was made")),
    Row("the packer was on probation while it packed", "US", stood(PAKKAUS, US_PACK, "PROBATION"), Released()),
    Row("the packer was suspended as it had packed, and is reinstated", "EU",
        stood_after(PAKKAUS, EU_PACK, "SUSPENDED", **RELEASE), Released()),
    Row("the mill was disqualified once the substance was made, and is qualified again", "US",
        stood_after(MIKRON, API, "DISQUALIFIED"), Released()),
)  # fmt: skip
CONDITIONS = (
    Row("the packer is approved under a condition that is not met", "EU", conditionally_approved(PAKKAUS),
        Refused("G1", "packaging at Turku (PK-01) has conditions that are not met: ")),
    Row("the maker of the tablets is approved under a condition that is not met", "US", conditionally_approved(TAVIRA),
        Refused("G1", "T-0051 (BAT-3): manufacture of the dosage form at Porto (TB-01) has conditions that are not "
            "met: ")),
    Row("the mill is approved under a condition that is not met", "EU", conditionally_approved(MIKRON),
        Refused("G1", "A-2204 (BAT-2): manufacture of the active substance at Graz (MK-01) has conditions that are "
            "not met: ")),
    Row("the maker of the intermediate is approved under a condition that is not met", "US",
        conditionally_approved(LARNWICK),
        Refused("G1", "I3-0417 (BAT-1): manufacture of intermediates at Cork (LR-01) has conditions that are not")),
    Row("the packer has met the condition of its approval", "EU", conditionally_approved(PAKKAUS, is_met=True),
        Released()),
    Row("the packer is approved under a condition that no release waits for", "US",
        conditionally_approved(PAKKAUS, release_relevant=False), Released()),
)  # fmt: skip
SUBCONTRACTED = (
    Row("the agreement does not approve the mill for as long as the substance was made", "EU", BEYOND_APPROVAL,
        held("G1", "manufacture of the active substance at Graz (MK-01) is a subcontractor that the quality "
            "agreement approves until ", "G12")),
    Row("the agreement does not approve the mill for long enough, for the States", "US", BEYOND_APPROVAL,
        held("G1", "A-2204 (BAT-2): manufacture of the active substance at Graz (MK-01) is a subcontractor that the "
            "quality agreement", "G12")),
)  # fmt: skip

GAP_AT_THE_PACKER = made_as_the_agreement_ended(PAKKAUS, EU_PACK)
GAP_AT_CORK = made_as_the_agreement_ended(LARNWICK, INTERMEDIATE)


def dealt_with(what: str) -> Any:
    """The site reports that it worked without an agreement, and the sponsor has looked at it."""
    return both(deviates(what, "MINOR"), closed(what), seen(what))


DEALT_WITH = both(GAP_AT_THE_PACKER, dealt_with(EU_PACK))
AGREEMENTS = (
    Row("the agreement of the packer ended while it packed", "EU", GAP_AT_THE_PACKER,
        Refused("G2", "no quality agreement was in force for packaging at Turku (PK-01) on ")),
    Row("the agreement of the maker of the tablets ended while it pressed", "US",
        made_as_the_agreement_ended(TAVIRA, BULK),
        waits("G2", "T-0051 (BAT-3): no quality agreement was in force for manufacture of the dosage form at Porto "
            "(TB-01) on ", "G12")),
    Row("the agreement of the mill ended while the substance was made", "EU", made_as_the_agreement_ended(MIKRON, API),
        waits("G2", "A-2204 (BAT-2): no quality agreement was in force for manufacture of the active substance at "
            "Graz (MK-01) on ", "G12")),
    Row("the agreement of the maker of the intermediate ended while it was made", "EU", GAP_AT_CORK,
        waits("G2", "I3-0417 (BAT-1): no quality agreement was in force for manufacture of intermediates at Cork "
            "(LR-01) on ", "G12")),
    Row("the packer packed in a gap of its agreement; both quality units have judged", "EU",
        DEALT_WITH,
        Judged("G2", "no quality agreement was in force for packaging at Turku (PK-01) on ",
               on("site_statement", by="sirpa", deviation_id="DEV-77"))),
    Row("a gap at the packer is judged on the statement of another site", "EU",
        misjudged(DEALT_WITH, "G2", site_statement="fay", deviation_id="DEV-77"),
        Barred("rule_broken", "judgements.0.site_statement")),
    Row("a gap at the packer is judged on the deviation of another batch", "EU",
        misjudged(both(GAP_AT_THE_PACKER, dealt_with(INTERMEDIATE)), "G2", site_statement="sirpa",
                  deviation_id="DEV-77"),
        Barred("rule_broken", "judgements.0.deviation_id")),
    Row("the packer packed in a gap of its agreement, which no deviation deals with", "EU", GAP_AT_THE_PACKER,
        Barred("rule_broken", "judgements.0.deviation_id"),
        {"judgements": [{"gate": "G2", "rationale": "Both sides worked as the former agreement says."}]}),
)  # fmt: skip

UNFINISHED = (
    Row(
        "the packer still packs",
        "EU",
        unsaid(EU_PACK, "finish"),
        Barred("rule_broken", "is more than there is to release: 0"),
        {"quantity": "100"},
    ),
)

ROWS = (*TOLD_ELSEWHERE, *UNFINISHED, *DURING, *CONDITIONS, *SUBCONTRACTED, *AGREEMENTS)
