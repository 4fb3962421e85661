"""Where a batch may be released, by what is registered: for whoever certifies it, and for who asks who is left to."""

from collections.abc import Iterable, Mapping
from datetime import date

from domain.authorisation.registered import Registered, in_force_on
from domain.batch.supply_stage import SupplyStage
from domain.core.people import Role
from domain.policy.market_rule import MarketRule
from records.batch.tables.batches import BatchRow
from records.core.tables.master_data import ScopeRow

Places = Mapping[str, tuple[str, ...]]
"""Release sites by the names of the authorisations that name them."""
Holders = Mapping[str, str]
"""Holders of authorisations by the names of these."""


def release_sites_by(
    known: Iterable[Registered], batch: BatchRow, scope: ScopeRow, day: date, *, trial: str | None = None
) -> Places | None:
    """Where what is in force on a day for its kind, strength, form and trial lets it be released; `None` if nowhere.

    Of no trial that is named yet, any of the trials counts.
    """
    fitting = _fitting(known, batch, scope, day, trial)
    return {each.name: sites for each in fitting if (sites := each.release_sites_on(day))} or None


def holders_by(known: Iterable[Registered], batch: BatchRow, scope: ScopeRow, day: date) -> Holders | None:
    """Who holds what is in force on a day for its strength and form; `None` if nothing is, and of supply for trials."""
    if batch.supply_stage == SupplyStage.CLINICAL_SUPPLY.value:
        return None
    return {each.name: each.holder for each in _fitting(known, batch, scope, day)} or None


def asks_for_the_holder(rule: MarketRule | None, roles: frozenset[Role]) -> bool:
    """Whether who decides by a row in these roles is on the licence of the authorisation's holder."""
    return rule is not None and rule.of_holder and roles <= {*rule.deciders}


def _fitting(
    known: Iterable[Registered], batch: BatchRow, scope: ScopeRow, day: date, trial: str | None = None
) -> list[Registered]:
    is_clinical = batch.supply_stage == SupplyStage.CLINICAL_SUPPLY.value
    return [
        each
        for each in in_force_on(known, day)
        if each.type.is_clinical is is_clinical
        and each.is_for(batch.strength, scope.dosage_form)
        and (trial is None or each.is_for_trial(trial))
    ]
