"""Flaws of lots that an event has named and that is closed (gate G12): they stay doubtful, a falsified one for ever."""

from tests.one_flaw.deciding import named
from tests.one_flaw.flaws import both, lifted, said
from tests.one_flaw.lots import lot, meant, told_and_closed
from tests.one_flaw.places import LARNWICK, MIKRON, PAKKAUS, TAVIRA, VELDMARK
from tests.one_flaw.rows import Barred, Judged, Refused, Released, Row, held
from tests.one_flaw.world import API, BULK, EU_PACK, INTERMEDIATE, US_PACK

RULE = "section 17, lots in doubt"
ON_THE_EVENT = named(events=["EVT-1"])
OF_LARNWICK = said(EU_PACK, "start", **lot("Solvent", "S-12", "Larnwick Intermediates, Cork"))
WAY = [{"type": "MANUFACTURER", "name": "Rheinchem AG"}, {"type": "REPACKER", "name": "Larnwick Intermediates"}]
BY_A_DEALER = said(EU_PACK, "start", **lot("Solvent", "S-12", "Rheinchem AG", chain=WAY))
UNKNOWN_MAKER = said(EU_PACK, "start", **lot("Solvent", "S-12", "-"))
BY_TWO = lifted(EU_PACK, "ines", "hana")

