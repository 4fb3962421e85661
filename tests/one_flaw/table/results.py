"""Flaws of results: own testing that was mistyped, and lines that no program compares (gates G8 and G9)."""

from tests.one_flaw.flaws import analysed, both, lifted
from tests.one_flaw.goods import replaced
from tests.one_flaw.results import agreed, compared, corrected, explained, read, retested, reviewed
from tests.one_flaw.rows import Barred, Refused, Released, Row, held
from tests.one_flaw.world import EU_PACK, US_PACK

FAILS = "in own testing Impurity I-3: 1.2 % is above 0.15 %"
MISTYPED = both(retested(EU_PACK, "1.2"), reviewed(EU_PACK))
CORRECTED = both(retested(EU_PACK, "1.2"), corrected(EU_PACK), reviewed(EU_PACK))
PROVEN = both(CORRECTED, explained(EU_PACK), read(EU_PACK), agreed(EU_PACK))
UNREAD = analysed(EU_PACK, "about 0.1")

OWN = (
    Row("a typing error in own testing", "EU", MISTYPED, held("G9", FAILS, "G8")),
    Row("a typing error in own testing is corrected, and nobody has looked into it", "EU", CORRECTED,
        held("G8", "OOS-1 (Impurity I-3) is in the laboratory (phase I)")),
    Row("a typing error in own testing is corrected, and no cause is found", "EU",
        both(CORRECTED, explained(EU_PACK, None)),
        held("G8", "OOS-1 (Impurity I-3) is under investigation (phase II)")),
    Row("a typing error in own testing is explained, and nobody has read the raw data", "EU",
        both(CORRECTED, explained(EU_PACK)),
        held("G8", "OOS-1 (Impurity I-3) is stated to be a laboratory error, not agreed yet")),
    Row("who has mistyped a result reads the raw data", "EU",
        both(CORRECTED, explained(EU_PACK), read(EU_PACK, "tove")), Barred("segregation_of_duties", rule="S1")),
    Row("a typing error in own testing is agreed to before anybody has read the raw data", "EU",
        both(CORRECTED, explained(EU_PACK), agreed(EU_PACK)), Barred("not_open", "raw data")),
    Row("a typing error in own testing is proven, and not corrected", "EU",
        both(MISTYPED, explained(EU_PACK), read(EU_PACK), agreed(EU_PACK), lifted(EU_PACK, "nora", "hana")),
        Released()),
    Row("a typing error in own testing is corrected with its proof", "EU",
        both(PROVEN, lifted(EU_PACK, "nora", "hana")), Released()),
    Row("a typing error in own testing is corrected with its proof, its holds still stand", "EU", PROVEN,
        Refused("G14", "Outside the specification on own testing")),
    Row("own testing has a cause in the laboratory, and is repeated", "US",
        both(retested(US_PACK, "1.2"), explained(US_PACK, "INSTRUMENT"), agreed(US_PACK),
             retested(US_PACK, "0.12", "QC-78"),
             reviewed(US_PACK), lifted(US_PACK, "nora", "hana")), Released()),
    Row("the same failing number is found again after the first was explained", "EU",
        both(PROVEN, retested(EU_PACK, "1.2", "QC-79"), reviewed(EU_PACK)), held("G9", FAILS, "G8")),
    Row("a second report with the same number was never investigated", "EU",
        both(retested(EU_PACK, "1.2"), retested(EU_PACK, "1.2", "QC-78"), corrected(EU_PACK),
             corrected(EU_PACK, of="QC-78"), reviewed(EU_PACK), explained(EU_PACK), read(EU_PACK), agreed(EU_PACK),
             lifted(EU_PACK, "nora", "hana")),
        Refused("G8", "Impurity I-3 1.2 % was never investigated")),
    Row("a correction of own testing names no report", "EU", corrected(EU_PACK, of="QC-99"),
        Barred("rule_broken", "correction_of")),
    Row("own testing that differs is corrected", "US",
        both(retested(US_PACK, "0.02"), corrected(US_PACK), reviewed(US_PACK), lifted(US_PACK, "nora", "hana")),
        Released()),
    Row("own testing came after the review of the results", "EU", retested(EU_PACK, "0.12"),
        Refused("G9", "own testing QC-77 came after the review of the results")),
    Row("the certificate is corrected after the review of the results", "EU", replaced(EU_PACK, "0.125"),
        Refused("G9", "certificate COA-2 came after the review of the results")),
    Row("the certificate is corrected after the review of the results, and reviewed again", "EU",
        both(replaced(EU_PACK, "0.125"), reviewed(EU_PACK)), Released()),
    Row("who has reviewed the results has tested", "US", retested(US_PACK, "0.12", by="nora"),
        Refused("G9", "own testing QC-77 was reviewed by Nora Lindholm, who has tested")),
    Row("who has tested reviews the results", "EU", reviewed(EU_PACK, "tove"),
        Barred("segregation_of_duties", "QC-25-112 is own testing of yours", "S1")),
    Row("own testing came later and is reviewed by another person", "EU",
        both(retested(EU_PACK, "0.12"), reviewed(EU_PACK)), Released()),
)  # fmt: skip
UNREADABLE = (
    Row("a line that no program compares meets its limit, as a person has read", "EU",
        both(UNREAD, compared(EU_PACK, meets=True), lifted(EU_PACK, "nora", "hana")), Released()),
    Row("a line that no program compares does not meet its limit, as a person has read", "EU",
        both(UNREAD, compared(EU_PACK, meets=False)), held("G9", "does not meet ≤ 0.15 %, as Nora Lindholm", "G8")),
    Row("an own result that no program compares waits for a person", "US",
        both(retested(US_PACK, "about 0.1"), reviewed(US_PACK)),
        Refused("G9", "cannot be read: in own testing Impurity I-3: about 0.1 % gives no number")),
    Row("an own result that no program compares is compared by who has tested", "US",
        both(retested(US_PACK, "about 0.1"), compared(US_PACK, meets=True, by="tove", source="OWN_TESTING")),
        Barred("segregation_of_duties", "QC-77 is of your hand", "S1")),
    Row("an own result that no program compares meets its limit, as another person has read", "US",
        both(retested(US_PACK, "about 0.1"), compared(US_PACK, meets=True, source="OWN_TESTING"), reviewed(US_PACK)),
        Released()),
)  # fmt: skip

ROWS = (*OWN, *UNREADABLE)
