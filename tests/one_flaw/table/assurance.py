"""Flaws of what is known of the sites: certificates, inspections, audits, what is critical (gates G3 to G5)."""

from typing import Any

from tests.one_flaw.flaws import audited, both, expired, lifted, listed, then
from tests.one_flaw.places import LARNWICK, MIKRON, PAKKAUS, TAVIRA, VELDMARK
from tests.one_flaw.rows import Barred, Judged, Refused, Released, Row, held
from tests.one_flaw.site_flaws import corrects, inspected, on
from tests.one_flaw.world import API, BULK, EU_PACK, INTERMEDIATE, US_PACK

LONG_AGO: dict[str, Any] = {"next_audit_due": None, "last_audit_day": "2023-01-10"}
LATE: dict[str, Any] = {"next_audit_due": None, "last_audit_day": "2024-11-20"}

INSPECTED = (
    Row("the FDA has found the packer wanting", "US", inspected(PAKKAUS, "OAI"),
        Judged("G3", "the FDA found SC-6 at Turku (PK-01): ")),
    Row("the FDA has found the maker of the tablets wanting", "US", inspected(TAVIRA, "OAI"),
        Judged("G3", "the FDA found SC-5 at Porto (TB-01): ")),
    Row("the FDA has found the mill wanting", "US", inspected(MIKRON, "OAI"),
        Judged("G3", "the FDA found SC-4 at Graz (MK-01): ")),
    Row("the FDA has found the maker of the intermediate wanting", "US", inspected(LARNWICK, "OAI"),
        Judged("G3", "the FDA found SC-3 at Cork (LR-01): ")),
    Row("the FDA has left observations with the packer, not classified yet", "US", inspected(PAKKAUS, "FORM_483"),
        Judged("G3", "the FDA found SC-6 at Turku (PK-01): ")),
    Row("the FDA has seen the packer, and nothing is to be done", "US", inspected(PAKKAUS, "NAI"), Released()),
    Row("the FDA has seen the packer, and action is left to it", "US", inspected(PAKKAUS, "VAI"), Released()),
    Row("the certificate of the packer has ended; the FDA had seen it before it packed", "US",
        both(expired(PAKKAUS), inspected(PAKKAUS, "NAI", days_ago=120)), Released()),
    Row("the certificate of the packer has ended; what the FDA saw does not count in the Union", "EU",
        both(expired(PAKKAUS), inspected(PAKKAUS, "NAI", days_ago=120)),
        Judged("G3", "no valid certificate of SC-6 at Turku (PK-01) names the ")),
)  # fmt: skip
DECLARED = (
    Row("the certificate of the maker of the intermediate has ended; a qualified person has declared", "EU",
        expired(LARNWICK), Judged("G3", "no valid certificate of SC-3 at Cork (LR-01) names the ",
                                  on("qp_declaration", by="quentin"))),
    Row("the certificate of the mill has ended; a qualified person has declared", "EU", expired(MIKRON),
        Judged("G3", "no valid certificate of SC-4 at Graz (MK-01) names the ", on("qp_declaration", by="quentin"))),
    Row("the certificate of the maker of the substance has ended, for the States", "US", expired(VELDMARK),
        Judged("G3", "no valid certificate of SC-1 at Plant 2 (VM-02) names the ")),
    Row("the certificate of the maker of the substance has ended, and nobody has declared", "EU", expired(VELDMARK),
        Barred("rule_broken", "judgements.0.qp_declaration"),
        {"judgements": [{"gate": "G3", "rationale": "The authority has extended it by public notice."}]}),
)  # fmt: skip
AUDITS = (
    Row("the audit of the packer is late by weeks", "EU", listed(PAKKAUS, "APPROVED", **LATE),
        Judged("G4", "the audit of SC-6 at Turku (PK-01) was due on 2026-11-20")),
    Row("the audit of the maker of the tablets is late by weeks", "US", listed(TAVIRA, "APPROVED", **LATE),
        Judged("G4", "BAT-3 (T-0051): the audit of SC-5 at Porto (TB-01) was due on 2026-11-20")),
    Row("the audit of the maker of the tablets is late by years", "EU", listed(TAVIRA, "APPROVED", **LONG_AGO),
        Refused("G4", "BAT-3 (T-0051): the audit of SC-5 at Porto (TB-01) was due on ")),
    Row("the audit of the maker of the substance is late by years, justified for the Union", "EU",
        listed(VELDMARK, "APPROVED", **LONG_AGO),
        Judged("G4", "BAT-2 (A-2204): the audit of SC-1 at Plant 2 (VM-02) was due on ", on("evidence"))),
    Row("the audit of the mill is late by years, justified for the Union", "EU", listed(MIKRON, "APPROVED", **LONG_AGO),
        Judged("G4", "the audit of SC-4 at Graz (MK-01) was due on ", on("evidence"))),
    Row("the audit of the maker of the substance is late by years, and nothing shows why that may be", "EU",
        listed(VELDMARK, "APPROVED", **LONG_AGO), Barred("rule_broken", "judgements.0.evidence"),
        {"judgements": [{"gate": "G4", "rationale": "The audit takes place next month; the site is well known."}]}),
    Row("the audit of the maker of the substance is late by years, for the States", "US",
        listed(VELDMARK, "APPROVED", **LONG_AGO), Refused("G4", "the audit of SC-1 at Plant 2 (VM-02) was due on ")),
    Row("the last audit of the maker of the intermediate is unacceptable", "EU",
        audited(LARNWICK, recommendation="UNACCEPTABLE"), held("G4", "found SC-3 at Cork (LR-01) unacceptable")),
    Row("the last audit of the maker of the tablets recommends conditions", "US",
        audited(TAVIRA, recommendation="CONDITIONAL"),
        Judged("G4", "recommends SC-5 at Porto (TB-01) under conditions")),
    Row("the auditors have told the packer of something critical", "EU", audited(PAKKAUS, "CRITICAL", until="told"),
        held("G4", "has told SC-6 at Turku (PK-01) of a critical finding, and is not reported")),
    Row("the auditors have told the maker of the intermediate of something critical", "US",
        audited(LARNWICK, "CRITICAL", until="told"),
        held("G4", "has told SC-3 at Cork (LR-01) of a critical finding, and is not reported")),
    Row("the auditors have told the mill of something critical; two have lifted the hold", "US",
        both(audited(MIKRON, "CRITICAL", until="told"), lifted(US_PACK, "priya", "hana")),
        Refused("G14", "a review after its release is open", frozenset({"G4"}))),
    Row("the packer was told of something critical; two have lifted the hold, the qualified person judges", "EU",
        both(audited(PAKKAUS, "CRITICAL", until="told"), lifted(EU_PACK, "priya", "hana")),
        Judged("G4", "has told SC-6 at Turku (PK-01) of a critical finding, and is not reported")),
    Row("an audit of the packer is over, and not reported", "US",
        then(audited(PAKKAUS, "MAJOR", until="over"), days=2),
        Judged("G4", "at SC-6 at Turku (PK-01) is over, and not")),
    Row("an audit of the maker of the tablets is over, and not reported", "EU",
        then(audited(TAVIRA, until="over"), days=2),
        Judged("G4", "at SC-5 at Porto (TB-01) is over, and not reported")),
)  # fmt: skip
CRITICAL = (
    Row("something critical is to be put right at the packer", "EU", corrects(PAKKAUS),
        Refused("G5", "at Turku (PK-01) is critical and proposed")),
    Row("something critical is to be put right at the maker of the tablets", "US", corrects(TAVIRA),
        Refused("G5", "BAT-3 (T-0051): CAPA-1 at Porto (TB-01) is critical and proposed")),
    Row("something critical is to be put right at the mill", "EU", corrects(MIKRON),
        Refused("G5", "BAT-2 (A-2204): CAPA-1 at Graz (MK-01) is critical and proposed")),
    Row("something critical is to be put right at the maker of the intermediate", "US", corrects(LARNWICK),
        Refused("G5", "BAT-1 (I3-0417): CAPA-1 at Cork (LR-01) is critical and proposed")),
    Row("something critical is to be put right at the whole site of the packer", "US", corrects(PAKKAUS, scopes=False),
        Refused("G5", "at Turku (PK-01) is critical and proposed")),
    Row("something critical was open while the packer packed, and is verified", "EU",
        corrects(PAKKAUS, since=EU_PACK, done="VERIFIED"),
        Judged("G5", "at Turku (PK-01) was critical and open while the batch was made")),
    Row("something critical was open while the packer packed, and was effective", "US",
        corrects(PAKKAUS, since=US_PACK, done="EFFECTIVE"),
        Judged("G5", "at Turku (PK-01) was critical and open while the batch was made")),
    Row("something critical was open while the tablets were pressed", "US",
        corrects(TAVIRA, since=BULK, done="VERIFIED"),
        Judged("G5", "BAT-3 (T-0051): CAPA-1 at Porto (TB-01) was critical and open while the batch was made")),
    Row("something critical was open at the mill while the substance was made", "EU",
        corrects(MIKRON, since=API, done="EFFECTIVE"),
        Judged("G5", "BAT-2 (A-2204): CAPA-1 at Graz (MK-01) was critical and open while the batch was made")),
    Row("something critical was open while the intermediate was made", "EU",
        corrects(LARNWICK, since=INTERMEDIATE, done="VERIFIED"),
        Judged("G5", "BAT-1 (I3-0417): CAPA-1 at Cork (LR-01) was critical and open while the batch was made")),
    Row("something critical was put right at the packer before it packed", "EU",
        corrects(PAKKAUS, since=INTERMEDIATE, done="VERIFIED"), Released()),
)  # fmt: skip

ROWS = (*INSPECTED, *DECLARED, *AUDITS, *CRITICAL)
