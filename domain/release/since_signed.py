"""The gates after the signature: what was judged stays judged while what was in doubt is the same (section 19)."""

import re
from collections.abc import Mapping, Sequence

from domain.batch.gate.gate import Gate
from domain.batch.gate.results import GateResult, GateVerdict
from domain.core.view import View
from domain.release.decision_gates import SIGNED_UNDER
from domain.release.gate_words import words

_JUDGED = "judged: "
_IN_CODE = re.compile(r"(?:BAT-[0-9]+ \(.*?\): )?SC-[0-9]+\b")
"""How facts of sites began while they were told by the numbers of scopes; what was signed then is compared by its
verdicts alone."""


class GateSince(View):
    """A gate that says something else than it did as the decision was signed."""

    gate: Gate
    signed: GateVerdict
    """What it said then."""
    now: GateVerdict
    reason: str
    """What it says now."""
    added: tuple[str, ...] = ()
    """Facts that it did not look at then."""
    gone: tuple[str, ...] = ()
    """Facts that it looked at then, and does not any more."""

    def words(self) -> str:
        """In one line."""
        turned = f"{words(self.signed)}, now {words(self.now)}: {self.reason}" if self.now is not self.signed else None
        facts = [*(f"new: {each}" for each in self.added), *(f"no more: {each}" for each in self.gone)]
        return f"{self.gate}: {'; '.join(filter(None, [turned, *facts]))}"


def with_judgements(now: Sequence[GateResult], signed: Sequence[GateResult]) -> tuple[GateResult, ...]:
    """The gates of now, in which what was judged with the signature is judged so long as nothing else is in doubt."""
    before = {each.gate: each for each in signed}
    return tuple(_as_judged(each, before.get(each.gate)) for each in now)


def _as_judged(now: GateResult, signed: GateResult | None) -> GateResult:
    if signed is None or signed.verdict is not GateVerdict.JUDGED or _in_doubt(now) != _in_doubt(signed):
        return now
    return now.model_copy(update={"verdict": signed.verdict, "reason": signed.reason})


def _in_doubt(result: GateResult) -> str | None:
    """What was left to judgement: the reason while it is, and the last fact once it is judged."""
    if result.verdict is GateVerdict.NEEDS_JUDGEMENT:
        return result.reason
    last = result.looked_at[-1] if result.looked_at else ""
    return last.removeprefix(_JUDGED) if result.verdict is GateVerdict.JUDGED else None


def changed_since(now: Sequence[GateResult], signed: Sequence[GateResult]) -> tuple[GateSince, ...]:
    """What is otherwise than as the decision was signed, gate by gate. `now` has the judgements that still count."""
    before: Mapping[Gate, GateResult] = {each.gate: each for each in signed}
    alike = not any(_IN_CODE.match(line) for each in signed for line in each.looked_at)
    found = [_since(each, before[each.gate], alike=alike) for each in now if each.gate in before]
    return tuple(each for each in found if each is not None)


def _since(now: GateResult, signed: GateResult, *, alike: bool) -> GateSince | None:
    then = [each for each in signed.looked_at if not each.startswith((_JUDGED, SIGNED_UNDER))]
    added = tuple(each for each in now.looked_at if each not in then) if alike else ()
    gone = tuple(each for each in then if each not in now.looked_at) if alike else ()
    if (now.verdict, added, gone) == (signed.verdict, (), ()):
        return None
    return GateSince(gate=now.gate, signed=signed.verdict, now=now.verdict, reason=now.reason, added=added, gone=gone)
