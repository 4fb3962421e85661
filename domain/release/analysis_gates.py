"""Gate G9: the certificate of analysis and own testing of a batch (domain specification, sections 8 and 19)."""

from collections.abc import Iterable

from domain.batch.gate.batch_facts import AnalysisFacts, PaperFacts
from domain.batch.gate.results import Found
from domain.batch.own_review import review_faults
from domain.batch.results.papers import Maker, is_too_early, whose_laboratory
from domain.batch.results.printed import Printed, printed
from domain.release.evidence import BatchEvidence


def analysis(evidence: BatchEvidence) -> Found:
    """G9: the certificate of analysis is complete against the registered specification, and passes as recomputed.

    Where not each batch is tested the mode is registered in the market, and rests on data or on an earlier batch. Own
    testing confirms it at intervals (21 CFR 211.84(d)(2)), in no laboratory of who makes the batch.
    Both come after the end of manufacture. Results that the specification does not ask for are noted, and so is what
    once failed or differed and does not count any more. The certificate prints the specification by a version in force;
    what nobody knows is judged.
    """
    facts = evidence.analysis
    spec = f"{facts.spec_id} v{facts.spec_version}" if facts.spec_id is not None else "none"
    lines = [
        f"specification in {evidence.market}: {spec}",
        *(f"also valid in {evidence.market}: {each}" for each in facts.also_valid),
        f"it is printed as: {', '.join(facts.specifications_in_force) or 'none'}",
        f"certificate of analysis: {', '.join(map(_paper_line, facts.certificates)) or 'none'}",
        f"own testing: {facts.own_testing_on or 'none'}",
        *(f"own testing of the batch: {_paper_line(each)}" for each in facts.own_testing_reports),
        *(f"not tested on each batch: {each}" for each in facts.by_mode),
        *(f"compared by a person: {each}" for each in facts.compared),
        *(each.words() for each in facts.replaced),
        *(f"own testing differed in {each}" for each in facts.differed),
        *(f"not specified: {each}" for each in facts.unknown),
    ]
    unseen = review_faults(facts.own_tests, facts.certificates, evidence.reviews)
    wrong = [*_analysis_faults(facts, evidence.market), *facts.mode_faults, *_paper_faults(evidence), *unseen]
    doubtful = _unknown_specifications(facts)
    return Found("All results meet the registered specification.", lines, wrong, doubtful, held=unseen)


def _unknown_specifications(facts: AnalysisFacts) -> list[str]:
    """A number that nobody has registered for the specification is looked at by who decides."""
    return [
        f"{each.report} prints {each.specification}, which is not registered as a number of the specification"
        for each in facts.certificates
        if _printed(facts, each) is Printed.UNKNOWN
    ]


def _printed(facts: AnalysisFacts, paper: PaperFacts) -> Printed | None:
    """Which specification a certificate prints; `None` where nothing is registered to look it up in."""
    if not paper.specification or facts.spec_id is None:
        return None
    taken = (*facts.specifications_in_force, *facts.specifications_tighter)
    return printed(paper.specification, taken, facts.specifications_not_in_force)


def _paper_line(paper: PaperFacts) -> str:
    where = f" in {paper.laboratory}" if paper.laboratory is not None else ""
    to = f" to {paper.specification}" if paper.specification else ""
    return f"{paper.report} of {paper.dated}{to}{where}"


def _analysis_faults(facts: AnalysisFacts, market: str) -> list[str]:
    faults = []
    if facts.spec_id is None:
        faults.append(f"no specification is registered in {market}")
    if not facts.is_registered:
        faults.append(f"no version of {facts.spec_id} is registered in {market} today")
    if not facts.certificates:
        faults.append("there is no certificate of analysis")
    for what, names in (
        ("no result of", facts.missing),
        ("fails", facts.failed),
        ("cannot be read", facts.unreadable),
        ("the certificate says otherwise than the recomputation of", facts.disagrees),
        ("own testing differs in", facts.own_testing_differs),
    ):
        if names:
            faults.append(f"{what}: {', '.join(names)}")
    if facts.own_testing_overdue:
        faults.append("own testing is overdue")
    return faults


def _paper_faults(evidence: BatchEvidence) -> list[str]:
    facts, last_day = evidence.analysis, evidence.last_day
    faults = [
        f"{each.report} is dated {each.dated}, before the end of manufacture"
        for each in (*facts.certificates, *facts.own_testing_reports)
        if is_too_early(each.dated, last_day)
    ]
    faults += [
        f"{each.report} prints {each.specification}, a version that is not in force"
        for each in facts.certificates
        if _printed(facts, each) is Printed.NOT_IN_FORCE
    ]
    for each in facts.own_testing_reports:
        if each.laboratory is not None and (maker := whose_laboratory(each.laboratory, _makers(evidence))):
            place = f"{maker.company} at {maker.site} ({maker.site_id})"
            faults.append(f"{each.report} was tested by {each.laboratory}, and {place} makes a part of it")
    return faults


def _makers(evidence: BatchEvidence) -> Iterable[Maker]:
    """Who makes a part of the batch or of anything that it comes from."""
    for member in (evidence, *evidence.ancestors):
        for scope in member.scopes:
            yield Maker(scope.company, scope.site, scope.site_id)
