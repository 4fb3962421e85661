"""What the certificate of clinical supply says of its trial, and under which rules it is made (section 17).

An investigational drug for a trial of phase 1 is made under the statute alone; that ends for good once it was made
available for a trial of phase 2 or 3, or is lawfully marketed (21 CFR 210.2(c)).
"""

from collections.abc import Iterable

from domain.authorisation.registered import in_force_on
from domain.batch.batch import MarketDecision
from domain.batch.trial import RULE, Phase, is_same_trial
from domain.core.refusals import broken
from domain.policy.clinical_row import ClinicalRow, RulesByPhase
from domain.release.certification import CertificationDecision, DecisionForMarket, ProductDecision
from domain.release.evidence import BatchEvidence


def made_under(rules: RulesByPhase, phase: Phase | None, *, made_available: bool) -> str:
    """The rules that clinical supply for a market is made under, where the phase decides that.

    `made_available` says whether the product was released for a later phase before, or is marketed there.
    """
    return rules.first if phase is Phase.PHASE_1 and not made_available else rules.later


def refuse_unless_of_a_trial(
    form: ProductDecision,
    asked: ClinicalRow | None,
    *,
    is_clinical: bool,
    before: str | None = None,
    phase_before: str | None = None,
    lasts_for: Iterable[str] = (),
) -> None:
    """Raise `Refused` unless a release of clinical supply, and nothing else, names its trial as its market asks.

    `asked` is what the row of the market asks of clinical supply; `None` if it has no row. `before` is the trial of the
    parts that were released before, with its phase; further parts are for the same. `lasts_for` are the
    trials under whose plan the batch lasts longer than what it was relabelled from.
    """
    trial, wanted = form.trial, is_clinical and form.decision is MarketDecision.RELEASE
    if (trial is not None) != wanted:
        fault = "is required for RELEASE, and given for nothing else" if is_clinical else "is of clinical supply alone"
        raise broken(RULE, "The certificate of clinical supply names its trial.", trial=fault)
    if trial is None:
        return
    faults: dict[str, str] = {}
    if asked is not None and asked.specification_file and trial.specification_file is None:
        faults["trial.specification_file"] = f"is required for {form.market}: it is certified against that file"
    if asked is not None and asked.made_under is not None and trial.phase is None:
        faults["trial.phase"] = f"is required for {form.market}: the rules of manufacture depend on it"
    if phase_before is not None and trial.phase != phase_before:
        faults["trial.phase"] = f"is not that of the parts that were released before: {phase_before}"
    if (other := _another_trial(trial.number, before, lasts_for)) is not None:
        faults["trial.number"] = other
    if faults:
        raise broken(RULE, "The certificate does not say what its trial asks for.", **faults)


def trial_of(form: DecisionForMarket) -> str | None:
    """The number of the trial that a decision names; `None` where it names none."""
    return form.trial.number if isinstance(form, ProductDecision) and form.trial is not None else None


def refuse_unless_authorised(form: CertificationDecision, evidence: BatchEvidence) -> None:
    """Raise `Refused` where the certificate names a trial that no authorisation in force is for.

    Where none is in force at all, gate G10 says so. A batch of before there were authorisations is judged there.
    """
    trial = trial_of(form)
    known = [each.trial for each in in_force_on(evidence.authorisations, evidence.today) if each.trial is not None]
    if trial is None or not known or not evidence.by_authorisation:
        return
    if not any(is_same_trial(each, trial) for each in known):
        fields = {"trial.number": f"is not authorised in {form.market}; authorised are {', '.join(known)}"}
        raise broken(RULE, "The trial is not authorised.", **fields)


def _another_trial(number: str, before: str | None, lasts_for: Iterable[str]) -> str | None:
    wanted = dict.fromkeys(lasts_for, "under whose plan its use date was extended")
    if before is not None:
        wanted[before] = "the trial of the parts that were released before"
    others = (f"is not {each}, {why}" for each, why in wanted.items() if not is_same_trial(each, number))
    return next(others, None)
