"""Flaws of what a batch was made under and of: changes, parents, materials, transport (gates G10 and G12)."""

from tests.one_flaw.deciding import judged_at_each_release, refused_for
from tests.one_flaw.flaws import (
    both,
    changed,
    does,
    excused,
    lifted,
    said,
    short_lived,
    then,
    unsaid,
)
from tests.one_flaw.goods import (
    ORIGIN,
    TOO_WARM,
    WELL,
    became_an_own_batch,
    blended_too_early,
    comes_anew,
    comes_from_more_than,
    held_as_it_was_used,
    lasted_until,
    shipped,
)
from tests.one_flaw.lots import lot
from tests.one_flaw.places import LARNWICK, PAKKAUS, TAVIRA, VELDMARK
from tests.one_flaw.rows import Barred, Judged, Refused, Released, Row, held
from tests.one_flaw.world import API, BULK, EU_PACK, INTERMEDIATE, US_PACK

G10 = (
    Row("a change was never notified", "EU", does(EU_PACK, "aino", "change", change_id="CC-9"),
        Refused("G10", "CC-9 was never notified")),
    Row("a change was never notified, for the States", "US", does(US_PACK, "aino", "change", change_id="CC-9"),
        Refused("G10", "CC-9 was never notified")),
    Row("a change is not approved", "EU", changed(PAKKAUS, EU_PACK, filing="NO_FILING", decided=False),
        Refused("G10", "CC-77 (CHG-1) is not approved")),
    Row("a change is not approved, for the States", "US", changed(PAKKAUS, US_PACK, filing="NO_FILING", decided=False),
        Refused("G10", "CC-77 (CHG-1) is not approved")),
    Row("a change needs a variation", "EU", changed(PAKKAUS, EU_PACK, filing="VARIATION"),
        Judged("G10", "CC-77 needs variation IB-12 to be approved in EU")),
    Row("a variation is judged by words alone", "EU", changed(PAKKAUS, EU_PACK, filing="VARIATION"),
        Barred("rule_broken", "judgements.0.evidence"),
        {"judgements": [{"gate": "G10", "rationale": "The authority has approved the variation."}]}),
    Row("a change needs a variation, for the States", "US", changed(PAKKAUS, US_PACK, filing="VARIATION"),
        Judged("G10", "CC-77 needs variation IB-12 to be approved in US")),
    Row("a change at the intermediate was never notified", "EU", does(INTERMEDIATE, "nell", "change", change_id="CC-9"),
        Refused("G10", "BAT-1 (I3-0417): CC-9 was never notified")),
    Row("a change at the intermediate needs a variation", "US", changed(LARNWICK, INTERMEDIATE, filing="VARIATION"),
        Judged("G10", "BAT-1 (I3-0417): CC-77 needs variation IB-12 to be approved in US")),
    Row("a change without filing", "EU", changed(PAKKAUS, EU_PACK, filing="NO_FILING"), Released()),
    Row("a change without filing, for the States", "US", changed(PAKKAUS, US_PACK, filing="NO_FILING"), Released()),
    Row("the authority excuses a change that was never notified", "EU",
        both(does(EU_PACK, "aino", "change", change_id="CC-9"), excused(EU_PACK, "G10", "EU")), Released()),
)  # fmt: skip
G12 = (
    Row("the shelf life of the pack has ended", "EU", short_lived(EU_PACK, days=3, later=10),
        Refused("G12", "shelf life ended on")),
    Row("the shelf life of the pack ended yesterday", "US", short_lived(US_PACK, days=3, later=4),
        Refused("G12", "shelf life ended on")),
    Row("nothing is known of what the intermediate was made of", "EU", said(INTERMEDIATE, "start", materials=[]),
        held("G12", "no starting material is known")),
    Row("the tablets are not confirmed for the Union", "EU", unsaid(BULK, "confirm-manufacture"),
        Refused("G12", "T-0051) is not released for EU")),
    Row("the release of the tablets is taken back", "US",
        does(BULK, "hana", "withdraw-release", markets=["US"], grounds=["SAFETY"]),
        held("G12", "the release of BAT-3 (T-0051) for US")),
    Row("the confirmation of the tablets is taken back", "EU",
        does(BULK, "bela", "withdraw-release", markets=["EU"], grounds=["SAFETY"]),
        held("G12", "the release of BAT-3 (T-0051) for EU")),
    Row("the release of the intermediate is taken back", "EU",
        does(INTERMEDIATE, "hana", "withdraw-release", markets=["EU"], grounds=["SAFETY"]),
        held("G12", "the release of BAT-1 (I3-0417) for EU")),
    Row("the last day of the shelf life", "EU", short_lived(EU_PACK, days=3, later=2.5), Released()),
)  # fmt: skip

