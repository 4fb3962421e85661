import pytest

from domain.audit import duties
from domain.core.people import Actor, Org, Role, refuse_unless_permitted
from domain.core.refusals import Code, Refused


@pytest.mark.parametrize(
    ("barred", "expected"),
    [
        (duties.barred_from_approving_plan({"INES"}), {"INES": "S1"}),
        (duties.barred_from_deciding_for_cause({"HANA"}), {"HANA": "S1"}),
        (duties.barred_from_deciding_waiver({"INES"}), {"INES": "S9"}),
        (duties.barred_from_approving_report({"TOM", "RUTH"}, {"TOM"}), {"TOM": "S1", "RUTH": "S2"}),
        (duties.barred_from_excepting_outcome({"TOM", "RUTH"}, {"TOM"}), {"TOM": "S1", "RUTH": "S2"}),
        (duties.barred_from_judging({"TOM", "RUTH"}), {"TOM": "S2", "RUTH": "S2"}),
        (duties.barred_from_closing({"TOM"}), {"TOM": "S2"}),
        (duties.barred_from_accepting_response({"TOM"}), {"TOM": "S1"}),
        (duties.barred_from_deciding_suspension({"TOM"}), {"TOM": "S1"}),
    ],
)
def test_duties_are_apart(barred: dict[str, str], expected: dict[str, str]) -> None:
    assert barred == expected


def test_who_audited_cannot_judge_the_dispute_even_through_a_delegate() -> None:
    judge = Actor(
        person="PRIYA",
        user="priya",
        name="Priya",
        org=Org.SPONSOR,
        roles=frozenset({Role.QA_APPROVER}),
        on_behalf_of="TOM",
    )
    with pytest.raises(Refused) as refused:
        refuse_unless_permitted(judge, by=[Role.QA_APPROVER], barred=duties.barred_from_judging({"TOM"}))
    assert refused.value.refusal.code is Code.SEGREGATION_OF_DUTIES
    assert refused.value.refusal.rule == "S2"
