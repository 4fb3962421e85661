import pytest

from domain.core.refusals import Refused
from domain.qualification import duties
from domain.qualification.qualification import OWNER_ACTIONS


def test_each_person_is_barred_by_the_gravest_rule() -> None:
    barred = duties.barred_from_deciding(["ines", "tom", "priya"], ["priya"], ["tom"])
    assert barred == {"ines": "S3", "tom": "S2", "priya": "S1"}
    assert duties.barred_from_co_signing(["hana"], ["priya"], ["tom", "hana"]) == {
        "hana": "S1",
        "priya": "S1",
        "tom": "S2",
    }
    assert duties.barred_from_lowering(["ines"], ["priya"]) == {"ines": "S8", "priya": "S8"}
    assert duties.barred_from_verifying_condition("PER-9") == {"PER-9": "S7"}
    assert duties.barred_from_opening(["paul"]) == {"paul": "S1"}
    assert duties.barred_from_agreeing(["tom"]) == {"tom": "S2"}
    assert duties.barred_from_granting_waiver(["ines"]) == {"ines": "S9"}
    assert duties.barred_from_omitting(["ines"]) == {"ines": "S3"}


def test_who_has_run_the_case_does_not_sign_however_late_it_was() -> None:
    duties.refuse_owners(["hana"], {"ines"})
    with pytest.raises(Refused) as refused:
        duties.refuse_owners(["hana", "ines"], {"ines"})
    assert refused.value.refusal.rule == "S3"
    assert {"screen", "review-questionnaire", "review-documents", "assess-risk", "draft-agreement"} <= OWNER_ACTIONS
    assert not OWNER_ACTIONS & {"withdraw", "decide", "propose", "request"}