CHANGES = (
    Row("a change that touches the registration was not assessed", "EU",
        changed(PAKKAUS, EU_PACK, EU="YES", US="NO"),
        Judged("G10", "CC-77 touches the registration in EU and was not assessed")),
    Row("a change at the maker of the tablets was never notified", "EU", does(BULK, "teo", "change", change_id="CC-9"),
        Refused("G10", "BAT-3 (T-0051): CC-9 was never notified")),
    Row("a change at the maker of the tablets needs a variation", "EU", changed(TAVIRA, BULK, filing="VARIATION"),
        Judged("G10", "BAT-3 (T-0051): CC-77 needs variation IB-12 to be approved in EU")),
    Row("a change at the maker of the substance is not approved", "US",
        changed(VELDMARK, API, filing="NO_FILING", decided=False),
        Refused("G10", "BAT-2 (A-2204): CC-77 (CHG-1) is not approved")),
    Row("the authority excuses a change at the intermediate", "EU",
        both(does(INTERMEDIATE, "nell", "change", change_id="CC-9"), excused(EU_PACK, "G10", "EU")), Released()),
)  # fmt: skip
LOTS = (
    Row("a lot turns out to be an own batch", "EU",
        both(said(EU_PACK, "start", **lot("ARL-204-I3", "I3-0500", "Larnwick Intermediates")),
             became_an_own_batch(INTERMEDIATE, "I3-0500")),
        Refused("G12", "ARL-204-I3 I3-0500 is BAT-5, an own batch")),
    Row("a lot is named that is an own batch", "EU",
        said(EU_PACK, "start", **lot("arl 204 i3", "i3 0417", "LARNWICK INTERMEDIATES")),
        Barred("rule_broken", "is BAT-1, an own batch: name it as a parent", "section 17, lots of materials")),
    Row("a lot of the intermediate turns out to be an own batch", "US",
        both(said(INTERMEDIATE, "start", **lot("ARL-204-I3", "I3-0500", "Larnwick Intermediates, Cork")),
             became_an_own_batch(INTERMEDIATE, "I3-0500")),
        Refused("G12", "BAT-1 (I3-0417): ARL-204-I3 I3-0500 is BAT-6, an own batch")),
    Row("a lot may be an own batch", "EU", said(EU_PACK, "start", **lot("ARL-204-I3", "I3-0417", "Rheinchem AG")),
        Judged("G12", "I3-0417 of Rheinchem AG may be BAT-1, an own batch")),
    Row("the certificate of a lot's maker is not on file", "US",
        said(US_PACK, "start", **lot("Blister foil", "ALU-12", "Rheinchem AG", chain=[
            {"type": "MANUFACTURER", "name": "Rheinchem AG"}, {"type": "AGENT", "name": "Chemiehandel Nord"}])),
        Judged("G12", "the certificate of the original manufacturer of Blister foil ALU-12 is not on file")),
    Row("the certificate of a lot of the intermediate is not on file", "EU",
        judged_at_each_release(INTERMEDIATE, "start", "G12", **lot("Acid", "B-1", "Rheinchem AG", chain=[
            {"type": "DISTRIBUTOR", "name": "Chemiehandel Nord"}])),
        Judged("G12", "BAT-1 (I3-0417): the certificate of the original manufacturer of Acid B-1 is not on file")),
)  # fmt: skip
ON_THE_WAY = (
    Row("the logger data of a part are not there", "EU", shipped(EU_PACK),
        Refused("G12", "the logger data of SHP-1 are not there")),
    Row("a part became too warm on the way", "EU", shipped(EU_PACK, *TOO_WARM),
        held("G12", "SHP-1 was outside its transport conditions")),
    Row("a part became too warm on the way, and quality accepts that", "EU",
        both(shipped(EU_PACK, *TOO_WARM, assessed=True), lifted(EU_PACK, "ines", "hana")), Released()),
    Row("a part stayed within its conditions on the way", "EU", shipped(EU_PACK, *WELL), Released()),
)  # fmt: skip
NO_MORE = {"decision": "REJECT", "quantity": None, "reason": "Particles were found.", "grounds": ["CONTAMINATION"]}
PARENTS = (
    Row("the intermediate is rejected for the Union", "EU",
        refused_for(INTERMEDIATE, "release-for-processing", "EU", "CONTAMINATION"),
        held("G12", "BAT-1 (I3-0417) is rejected for EU")),
    Row("the tablets are rejected for the States", "US",
        refused_for(BULK, "release-for-processing", "US", "CONTAMINATION"),
        held("G12", "BAT-3 (T-0051) is rejected for US")),
    Row("the tablets are rejected for the States, and go to the Union", "EU",
        refused_for(BULK, "release-for-processing", "US", "CONTAMINATION"),
        Judged("G12", "BAT-3 (T-0051): rejected for US")),
    Row("the release of the tablets for the States is taken back", "EU",
        does(BULK, "hana", "withdraw-release", markets=["US"], grounds=["COMMERCIAL"]),
        Judged("G12", "BAT-3 (T-0051): its release for US was taken back")),
    Row("the tablets were used after the day that was right", "EU", lasted_until(BULK, EU_PACK),
        held("G12", "BAT-3 (T-0051) was used after its last day")),
    Row("the intermediate was used after the day that was right", "US", lasted_until(INTERMEDIATE, API),
        held("G12", "BAT-1 (I3-0417) was used after its last day")),
    Row("the tablets were held as they were packed", "EU",
        both(held_as_it_was_used(BULK, EU_PACK), lifted(BULK, "priya", "hana"), lifted(EU_PACK, "priya", "hana")),
        held("G12", "BAT-3 (T-0051) was used while HOLD-1 stood on it")),
)  # fmt: skip
MORE = (
    Row("a relabelled part of the pack", "EU", comes_anew("RELABEL"), Released()),
    Row("a part of the pack is decided on before the whole", "EU", comes_anew("SPLIT", released_before=False),
        Judged("G12", "BAT-4 (P-1001) is not released for EU; this part of it is decided on before")),
    Row("a part of the pack is relabelled before the whole is released", "EU",
        comes_anew("RELABEL", released_before=False), Refused("G12", "BAT-4 (P-1001) is not released for EU")),
    Row("the day of a relabelled pack is corrected, and that of the part is not", "EU",
        then(both(comes_anew("RELABEL"), lasted_until(ORIGIN, days=1)), days=2),
        held("G12", "the shelf life of BAT-4 (P-1001) ended on")),
    Row("a pack comes from more batches than are looked at", "US", comes_from_more_than(2),
        Refused("G12", "it comes from more than 2 batches, which cannot all be looked at")),
    Row("packs were blended before their site had released them", "EU", blended_too_early(),
        Refused("G12", "had not met its specification before it was blended")),
)  # fmt: skip

ROWS = (*G10, *CHANGES, *G12, *LOTS, *ON_THE_WAY, *PARENTS, *MORE)
