"""Imports: what was made outside the area of a market has arrived, customs cleared it, and it is tested (G9, G13)."""

from tests.one_flaw.flaws import both
from tests.one_flaw.goods import WELL, shipped
from tests.one_flaw.imports import arrived, indian_tablets, licensed, once_unasked, stands_in, tested_in
from tests.one_flaw.places import MIKRON, PAKKAUS, TAVIRA, VELDMARK
from tests.one_flaw.rows import Barred, Judged, Refused, Released, Row
from tests.one_flaw.world import EU_PACK

ARRIVAL = (
    Row("tablets from India, and nobody knows when they came", "EU", indian_tablets(),
        Refused("G13", "no arrival is recorded of T-0051 ")),
    Row("tablets from India that customs have not cleared", "EU", indian_tablets(arrived(cleared=False)),
        Refused("G13", "is not cleared by customs")),
    Row("tablets from India at a packer whose authorisation is not known to cover import", "EU",
        both(stands_in(TAVIRA, "IN"), licensed(PAKKAUS, covers=False), tested_in("DE"), arrived()),
        Refused("G13", "nobody has confirmed that authorisation MIA-FI-77 covers import")),
    Row("tablets from India at a packer that has shown no authorisation", "EU",
        indian_tablets(arrived(authorisation_id=None)),
        Refused("G13", "arrived at Turku (PK-01), which has shown no authorisation for it")),
    Row("tablets from India under an authorisation that had ended", "EU",
        both(stands_in(TAVIRA, "IN"), licensed(PAKKAUS, ends_before=EU_PACK), tested_in("DE"), arrived()),
        Refused("G13", "under authorisation MIA-FI-77, which had ended on ")),
    Row("tablets from India that arrived outside the Union", "EU",
        both(indian_tablets(), stands_in(MIKRON, "CH"), arrived(place=MIKRON, authorisation_id=None)),
        Refused("G13", "arrived at Graz (MK-01), outside the area of the market")),
    Row("tablets from India that came from Portugal", "EU", indian_tablets(arrived(from_country="PT")),
        Refused("G13", "came from Portugal, which is no import")),
    Row("tablets from India that arrived after they had been packed", "EU", indian_tablets(arrived(before=None)),
        Refused("G13", "arrived after it had been used")),
    Row("a part of the tablets from India is still to come", "EU", indian_tablets(arrived(quantity="100")),
        Refused("G13", "1500000 were used, and 100 have arrived")),
    Row("both parts of the tablets from India have come", "EU",
        indian_tablets(arrived(quantity="1000000"), arrived(quantity="500000", number="IMP-78")), Released()),
    Row("tablets from India that arrived, were cleared and are tested", "EU", indian_tablets(arrived()), Released()),
    Row("tablets from India, for the States", "US", stands_in(TAVIRA, "IN"), Released()),
    Row("an active substance from India is no such import", "EU", stands_in(VELDMARK, "IN"), Released()),
    Row("nobody knows in which country the packer stands", "EU", stands_in(PAKKAUS, None),
        Judged("G13", "the country of packaging at Turku (PK-01) is not on record")),
    Row("tablets from India, from before imports were asked for", "EU", indian_tablets(once_unasked(EU_PACK)),
        Judged("G13", "no arrival is recorded of T-0051 ")),
)  # fmt: skip
AGAIN = (
    Row("packs from India, of tablets that were made there", "EU",
        both(stands_in(PAKKAUS, "IN"), stands_in(TAVIRA, "IN"), licensed(MIKRON), tested_in("AT")),
        Refused("G13", "no arrival is recorded of P-1001 ")),
    Row("packs from India that arrived in Graz", "EU",
        both(stands_in(PAKKAUS, "IN"), stands_in(TAVIRA, "IN"), licensed(MIKRON), tested_in("AT"),
             arrived(EU_PACK, MIKRON, before=None)), Released()),
    Row("packs of tablets from the Union, made in Switzerland, that arrived in Graz", "EU",
        both(stands_in(PAKKAUS, "CH"), licensed(MIKRON), tested_in("AT"),
             arrived(EU_PACK, MIKRON, before=None, from_country="CH")), Released()),
    Row("more packs are certified than have arrived", "EU",
        both(stands_in(PAKKAUS, "IN"), licensed(MIKRON), tested_in("AT"),
             arrived(EU_PACK, MIKRON, before=None, quantity="100")),
        Barred("rule_broken", "makes 14850, and 100 have arrived")),
    Row("as many packs are certified as have arrived", "EU",
        both(stands_in(PAKKAUS, "IN"), licensed(MIKRON), tested_in("AT"),
             arrived(EU_PACK, MIKRON, before=None, quantity="100")),
        Released(), {"quantity": "100"}),
    Row("packs that were stored in Switzerland before their release", "EU",
        both(stands_in(MIKRON, "CH"), tested_in("DE"), shipped(EU_PACK, *WELL, to=MIKRON)),
        Refused("G13", "no arrival is recorded of P-1001 ")),
    Row("packs that were stored in Switzerland before their release, and have come back", "EU",
        both(stands_in(MIKRON, "CH"), licensed(PAKKAUS), tested_in("DE"), shipped(EU_PACK, *WELL, to=MIKRON),
             arrived(EU_PACK, before=None, from_country="CH", hours=0)), Released()),
)  # fmt: skip
TESTED = (
    Row("tablets from India that nobody has tested in the Union", "EU", indian_tablets(arrived(), tested=False),
        Refused("G9", "the importer's test of Impurity I-3 is not on file in a laboratory of the area")),
    Row("tablets from India that were tested in India", "EU",
        indian_tablets(tested_in("IN"), arrived(), tested=False),
        Refused("G9", "the importer's test of Impurity I-3 is not on file in a laboratory of the area")),
    Row("tablets from India that were tested in Iceland", "EU",
        indian_tablets(tested_in("IS"), arrived(), tested=False), Released()),
    Row("untested tablets from India, from before imports were asked for", "EU",
        indian_tablets(once_unasked(EU_PACK), arrived(), tested=False),
        Judged("G9", "the importer's test of Impurity I-3 is not on file")),
    Row("tablets of the Union that were tested in India", "EU", tested_in("IN"), Released()),
)  # fmt: skip

ROWS = (*ARRIVAL, *AGAIN, *TESTED)
"""Rows on imports. All of it is of gates that no exception excuses."""
