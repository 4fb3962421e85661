"""Which gates may be excused, and by whom."""

import pytest

from domain.batch.gate.gate import Gate
from domain.core.forms import Meaning
from domain.core.people import DECIDERS, Role
from domain.release.gate_exception import (
    ExceptionRegulatorySignature,
    ExceptionRequest,
    ExceptionSignature,
    barred_from_excusing,
    refuse_unless_open,
    refuse_unless_waiting,
)
from domain.release.rejection_correction import (
    CORRECTORS,
    CorrectionConfirmation,
    CorrectionCounterSignature,
    Rejection,
    barred_from_correcting,
    correctors,
)
from tests.domain.filling import faults, filled


@pytest.mark.parametrize("gate", [gate for gate in Gate if gate not in (Gate.G3, Gate.G4, Gate.G10)])
def test_no_other_gate_is_ever_excused(gate: Gate) -> None:
    with pytest.raises(ValueError, match="gate"):
        filled(ExceptionRequest, gate=gate.value)


@pytest.mark.parametrize(
    ("market", "waiting", "expected"),
    [("EU", None, set()), ("US", None, {"market"}), ("EU", "EXC-1", {"gate"})],
)
def test_a_gate_is_excused_for_a_market_that_is_open_one_exception_after_the_other(
    market: str, waiting: str | None, expected: set[str]
) -> None:
    form = filled(ExceptionRequest, market=market)
    assert faults(lambda: refuse_unless_open(form, undecided=["EU"], waiting=waiting)) == expected


def test_an_exception_is_signed_by_three_in_their_order() -> None:
    assert [form.action.by for form in (ExceptionRequest, ExceptionSignature, ExceptionRegulatorySignature)] == [
        {Role.HEAD_QA},
        DECIDERS,
        {Role.REG_AFFAIRS},
    ]
    assert barred_from_excusing({"PER-1"}, {"PER-2", "PER-3"}) == dict.fromkeys(("PER-1", "PER-2", "PER-3"), "S1")
    assert filled(ExceptionSignature, approve=False).meaning() is Meaning.REJECTED
    assert faults(lambda: refuse_unless_waiting(known=True, is_next=True)) == set()
    for known, is_next in ((False, False), (True, False)):
        fields = faults(lambda known=known, is_next=is_next: refuse_unless_waiting(known=known, is_next=is_next))  # type: ignore[misc]
        assert fields == {"exception_id"}


def test_a_rejection_is_corrected_by_two_others() -> None:
    assert (CorrectionConfirmation.action.by, CorrectionCounterSignature.action.by) == (CORRECTORS, DECIDERS)
    assert correctors({Role.QP, Role.QA_APPROVER}) == {Role.HEAD_QA}
    assert correctors({Role.QP, Role.HEAD_QA}) == {Role.HEAD_QA, Role.QA_APPROVER}
    assert filled(CorrectionConfirmation, confirm=False).meaning() is Meaning.REJECTED
    rejection = Rejection(batch_id="BAT-7", rejecters=("PER-1",))
    assert barred_from_correcting(rejection.rejecters, {"PER-2"}) == {"PER-1": "S1", "PER-2": "S1"}
    assert "BAT-7" in rejection.words()
