"""Supply under exception: goods that no gate lets through, by the authority's permission, and never as certified."""

from datetime import timedelta

from tests.one_flaw.flaws import both, lifted, nothing, then
from tests.one_flaw.flaws import held as on_hold
from tests.one_flaw.lots import told_and_closed
from tests.one_flaw.places import PAKKAUS
from tests.one_flaw.results import retested, reviewed
from tests.one_flaw.rows import Barred, Row, held
from tests.one_flaw.supplies import is_asked_of_quality, proposed, recalled, signed, stopped, supplied
from tests.one_flaw.world import EU_PACK, US_PACK

FAILS = "in own testing Impurity I-3: 1.2 % is above 0.15 %"
ELSEWHERE = {"name": "Another clinic", "address": "Nebenstr. 2, 79098 Freiburg, Germany"}
OUTSIDE = both(retested(EU_PACK, "1.2"), reviewed(EU_PACK))
OUTSIDE_US = both(retested(US_PACK, "1.2"), reviewed(US_PACK))
PERMITTED = both(OUTSIDE, proposed(EU_PACK, "G8", "G9"), signed(EU_PACK))
"""A result outside its specification, and the permission to supply it all the same."""
NEVER_CERTIFIED = held("G9", FAILS, "G8")

RIGHT = (
    Row("a pack outside its specification is supplied by permission, and is not certified", "EU",
        both(PERMITTED, supplied(EU_PACK)), NEVER_CERTIFIED),
    Row("a pack outside its specification is supplied to the States by permission", "US",
        both(OUTSIDE_US, proposed(US_PACK, "G8", "G9"), signed(US_PACK), supplied(US_PACK)), NEVER_CERTIFIED),
    Row("a physician asks for what is outside its specification", "EU",
        both(OUTSIDE, proposed(EU_PACK, "G8", "G9", basis="OUT_OF_SPECIFICATION"), signed(EU_PACK),
             supplied(EU_PACK)), NEVER_CERTIFIED),
    Row("a hold is placed after goods have left under a permission", "EU",
        both(PERMITTED, supplied(EU_PACK), on_hold(EU_PACK), is_asked_of_quality(EU_PACK)), NEVER_CERTIFIED),
    Row("a lot is falsified of which goods have left under a permission", "EU",
        both(PERMITTED, supplied(EU_PACK), told_and_closed(PAKKAUS, "FALSIFICATION", "alu 12"), recalled(EU_PACK)),
        held("G9", FAILS, "G8", "G12")),
    Row("a permission is used in two parts", "EU",
        both(PERMITTED, supplied(EU_PACK, quantity="6"), supplied(EU_PACK, quantity="4")), NEVER_CERTIFIED),
    Row("goods had left under a permission before another result failed", "EU",
        both(PERMITTED, supplied(EU_PACK, then=both(then(nothing(), hours=2), retested(EU_PACK, "2.2", "QC-78")),
                                 left_before=timedelta(hours=1))), held("G9", FAILS, "G8")),
    Row("planning proposes a supply", "EU",
        both(OUTSIDE, proposed(EU_PACK, "G8", "G9", by="sana"), signed(EU_PACK), supplied(EU_PACK)), NEVER_CERTIFIED),
)  # fmt: skip
PROPOSED = (
    Row("tablets are supplied as if they were cells", "EU",
        both(OUTSIDE, proposed(EU_PACK, "G8", "G9", basis="OUT_OF_SPECIFICATION", product_kind="CHEMICAL")),
        Barred("rule_broken", "product_kind")),
    Row("nothing is wrong with what is to be supplied under exception", "EU", proposed(EU_PACK, "G8"),
        Barred("rule_broken", "is open: nothing is to be excused")),
    Row("the permission does not speak of a gate that is closed", "EU", both(OUTSIDE, proposed(EU_PACK, "G8")),
        Barred("gate_closed", "No permission opens G14")),
    Row("the permission speaks of a gate that is open", "EU", both(OUTSIDE, proposed(EU_PACK, "G8", "G9", "G3")),
        Barred("rule_broken", "is open: nothing is to be excused")),
    Row("a hold stands of which the permission does not speak", "EU",
        both(OUTSIDE, on_hold(EU_PACK), proposed(EU_PACK, "G8", "G9")), Barred("gate_closed", "G14")),
    Row("a hold of the gate that is named was placed by hand", "EU",
        both(OUTSIDE, on_hold(EU_PACK, "OOS", "nora"), proposed(EU_PACK, "G8", "G9")),
        Barred("gate_closed", "No permission opens G14")),
    Row("a falsified foil is in what is to be supplied under exception", "EU",
        both(OUTSIDE, told_and_closed(PAKKAUS, "FALSIFICATION", "alu 12"),
             lifted(EU_PACK, "ines", "hana", "SUPPLY", "EVENT"), proposed(EU_PACK, "G8", "G9", "G12")),
        Barred("gate_closed", "No permission opens G12")),
    Row("a hold of the gate that is named is placed by hand after the proposal", "EU",
        both(OUTSIDE, proposed(EU_PACK, "G8", "G9"), on_hold(EU_PACK, "COA", "nora"), signed(EU_PACK)),
        Barred("gate_closed", "More has been found than was proposed")),
    Row("the last day of the permission was before it", "EU",
        both(OUTSIDE, proposed(EU_PACK, "G8", "G9", days=-1)), Barred("rule_broken", "has passed")),
    Row("more is to be supplied than there is", "EU",
        both(OUTSIDE, proposed(EU_PACK, "G8", "G9", quantity="9999999")),
        Barred("rule_broken", "is more than there is")),
    Row("who has proposed a supply signs it", "US",
        both(OUTSIDE_US, proposed(US_PACK, "G8", "G9", by="petra"), signed(US_PACK)),
        Barred("segregation_of_duties", rule="S1")),
    Row("who has reviewed the record signs a supply", "US",
        both(OUTSIDE_US, proposed(US_PACK, "G8", "G9", by="sana"), signed(US_PACK, "hana", "priya")),
        Barred("segregation_of_duties", rule="S5")),
    Row("the head of quality signs a supply twice", "US",
        both(OUTSIDE_US, proposed(US_PACK, "G8", "G9"), signed(US_PACK, "hana", "hana")),
        Barred("segregation_of_duties", rule="S1")),
    Row("a condition of the authority is not met", "EU",
        both(OUTSIDE, proposed(EU_PACK, "G8", "G9"), signed(EU_PACK, met=False)),
        Barred("rule_broken", "conditions_met")),
    Row("another result fails after a supply was proposed", "EU",
        both(OUTSIDE, proposed(EU_PACK, "G8", "G9"), retested(EU_PACK, "2.2", "QC-78"), reviewed(EU_PACK),
             signed(EU_PACK)), Barred("gate_closed", "2.2 %")),
)  # fmt: skip
LEAVING = (
    Row("goods go to another clinic than the permission names", "EU", both(PERMITTED, supplied(EU_PACK, to=ELSEWHERE)),
        Barred("gate_closed", "is no consignee of SUE-EU-")),
    Row("more leaves than the permission names", "EU", both(PERMITTED, supplied(EU_PACK, quantity="11")),
        Barred("gate_closed", "Of the batch 10 ")),
    Row("goods arrive after the last day of the permission", "EU", both(PERMITTED, supplied(EU_PACK, days=40)),
        Barred("gate_closed", "the last day of SUE-EU-")),
    Row("goods are ordered under a permission that is stopped", "EU",
        both(PERMITTED, stopped(EU_PACK), supplied(EU_PACK)), Barred("gate_closed", "is stopped")),
    Row("a permission is stopped before the goods leave", "EU",
        both(PERMITTED, supplied(EU_PACK, then=stopped(EU_PACK))), Barred("gate_closed", "ask the sponsor")),
    Row("another result fails before the goods leave", "EU",
        both(PERMITTED, supplied(EU_PACK, then=retested(EU_PACK, "2.2", "QC-78"))),
        Barred("gate_closed", "ask the sponsor")),
    Row("a hold of type OOS is placed by hand before the goods leave", "EU",
        both(PERMITTED, supplied(EU_PACK, then=on_hold(EU_PACK, "OOS", "nora"))),
        Barred("gate_closed", "ask the sponsor")),
    Row("a hold is placed by hand before the goods leave with papers", "EU",
        both(PERMITTED, supplied(EU_PACK, then=then(on_hold(EU_PACK), hours=2), left_before=timedelta(hours=1))),
        Barred("gate_closed", "ask the sponsor")),
    Row("another result fails before the goods leave with papers", "EU",
        both(PERMITTED, supplied(EU_PACK, then=then(retested(EU_PACK, "2.2", "QC-78"), hours=2),
                                 left_before=timedelta(hours=1))), Barred("gate_closed", "ask the sponsor")),
    Row("the permission has ended before the goods leave", "EU",
        both(PERMITTED, supplied(EU_PACK, then=then(nothing(), days=31))), Barred("gate_closed", "ask the sponsor")),
    Row("what is permitted is ordered as if it were released", "EU",
        both(PERMITTED, supplied(EU_PACK, supply_exception=None)), Barred("gate_closed", "the market is not released")),
)  # fmt: skip
ROWS = (*RIGHT, *PROPOSED, *LEAVING)
