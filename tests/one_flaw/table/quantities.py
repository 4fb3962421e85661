"""Flaws of quantities, days and what is not said: more than is there or was arranged, later than what it comes from."""

from tests.one_flaw.deciding import named
from tests.one_flaw.flaws import both, lifted, said
from tests.one_flaw.goods import lasted_until
from tests.one_flaw.lots import lot
from tests.one_flaw.making import measured_later
from tests.one_flaw.places import PAKKAUS, TAVIRA
from tests.one_flaw.quantities import (
    confirmed_again,
    confirmed_further,
    destroyed,
    doubted_as_it_was_used,
    released_for_another_use,
    retest_was_due,
    split_off,
    used_at_risk,
    with_a_deviation,
    withdrawn_in_review,
)
from tests.one_flaw.rows import Barred, Judged, Refused, Released, Row
from tests.one_flaw.world import API, BULK, EU_PACK, INTERMEDIATE, US_PACK

ON_ITS_DEVIATION = named(deviation_id="DEV-77")
EARLY = "T-0051 (BAT-3) was used on "

AT_RISK = (
    Row("the tablets are used at risk as it was approved before", "EU", used_at_risk(PAKKAUS, "1500000"), Released()),
    Row("the use at risk was approved for another site", "EU", with_a_deviation(used_at_risk(TAVIRA, "1500000")),
        Judged("G12", EARLY, ON_ITS_DEVIATION)),
    Row("the use at risk was approved for less", "EU", with_a_deviation(used_at_risk(PAKKAUS, "1400000")),
        Judged("G12", EARLY, ON_ITS_DEVIATION)),
    Row("another pack had used a part of what was approved at risk", "EU",
        with_a_deviation(used_at_risk(PAKKAUS, "1500000", before_it="100000")),
        Judged("G12", EARLY, ON_ITS_DEVIATION)),
    Row("two packs use at risk what was approved for both", "EU",
        used_at_risk(PAKKAUS, "1600000", before_it="100000"), Released()),
)  # fmt: skip
LEFT = (
    Row("more is certified than a destruction has left", "EU", destroyed(EU_PACK, "14000"),
        Barred("rule_broken", "quantity"), {"quantity": "14850"}),
    Row("what a destruction has left is certified", "EU", destroyed(EU_PACK, "14000"), Released(), {"quantity": "850"}),
    Row("more is certified than a split has left", "EU", split_off("5000"),
        Barred("rule_broken", "quantity"), {"quantity": "14850"}),
    Row("what a split has left is certified", "EU", split_off("5000"), Released(), {"quantity": "9850"}),
)  # fmt: skip
FEWER = "1000000"
TAKEN = (
    Row("fewer tablets are confirmed than the pack has taken", "EU", said(BULK, "confirm-manufacture", quantity=FEWER),
        Refused("G12", "of T-0051 (BAT-3) for EU 1000000 tbl are released, 1500000 are taken")),
    Row("a further part of the tablets is confirmed", "EU",
        both(said(BULK, "confirm-manufacture", quantity=FEWER), confirmed_further("500000")), Released()),
    Row("the substance is released for stability samples, and a further part of it for further processing", "US",
        released_for_another_use(API, BULK, first="70", further="40"), Released()),
    Row("the tablets take more of the substance than its further part for further processing", "US",
        released_for_another_use(API, BULK, first="90", further="20"),
        Refused("G12", "of A-2204 (BAT-2) for US 20 kg are released for this use, 40 are taken")),
)  # fmt: skip
DAYS = (
    Row("the retest of the substance was due before it was used", "EU",
        with_a_deviation(retest_was_due(API, "2026-12-08")),
        Judged("G12", "A-2204 (BAT-2)", ON_ITS_DEVIATION)),
    Row("the retest of the intermediate was due before it was used", "US",
        retest_was_due(INTERMEDIATE, "2026-12-04"),
        Refused("G12", "I3-0417 (BAT-1) was used on ")),
    Row("the pack lasts longer than its tablets, by the corrected day", "EU",
        both(lasted_until(BULK, days=100), confirmed_again(BULK), lifted(EU_PACK, "ines", "hana")),
        Refused("G12", "its last day is later than ")),
    Row("the days of the tablets and of their packs are corrected", "EU",
        both(lasted_until(BULK, days=100), confirmed_again(BULK), lasted_until(EU_PACK, days=99),
             lifted(EU_PACK, "ines", "hana")),
        Released()),
)  # fmt: skip
REVIEWED = (
    Row("the tablets are under review as they are packed", "EU", doubted_as_it_was_used(BULK),
        Refused("G14", "T-0051 (BAT-3): a review after its release is open")),
    Row("the release of the tablets is confirmed after they were packed", "EU",
        both(doubted_as_it_was_used(BULK), confirmed_again(BULK), lifted(EU_PACK, "priya", "hana")), Released()),
    Row("the release of the tablets is withdrawn after they were packed", "EU",
        both(doubted_as_it_was_used(BULK), withdrawn_in_review(BULK, "EU")),
        Refused("G12", "was taken back on ", frozenset({"G14"}))),
)  # fmt: skip
NOT_SAID = (
    Row("a lot without a number", "EU", said(EU_PACK, "start", **lot("Foil", "n/a", "Rheinchem AG")),
        Judged("G12", "Foil n/a of Rheinchem AG is not accounted for: its number is not known")),
    Row("a lot of nobody", "US", said(US_PACK, "start", **lot("Foil", "X-1", "unknown")),
        Judged("G12", "Foil X-1 of unknown is not accounted for: its maker is not known")),
    Row("no sample is retained", "EU", said(EU_PACK, "finish", retained_samples="None", sample_quantity=None),
        Judged("G12", "no retained samples are known: None")),
    Row("no sample of the intermediate is retained", "US", said(INTERMEDIATE, "finish", retained_samples="n/a"),
        Refused("G12", "I3-0417 (BAT-1): no retained samples are known: n/a")),
)  # fmt: skip
LATER = (
    Row("it comes out that the tablets ran outside the normal range, without a deviation", "EU",
        measured_later(BULK, "46"), Refused("G14", "T-0051 (BAT-3)")),
    Row("it comes out that the substance ran outside the normal range, without a deviation", "US",
        measured_later(API, "46"), Refused("G14", "A-2204 (BAT-2)")),
)  # fmt: skip
ROWS = (*AT_RISK, *LEFT, *TAKEN, *DAYS, *REVIEWED, *NOT_SAID, *LATER)
