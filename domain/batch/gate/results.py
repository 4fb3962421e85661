"""What a gate says of a batch: passed, failed, or left to the certifier's judgement (section 8)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from domain.batch.gate.gate import ExceptionFacts, Gate
from domain.batch.gate.reasons import Reason, said_of_several, subjects
from domain.batch.holds.holds import HoldType
from domain.core.days import latest_day
from domain.core.forms import canonical, sha256

_ID = re.compile(r"\b[A-Z]+-[0-9]+\b")
_LINES, _LONGEST = 200, 4000
"""Facts and characters of a reason that are kept of a gate. Nothing is cut within: what is left out is counted."""
_NAMED = 3


class GateVerdict(StrEnum):
    """What a gate says."""

    PASS = "PASS"
    JUDGED = "JUDGED"
    """Passed by what the certifier has written."""
    EXCEPTED = "EXCEPTED"
    """Passed by an exception that three have signed (section 10, emergency shortage)."""
    NOT_APPLICABLE = "NOT_APPLICABLE"
    NEEDS_JUDGEMENT = "NEEDS_JUDGEMENT"
    """Closed until the certifier writes why the batch may be certified all the same."""
    FAIL = "FAIL"


_CLOSED = frozenset({GateVerdict.NEEDS_JUDGEMENT, GateVerdict.FAIL})

HOLD_OF = {
    Gate.G1: HoldType.SUPPLIER_STATUS,
    Gate.G2: HoldType.QTA,
    Gate.G3: HoldType.CERT,
    Gate.G4: HoldType.AUDIT,
    Gate.G5: HoldType.FINDING,
    Gate.G6: HoldType.PROCESS,
    Gate.G7: HoldType.DEVIATION,
    Gate.G8: HoldType.OOS,
    Gate.G9: HoldType.COA,
    Gate.G10: HoldType.CHANGE,
    Gate.G12: HoldType.SUPPLY,
    Gate.G14: HoldType.REG,
}
"""The hold that a failed gate leads to. G11 and G13 refuse, and hold nothing."""

MARKET_GATES = frozenset({Gate.G3, Gate.G4, Gate.G9, Gate.G10, Gate.G12})
"""Gates that one market may fail and another pass: what is registered there, how old an audit may be, exceptions,
what its batches come from."""


class Ask(StrEnum):
    """What a judgement names beside its rationale: a record, not a phrase (section 19)."""

    DEVIATION = "DEVIATION"
    """The deviation under which it is dealt with."""
    EVIDENCE = "EVIDENCE"
    """Documents that carry it."""
    SITE_STATEMENT = "SITE_STATEMENT"
    """What the site's quality unit states, as a document."""
    QP_DECLARATION = "QP_DECLARATION"
    """The declaration of a qualified person on the GMP of the maker of an active substance, by its number."""
    REINSTATEMENT = "REINSTATEMENT"
    """The case in which a suspension was lifted, whose evidence it rests on."""


class Needed(NamedTuple):
    """A record that a judgement names, and what it must be about."""

    ask: Ask
    of: str = ""
    """The batch of a deviation, the site that states, the case that lifted a suspension; empty where any will do."""


class Found(NamedTuple):
    """What a gate has found. Anything wrong closes it; anything doubtful leaves it to the certifier's judgement."""

    well: str
    """What is said if nothing is wrong."""
    looked_at: Sequence[str] = ()
    wrong: Sequence[str] = ()
    doubtful: Sequence[str] = ()
    applies: bool = True
    held: Sequence[str] = ()
    """What of that is wrong places no hold: it holds the batch already, or is over once others have decided."""
    asks: frozenset[Needed] = frozenset()
    """What a judgement of what is doubtful names beside its rationale. Where nothing stands here: evidence."""
    names: frozenset[str] = frozenset()
    """Ids that the judgement itself must name, each: what it says not to concern the batch."""
    on_record: bool = False
    """Whether what is doubtful is a decision on record, and a judgement of it needs no evidence beside that."""

    def beside(self, other: "Found") -> "Found":
        """Both, as one gate says it."""
        return self._replace(
            well=self.well or other.well,
            looked_at=[*self.looked_at, *other.looked_at],
            wrong=[*self.wrong, *other.wrong],
            doubtful=[*self.doubtful, *other.doubtful],
            held=[*self.held, *other.held],
            asks=self.asks | other.asks,
            names=self.names | other.names,
        )


