"""Gate G10 by the authorisation of the market: what is not registered there is refused (domain specification, 17, 19).

It is looked at where product is decided on. What is no product yet has no authorisation of its own; as an ancestor of
the product it is looked at.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.authorisation.authorisation import RegisteredPart, RegisteredStep, on_day
from domain.authorisation.registered import Registered
from domain.batch.gate.reasons import About, Kind, Reason
from domain.batch.gate.results import Found
from domain.batch.supply_stage import SupplyStage
from domain.core.names import name_key
from domain.policy.market_rule import DecisionRule
from domain.release.bought_gates import arrived_as_they_must
from domain.release.evidence import BatchEvidence, Member
from domain.release.gate_words import words
from domain.release.import_gates import importing_places
from domain.release.import_test_gates import AnyTest, resting_on_others
from domain.release.registered_days import Fault, fault_of, until
from domain.release.registered_steps import steps_of
from domain.release.substance_gates import lots_of_the_substance, without_a_substance


class _Look(NamedTuple):
    """What stands against a batch by one authorisation."""

    version: Registered
    wrong: list[str]
    doubtful: list[str]


def authorised(evidence: BatchEvidence) -> Found:
    """G10: the product is authorised in the market, and all that was done to it is registered there.

    Of several authorisations of the product the one that fits counts. A batch that was registered before this was asked
    is left to judgement. Nothing is held: it is over once the variation is registered.
    """
    if not evidence.needs.is_of_a_product:
        return Found("")
    looks = [_look(evidence, each) for each in evidence.authorised_as]
    best = _best(looks)
    if best is None:
        text = f"no authorisation of {_what(evidence)} in {evidence.market} is on record"
        wrong: list[str] = [evidence.reason(text, Kind.NOT_IN_FORCE, evidence.market)]
        doubtful, lines = list[str](), list[str]()
    else:
        wrong, doubtful = best.wrong, best.doubtful
        lines = [*_lines(evidence, best.version), *_by_trial(looks)]
    if not evidence.by_authorisation:
        wrong, doubtful = [], [*wrong, *doubtful]
    return Found("", lines, wrong, doubtful, held=wrong)


def stood_on(evidence: BatchEvidence) -> Registered | None:
    """The authorisation that a decision stands on: the one that the gate looks at. `None` where none is asked for."""
    if not evidence.needs.is_of_a_product:
        return None
    best = _best([_look(evidence, each) for each in evidence.authorised_as])
    return best.version if best is not None else None


def _best(looks: Sequence[_Look]) -> _Look | None:
    """The one that fits best, by what stands against the batch; of several alike the first."""
    return min(looks, key=lambda each: (len(each.wrong), len(each.doubtful)), default=None)


def _what(evidence: BatchEvidence) -> str:
    """What an authorisation is asked of, in words."""
    if evidence.supply_stage is not SupplyStage.CLINICAL_SUPPLY:
        return evidence.product
    number = evidence.signs_for or evidence.trial
    return f"trial {number}" if number is not None else "trial"


def _by_trial(looks: Sequence[_Look]) -> Iterator[str]:
    """What stands against it in each trial, for whoever has still to say for which one it is."""
    if len(looks) > 1:
        for version, wrong, doubtful in looks:
            if version.trial is not None:
                yield f"for trial {version.trial}: {'; '.join([*wrong, *doubtful]) or 'nothing stands against it'}"


def _look(evidence: BatchEvidence, version: Registered) -> _Look:
    if not version.is_in_force(evidence.today):
        return _Look(version, [not_in_force(version, evidence.batch_id, evidence.today)], [])
    wrong = [*_of_the_batch(evidence, version), *_of_its_pack(evidence, version)]
    doubtful = [*_of_no_pack(evidence)]
    for reason, may_be in (
        *_of_its_import(evidence, version),
        *_of_its_laboratories(evidence, version),
        *without_a_substance(evidence, version),
    ):
        (doubtful if may_be else wrong).append(reason)
    for member in (evidence, *evidence.ancestors):
        faults = (
            *_of_its_steps(member, version),
            *_of_its_process(member, version),
            *lots_of_the_substance(member, version),
        )
        for text, of, what, is_later in faults:
            said = text if member is evidence else f"{member.name}: {text}"
            reason = member.reason(said, Kind.NOT_REGISTERED, of, what, since=member.first_day)
            (doubtful if is_later else wrong).append(reason)
    return _Look(version, wrong, doubtful)


def not_in_force(version: Registered, batch_id: str, day: date) -> Reason:
    """Why an authorisation is not in force for a batch: another stop of its authority is another reason."""
    status = version.status_on(day)
    said = f"is {words(status)}" if status is not None else "is not said to be in force today"
    stops = version.stopped_by(day)
    about = (About(Kind.NOT_IN_FORCE, version.authorisation_id, what, batch_id) for what, _ in stops)
    known = [since for _, since in stops if since is not None]
    return Reason(f"{version.name} {said}", *about, since=max(known, default=None))


def _of_the_batch(evidence: BatchEvidence, version: Registered) -> Iterator[str]:
    """Release site, specification and shelf life, as they are registered today."""
    today, analysis = evidence.today, evidence.analysis
    if evidence.needs is DecisionRule.QP:
        yield from _of_its_release(evidence, version)
    if analysis.spec_id is not None and analysis.spec_version is not None:
        named = [each for each in version.specifications if each.spec_id == analysis.spec_id]
        same = [each for each in named if each.version == analysis.spec_version]
        met = {analysis.spec_version, *analysis.versions_met}
        if not any(each.holds_on(today) for each in named if each.version in met):
            text = f"version {analysis.spec_version} of {analysis.spec_id} is not registered{until(same)}"
            yield evidence.reason(text, Kind.NOT_REGISTERED, analysis.spec_id, analysis.spec_version)
    if evidence.supply_stage is SupplyStage.FINISHED and evidence.expiry_on is None:
        text = "no last day of use is on record, and a day of retest is for what is no product yet"
        yield evidence.reason(text, Kind.NOT_REGISTERED, evidence.batch_id, "shelf life")
    lasts, made_on = version.shelf_life, _starts_to_age(evidence, version)
    if lasts is not None and evidence.expiry_on is not None and made_on is not None:
        last = lasts.last_day(made_on, evidence.decided_on or today)
        if evidence.expiry_on > last:
            months = f"{lasts.months} months are registered, from {words(lasts.starts_with)} on {made_on}"
            text = f"its last day {evidence.expiry_on} is after {last}: {months}"
            yield evidence.reason(text, Kind.NOT_REGISTERED, evidence.batch_id, "shelf life")


def _starts_to_age(evidence: BatchEvidence, version: Registered) -> date | None:
    """The first day of the step with which the shelf life starts, in the whole family: a pack is as old as its bulk."""
    if version.shelf_life is None:
        return None
    family, part = (evidence, *evidence.ancestors), version.shelf_life.starts_with.part
    days = [each.first_day for each in family if any(step is part for _, step in steps_of(each))]
    return min((day for day in days if day is not None), default=evidence.first_day or evidence.last_day)


def _of_its_release(evidence: BatchEvidence, version: Registered) -> Iterator[str]:
    """A site is registered today where it is released, and whoever certifies is on the licence of such a site."""
    named, licensed = version.release_sites_on(evidence.today), evidence.licensed_at
    if not named:
        yield evidence.reason(
            f"{version.name} names no release site", Kind.NOT_REGISTERED, evidence.market, "release site"
        )
    elif licensed and not {*licensed} & {*named}:
        text = f"who certifies is on no licence of a site that {version.name} names for the release"
        yield evidence.reason(
            text, Kind.NOT_REGISTERED, evidence.market, f"release on a licence of {', '.join(licensed)}"
        )


def _of_its_pack(evidence: BatchEvidence, version: Registered) -> Iterator[str]:
    """What a product is packed as is one of the packs that are registered today."""
    pack = evidence.pack
    if evidence.supply_stage is not SupplyStage.FINISHED or pack is None:
        return
    if (fault := version.pack_fault(pack, evidence.today)) is not None:
        yield evidence.reason(f"its pack ({pack.words()}) {fault}", Kind.NOT_REGISTERED, evidence.batch_id, "pack")


def _of_no_pack(evidence: BatchEvidence) -> Iterator[str]:
    """A product of which it is not on record what it is packed as was registered when nobody asked."""
    if evidence.supply_stage is SupplyStage.FINISHED and evidence.pack is None:
        text = "what it is packed as is not on record, so it is not compared with the registered packs"
        yield evidence.reason(text, Kind.NOT_REGISTERED, evidence.batch_id, "pack")


def _of_its_steps(member: Member, version: Registered) -> Iterator[Fault]:
    for scope, part in steps_of(member):
        found = [
            each
            for each in version.steps
            if each.part is part
            and each.site_id == scope.site_id
            and (each.substance is None or name_key(each.substance) == name_key(scope.product))
        ]
        if (fault := fault_of(member, found)) is not None:
            of = f" {scope.product}" if part.is_of_a_substance and scope.product else ""
            text = f"{scope.site} ({scope.site_id}) is not registered as {words(part)}{of} in {member.market}"
            yield f"{text}{fault[0]}", scope.scope_id, part.value, fault[1]


def _of_its_import(evidence: BatchEvidence, version: Registered) -> Iterator[tuple[str, bool]]:
    """What was imported for the market has arrived at sites that are registered for it on that day.

    The second says that it may be judged: it is registered by now, from later on, or no importer is registered at all.
    Versions that were proposed before importers were asked for name none.
    """
    importers = [step for step in version.steps if step.part is RegisteredPart.IMPORT]
    imported = [*((member.name, each) for member, each in importing_places(evidence)), *arrived_as_they_must(evidence)]
    places = {(each.to_site_id, each.day): (name, each) for name, each in imported}
    for (site_id, day), (name, each) in places.items():
        found = [step for step in importers if step.site_id == site_id]
        if any(step.holds_on(day) for step in found):
            continue
        may_be = not importers or any(step.valid_from > day and step.holds_on(evidence.today) for step in found)
        text = f"{each.place}, where {name} arrived on {day}, is not registered as importer in {evidence.market}"
        yield evidence.reason(f"{text}{until(found)}", Kind.NOT_REGISTERED, site_id, RegisteredPart.IMPORT), may_be


def _of_its_laboratories(evidence: BatchEvidence, version: Registered) -> Iterator[tuple[str, bool]]:
    """The importer's test was done in laboratories that were registered on that day.

    The second says that it may be judged: the laboratory is registered by now, from later on.
    """
    laboratories = [step for step in version.steps if step.part is RegisteredPart.LABORATORY]

    def found(site_id: str) -> list[RegisteredStep]:
        return [step for step in laboratories if step.site_id == site_id]

    def counts(test: AnyTest) -> bool:
        return on_day(found(test.site_id), test.tested_on or evidence.today)

    for each in resting_on_others(evidence, counts):
        of = found(each.site_id)
        may_be = any(step.valid_from > each.day and step.holds_on(evidence.today) for step in of)
        text = f"{each.site}, whose {each.report} of {each.day} is an importer's test, is not registered as laboratory"
        said = f"{text} in {evidence.market}{until(of)}"
        yield (
            evidence.reason(said, Kind.NOT_REGISTERED, each.site_id, RegisteredPart.LABORATORY, since=each.day),
            may_be,
        )


def _of_its_process(member: Member, version: Registered) -> Iterator[Fault]:
    if member.parameter_set_id is None:
        return
    found = [each for each in version.processes if each.set_id == member.parameter_set_id]
    if (fault := fault_of(member, found)) is not None:
        text = f"its process ({member.parameter_set_id}) is not registered in {member.market}{fault[0]}"
        yield text, member.parameter_set_id, "process", fault[1]


def _lines(evidence: BatchEvidence, version: Registered) -> Iterator[str]:
    """What was relied on: number, holder and version first."""
    status = version.status_on(evidence.today)
    stands = words(status) if status is not None else "nothing said of today"
    yield f"authorisation: {version.name}, version {version.version}, of {version.holder}, {stands}"
    if version.trial is not None:
        yield f"authorised trial: {version.trial}"
    if packs := [f"{each.code} {each.description}" for each in version.packs if each.holds_on(evidence.today)]:
        yield f"registered packs: {'; '.join(packs)}"
    if version.official_batch_release:
        yield "official batch release: demanded"
