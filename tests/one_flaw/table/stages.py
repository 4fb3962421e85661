"""Flaws of the chain: stages that do not fit, and releases of one market that are taken back (section 17)."""

from typing import Any

from domain.core.forms import Process
from tests.one_flaw.flaws import Flaw, both, does, nothing, said
from tests.one_flaw.older import once_of
from tests.one_flaw.places import PAKKAUS, TAVIRA, VELDMARK, Place
from tests.one_flaw.quantities import confirmed_again
from tests.one_flaw.rows import Barred, Judged, Refused, Released, Row, held
from tests.one_flaw.telling import Telling
from tests.one_flaw.world import API, BULK, EU_PACK
from tests.records.making import packed_as

GMP, ELSEWHERE = {"grounds": ["MANUFACTURE"]}, {"grounds": ["MARKET_REGISTRATION"]}


def of(batch_id: str, relation: str = "INTERMEDIATE") -> dict[str, Any]:
    """What goes into a batch from another one."""
    made_of = {"theoretical_yield": "1"} if relation == "INTERMEDIATE" else {}
    return {"batch_id": batch_id, "relation": relation, "quantity": "1", **made_of}


def registers(place: Place, stage: str, from_: str, relation: str = "INTERMEDIATE", **more: Any) -> Flaw:
    """Somebody registers a further batch, of a stage, from one of the story."""

    async def act(told: Telling) -> None:
        day = told.at.date().isoformat()
        form = {
            "site_id": place.site_id,
            "scope_id": told.world.scopes[place.site_id],
            "number": "X-1",
            "order_number": "PO-X-1",
            "size": "1",
            "unit": "kg",
            "markets": ["EU", "US"],
            "supply_stage": stage,
            **packed_as(stage, ["EU", "US"]),
            "mbr_version": "MBR v1",
            "planned_start": day,
            "planned_end": day,
            "parents": [of(told.world.batches[from_], relation)],
            **({"yield_low": "90", "yield_high": "101"} if relation == "INTERMEDIATE" else {}),
            **more,
        }
        await told.opens(Process.BATCH, form, by="sana")

    return Flaw(act)


STAGE = (
    Row("a pack without a stage", "EU", said(EU_PACK, "request", supply_stage=None),
        Barred("rule_broken", "is required", "section 8, register")),
    Row("an active substance that is called a pack", "EU", registers(VELDMARK, "FINISHED", API),
        Barred("rule_broken", "does not come out of API_MFG")),
    Row("a packer that is said to make bulk", "US", registers(PAKKAUS, "BULK", BULK),
        Barred("rule_broken", "does not come out of PACKAGING")),
    Row("an active substance out of tablets", "EU", registers(VELDMARK, "API", BULK),
        Barred("rule_broken", "is BULK: no API is made of a dosage form")),
    Row("an active substance out of a pack, by rework", "US", registers(VELDMARK, "API", EU_PACK, "REWORK"),
        Barred("rule_broken", "")),
    Row("tablets out of a pack", "EU", registers(TAVIRA, "BULK", EU_PACK),
        Barred("rule_broken", "is FINISHED, which comes after BULK")),
    Row("a pack that is split off tablets", "EU", registers(PAKKAUS, "FINISHED", BULK, "SPLIT", unit="{tbl}"),
        Barred("rule_broken", "is BULK and stays that by SPLIT")),
    Row("a pack without tablets", "EU", said(EU_PACK, "request", parents=[]),
        Barred("rule_broken", "name the bulk that is packed")),
    Row("a pack of nothing but active substance", "US", registers(PAKKAUS, "FINISHED", API),
        Barred("rule_broken", "name the bulk that is packed")),
    Row("a pack of which nobody says who packs it", "EU", registers(TAVIRA, "FINISHED", API),
        Barred("rule_broken", "say who packs it")),
    Row("a pack that a stranger packs", "EU", registers(TAVIRA, "FINISHED", API, packed_by="SC-1"),
        Barred("rule_broken", "is neither the scope of the batch nor that of a subcontracted step")),
)  # fmt: skip
TAKEN_BACK = (
    Row("the confirmation for the Union is taken back for a departure from GMP", "EU",
        does(BULK, "bela", "withdraw-release", markets=["EU"], **GMP),
        held("G12", "the release of T-0051 (BAT-3) for EU")),
    Row("the confirmation for the Union is taken back: the States are shown it", "US",
        both(does(BULK, "bela", "withdraw-release", markets=["EU"], **GMP), confirmed_again(BULK)),
        Judged("G12", "T-0051 (BAT-3): its release for EU was taken back (departure from GMP)")),
    Row("the confirmation is taken back for what the Union has registered", "US",
        does(BULK, "bela", "withdraw-release", markets=["EU"], **ELSEWHERE),
        Judged("G12", "its release for EU was taken back (registration in that market)")),
    Row("the confirmation is taken back since the data cannot be relied on: the States wait", "US",
        does(BULK, "bela", "withdraw-release", markets=["EU"], grounds=["DATA_INTEGRITY"]),
        Refused("G14", "refused in another market", frozenset({"G12"}))),
    Row("the release of the tablets for the States is taken back: the Union is shown it", "EU",
        both(does(BULK, "hana", "withdraw-release", markets=["US"], **GMP), confirmed_again(BULK)),
        Judged("G12", "T-0051 (BAT-3): its release for US was taken back")),
    Row("the release of the tablets for the States is taken back: that of the Union is reviewed", "EU",
        does(BULK, "hana", "withdraw-release", markets=["US"], **GMP),
        Refused("G14", "T-0051 (BAT-3): a review after its release is open", frozenset({"G12"}))),
    Row("the release of the substance for the States is taken back: the Union waits for the review of the tablets",
        "EU", does(API, "hana", "withdraw-release", markets=["US"], **GMP),
        Refused("G14", "T-0051 (BAT-3), A-2204 (BAT-2): a review after its release is open", frozenset({"G12"}))),
    Row("the release of the substance for the States is taken back", "US",
        does(API, "hana", "withdraw-release", markets=["US"], **GMP),
        held("G12", "the release of A-2204 (BAT-2) for US")),
    Row("both are taken back", "US",
        both(does(BULK, "bela", "withdraw-release", markets=["EU"], **GMP),
             does(BULK, "hana", "withdraw-release", markets=["US"], **GMP)),
        held("G12", "the release of T-0051 (BAT-3) for US")),
)  # fmt: skip
SEEN = (
    Row("the gates were others when the decision was written", "EU", nothing(),
        Barred("version_stale", "read the task again"), {"gates_seen": "G1 PASS: All is well."}),
    Row("nobody was shown the gates of the tablets", "EU", said(BULK, "confirm-manufacture", gates_seen=None),
        Barred("rule_broken", "is required for RELEASE")),
)  # fmt: skip

STRENGTH = (
    Row("tablets of 10 mg were packed as 20 mg", "EU", once_of({BULK: "10 mg", EU_PACK: "20 mg"}),
        Refused("G12", "its strength is another than that of what it comes from: T-0051 (BAT-3) is 10 mg")),
    Row("tablets of 10 mg are packed as 10mg", "EU", once_of({BULK: "10 mg", EU_PACK: "10mg"}), Released()),
    Row("tablets of a strength are to be packed without one", "EU", said(BULK, "request", strength="10 mg"),
        Barred("rule_broken", "T-0051 (BAT-3) is 10 mg", "section 22, strength")),
)  # fmt: skip

ROWS = (*STAGE, *TAKEN_BACK, *SEEN, *STRENGTH)
