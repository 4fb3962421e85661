"""Who makes what was bought, and for what the site of a maker has to be qualified (domain specification, 17 and 19)."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.batch.making.materials import MaterialPart
from domain.batch.supply_stage import SupplyStage, comes_out_of
from domain.core.names import name_key
from domain.site.site import Activity

STAGE_OF: Mapping[MaterialPart, SupplyStage] = MappingProxyType({
    MaterialPart.STARTING_MATERIAL: SupplyStage.STARTING_MATERIAL,
    MaterialPart.INTERMEDIATE: SupplyStage.INTERMEDIATE,
    MaterialPart.API: SupplyStage.API,
    MaterialPart.DOSAGE_FORM: SupplyStage.BULK,
})  # fmt: skip
"""What a bought lot is in the supply chain; what is none of these is an excipient, a solvent, packaging."""
_CHANGE_NOTHING = frozenset({Activity.TESTING, Activity.STORAGE})


def is_qualified_for(part: MaterialPart, name: str, activity: Activity, product: str) -> bool:
    """Whether a scope of a site is that of the maker of a bought lot: it makes such a part, under the same name."""
    makes = activity not in _CHANGE_NOTHING and comes_out_of(STAGE_OF[part], activity)
    return makes and name_key(product) == name_key(name)
