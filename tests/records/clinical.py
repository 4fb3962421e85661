"""Clinical supply that is certified for a trial, and may go to its sites under the sponsor's green light."""

from typing import Any

from records.core.tables.master_data import ScopeRow
from records.installation.supplementing import shipped_policy
from tests.records.appointing import appointed
from tests.records.certifying import decides, fit, reviewed
from tests.records.delivering import ordered
from tests.records.qualifying import Qualifying
from tests.records.seeded import Seeded

CTA, OTHER, IND = "2027-504321-17-00", "2027-504321-18-00", "IND 123456"
TRIAL: dict[str, Any] = {"number": CTA, "phase": "PHASE_2", "specification_file": "PSF-204 v3"}
SITE = {"name": "University hospital Graz, pharmacy", "address": "Auenbruggerplatz 1, 8036 Graz, Austria"}
ELSEWHERE = {"name": "Charité, pharmacy", "address": "Augustenburger Platz 1, 13353 Berlin, Germany"}
_APPROVED = "The records of this batch were reviewed and it is approved for its trial; made under"
_RULES = shipped_policy().markets[1].clinical.made_under
assert _RULES is not None, "It depends on the phase."
STATUTE, PART_211 = (f"{_APPROVED} {rules}." for rules in (_RULES.first, _RULES.later))
"""What the approval for the US says, by the phase of the trial."""
CERTIFIED = shipped_policy().markets[0].clinical.statement
"""What the certificate for the Union says."""


async def clinical(seeded: Seeded, activity: str = "DRUG_PRODUCT") -> Seeded:
    """What the seeded scope makes is for trials."""
    await fit(seeded, activity)
    async with seeded.database.writing() as session:
        (await session.get_one(ScopeRow, "SC-1")).stage = "CLINICAL"
    await appointed(seeded, "quentin", "QP", "APT-IMP", licence={"kind": "MIA_IMP"})
    return seeded


async def certified(seeded: Seeded, **changes: Any) -> Qualifying:
    """A batch of clinical supply, certified for its trial in the EU; the US is open."""
    batch = await reviewed(await clinical(seeded), **changes)
    await decides(batch, "quentin", "EU", trial=TRIAL)
    return batch


async def lit(batch: Qualifying, by: str = "rosa", **changes: Any) -> Any:
    """The green light for the hospital in Graz."""
    return await batch.answers(by, "green-light", {"market": "EU", "trial": CTA, "trial_site": SITE, **changes})


async def supplied(seeded: Seeded, batch: Qualifying, **changes: Any) -> Qualifying:
    """An order for that hospital."""
    return await ordered(seeded, batch, **{"trial": CTA, "destination": SITE, **changes})
