"""Flaws of specifications: modes of lines, and versions that are replaced (gate G9)."""

from domain.batch.results.specification import LineMode
from tests.one_flaw.authorised import former_until, varied
from tests.one_flaw.flaws import both
from tests.one_flaw.rows import Refused, Released, Row, held
from tests.one_flaw.specifications import (
    FAILS,
    METHANOL,
    PASSES,
    STERILITY,
    by_data,
    certified,
    impurity,
    now_and_then,
    of_another_authorisation,
    registered,
)
from tests.one_flaw.world import EU_PACK, US_PACK

PARAMETRIC = registered(impurity(), by_data())
REAL_TIME = registered(impurity(), by_data(LineMode.RTRT))
PERIODIC = registered(impurity(), now_and_then())
STERILE, SHOWN = {"test": STERILITY, "result": "Sterile"}, {"test": STERILITY, "result": "Complies", "data": True}
MISSED = {**SHOWN, "result": "Does not comply"}
MODES = (
    Row("a line of parametric release stands on its data", "EU",
        both(PARAMETRIC, certified(EU_PACK, SHOWN)), Released()),
    Row("a line of parametric release has no data", "EU", PARAMETRIC,
        Refused("G9", "no result of: Sterility: no data of parametric release")),
    Row("the product is tested in place of the data of parametric release", "EU",
        both(PARAMETRIC, certified(EU_PACK, STERILE)),
        Refused("G9", "no data of parametric release; a test of the product does not replace them")),
    Row("the product is tested in place of the data of real time release testing", "EU",
        both(REAL_TIME, certified(EU_PACK, STERILE)),
        Refused("G9", "no data of real time release testing; a test of the product does not replace them")),
    Row("real time release testing fails, and the product passes a test", "EU",
        both(REAL_TIME, certified(EU_PACK, MISSED, STERILE)),
        held("G9", "fails: Sterility: Does not comply is not 'sterile'", "G8")),
    Row("parametric release fails, and a corrected certificate tests the product", "EU",
        both(PARAMETRIC, certified(EU_PACK, MISSED),
             certified(EU_PACK, STERILE, corrects="COA-2", number="COA-3")),
        held("G9", "no data of parametric release; a test of the product does not replace them", "G8")),
    Row("parametric release is not registered in the market", "EU",
        both(registered(impurity(), by_data(market="US")), certified(EU_PACK, SHOWN)),
        Refused("G9", "Sterility: parametric release is not registered in EU")),
    Row("the last batch that was tested periodically lies near enough", "US",
        both(PERIODIC, certified(EU_PACK, PASSES)), Released()),
    Row("no batch was tested periodically", "US", PERIODIC,
        Refused("G9", "Methanol: none of the last 3 batches was tested, and neither was this one")),
    Row("the last batch that was tested periodically did not pass", "US",
        both(PERIODIC, certified(EU_PACK, FAILS)),
        held("G9", "Methanol: last tested on batch P-1001, which did not pass")),
    Row("periodic testing is not registered in the market, and the batch is tested", "US",
        both(registered(impurity(), now_and_then(market="EU")), certified(US_PACK, PASSES)), Released()),
    Row("periodic testing is not registered in the market", "US",
        both(registered(impurity(), now_and_then(market="EU")), certified(EU_PACK, PASSES)),
        Refused("G9", "Methanol: periodic testing is not registered in US")),
    Row("a batch that is tested periodically fails itself", "US", both(PERIODIC, certified(US_PACK, FAILS)),
        held("G9", f"fails: {METHANOL}: 3100 [ppm] is above 3000 [ppm]", "G8")),
    Row("a limit test complies", "EU",
        both(registered(impurity(mode="LIMIT_TEST")), certified(EU_PACK, result="Complies")), Released()),
)  # fmt: skip
VERSIONS = (
    Row("a version with a lower limit has taken the place of the one that is met", "EU",
        registered(impurity("0.10"), since=0.1), Refused("G9", "fails: Impurity I-3: 0.12 % is above 0.10 %")),
    Row("the former version is valid for a while, and is met", "EU",
        registered(impurity("0.10"), since=0.1, former=30), Released()),
    Row("the former version is valid until today", "EU",
        registered(impurity("0.10"), since=0.1, former=0), Released()),
    Row("the former version was valid until yesterday", "EU",
        registered(impurity("0.14"), since=0.1, former=-1, printed_as=("SPEC-204 v4",)),
        Refused("G9", "prints SPEC-204 v3, a version that is not in force")),
    Row("the former version was valid until yesterday, and asks for more than the one in force", "EU",
        registered(impurity("0.20"), since=0.1, former=-1, printed_as=("SPEC-204 v4",)), Released()),
    Row("a version with a lower limit is authorised in the other market alone", "EU",
        registered(impurity("0.10"), since=0.1, in_=["US"]), Released()),
    Row("a version with a lower limit is authorised in this market alone", "EU",
        registered(impurity("0.10"), since=0.1, in_=["EU"]), Refused("G9", "fails: Impurity I-3: 0.12 % is above")),
    Row("a version with a higher limit is authorised in the other market alone", "EU",
        both(registered(impurity("0.20"), since=0.1, in_=["US"]), certified(EU_PACK, result="0.18")),
        held("G9", "fails: Impurity I-3: 0.18 % is above 0.15 %", "G8")),
    Row("two authorisations name a version each, and that of the first one is met", "EU",
        both(registered(impurity("0.10"), since=0.1, in_=[]), of_another_authorisation()), Released()),
    Row("two authorisations name a version each, and none is met", "EU",
        both(registered(impurity("0.20"), since=0.1, in_=[]), of_another_authorisation(1),
             certified(EU_PACK, result="0.18")),
        held("G9", "fails: Impurity I-3: 0.18 % is above 0.15 %", "G8")),
    Row("the authorisation says until when the former version is valid, and it is met", "EU",
        both(registered(impurity("0.10"), since=0.1), varied("EU", former_until(1))), Released()),
    Row("the authorisation says that the former version was valid until yesterday", "EU",
        both(registered(impurity("0.10"), since=0.1, former=30), varied("EU", former_until(-1))),
        Refused("G9", "fails: Impurity I-3: 0.12 % is above 0.10 %")),
)  # fmt: skip

ROWS = (*MODES, *VERSIONS)