class GateResult(BaseModel):
    """What one gate says of a batch for a market at an instant."""

    model_config = ConfigDict(frozen=True)

    gate: Gate
    verdict: GateVerdict
    reason: str
    """Why, in words."""
    looked_at: tuple[str, ...] = ()
    """The facts that it rests on, each as `name: value`."""
    hold_type: HoldType | None = None
    """The hold that a failure leads to; `None` where it only refuses."""
    hold_reason: str | None = Field(default=None, exclude=True)
    """Why that holds: what of the reason no other hold says. Neither stored nor shown; the hold says it."""
    asks: tuple[Ask, ...] = ()
    """What the judgement names beside its rationale."""
    needed: tuple[Needed, ...] = Field(default=(), exclude=True)
    """The same, each with what it must be about. Neither stored nor shown; the reason says it."""

    @property
    def passes(self) -> bool:
        """Whether the gate is open."""
        return self.verdict not in _CLOSED


class HoldDemand(NamedTuple):
    """A hold that a failed gate leads to; of all markets if it names none."""

    gate: Gate
    type: HoldType
    reason: str
    market: str | None


def result(
    gate: Gate, found: Found, *, rationale: str | None = None, exceptions: Sequence[ExceptionFacts] = ()
) -> GateResult:
    """What a gate says. `rationale` is what the certifier writes, `exceptions` are those of the gate that count.

    An exception excuses what it was signed for. What is left is mended or judged as in any other batch.
    """
    reasons = [*found.wrong, *found.doubtful]
    excused = [_as_excused(by, each) for each in reasons if (by := _exception_of(exceptions, each)) is not None]
    if excused and len(excused) == len(reasons):
        seen, _ = _kept(found)
        return GateResult(gate=gate, verdict=GateVerdict.EXCEPTED, reason=_joined(excused), looked_at=seen)
    left = _without(found, exceptions) if excused else found
    return _unexcused(gate, left._replace(looked_at=[*excused, *found.looked_at]), rationale)


def _exception_of(exceptions: Sequence[ExceptionFacts], reason: str) -> ExceptionFacts | None:
    return next((each for each in exceptions if excuses(each, reason)), None)


def _as_excused(exception: ExceptionFacts, reason: str) -> str:
    kept = "" if exception.reasons is not None else ", which was asked for before its reasons were kept"
    return f"Excepted by {exception.exception_id}{kept}: {reason}"


def excuses(exception: ExceptionFacts, reason: str) -> bool:
    """Whether an exception was signed for a reason; an older one for all that can have been known by then.

    None excuses what became known after it, even if the same was so before and was mended meanwhile.
    """
    if not isinstance(reason, Reason) or not reason.about:
        return False
    if exception.reasons is None:
        return reason.since is None or reason.since <= exception.granted_at.date()
    known = reason.since is None or reason.since <= latest_day(exception.granted_at)
    return known and set(reason.keys) <= {about for each in exception.reasons for about in each.about}


def _without(found: Found, exceptions: Sequence[ExceptionFacts]) -> Found:
    """What is left of it. A record is asked for no more where all that it is asked about is excused."""
    wrong, doubtful = (
        [each for each in reasons if _exception_of(exceptions, each) is None]
        for reasons in (found.wrong, found.doubtful)
    )
    left = subjects([*wrong, *doubtful])
    return found._replace(
        wrong=wrong, doubtful=doubtful, asks=frozenset(each for each in found.asks if each.of in left)
    )


def _unexcused(gate: Gate, found: Found, rationale: str | None) -> GateResult:
    seen, reasons = _kept(found)
    if not found.applies:
        return GateResult(gate=gate, verdict=GateVerdict.NOT_APPLICABLE, reason=found.well, looked_at=seen)
    if not reasons:
        return GateResult(gate=gate, verdict=GateVerdict.PASS, reason=found.well, looked_at=seen)
    needed = _needed(found)
    asks = tuple(sorted({each.ask for each in needed}))
    if found.wrong:
        return _failed(gate, found, reasons, seen)
    unnamed = sorted(found.names - set(_ID.findall(rationale or "")))
    if rationale is not None and rationale.strip() and not unnamed:
        seen = (*seen, f"judged: {reasons}")
        why, judged = rationale.strip(), GateVerdict.JUDGED
        return GateResult(gate=gate, verdict=judged, reason=why, looked_at=seen, asks=asks, needed=needed)
    needs = GateVerdict.NEEDS_JUDGEMENT
    if rationale is not None and unnamed:
        reasons = f"the judgement does not name {', '.join(unnamed)}; {reasons}"
    return GateResult(gate=gate, verdict=needs, reason=reasons, looked_at=seen, asks=asks)


