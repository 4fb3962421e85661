"""Where a batch may be released, by what is registered: for whoever certifies it, and for who asks who is left to."""

from collections.abc import Iterable, Mapping
from datetime import date

from domain.authorisation.registered import Registered, in_force_on
from domain.batch.supply_stage import SupplyStage
from records.batch.tables.batches import BatchRow
from records.core.tables.master_data import ScopeRow

Places = Mapping[str, tuple[str, ...]]
"""Release sites by the names of the authorisations that name them."""


def release_sites_by(
    known: Iterable[Registered], batch: BatchRow, scope: ScopeRow, day: date, *, trial: str | None = None
) -> Places | None:
    """Where what is in force on a day for its kind, strength, form and trial lets it be released; `None` if nowhere.

    Of no trial that is named yet, any of the trials counts.
    """
    is_clinical = batch.supply_stage == SupplyStage.CLINICAL_SUPPLY.value
    fitting = [
        each
        for each in in_force_on(known, day)
        if each.type.is_clinical is is_clinical
        and each.is_for(batch.strength, scope.dosage_form)
        and (trial is None or each.is_for_trial(trial))
    ]
    return {each.name: sites for each in fitting if (sites := each.release_sites_on(day))} or None