AFTER = (
    Row("the foil was falsified, and the alert is closed", "EU",
        both(told_and_closed(PAKKAUS, "FALSIFICATION", "alu 12"), BY_TWO),
        Refused("G12", "Material ALU-12 is falsified, as EVT-1 (Falsification at ")),
    Row("a material of the tablets was falsified, and the alert is closed", "EU",
        told_and_closed(TAVIRA, "FALSIFICATION", "lac 77"),
        held("G12", "T-0051 (BAT-3): Material LAC-77 is falsified, as EVT-1")),
    Row("a material of the intermediate was falsified, and the alert is closed", "US",
        told_and_closed(LARNWICK, "FALSIFICATION", "BRA1180"),
        held("G12", "I3-0417 (BAT-1): Material BRA-1180 is falsified, as EVT-1")),
    Row("the foil was recalled, and the event is closed", "US",
        both(told_and_closed(PAKKAUS, "RECALL", "ALU-12"), lifted(US_PACK, "ines", "hana")),
        Judged("G12", "Material ALU-12 is a lot that EVT-1 (Recall at", ON_THE_EVENT)),
    Row("the foil was out of its specification, and the event is closed", "EU",
        both(told_and_closed(PAKKAUS, "OOS", "ALU-12", severity="MINOR"), BY_TWO),
        Judged("G12", "Material ALU-12 is a lot that EVT-1 (OOS result at", ON_THE_EVENT)),
    Row("a grave complaint named the foil, and is closed", "EU",
        both(told_and_closed(PAKKAUS, "COMPLAINT", "ALU-12", severity="MAJOR"), BY_TWO),
        Judged("G12", "Material ALU-12 is a lot that EVT-1 (Complaint at", ON_THE_EVENT)),
    Row("a material of the substance was recalled, and the event is closed", "EU",
        told_and_closed(VELDMARK, "RECALL", "C12-0417"),
        held("G12", "A-2204 (BAT-2): Material C12-0417 is a lot that EVT-1 (Recall at ")),
    Row("the tablets were falsified, and the alert is closed", "EU",
        told_and_closed(TAVIRA, "FALSIFICATION", "T-0051"),
        held("G12", "T-0051 (BAT-3): T-0051 is falsified, as EVT-1")),
    Row("who packs the tablets was told that they are falsified", "US",
        told_and_closed(PAKKAUS, "FALSIFICATION", "T-0051"),
        held("G12", "T-0051 (BAT-3): T-0051 is falsified, as EVT-1")),
    Row("who triages says that the tablets are meant by a number like theirs", "EU",
        told_and_closed(TAVIRA, "FALSIFICATION", "T-00-51", alike=[meant("T-0051")]),
        held("G12", "T-0051 (BAT-3): T-0051 is falsified, as EVT-1")),
    Row("the triage of a falsification says nothing of a number like that of the tablets", "EU",
        told_and_closed(TAVIRA, "FALSIFICATION", "Lot T.0051", alike=[]),
        Barred("rule_broken", "T-0051 (BAT-3)", "section 22, alike")),
    Row("the packer has recalled the tablets that it was sent", "EU",
        told_and_closed(PAKKAUS, "RECALL", "T-0051"),
        held("G12", "T-0051 (BAT-3): T-0051 is a lot that EVT-1 (Recall at Turku) names")),
    Row("an alert of serialisation named the pack, and is closed", "EU",
        both(told_and_closed(PAKKAUS, "SERIALISATION_ALERT", "P 1001"), BY_TWO),
        Judged("G12", "P-1001 is a lot that EVT-1 (Serialisation alert at", ON_THE_EVENT)),
    Row("a lot was falsified at its maker", "EU", both(OF_LARNWICK, told_and_closed(LARNWICK, "FALSIFICATION", "S-12"),
        BY_TWO), Refused("G12", "Solvent S-12 is falsified, as EVT-1 (Falsification at Cork)")),
    Row("a lot was falsified at who has repacked it", "EU",
        both(BY_A_DEALER, told_and_closed(LARNWICK, "FALSIFICATION", "S-12"), BY_TWO),
        Refused("G12", "Solvent S-12 is falsified, as EVT-1 (Falsification at Cork)")),
    Row("a lot of a maker that nobody knows has the number of a falsified one", "EU",
        both(UNKNOWN_MAKER, told_and_closed(LARNWICK, "FALSIFICATION", "S-12")),
        Judged("G12", "Solvent S-12 may be a lot that EVT-1 (Falsification at Cork) names")),
)  # fmt: skip
BEFORE = (
    Row("the foil was known to be falsified before the pack was begun", "EU",
        told_and_closed(PAKKAUS, "FALSIFICATION", "ALU-12", before=EU_PACK),
        Barred("rule_broken", "must not be used: ask the sponsor", RULE)),
    Row("a material of the intermediate was known to be falsified before", "US",
        told_and_closed(LARNWICK, "FALSIFICATION", "BRA-1180", before=INTERMEDIATE),
        Barred("rule_broken", "must not be used: ask the sponsor", RULE)),
    Row("the tablets were known to be falsified before they were packed", "EU",
        told_and_closed(PAKKAUS, "FALSIFICATION", "T-0051", before=EU_PACK),
        Barred("rule_broken", "is falsified, as EVT-1 (Falsification at Turku) says", RULE)),
    Row("the pack was begun with a foil that had been recalled", "EU",
        told_and_closed(PAKKAUS, "RECALL", "ALU-12", before=EU_PACK),
        held("G12", "Material ALU-12 is a lot that EVT-1 (Recall at")),
    Row("the foil had been recalled; two have lifted the hold, and the decider judges", "EU",
        both(told_and_closed(PAKKAUS, "RECALL", "ALU-12", before=EU_PACK), BY_TWO),
        Judged("G12", "Material ALU-12 is a lot that EVT-1 (Recall at", ON_THE_EVENT)),
    Row("the pack has a number like one that had been falsified", "EU",
        told_and_closed(PAKKAUS, "FALSIFICATION", "\u0420 1001", before=EU_PACK),
        Judged("G12", "P-1001 may be a lot that EVT-1 (Falsification at Turku) names")),
    Row("the foil has a number like one that had been falsified", "EU",
        told_and_closed(PAKKAUS, "FALSIFICATION", "Lot ALU-012", before=EU_PACK),
        Judged("G12", "Material ALU-12 may be a lot that EVT-1 (Falsification at Turku) names")),
    Row("one person says that the foil is genuine, and the second does not", "EU",
        both(told_and_closed(PAKKAUS, "FALSIFICATION", "ALU-12", cleared="alu 12", confirmed=False), BY_TWO),
        Refused("G12", "Material ALU-12 is falsified, as EVT-1")),
    Row("one person says that the tablets are not meant, and the second does not", "EU",
        told_and_closed(TAVIRA, "FALSIFICATION", "T-00-51", alike=[meant("T-0051", same=False)], confirmed=False),
        Judged("G12", "T-0051 may be a lot that EVT-1 (Falsification at Porto) names")),
)  # fmt: skip
LEGITIMATE = (
    Row("who triages says that the tablets are not meant by a number like theirs", "EU",
        told_and_closed(TAVIRA, "FALSIFICATION", "T-00-51", alike=[meant("T-0051", same=False)]), Released()),
    Row("the triage says that the foil is genuine", "EU",
        both(told_and_closed(PAKKAUS, "FALSIFICATION", "ALU-12", cleared="alu 12"), BY_TWO), Released()),
    Row("the triage had said that the foil is genuine before the pack was begun", "EU",
        told_and_closed(PAKKAUS, "FALSIFICATION", "ALU-12", cleared="alu 12", before=EU_PACK), Released()),
    Row("the triage had said of a material of the intermediate that the recall does not concern it", "US",
        told_and_closed(LARNWICK, "RECALL", "BRA-1180", cleared="BRA-1180", before=INTERMEDIATE), Released()),
    Row("a lot of another maker with the number of the foil was falsified", "EU",
        told_and_closed(MIKRON, "FALSIFICATION", "ALU-12"), Released()),
    Row("a lot of another maker with the number of one of the substance had been recalled", "US",
        told_and_closed(MIKRON, "RECALL", "BRA-1180", before=API), Released()),
    Row("a minor complaint named the foil", "EU", told_and_closed(PAKKAUS, "COMPLAINT", "ALU-12", severity="MINOR"),
        Released()),
    Row("another lot of the packer was falsified", "US", told_and_closed(PAKKAUS, "FALSIFICATION", "ALU-13"),
        Released()),
    Row("a material of the tablets had been cleared before they were pressed", "EU",
        told_and_closed(TAVIRA, "RECALL", "LAC-77", cleared="LAC-77", before=BULK), Released()),
)  # fmt: skip

ROWS = (*AFTER, *BEFORE, *LEGITIMATE)