def _kept(found: Found) -> tuple[tuple[str, ...], str]:
    """The facts and the reasons that are told; what is left out is counted."""
    seen = tuple(found.looked_at[:_LINES])
    if left := len(found.looked_at) - len(seen):
        seen = (*seen, f"and {left} more")
    return seen, _joined([*found.wrong, *found.doubtful])


def _needed(found: Found) -> tuple[Needed, ...]:
    """Words alone carry no judgement: it names what is asked for, the events that do not concern it, or evidence."""
    if found.asks or found.names or found.on_record:
        return tuple(sorted(found.asks))
    return (Needed(Ask.EVIDENCE),)


def _failed(gate: Gate, found: Found, reason: str, seen: tuple[str, ...]) -> GateResult:
    """The hold that follows says what no other hold says."""
    new = [each for each in found.wrong if each not in found.held]
    hold = HOLD_OF.get(gate) if new else None
    why = _joined([*new, *found.doubtful]) if hold is not None else None
    return GateResult(
        gate=gate, verdict=GateVerdict.FAIL, reason=reason, looked_at=seen, hold_type=hold, hold_reason=why
    )


def of_all(own: Found, others: Iterable[tuple[str, Found]]) -> Found:
    """What a gate has found in a batch and in all that it comes from, each of these by its name.

    What is the same in several is said once, with their names.
    """
    found = list(others)
    return own._replace(
        looked_at=[*own.looked_at, *_by_name((name, each.looked_at) for name, each in found)],
        wrong=[*own.wrong, *_by_name((name, each.wrong) for name, each in found)],
        doubtful=[*own.doubtful, *_by_name((name, each.doubtful) for name, each in found)],
        held=[*own.held, *_by_name((name, each.held) for name, each in found)],
        asks=own.asks.union(*(each.asks for _, each in found)),
        names=own.names.union(*(each.names for _, each in found)),
    )


def _by_name(said: Iterable[tuple[str, Sequence[str]]]) -> list[str]:
    named: dict[str, list[tuple[str, str]]] = {}
    for name, texts in said:
        for text in texts:
            named.setdefault(text, []).append((name, text))
    return [
        said_of_several(f"{_names([name for name, _ in each])}: {text}", [one for _, one in each])
        for text, each in named.items()
    ]


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def closed(results: Iterable[GateResult]) -> dict[Gate, str]:
    """The gates that are not open, each with its reason."""
    return {each.gate: each.reason for each in results if not each.passes}


def holds_demanded(by_market: Mapping[str, Sequence[GateResult]]) -> list[HoldDemand]:
    """The holds that failed gates lead to: of one market where a gate differs between markets, else of the batch.

    What is left to judgement holds nothing: the qualified person has not judged yet.
    """
    demands: dict[tuple[HoldType, str | None], HoldDemand] = {}
    for market, results in by_market.items():
        for each in results:
            if each.verdict is GateVerdict.FAIL and each.hold_type is not None:
                only = market if each.gate in MARKET_GATES else None
                demand = HoldDemand(each.gate, each.hold_type, f"{each.gate}: {each.hold_reason or each.reason}", only)
                demands.setdefault((demand.type, demand.market), demand)
    return list(demands.values())


def hash_of(results: Iterable[GateResult]) -> str:
    """The hash of gates as they are shown to who decides."""
    return sha256(canonical([each.model_dump(mode="json") for each in results]))


def in_words(results: Iterable[GateResult]) -> str:
    """The gates in words, one line each."""
    return "\n".join(f"{each.gate} {each.verdict}: {each.reason}" for each in results)


def _joined(faults: Sequence[str]) -> str:
    """What is wrong and what is doubtful, each whole; the first one always."""
    kept: list[str] = []
    length = 0
    for each in faults:
        length += len(each) + 2
        if kept and length > _LONGEST:
            return f"{'; '.join(kept)}; and {len(faults) - len(kept)} more"
        kept.append(each)
    return "; ".join(kept)
