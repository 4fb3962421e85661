"""Flaws of what was made: deviations, results, analysis (gates G7 to G9)."""

from tests.one_flaw.deciding import named
from tests.one_flaw.flaws import (
    accepted,
    analysed,
    asked,
    both,
    closed,
    deviates,
    fails,
    invalidated,
    lifted,
    otherwise,
    reported,
    seen,
    unsaid,
)
from tests.one_flaw.goods import comes_anew, replaced
from tests.one_flaw.making import happened
from tests.one_flaw.older import once_accepted, once_replaced
from tests.one_flaw.past import Past
from tests.one_flaw.places import LARNWICK, MIKRON, PAKKAUS, TAVIRA
from tests.one_flaw.rows import Barred, Judged, Refused, Released, Row, held
from tests.one_flaw.world import API, BULK, EU_PACK, INTERMEDIATE, US_PACK

G7 = (
    Row("a deviation of the pack is open", "EU", deviates(EU_PACK), held("G7", "DEV-77 is open")),
    Row("a minor deviation of the pack is open", "US", deviates(US_PACK, "MINOR"), Refused("G7", "DEV-77 is open")),
    Row("a critical deviation is closed and not accepted", "EU", both(deviates(EU_PACK, "CRITICAL"), closed(EU_PACK)),
        held("G7", "DEV-77 is critical and not accepted")),
    Row("a major deviation is closed and not accepted", "US", both(deviates(US_PACK), closed(US_PACK)),
        held("G7", "DEV-77 is major and not accepted")),
    Row("a planned departure is accepted", "EU",
        both(deviates(EU_PACK), closed(EU_PACK), accepted(EU_PACK, "quentin", unexpected=False)),
        Barred("rule_broken", "a planned departure is a change")),
    Row("a deviation with an unmet specification is accepted", "EU",
        both(deviates(EU_PACK), closed(EU_PACK), accepted(EU_PACK, "quentin", specifications_met=False)),
        Barred("rule_broken", "specifications_met")),
    Row("the quality unit accepts a deviation for the Union", "EU",
        both(deviates(EU_PACK), closed(EU_PACK), accepted(EU_PACK, "priya")), Barred("wrong_role")),
    Row("one person proposes and confirms that the hold is lifted", "EU",
        both(deviates(EU_PACK), closed(EU_PACK), accepted(EU_PACK, "quentin"), lifted(EU_PACK, "priya", "priya")),
        Barred("segregation_of_duties", rule="S15")),
    Row("a hold is lifted while its deviation is open", "EU",
        both(deviates(EU_PACK), lifted(EU_PACK, "priya", "hana")), Barred("not_open", "deviations are open")),
    Row("a minor deviation is closed, and the sponsor has not looked at it", "EU",
        both(deviates(EU_PACK, "MINOR"), closed(EU_PACK)), Refused("G7", "DEV-77 (minor) was not looked at")),
    Row("a minor deviation is closed", "EU",
        both(deviates(EU_PACK, "MINOR"), closed(EU_PACK), seen(EU_PACK)), Released()),
    Row("a major deviation is accepted by the qualified person", "EU",
        both(deviates(EU_PACK), closed(EU_PACK), accepted(EU_PACK, "quentin"), lifted(EU_PACK, "priya", "hana")),
        Released()),
    Row("a critical deviation is accepted by another qualified person", "EU",
        both(deviates(EU_PACK, "CRITICAL"), closed(EU_PACK), accepted(EU_PACK, "quirin"),
             lifted(EU_PACK, "petra", "hana")), Released()),
    Row("a major deviation is accepted by the quality unit for the States", "US",
        both(deviates(US_PACK), closed(US_PACK), accepted(US_PACK, "petra"), lifted(US_PACK, "priya", "hana")),
        Released()),
    Row("a major deviation of the bulk is accepted, its release not reviewed yet", "EU",
        both(deviates(BULK), closed(BULK), accepted(BULK, "quentin"), lifted(BULK, "priya", "hana"),
             lifted(EU_PACK, "priya", "hana")), Refused("G14", "BAT-3 (T-0051): a review after its release is open")),
)  # fmt: skip
G8 = (
    Row("a result of the pack is outside its specification", "EU", fails(EU_PACK), held("G8", "OOS-77 (Impurity I-3)")),
    Row("the same for the quality unit", "US", fails(US_PACK), held("G8", "OOS-77 (Impurity I-3)")),
    Row("a result outside its trend is looked into", "EU", fails(EU_PACK, kind="OOT", result="0.14"),
        held("G8", "OOS-77 (Impurity I-3) is in the laboratory")),
    Row("a failing result has no laboratory cause", "EU",
        both(fails(EU_PACK), asked(EU_PACK, "sirpa", "oos-laboratory", {"oos_id": "OOS-77"}, retests=[])),
        held("G8", "OOS-77 (Impurity I-3) is under investigation")),
    Row("a laboratory cause without evidence", "EU",
        both(fails(EU_PACK), asked(EU_PACK, "sirpa", "oos-laboratory", {"oos_id": "OOS-77"}, cause="INSTRUMENT",
                                   evidence=[])),
        Barred("rule_broken", "documented cause")),
    Row("a failing result was a failure of the laboratory", "EU",
        both(fails(EU_PACK), invalidated(EU_PACK, "sirpa"), lifted(EU_PACK, "nora", "hana")), Released()),
    Row("a failing result was a failure of the laboratory, for the States", "US",
        both(fails(US_PACK), invalidated(US_PACK, "sirpa"), lifted(US_PACK, "nora", "hana")), Released()),
    Row("a result outside its trend was a failure of the laboratory", "EU",
        both(fails(EU_PACK, kind="OOE", result="0.14"), invalidated(EU_PACK, "sirpa"), lifted(EU_PACK, "nora", "hana")),
        Released()),
)  # fmt: skip
G9 = (
    Row("there is no certificate of analysis", "EU", unsaid(EU_PACK, "coa"),
        held("G9", "no certificate of analysis", "G11")),
    Row("nobody of the sponsor has tested", "EU", unsaid(EU_PACK, "own-testing"), held("G9", "own testing is overdue")),
    Row("own testing differs", "US", analysed(US_PACK, "0.02", "own-testing"),
        held("G9", "own testing differs in: Impurity I-3: 0.02 and 0.12")),
    Row("a result gives no number", "EU", analysed(EU_PACK, "about 0.1"), held("G9", "cannot be read: Impurity I-3")),
    Row("a result is in another unit", "US", analysed(US_PACK, "0.12", unit="mg"),
        held("G9", "cannot be read: Impurity I-3")),
    Row("the certificate says otherwise than its results", "EU", analysed(EU_PACK, "0.12", verdict="Fail"),
        held("G9", "says otherwise than the recomputation of: Impurity I-3")),
    Row("a test is missing", "EU", analysed(EU_PACK, "0.12", test="Impurity I-4"),
        held("G9", "no result of: Impurity I-3")),
    Row("nothing is registered for the Union", "EU", otherwise(PAKKAUS, Past(specified_for=("US",))),
        held("G9", "no specification is registered in EU")),
    Row("a result at the limit", "EU", analysed(EU_PACK, "0.13"), Released()),
    Row("a result with a decimal comma", "US", analysed(US_PACK, "0,12"), Released()),
)  # fmt: skip

