"""Gate G9 of what is imported: the importer's test (domain specification, section 18).

Directive 2001/83/EC, Article 51(1)(b); EU GMP Annex 16 and 21.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from domain.batch.gate.batch_facts import OwnTestFacts
from domain.batch.gate.results import Found
from domain.core.countries import country_name
from domain.core.names import name_key
from domain.importation.facts import ArrivalTestFacts, ImportRule
from domain.release.bought_gates import bought_outside
from domain.release.evidence import BatchEvidence, Member
from domain.release.import_gates import done_outside, dosage_forms, entries_of, is_imported, rule_for
from domain.release.import_waiver import Made, waiver
from domain.site.site import Activity


def importer_test(evidence: BatchEvidence) -> Found:
    """G9: an imported batch is analysed in full in the area (Directive 2001/83/EC, Article 51(1)(b)).

    Own testing counts that was done at a registered laboratory there, in any of its states, for every test of the
    specification: of the batch, or of the imported bulk that it comes from, after that arrived. The agreement with a
    partner may waive it, on the manufacturer's certificate from there.
    Whether a market asks for it is said by its row, for clinical supply by the row of that.
    """
    rule = rule_for(evidence)
    if rule is None or not _is_imported(evidence, rule):
        return Found("")
    if not rule.is_tested:
        return Found("", [f"importer's test: {evidence.market} asks for none"])
    counting = [*_own_tests(evidence, rule)]
    lines = [f"importer's test: {each.report} in {each.site}, {country_name(each.country or '')}" for each in counting]
    lines += _bulk_lines(evidence, rule)
    missing = _missing(evidence, rule)
    if not missing:
        return Found("", lines)
    instead = waiver(_imported(evidence, rule), rule)
    if not instead.because:
        return Found("", [*lines, *instead.relied_on])
    where = "in a laboratory of the area" if not counting else f"in {', '.join(each.report for each in counting)}"
    why = f"; it is not waived: {', '.join(instead.because)}"
    faults = [f"it is imported, and the importer's test of {', '.join(missing)} is not on file {where}{why}"]
    if not rule.is_asked_for:
        return Found("", lines, doubtful=faults)
    return Found("", lines, faults, held=faults)


def _is_imported(evidence: BatchEvidence, rule: ImportRule) -> bool:
    """Whether a batch of the family was imported, or a product that it was made with."""
    return is_imported(evidence, rule) or any(True for _ in bought_outside(evidence, rule))


AnyTest = OwnTestFacts | ArrivalTestFacts
"""A report of own testing: of the batch that is decided on, or of one that has arrived."""


class CountingTest(NamedTuple):
    """A report of own testing that the importer's test rests on, and where and when it was done."""

    report: str
    site_id: str
    site: str
    """The laboratory, as people find it."""
    day: date
    """Last day of testing."""


def resting_on_others(evidence: BatchEvidence, counts: Callable[[AnyTest], bool]) -> Iterator[CountingTest]:
    """Reports without which the importer's test is not whole, and that do not count by a rule of another gate.

    None where the test is not needed, or is waived, or those that count show all of it.
    """
    rule = rule_for(evidence)
    if rule is None or not rule.is_asked_for or not rule.is_tested or not _is_imported(evidence, rule):
        return
    if not waiver(_imported(evidence, rule), rule).because:
        return
    lacking = {name_key(test) for test in _missing(evidence, rule, counts)} - {*map(name_key, _missing(evidence, rule))}
    tests: list[AnyTest] = [*_own_tests(evidence, rule), *(test for _, test in _bulk_tests(evidence, rule))]
    for each in tests:
        if not counts(each) and lacking & {*map(name_key, each.tests)}:
            yield CountingTest(each.report, each.site_id, each.site, each.tested_on or evidence.today)


def _own_tests(evidence: BatchEvidence, rule: ImportRule) -> Iterator[OwnTestFacts]:
    """Own testing of the batch itself in a laboratory of the area."""
    return (each for each in evidence.analysis.own_tests if each.country in rule.area | rule.tested_in)


def _missing(
    evidence: BatchEvidence,
    rule: ImportRule,
    counts: Callable[[AnyTest], bool] = lambda _: True,
) -> list[str]:
    """The tests of the specification that no report shows which counts."""
    done = {name_key(test) for each in _own_tests(evidence, rule) if counts(each) for test in each.tests}
    shown: dict[str, set[str]] = {each.batch_id: set() for each in _imported_before(evidence, rule)}
    for member, each in _bulk_tests(evidence, rule):
        if counts(each):
            shown[member.batch_id] |= {name_key(test) for test in each.tests}
    done |= set.intersection(*shown.values()) if shown else set()
    return [test for test in evidence.analysis.specified if name_key(test) not in done]


def _imported_before(evidence: BatchEvidence, rule: ImportRule) -> list[Member]:
    """What it comes from that was imported; nothing where it is imported itself, for then it is tested itself."""
    members = {entry.member.batch_id: entry.member for entry in entries_of(evidence, rule)}
    return [] if evidence.batch_id in members else [*members.values()]


def _bulk_tests(evidence: BatchEvidence, rule: ImportRule) -> Iterator[tuple[Member, ArrivalTestFacts]]:
    """What each imported batch that it comes from has passed after its arrival, in a laboratory of the area.

    They count for everything that is made of it there.
    """
    for member in _imported_before(evidence, rule):
        came = min((each.day for each in member.consignments), default=None)
        for each in member.arrival_tests:
            if each.country in rule.area | rule.tested_in and came is not None and came <= each.tested_on:
                yield member, each


def _bulk_lines(evidence: BatchEvidence, rule: ImportRule) -> list[str]:
    return [
        f"importer's test of {', '.join(dict.fromkeys(each.tests))}: {each.report} of {member.name} "
        f"on {each.tested_on} in {each.site}, {country_name(each.country or '')}"
        for member, each in _bulk_tests(evidence, rule)
    ]


def _imported(evidence: BatchEvidence, rule: ImportRule) -> list[Made]:
    """What is imported, each with where it was made and tested, and its certificates."""
    made_in = frozenset(str(each.country) for member in dosage_forms(evidence) for each in done_outside(member, rule))
    entries = {entry.member.batch_id: entry.member for entry in entries_of(evidence, rule)}
    return [
        *(
            Made(member.name, made_in, _tested_outside(member, rule), member.batch_certificates)
            for member in entries.values()
        ),
        *(
            Made(each.name, frozenset({str(each.came_from)}), frozenset(), ())
            for _, each in bought_outside(evidence, rule)
        ),
    ]


def _tested_outside(member: Member, rule: ImportRule) -> frozenset[str]:
    laboratories = (each.country for each in member.scopes if each.activity is Activity.TESTING)
    return frozenset(each for each in laboratories if each is not None and each not in rule.area)
