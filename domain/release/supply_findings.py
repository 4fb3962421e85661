"""What a supply under exception must speak of: every gate that is not open, and what no permission opens."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from domain.batch.gate.gate import Gate
from domain.batch.gate.reasons import KeptReason, Reason
from domain.batch.gate.results import HOLD_OF, Found, of_all
from domain.release.decision_gates import regulatory
from domain.release.evidence import BatchEvidence, Member
from domain.release.gates import found_at, not_excused

NEVER = frozenset({Gate.G11, Gate.G13, Gate.G14})
"""What fails there nobody permits: reviews and the site's own release, who decides, a pack or an import that is not
there; recalls, alerts, and holds of which the permission does not speak. Data that cannot be relied on are such a hold,
until two people have judged."""


class Findings(NamedTuple):
    """What the gates find as things stand."""

    never: dict[Gate, str]
    """What no permission opens."""
    open_to_permission: dict[Gate, tuple[KeptReason, ...]]
    """What a permission must name, by gate."""


def findings(evidence: BatchEvidence, named: Collection[Gate], at: datetime) -> Findings:
    """What the gates find. `named` are those that the permission speaks of: their own holds are covered by it."""
    never: dict[Gate, str] = {}
    permitted: dict[Gate, tuple[KeptReason, ...]] = {}
    for gate in Gate:
        if gate is Gate.G14:
            left = _stands_against(evidence, named)
            reasons: Sequence[str] = [*left.wrong, *left.doubtful]
        else:
            reasons = not_excused(gate, evidence, at)
        if not reasons:
            continue
        if gate in NEVER and (gate is Gate.G14 or found_at(gate, evidence).wrong):
            never[gate] = "; ".join(reasons)
        else:
            permitted[gate] = tuple(map(_kept, reasons))
    return Findings(never, permitted)


def new_since(known: Mapping[Gate, Sequence[KeptReason]], now: Findings) -> dict[Gate, str]:
    """What the gates find now and was not known as the supply was proposed, by gate."""
    new = dict(now.never)
    for gate, reasons in now.open_to_permission.items():
        before = known.get(gate, ())
        if left := [each.words for each in reasons if not _is_among(each, before)]:
            new[gate] = "; ".join(left)
    return new


def in_words(found: Mapping[Gate, Sequence[KeptReason]]) -> str:
    """What the gates had found, as whoever signs reads it."""
    return "\n".join(f"{gate}: {each.words}" for gate, reasons in found.items() for each in reasons)


def _stands_against(evidence: BatchEvidence, named: Collection[Gate]) -> Found:
    """What gate G14 finds but for the holds that the gates which are named lead to."""
    covered = {HOLD_OF[gate] for gate in named if gate in HOLD_OF}

    def look(member: Member) -> Found:
        left = tuple(each for each in member.holds if each.type not in covered)
        return regulatory(member.model_copy(update={"holds": left}))

    return of_all(look(evidence), [(each.name, look(each)) for each in evidence.ancestors])


def _kept(reason: str) -> KeptReason:
    return KeptReason(words=str(reason), about=reason.keys if isinstance(reason, Reason) else ())


def _is_among(reason: KeptReason, known: Sequence[KeptReason]) -> bool:
    """The same in the same words, or about the same records in whatever words."""
    about = {each for one in known for each in one.about}
    return any(reason.words == one.words for one in known) or (bool(reason.about) and set(reason.about) <= about)
