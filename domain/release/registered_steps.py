"""What was done to a batch, in the words of an authorisation (domain specification, section 17)."""

from collections.abc import Iterator

from domain.authorisation.authorisation import RegisteredPart
from domain.batch.gate.site_facts import ScopeFacts
from domain.batch.supply_stage import SupplyStage
from domain.release.evidence import Member
from domain.site.site import Activity

_OF_A_STAGE = {
    SupplyStage.STARTING_MATERIAL: RegisteredPart.STARTING_MATERIAL,
    SupplyStage.INTERMEDIATE: RegisteredPart.INTERMEDIATE,
    SupplyStage.API: RegisteredPart.API,
}
_MAKES_A_SUBSTANCE = {Activity.API_MFG: RegisteredPart.API, Activity.INTERMEDIATE: RegisteredPart.INTERMEDIATE}
"""What a site does that makes a substance as a part of what is none itself: a mill that a tablet maker sends to."""
_DOES = {Activity.PACKAGING: RegisteredPart.PACKAGING, Activity.TESTING: RegisteredPart.LABORATORY}


def steps_of(member: Member) -> Iterator[tuple[ScopeFacts, RegisteredPart]]:
    """What each site has done to a batch, in the words of an authorisation. Storage is no registered step here."""
    packs_elsewhere = any(each.activity is Activity.PACKAGING for each in member.scopes)
    for scope in member.scopes:
        part = _part(scope.activity, member.supply_stage)
        if part is not None:
            yield scope, part
        is_filled = member.supply_stage is not None and member.supply_stage.reaches_patients
        if part is RegisteredPart.DOSAGE_FORM and is_filled and not (scope.is_subcontractor or packs_elsewhere):
            yield scope, RegisteredPart.PACKAGING


def _part(activity: Activity | None, stage: SupplyStage | None) -> RegisteredPart | None:
    if activity is None or activity is Activity.STORAGE:
        return None
    if activity in _DOES:
        return _DOES[activity]
    if activity in _MAKES_A_SUBSTANCE:
        return _OF_A_STAGE.get(stage, _MAKES_A_SUBSTANCE[activity]) if stage is not None else None
    return _OF_A_STAGE.get(stage, RegisteredPart.DOSAGE_FORM) if stage is not None else None
