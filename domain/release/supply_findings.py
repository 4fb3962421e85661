"""What a supply under exception must speak of: every gate that is not open, and what no permission opens."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from domain.batch.gate.batch_facts import DeviationFacts
from domain.batch.gate.decision_facts import HoldFacts, SiteEventFacts
from domain.batch.gate.gate import Gate
from domain.batch.gate.reasons import About, KeptReason, Kind, Reason
from domain.batch.gate.results import HOLD_OF, Found, of_all
from domain.batch.holds.holds import HoldType
from domain.release.chain_gates import open_to_permission
from domain.release.decision_gates import regulatory
from domain.release.evidence import BatchEvidence, Member
from domain.release.gate_words import words
from domain.release.gates import found_at, not_excused

NEVER = frozenset({Gate.G11, Gate.G13, Gate.G14})
"""What fails there nobody permits: reviews and the site's own release, who decides, a pack or an import that is not
there; recalls, alerts, and holds of which the permission does not speak. Data that cannot be relied on are such a hold,
until two people have judged. Of G12 the most part is of this kind too (`open_to_permission`)."""
_COVERED = {gate: type_ for gate, type_ in HOLD_OF.items() if gate not in NEVER and type_ is not HoldType.SUPPLY}
"""The holds that a permission may cover. SUPPLY may also say that goods are mixed up: two people lift it."""
_OF_RESULTS = frozenset({Gate.G8, Gate.G9})
"""The gates that a failing result closes."""


class Findings(NamedTuple):
    """What the gates find as things stand."""

    never: dict[Gate, str]
    """What no permission opens."""
    open_to_permission: dict[Gate, tuple[KeptReason, ...]]
    """What a permission must name, by gate."""


def findings(evidence: BatchEvidence, covered: Sequence[KeptReason], at: datetime) -> Findings:
    """What the gates find but for the holds that the permission covers (`covered_holds`)."""
    never: dict[Gate, str] = {}
    permitted: dict[Gate, tuple[KeptReason, ...]] = {}
    for gate in Gate:
        if gate is Gate.G14:
            left = _stands_against(evidence, frozenset(key for each in covered for key in each.about))
            reasons: Sequence[str] = [*left.wrong, *left.doubtful]
        else:
            reasons = not_excused(gate, evidence, at)
        if not reasons:
            continue
        if shut := _never(gate, evidence, reasons):
            never[gate] = "; ".join(shut)
        else:
            permitted[gate] = tuple(map(_kept, reasons))
    return Findings(never, permitted)


def covered_holds(evidence: BatchEvidence, named: Collection[Gate]) -> tuple[KeptReason, ...]:
    """The holds that stand as a supply is proposed and that the named gates lead to: the permission covers these alone.

    None that a person has placed, and none that comes later, of whatever type.
    """
    types = {_COVERED[gate] for gate in named if gate in _COVERED}
    members = ((evidence, ""), *((each, f"{each.name}: ") for each in evidence.ancestors))
    return tuple(
        KeptReason(
            words=f"{prefix}{hold.hold_id} ({words(hold.type)}) stands: {hold.reason}", about=(_key(member, hold),)
        )
        for member, prefix in members
        for hold in member.holds
        if hold.type in types and hold.placed_by is None and hold.market in (None, evidence.market)
    )


def new_since(
    known: Mapping[Gate, Sequence[KeptReason]], evidence: BatchEvidence, at: datetime, as_of: datetime | None = None
) -> dict[Gate, str]:
    """What the gates find now and was not known as the supply was proposed, by gate.

    `as_of` leaves out what has become known since, for goods that had left by then: holds and events that came after,
    and what gates find once a hold was placed for them, a result or a deviation reported.
    """
    led: frozenset[Gate] = frozenset()
    if as_of is not None:
        led = _found_after(evidence, as_of)
        evidence = _known_by(evidence, as_of)
    now = findings(evidence, known.get(Gate.G14, ()), at)
    new = {gate: reasons for gate, reasons in now.never.items() if gate in NEVER or gate not in led}
    for gate, reasons in now.open_to_permission.items():
        before = known.get(gate, ())
        if gate not in led and (left := [each.words for each in reasons if not _is_among(each, before)]):
            new[gate] = "; ".join(left)
    return new


def in_words(found: Mapping[Gate, Sequence[KeptReason]]) -> str:
    """What the gates had found, as whoever signs reads it."""
    return "\n".join(f"{gate}: {each.words}" for gate, reasons in found.items() for each in reasons)


def _never(gate: Gate, evidence: BatchEvidence, reasons: Sequence[str]) -> Sequence[str]:
    """What of the reasons of a gate no permission opens."""
    if gate is Gate.G14:
        return reasons
    wrong = found_at(gate, evidence).wrong
    if gate in NEVER:
        return reasons if wrong else ()
    if gate is not Gate.G12:
        return ()
    others = [(each.name, Found("", wrong=open_to_permission(each))) for each in evidence.ancestors]
    may_be = of_all(Found("", wrong=open_to_permission(evidence)), others).wrong
    return [each for each in wrong if each not in may_be]


def _stands_against(evidence: BatchEvidence, covered: Collection[str]) -> Found:
    """What gate G14 finds but for the holds that are covered."""

    def look(member: Member) -> Found:
        left = tuple(each for each in member.holds if _key(member, each) not in covered)
        return regulatory(member.model_copy(update={"holds": left}))

    return of_all(look(evidence), [(each.name, look(each)) for each in evidence.ancestors])


def _key(member: Member, hold: HoldFacts) -> str:
    return str(About(Kind.HOLD, hold.hold_id, "", member.batch_id))


def _found_after(evidence: BatchEvidence, as_of: datetime) -> frozenset[Gate]:
    """The gates of which something has become known after an instant."""
    members = (evidence, *evidence.ancestors)
    types = {hold.type for each in members for hold in each.holds if _is_after(hold, as_of)}
    gates = {gate for gate, type_ in HOLD_OF.items() if type_ in types}
    results = [one.since for each in members for one in each.oos]
    results += [one.at for one in evidence.analysis.own_tests] + [one.at for one in evidence.analysis.certificates]
    if HoldType.OOS in types or any(each is not None and each > as_of for each in results):
        gates |= _OF_RESULTS
    if any(_is_after(one, as_of) for each in members for one in each.deviations):
        gates.add(Gate.G7)
    return frozenset(gates)


def _is_after(each: HoldFacts | SiteEventFacts | DeviationFacts, as_of: datetime) -> bool:
    return each.since is not None and each.since > as_of


def _known_by(evidence: BatchEvidence, as_of: datetime) -> BatchEvidence:
    """The evidence without the holds, events and reviews that came later."""

    def before(member: Member) -> dict[str, object]:
        return {
            "holds": tuple(each for each in member.holds if not _is_after(each, as_of)),
            "events": tuple(each for each in member.events if not _is_after(each, as_of)),
            "is_reviewed_again": member.reviewed_since is not None and member.reviewed_since <= as_of,
        }

    ancestors = tuple(each.model_copy(update=before(each)) for each in evidence.ancestors)
    return evidence.model_copy(update={**before(evidence), "ancestors": ancestors})


def _kept(reason: str) -> KeptReason:
    return KeptReason(words=str(reason), about=reason.keys if isinstance(reason, Reason) else ())


def _is_among(reason: KeptReason, known: Sequence[KeptReason]) -> bool:
    """About the same records in whatever words; what is about none, the same in the same words."""
    about = {each for one in known for each in one.about}
    return set(reason.about) <= about if reason.about else any(reason.words == one.words for one in known)