ROGUE = happened(EU_PACK, PAKKAUS, "DEVIATION")
AT_SITES = (
    Row("a critical event at the packer is not decided on", "EU", ROGUE,
        Judged("G7", "EVT-1 (deviation, critical)", named(events=["EVT-1"]))),
    Row("an event at the packer is judged without its name", "EU", ROGUE, Refused("G7", "does not name EVT-1"),
        {"judgements": [{"gate": "G7", "rationale": "Nothing of it touches this batch, as was seen."}]}),
    Row("two critical events at the maker of the intermediate are not decided on", "US",
        both(happened(INTERMEDIATE, LARNWICK, "DEVIATION"), happened(INTERMEDIATE, LARNWICK, "COMPLAINT")),
        Judged("G7", "BAT-1 (I3-0417): EVT-2 (complaint, critical)", named(events=["EVT-1", "EVT-2"]))),
    Row("an event at the maker of the tablets is not decided on", "EU", happened(BULK, TAVIRA, "CYBER_INCIDENT"),
        Judged("G7", "BAT-3 (T-0051): EVT-1 (cyber incident, critical)", named(events=["EVT-1"]))),
    Row("an event at the mill is not decided on", "EU", happened(API, MIKRON, "DEVIATION", "MINOR"),
        Judged("G7", "BAT-2 (A-2204): EVT-1 (deviation, minor)", named(events=["EVT-1"]))),
    Row("an event at the packer is younger than the batch", "EU", reported(PAKKAUS, "CYBER_INCIDENT"), Released()),
)  # fmt: skip
ONCE = (
    Row("a planned departure was accepted once", "EU",
        both(deviates(EU_PACK), closed(EU_PACK), once_accepted(EU_PACK, unexpected=False),
             lifted(EU_PACK, "priya", "hana")), Refused("G7", "DEV-77 was planned; that is a change")),
    Row("a deviation with an unmet specification was accepted once", "US",
        both(deviates(US_PACK), closed(US_PACK), once_accepted(US_PACK, specifications_met=False),
             lifted(US_PACK, "priya", "hana")), Refused("G7", "DEV-77: a registered specification is not met")),
    Row("a failing certificate was replaced once, and nobody asked why", "EU", once_replaced(EU_PACK, "0.27", "0.12"),
        Refused("G8", "Impurity I-3 0.27 % was never investigated")),
    Row("a failing certificate of the intermediate was replaced once", "US",
        once_replaced(INTERMEDIATE, "0.27", "0.12"),
        Refused("G8", "BAT-1 (I3-0417): Impurity I-3 0.27 % was never investigated")),
    Row("a certificate that was replaced once is investigated at last", "EU",
        both(once_replaced(EU_PACK, "0.27", "0.12"), fails(EU_PACK), invalidated(EU_PACK, "sirpa"),
             lifted(EU_PACK, "nora", "hana")), Released()),
)  # fmt: skip
FAILS = analysed(EU_PACK, "0.27")
RESULTS = (
    Row("a certificate fails its specification", "EU", FAILS,
        held("G8", "(Impurity I-3) is in the laboratory", "G9", "G11")),
    Row("a failing certificate is replaced by a passing one", "EU", both(FAILS, replaced(EU_PACK, "0.12")),
        held("G8", "(Impurity I-3) is in the laboratory", "G11")),
    Row("a certificate fails at a digit that rounding does not save", "US", analysed(US_PACK, "0.16"),
        held("G9", "fails: Impurity I-3", "G8", "G11")),
    Row("a failing result of the intermediate holds the pack", "US", fails(INTERMEDIATE),
        held("G8", "BAT-1 (I3-0417): OOS-77 (Impurity I-3)")),
    Row("a failing result of the tablets holds the pack", "EU", fails(BULK),
        held("G8", "BAT-3 (T-0051): OOS-77 (Impurity I-3)")),
    Row("the certificate of the intermediate leaves a test out", "EU",
        analysed(INTERMEDIATE, "0.12", test="Impurity I-4"), held("G12", "BAT-1 (I3-0417) is not released for EU")),
    Row("nothing is registered for the States at the maker of the tablets", "US",
        otherwise(TAVIRA, Past(specified_for=("EU",))), held("G12", "BAT-3 (T-0051) is not released for US")),
)  # fmt: skip
CORRECTED = both(deviates(EU_PACK), comes_anew("CORRECTION", released_before=False, rejected=True),
                 lifted(EU_PACK, "priya", "hana"))  # fmt: skip
AGAIN = (
    Row("a pack was rejected wrongly, with a deviation that is open", "EU", CORRECTED,
        Judged("G7", "BAT-4 (P-1001): DEV-77 is open")),
)  # fmt: skip

ROWS = (*AGAIN, *G7, *AT_SITES, *G8, *G9, *ONCE, *RESULTS)
