"""The gates as they were shown to who signs, against those that stand."""

import pytest

from domain.batch.gate.gate import Gate
from domain.batch.gate.results import GateResult, GateVerdict
from domain.core.refusals import Code, Refused
from domain.release.seen_gates import as_shown, refuse_unless_current

OPEN = GateResult(gate=Gate.G7, verdict=GateVerdict.PASS, reason="Deviations: none.", looked_at=("deviations: none",))
SHUT = OPEN.model_copy(update={"verdict": GateVerdict.FAIL, "reason": "DEV-1 is open"})
MORE = OPEN.model_copy(update={"looked_at": ("deviations: DEV-1 MINOR closed",)})


def test_what_was_shown_still_stands() -> None:
    refuse_unless_current(as_shown([OPEN]), [OPEN])
    refuse_unless_current(as_shown([OPEN]).replace("\n", "\r\n"), [OPEN])
    refuse_unless_current(None, [SHUT])


@pytest.mark.parametrize(
    "seen",
    [
        as_shown([SHUT]),
        as_shown([MORE]),
        as_shown([OPEN]).replace("none", "one"),
        "I have read them all.",
        as_shown([OPEN]) + "\nAnd more.",
    ],
)
def test_what_was_shown_is_what_the_signature_rests_on(seen: str) -> None:
    with pytest.raises(Refused) as caught:
        refuse_unless_current(seen, [OPEN])
    assert (caught.value.refusal.code, list(caught.value.refusal.fields)) == (Code.VERSION_STALE, ["gates_seen"])
