"""The scopes of a site. Qualified is a site with a scope, never a company (domain specification, section 1)."""

from pydantic import BaseModel, ConfigDict, Field

from domain.core.change import Change
from domain.core.forms import Action, Form
from domain.core.names import name_key
from domain.core.refusals import broken
from domain.core.text import ShortText
from domain.site.site import OWNERS, Activity, Markets, ProductStage, RiskTier

_GRAVEST_FIRST = tuple(RiskTier)


def scope_key(product: str, dosage_form: str | None) -> tuple[str, str]:
    """By what two scopes of a site and an activity are the same (section 1); no dosage form may be written as `-`."""
    form = name_key(dosage_form or "")
    return name_key(product), "" if form == "-" else form


class Scope(BaseModel):
    """One activity for one product and dosage form at a site: what is qualified."""

    model_config = ConfigDict(frozen=True)

    scope_id: str
    site_id: str
    activity: Activity
    product: str
    dosage_form: str | None = None
    markets: tuple[str, ...]
    stage: ProductStage
    sole_source: bool = False
    risk_tier: RiskTier | None = None
    version: int = 1


class ScopeRegistration(Form):
    """Register a scope of a site. Each activity, product and dosage form once."""

    action = Action(None, "register-scope", "Register a scope", OWNERS)

    activity: Activity = Field(examples=[Activity.API_MFG])
    """What is done."""
    product: ShortText = Field(examples=["ARL-204"])
    """Product or material."""
    dosage_form: ShortText | None = Field(default=None, examples=["tablet"])
    """Dosage form, for drug products."""
    markets: Markets = Field(examples=[["EU", "US"]])
    """Where the product is sold."""
    stage: ProductStage = Field(examples=[ProductStage.COMMERCIAL])
    """Clinical or commercial supply."""
    sole_source: bool = False
    """Whether nobody else can supply it."""
    risk_tier: RiskTier | None = None
    """Tier of an approved risk assessment, if there is one already."""


class ScopeChange(Change):
    """Change a scope. The activity and the product stay: another one is another scope."""

    action = Action(None, "change-scope", "Change a scope", OWNERS)

    markets: Markets | None = None
    """Where the product is sold."""
    stage: ProductStage | None = None
    """Clinical or commercial supply."""
    sole_source: bool | None = None
    """Whether nobody else can supply it."""
    risk_tier: RiskTier | None = None
    """One person may raise the tier, not lower it (S8)."""


def refuse_unless_tier_may_change(old: RiskTier | None, new: RiskTier) -> None:
    """Raise `Refused` when one person would lower a tier; that takes a risk assessment signed by two (S8)."""
    if old is not None and _GRAVEST_FIRST.index(new) > _GRAVEST_FIRST.index(old):
        raise broken(
            "S8",
            "A tier is lowered by a risk assessment that two people sign, not by a change of the record.",
            risk_tier=f"lower than {old}",
        )
