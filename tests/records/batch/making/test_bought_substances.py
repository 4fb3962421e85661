"""A substance that was bought is reported with what it is and the site of its maker, and is shown so."""

from typing import Any

from domain.core.forms import Process
from domain.core.refusals import Code
from records.views.cases import one_case
from tests.records.certifying import fit
from tests.records.making import registered
from tests.records.qualifying import refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded

LOT: dict[str, Any] = {"name": "ARL-204", "lot": "L-7", "manufacturer": "Hubei Chemicals, Wuhan", "part": "API"}


async def test_a_lot_says_what_it_is_and_which_registered_site_has_made_it(seeded: Seeded) -> None:
    await fit(seeded)
    batch = await registered(seeded)
    batch.passes(minutes=5)
    made = {"maker_site_id": "VM-02"}
    refusal = await refused(batch.does("wen", "start", started_at=START.isoformat(), materials=[{**LOT, **made}]))
    assert (refusal.code, refusal.fields) == (
        Code.RULE_BROKEN, {"materials.0.maker_site_id": "is not of Hubei Chemicals, Wuhan, the manufacturer"},
    )  # fmt: skip
    lots = [LOT, {**LOT, **made, "lot": "L-8", "manufacturer": "VM-02"}]
    await batch.does("wen", "start", started_at=START.isoformat(), materials=lots)
    async with seeded.database.reading() as session:
        case = await one_case(session, await seeded.actor("ines"), Process.BATCH, batch.case_id, START)
    assert case.batch is not None
    shown = {each.reference: (each.part, each.maker_site_id) for each in case.batch.uses if each.part is not None}
    assert shown == {"ARL-204 L-7": ("API", None), "ARL-204 L-8": ("API", "VM-02")}
    await are_rebuilt_identically(seeded.database, "batch_uses")
