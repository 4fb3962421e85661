"""G10: the authorisations of what is decided on, in its market."""

from domain.authorisation.registered import Registered
from domain.batch.supply_stage import SupplyStage
from records.authorisation.in_force import authorisations_of
from records.release.gate_evidence.context import GateContext


async def authorisations_for(context: GateContext) -> tuple[Registered, ...]:
    """Those of its product that are for its strength and form; of clinical supply those of trials. One statement."""
    own = context.own
    is_clinical = own.stage is SupplyStage.CLINICAL_SUPPLY
    form = own.scopes[0].dosage_form if own.scopes else None
    known = await authorisations_of(
        context.session, own.batch.product, context.policy.codes_counting_in(context.market)
    )
    return tuple(
        each for each in known if each.type.is_clinical is is_clinical and each.is_for(own.batch.strength, form)
    )
