"""Flaws of certificates and own testing: of another day, laboratory or specification than they should be (gate G9)."""

from tests.one_flaw.flaws import both, said
from tests.one_flaw.goods import replaced
from tests.one_flaw.papers import certified_too_early, now_printed_as, once_tested_by, tested_too_early
from tests.one_flaw.places import MIKRON
from tests.one_flaw.results import corrected, reviewed
from tests.one_flaw.rows import Barred, Judged, Refused, Released, Row
from tests.one_flaw.world import API, EU_PACK, US_PACK

BEFORE_THE_END = Barred("rule_broken", "is before the end of manufacture")
OWN_LABORATORY = Barred("rule_broken", "laboratory")
OTHER_VERSION = Barred("rule_broken", "is a version that is not in force")
UNKNOWN = said(EU_PACK, "coa", specification="QS-77 v1")

DAYS = (
    Row("the certificate was issued before the pack was made", "EU", said(EU_PACK, "coa", issued_on="2026-01-10"),
        BEFORE_THE_END),
    Row("own testing was over before the pack was made", "US", said(US_PACK, "own-testing", tested_on="2026-01-10"),
        BEFORE_THE_END),
    Row("the pack was made a day longer than was told, and its certificate is of the day before", "EU",
        certified_too_early(EU_PACK), Refused("G9", "COA-2 is dated")),
    Row("the certificate of too early a day is corrected", "EU",
        both(certified_too_early(EU_PACK), replaced(EU_PACK, "0.12", number="COA-3", correction_of="COA-2"),
             reviewed(EU_PACK)),
        Released()),
    Row("the pack was made a day longer than was told, and one of two own tests is of the day before", "US",
        tested_too_early(US_PACK), Refused("G9", "QC-77 is dated")),
    Row("own testing of too early a day is done again", "US",
        both(tested_too_early(US_PACK), corrected(US_PACK, cause="SAMPLE_PREPARATION"), reviewed(US_PACK)),
        Released()),
)  # fmt: skip
LABORATORIES = (
    Row("the laboratory of the packer has done the own testing", "EU",
        said(EU_PACK, "own-testing", laboratory="Turun Pakkaus, Turku"), OWN_LABORATORY),
    Row("the laboratory of the maker of the substance has done the own testing of the pack", "US",
        said(US_PACK, "own-testing", laboratory="VELDMARK fine\u2013chemistry, quality control"), OWN_LABORATORY),
    Row("the laboratory of the mill has done the own testing of the substance", "EU",
        said(API, "own-testing", laboratory=f"Laboratory of {MIKRON.supplier}"), OWN_LABORATORY),
    Row("the laboratory of the mill was once let do own testing of the pack", "EU",
        once_tested_by(EU_PACK, f"{MIKRON.supplier}, Labor"),
        Refused("G9", "and Mikronwerk at Graz (MK-01) makes a part")),
    Row("the laboratory of the mill was once let do own testing, and another one does it again", "EU",
        both(once_tested_by(EU_PACK, f"{MIKRON.supplier}, Labor"),
             corrected(EU_PACK, of="QC-901", cause="SAMPLE_PREPARATION"), reviewed(EU_PACK)), Released()),
)  # fmt: skip
SPECIFICATIONS = (
    Row("the certificate prints a version of the specification that is not in force", "EU",
        said(EU_PACK, "coa", specification="SPEC-204 v1, superseded 2019"), OTHER_VERSION),
    Row("the certificate prints a version of the specification that was never registered", "US",
        said(US_PACK, "coa", specification="SPEC 204, Rev. 09"), OTHER_VERSION),
    Row("the certificate prints a number that nobody knows", "EU", UNKNOWN,
        Judged("G9", "prints QS-77 v1, which is not registered as a number of the specification")),
    Row("the certificate prints the number without its version", "US",
        said(US_PACK, "coa", specification="SPEC-204"), Judged("G9", "prints SPEC-204, which is not registered")),
    Row("the certificate prints a number that is registered since", "EU",
        both(UNKNOWN, now_printed_as(EU_PACK, "QS-77, version 1.0")), Released()),
    Row("the certificate prints a number of which another version is registered since", "EU",
        both(UNKNOWN, now_printed_as(EU_PACK, "QS-77 v2")),
        Refused("G9", "prints QS-77 v1, a version that is not in force")),
    Row("the certificate prints the registered number in another way", "US",
        said(US_PACK, "coa", specification="spec\u2011204 (REV. 03)"), Released()),
)  # fmt: skip

ROWS = (*DAYS, *LABORATORIES, *SPECIFICATIONS)
