"""What the certificate of clinical supply says of its trial, and under which rules it is made (section 17).

An investigational drug for a trial of phase 1 is made under the statute alone; that ends for good once it was made
available for a trial of phase 2 or 3, or is lawfully marketed (21 CFR 210.2(c)).
"""

import re
from collections.abc import Iterable

from domain.batch.batch import DecisionRule, MarketDecision
from domain.batch.trial import RULE, Phase, is_same_trial
from domain.core.refusals import broken
from domain.release.certification import ProductDecision

US = "US"
STATUTORY = "section 501(a)(2)(B) of the FD&C Act (statutory CGMP), 21 CFR 210.2(c)"
"""What a drug for a trial of phase 1 is made under in the US."""
REGULATIONS = "21 CFR Part 211"
_THE_STATUTE = "501(a)(2)(B)"
_EXEMPTION = "210.2(c)"
_PART_211 = re.compile(r"\b211\b")


def made_under(market: str, phase: Phase | None, *, made_available: bool) -> str | None:
    """The rules that clinical supply for a market is made under, where the phase decides that: in the US.

    `made_available` says whether the product was released for a later phase before, or is marketed there.
    """
    if market != US:
        return None
    return STATUTORY if phase is Phase.PHASE_1 and not made_available else REGULATIONS


def refuse_unless_of_a_trial(
    form: ProductDecision,
    rule: DecisionRule,
    *,
    is_clinical: bool,
    made_available: bool,
    before: str | None = None,
    phase_before: str | None = None,
    lasts_for: Iterable[str] = (),
) -> None:
    """Raise `Refused` unless a release of clinical supply, and nothing else, names its trial as its market asks.

    `before` is the trial of the parts that were released before, with its phase; further parts are for the same.
    `lasts_for` are the trials under whose plan the batch lasts longer than what it was relabelled from.
    """
    trial, wanted = form.trial, is_clinical and form.decision is MarketDecision.RELEASE
    if (trial is not None) != wanted:
        fault = "is required for RELEASE, and given for nothing else" if is_clinical else "is of clinical supply alone"
        raise broken(RULE, "The certificate of clinical supply names its trial.", trial=fault)
    if trial is None:
        return
    faults: dict[str, str] = {}
    if rule is DecisionRule.QP and trial.specification_file is None:
        faults["trial.specification_file"] = "is required where a qualified person certifies"
    if form.market == US and trial.phase is None:
        faults["trial.phase"] = "is required in the US: the rules of manufacture depend on it"
    elif (wording := _fault_of_statement(form, trial.phase, made_available=made_available)) is not None:
        faults["statement"] = wording
    if phase_before is not None and trial.phase != phase_before:
        faults["trial.phase"] = f"is not that of the parts that were released before: {phase_before}"
    if (other := _another_trial(trial.number, before, lasts_for)) is not None:
        faults["trial.number"] = other
    if faults:
        raise broken(RULE, "The certificate does not say what its trial asks for.", **faults)


def _another_trial(number: str, before: str | None, lasts_for: Iterable[str]) -> str | None:
    wanted = dict.fromkeys(lasts_for, "under whose plan its use date was extended")
    if before is not None:
        wanted[before] = "the trial of the parts that were released before"
    others = (f"is not {each}, {why}" for each, why in wanted.items() if not is_same_trial(each, number))
    return next(others, None)


def _fault_of_statement(form: ProductDecision, phase: Phase | None, *, made_available: bool) -> str | None:
    rules = made_under(form.market, phase, made_available=made_available)
    if rules == STATUTORY and (_THE_STATUTE not in form.statement or _PART_211.search(form.statement)):
        return f"must name {STATUTORY}, and not Part 211"
    if rules == REGULATIONS and _EXEMPTION in form.statement:
        why = "for the product was made available for a later phase, or is marketed" if phase is Phase.PHASE_1 else ""
        return " ".join(filter(None, [f"{_EXEMPTION} exempts phase 1 alone; must stand on {REGULATIONS}", why]))
    return None
