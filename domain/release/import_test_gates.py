"""Gate G9 of what is imported: the importer's test (domain specification, section 18).

Directive 2001/83/EC, Article 51(1)(b); EU GMP Annex 16 and 21.
"""

from typing import NamedTuple

from domain.batch.gate.results import Found
from domain.batch.supply_stage import SupplyStage
from domain.core.countries import country_name
from domain.core.names import name_key
from domain.importation.facts import ImportRule
from domain.release.evidence import BatchEvidence, Member
from domain.release.import_gates import done_outside, dosage_forms, entries_of, is_imported, rule_for
from domain.release.import_waiver import Made, waiver
from domain.site.site import Activity


def importer_test(evidence: BatchEvidence) -> Found:
    """G9: an imported batch is analysed in full in the area (Directive 2001/83/EC, Article 51(1)(b)).

    Own testing counts that was done at a registered laboratory there, in any of its states, for every test of the
    specification: of the batch, or of the imported bulk that it comes from, after that arrived. The agreement with a
    partner may waive it, on the manufacturer's certificate from there. Clinical supply needs none.
    """
    rule = rule_for(evidence)
    if rule is None or not rule.is_tested or not is_imported(evidence, rule):
        return Found("")
    if evidence.supply_stage is SupplyStage.CLINICAL_SUPPLY:
        return Found("", ["importer's test: clinical supply needs none"])
    counting = [each for each in evidence.analysis.own_tests if each.country in rule.area | rule.tested_in]
    lines = [f"importer's test: {each.report} in {each.site}, {country_name(each.country or '')}" for each in counting]
    done = {name_key(test) for each in counting for test in each.tests}
    of_bulk = _tested_as_they_arrived(evidence, rule)
    lines += [*of_bulk.lines]
    done |= of_bulk.tests
    missing = [test for test in evidence.analysis.specified if name_key(test) not in done]
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


class _Tested(NamedTuple):
    """What was tested of all that the batch comes from and that was imported."""

    tests: frozenset[str] = frozenset()
    lines: tuple[str, ...] = ()


def _tested_as_they_arrived(evidence: BatchEvidence, rule: ImportRule) -> _Tested:
    """The tests that each imported batch it comes from has passed after its arrival, in a laboratory of the area.

    They count for everything that is made of it there. What is imported itself is tested itself.
    """
    members = {entry.member.batch_id: entry.member for entry in entries_of(evidence, rule)}
    if not members or evidence.batch_id in members:
        return _Tested()
    lines: list[str] = []
    tests: list[frozenset[str]] = []
    for member in members.values():
        came = min((each.day for each in member.consignments), default=None)
        good = [
            each
            for each in member.arrival_tests
            if each.country in rule.area | rule.tested_in and came is not None and came <= each.tested_on
        ]
        tests.append(frozenset(name_key(test) for each in good for test in each.tests))
        lines += [
            f"importer's test of {', '.join(dict.fromkeys(each.tests))}: {each.report} of {member.name} "
            f"on {each.tested_on} in {each.site}, {country_name(each.country or '')}"
            for each in good
        ]
    return _Tested(frozenset.intersection(*tests), tuple(lines))


def _imported(evidence: BatchEvidence, rule: ImportRule) -> list[Made]:
    """What is imported, each with where it was made and tested, and its certificates."""
    made_in = frozenset(str(each.country) for member in dosage_forms(evidence) for each in done_outside(member, rule))
    entries = {entry.member.batch_id: entry.member for entry in entries_of(evidence, rule)}
    return [
        Made(member.name, made_in, _tested_outside(member, rule), member.batch_certificates)
        for member in entries.values()
    ]


def _tested_outside(member: Member, rule: ImportRule) -> frozenset[str]:
    laboratories = (each.country for each in member.scopes if each.activity is Activity.TESTING)
    return frozenset(each for each in laboratories if each is not None and each not in rule.area)
