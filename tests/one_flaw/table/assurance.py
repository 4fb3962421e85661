"""Flaws of what is known of the sites: certificates, inspections, audits, what is critical (gates G3 to G5)."""

from datetime import timedelta
from typing import Any

from tests.one_flaw.declarations import NUMBER, declared, taken_back
from tests.one_flaw.flaws import audited, both, excused, expired, lifted, listed, then
from tests.one_flaw.licences import also, authorised, ended, its_paper
from tests.one_flaw.places import LARNWICK, MIKRON, PAKKAUS, TAVIRA, VELDMARK
from tests.one_flaw.rows import Barred, Judged, Refused, Released, Row, held, waits
from tests.one_flaw.site_flaws import corrects, inspected, on
from tests.one_flaw.stopping import stopped
from tests.one_flaw.world import API, BULK, EU_PACK, INTERMEDIATE, US_PACK

LONG_AGO: dict[str, Any] = {"next_audit_due": None, "last_audit_day": "2023-01-10"}
NEVER: dict[str, Any] = {"next_audit_due": None, "last_audit_day": None}
LATE: dict[str, Any] = {"next_audit_due": None, "last_audit_day": "2024-11-20"}
BY_WORDS = {"judgements": [{"gate": "G3", "rationale": "The authority has extended it by public notice."}]}

INSPECTED = (
    Row("the FDA has found the packer wanting", "US", inspected(PAKKAUS, "OAI"),
        Judged("G3", "the FDA found packaging at Turku (PK-01): ")),
    Row("the FDA has found the maker of the tablets wanting", "US", inspected(TAVIRA, "OAI"),
        held("G3", "the FDA found manufacture of the dosage form at Porto (TB-01): ")),
    Row("the FDA has found the mill wanting", "US", inspected(MIKRON, "OAI"),
        held("G3", "the FDA found manufacture of the active substance at Graz (MK-01): ")),
    Row("the FDA has found the maker of the intermediate wanting", "US", inspected(LARNWICK, "OAI"),
        held("G3", "the FDA found manufacture of intermediates at Cork (LR-01): ")),
    Row("the FDA has left observations with the packer, not classified yet", "US", inspected(PAKKAUS, "FORM_483"),
        Judged("G3", "the FDA found packaging at Turku (PK-01): ")),
    Row("the FDA has seen the packer, and nothing is to be done", "US", inspected(PAKKAUS, "NAI"), Released()),
    Row("the FDA has seen the packer, and action is left to it", "US", inspected(PAKKAUS, "VAI"), Released()),
    Row("the FDA under another name has found the packer wanting", "US", inspected(PAKKAUS, "OAI", authority="US FDA"),
        Judged("G3", "the FDA found packaging at Turku (PK-01): ")),
    Row("the FDA, written out, has found the maker of the tablets wanting", "US",
        inspected(TAVIRA, "OAI", authority="U.S. Food and Drug Administration"),
        held("G3", "the FDA found manufacture of the dosage form at Porto (TB-01): ")),
    Row("what the FDA has found is shown for the Union as well", "EU", inspected(PAKKAUS, "OAI"),
        Judged("G3", "the FDA found packaging at Turku (PK-01): ")),
    Row("an authority of the Union finds that the packer is not compliant", "EU",
        inspected(PAKKAUS, "NON_COMPLIANT", authority="Fimea"), Refused("G3", "Fimea found packaging at Turku "
            "(PK-01): ")),
    Row("an authority of the Union finds that the maker of the intermediate is not compliant", "EU",
        inspected(LARNWICK, "NON_COMPLIANT", authority="HPRA"), held("G3", "HPRA found manufacture of "
            "intermediates at Cork (LR-01): ")),
    Row("an authority of the Union finds that the packer is not compliant, for the States", "US",
        inspected(PAKKAUS, "NON_COMPLIANT", authority="Fimea"), Judged("G3", "Fimea found packaging at Turku "
            "(PK-01): ")),
    Row("the authority has found the packer compliant since", "EU",
        both(inspected(PAKKAUS, "NON_COMPLIANT", days_ago=100, authority="Fimea"),
             inspected(PAKKAUS, "COMPLIANT", authority="FIMEA")), Released()),
    Row("the certificate of the packer has ended; the FDA had seen it before it packed", "US",
        both(expired(PAKKAUS), inspected(PAKKAUS, "NAI", days_ago=120)), Released()),
    Row("the certificate of the packer has ended; what the FDA saw does not count in the Union", "EU",
        both(expired(PAKKAUS), inspected(PAKKAUS, "NAI", days_ago=120)),
        Judged("G3", "no valid certificate of packaging at Turku (PK-01) names the ")),
)  # fmt: skip
KINDS = (
    Row("the certificate of the packer has ended, and its authorisation is for investigational products", "EU",
        both(authorised(PAKKAUS, "MIA_IMP"), its_paper(valid_to=timedelta(days=3000)), expired(PAKKAUS)),
        Judged("G3", "no valid certificate of packaging at Turku (PK-01) names the ")),
    Row("the certificate of the packer has ended, and its authorisation has not", "EU",
        both(authorised(PAKKAUS), its_paper(valid_to=timedelta(days=3000)), expired(PAKKAUS)), Released()),
    Row("the certificate of the packer has ended, and a market takes any authorisation", "US",
        both(authorised(PAKKAUS, "MIA_IMP"), its_paper(valid_to=timedelta(days=3000)), expired(PAKKAUS)),
        Released()),
)  # fmt: skip
STOPPED = (
    Row("the authority has withdrawn the certificate of the packer", "EU", stopped(PAKKAUS),
        held("G3", "of packaging at Turku (PK-01) was withdrawn by its authority on ")),
    Row("the authority has withdrawn the certificate of the packer; two have lifted the hold", "EU",
        both(stopped(PAKKAUS), lifted(EU_PACK, "priya", "hana")),
        Judged("G3", "of packaging at Turku (PK-01) was withdrawn by its authority on ")),
    Row("the authority has suspended the certificate of the maker of the tablets", "US", stopped(TAVIRA, "SUSPENDED"),
        held("G3", "of manufacture of the dosage form at Porto (TB-01) was suspended by its authority on ")),
    Row("the certificate of the maker of the intermediate is withdrawn", "EU", stopped(LARNWICK),
        held("G3", "of manufacture of intermediates at Cork (LR-01) was withdrawn by its authority on ")),
    Row("the certificate of the packer was suspended while it packed, and counts again", "EU",
        both(stopped(PAKKAUS, "SUSPENDED", since=EU_PACK, lifted=True), lifted(EU_PACK, "priya", "hana")),
        Judged("G3", "none of packaging at Turku (PK-01) named the packaging on ")),
    Row("the certificate of the packer was suspended after it had packed, and counts again", "EU",
        both(stopped(PAKKAUS, "SUSPENDED", lifted=True), lifted(EU_PACK, "priya", "hana")), Released()),
    Row("the packer had lost its authorisation as it packed", "EU",
        both(stopped(PAKKAUS, since=EU_PACK, of="MIA"), lifted(EU_PACK, "priya", "hana")),
        Refused("G3", "of packaging at Turku (PK-01) was withdrawn by its authority on ")),
    Row("the packer has lost its authorisation after it had packed", "EU",
        both(stopped(PAKKAUS, of="MIA"), lifted(EU_PACK, "priya", "hana")),
        Judged("G3", "of packaging at Turku (PK-01) was withdrawn by its authority on ")),
)  # fmt: skip
ENDED = "no valid certificate of manufacture of intermediates at Cork (LR-01) names the "
NAMED = on(qp_declarations=[NUMBER])


def named(*numbers: str, **more: Any) -> dict[str, Any]:
    """A judgement of G3 that names declarations."""
    judgement = {"gate": "G3", "rationale": "The authority has extended it by public notice.", **more}
    return {"judgements": [{**judgement, "qp_declarations": [*numbers]}]}


DECLARED = (
    Row("the certificate of the maker of the intermediate has ended; a qualified person has declared", "EU",
        both(expired(LARNWICK), declared(LARNWICK)), Released()),
    Row("the certificate of the mill has ended; a qualified person has declared", "EU",
        both(expired(MIKRON), declared(MIKRON)), Released()),
    Row("the certificate of the maker of the substance has ended; a qualified person has declared", "EU",
        both(expired(VELDMARK), declared(VELDMARK)), Released()),
    Row("a qualified person has declared on the packer, whose certificate has ended: no pack rests on that", "EU",
        both(expired(PAKKAUS), declared(PAKKAUS)),
        Judged("G3", "no valid certificate of packaging at Turku (PK-01) names the ")),
    Row("a qualified person has declared on the maker of the intermediate, which is nothing to the States", "US",
        both(expired(LARNWICK), declared(LARNWICK)), Judged("G3", ENDED)),
    Row("the declaration on the maker of the intermediate is over", "EU",
        then(both(expired(LARNWICK), declared(LARNWICK, for_days=1)), days=2), Judged("G3", ENDED, NAMED)),
    Row("the declaration on the mill is over", "EU", then(both(expired(MIKRON), declared(MIKRON, for_days=1)), days=2),
        Judged("G3", "no valid certificate of manufacture of the active substance at Graz (MK-01) names the ", NAMED)),
    Row("the maker of the intermediate, on which a qualified person has declared, gets no new orders", "EU",
        both(expired(LARNWICK), declared(LARNWICK), listed(LARNWICK, "SUSPENDED", suspension_scope="NEW_ORDERS")),
        Judged("G3", ENDED, NAMED)),
    Row("a later audit of the maker of the intermediate finds it unacceptable, in spite of the declaration", "EU",
        both(expired(LARNWICK), declared(LARNWICK), audited(LARNWICK, recommendation="UNACCEPTABLE")),
        Refused("G3", ENDED, frozenset({"G4", "G14"}))),
    Row("the declaration on the maker of the intermediate is withdrawn", "EU",
        both(expired(LARNWICK), declared(LARNWICK), taken_back()),
        Refused("G3", ENDED, frozenset({"G14"}))),  # what was released on it is reviewed first
    Row("who declared on the maker of the intermediate was not appointed any more by then", "EU",
        both(expired(LARNWICK), declared(LARNWICK), ended(days_ago=1), also()),
        Refused("G3", ENDED, frozenset({"G14"}))),
    Row("a declaration on the mill is withdrawn, and its certificate shows the same", "EU",
        both(declared(MIKRON), taken_back("quirin")), Released()),
    Row("a qualified person has declared on the mill, not on the maker of the intermediate", "EU",
        both(expired(LARNWICK), declared(MIKRON)), Refused("G3", ENDED)),
    Row("the declaration on another site is named in a judgement", "EU", both(expired(LARNWICK), declared(MIKRON)),
        Barred("rule_broken", "is not the one that G3 asks for, on SC-3"), named(NUMBER)),
    Row("a declaration that there is not is named in a judgement", "EU", expired(LARNWICK),
        Barred("rule_broken", "judgements.0.qp_declarations.0"), named("QPD-78")),
    Row("a document is named in the place of a declaration", "EU", expired(LARNWICK),
        Barred("rule_broken", "judgements.0.qp_declaration"),
        named(qp_declaration={"document_id": "DOC-1", "sha256": "0" * 64})),
    Row("the certificate of the maker of the substance has ended, and nobody has declared", "EU", expired(VELDMARK),
        Barred("rule_broken", "judgements.0.qp_declarations"), named()),
    Row("a declaration is to last longer than the interval of the audits", "EU",
        declared(LARNWICK, for_days=1200), Barred("rule_broken", "valid_until")),
    Row("a declaration on the maker of the substance is to rest on the audit of the mill", "EU",
        declared(VELDMARK, audit=audited(MIKRON)), Barred("rule_broken", "covers.0.audit_id")),
    Row("a declaration is to rest on an audit that is not reported", "EU",
        declared(LARNWICK, audit=audited(LARNWICK, until="over")), Barred("rule_broken", "covers.0.audit_id")),
    Row("a declaration is to rest on an audit that has found the maker unacceptable", "EU",
        declared(LARNWICK, audit=audited(LARNWICK, recommendation="UNACCEPTABLE")),
        Barred("rule_broken", "covers.0.audit_id")),
    Row("a declaration names another substance than its maker is qualified for", "EU",
        declared(VELDMARK, substance="ARL-205"), Barred("rule_broken", "substance")),
    Row("the ended certificate of the packer is judged by words alone", "EU", expired(PAKKAUS),
        Barred("rule_broken", "judgements.0.evidence"), BY_WORDS),
    Row("the certificate of the maker of the substance has ended, for the States", "US", expired(VELDMARK),
        Judged("G3", "no valid certificate of manufacture of the active substance at Plant 2 (VM-02) names the ")),
)  # fmt: skip
AUDITS = (
    Row("the audit of the packer is late by weeks", "EU", listed(PAKKAUS, "APPROVED", **LATE),
        Judged("G4", "the audit of packaging at Turku (PK-01) was due on 2026-11-20")),
    Row("the audit of the maker of the tablets is late by weeks", "US", listed(TAVIRA, "APPROVED", **LATE),
        Judged("G4", "T-0051 (BAT-3): the audit of manufacture of the dosage form at Porto (TB-01) was due on "
            "2026-11-20")),
    Row("the audit of the maker of the tablets is late by years", "EU", listed(TAVIRA, "APPROVED", **LONG_AGO),
        Refused("G4", "T-0051 (BAT-3): the audit of manufacture of the dosage form at Porto (TB-01) was due on ")),
    Row("the audit of the maker of the substance is late by years, justified for the Union", "EU",
        listed(VELDMARK, "APPROVED", **LONG_AGO),
        Judged("G4", "A-2204 (BAT-2): the audit of manufacture of the active substance at Plant 2 (VM-02) was due "
            "on ", on("evidence"))),
    Row("the audit of the mill is late by years, justified for the Union", "EU", listed(MIKRON, "APPROVED", **LONG_AGO),
        Judged("G4", "the audit of manufacture of the active substance at Graz (MK-01) was due on ", on("evidence"))),
    Row("the audit of the maker of the substance is late by years, and nothing shows why that may be", "EU",
        listed(VELDMARK, "APPROVED", **LONG_AGO), Barred("rule_broken", "judgements.0.evidence"),
        {"judgements": [{"gate": "G4", "rationale": "The audit takes place next month; the site is well known."}]}),
    Row("the audit of the maker of the substance is late by years, for the States", "US",
        listed(VELDMARK, "APPROVED", **LONG_AGO), Refused("G4", "the audit of manufacture of the active substance "
            "at Plant 2 (VM-02) was due on ")),
    Row("the last audit of the maker of the intermediate is unacceptable", "EU",
        audited(LARNWICK, recommendation="UNACCEPTABLE"), held("G4", "found manufacture of intermediates at Cork "
            "(LR-01) unacceptable")),
    Row("the last audit of the maker of the tablets recommends conditions", "US",
        audited(TAVIRA, recommendation="CONDITIONAL"),
        Judged("G4", "recommends manufacture of the dosage form at Porto (TB-01) under conditions")),
    Row("the auditors have told the packer of something critical", "EU", audited(PAKKAUS, "CRITICAL", until="told"),
        held("G5", "found in Area 1 at Turku (PK-01) is critical and was told on site on", "G4")),
    Row("the auditors have told the maker of the intermediate of something critical", "US",
        audited(LARNWICK, "CRITICAL", until="told"),
        held("G5", "found in Area 1 at Cork (LR-01) is critical and was told on site on", "G4")),
    Row("the auditors have told the mill of something critical; two have lifted the hold", "US",
        both(audited(MIKRON, "CRITICAL", until="told"), lifted(US_PACK, "priya", "hana")),
        Refused("G14", "a review after its release is open", frozenset({"G4", "G5"}))),
    Row("the packer was told of something critical, and two have lifted the hold", "EU",
        both(audited(PAKKAUS, "CRITICAL", until="told"), lifted(EU_PACK, "priya", "hana")),
        Refused("G5", "found in Area 1 at Turku (PK-01) is critical and was told on site on", frozenset({"G4"}))),
    Row("the authority excuses the audit, then the auditors tell of something critical", "EU",
        both(listed(PAKKAUS, "APPROVED", **NEVER), excused(EU_PACK, "G4", "EU"),
             audited(PAKKAUS, "CRITICAL", until="told"), lifted(EU_PACK, "priya", "hana")),
        Refused("G4", "has told packaging at Turku (PK-01) of a critical finding, and is not reported",
            frozenset({"G5"}))),
    Row("the authority excuses the audit, then one takes place and recommends conditions", "US",
        both(listed(PAKKAUS, "APPROVED", **NEVER), excused(US_PACK, "G4", "US"),
             audited(PAKKAUS, recommendation="CONDITIONAL")),
        Judged("G4", "recommends packaging at Turku (PK-01) under conditions")),
    Row("an audit of the packer is over, and not reported", "US",
        then(audited(PAKKAUS, "MAJOR", until="over"), days=2),
        Judged("G4", "packaging at Turku (PK-01), is over, and not")),
    Row("an audit of the maker of the tablets is over, and not reported", "EU",
        then(audited(TAVIRA, until="over"), days=2),
        Judged("G4", "manufacture of the dosage form at Porto (TB-01), is over, and not reported")),
)  # fmt: skip
CRITICAL = (
    Row("something critical is to be put right at the packer", "EU", corrects(PAKKAUS),
        held("G5", "at Turku (PK-01) is critical and proposed")),
    Row("something critical is to be put right at the maker of the tablets", "US", corrects(TAVIRA),
        held("G5", "T-0051 (BAT-3): CAPA-1 at Porto (TB-01) is critical and proposed")),
    Row("something critical is to be put right at the mill", "EU", corrects(MIKRON),
        held("G5", "A-2204 (BAT-2): CAPA-1 at Graz (MK-01) is critical and proposed")),
    Row("something critical is to be put right at the maker of the intermediate", "US", corrects(LARNWICK),
        held("G5", "I3-0417 (BAT-1): CAPA-1 at Cork (LR-01) is critical and proposed")),
    Row("something critical is to be put right at the whole site of the packer", "US", corrects(PAKKAUS, scopes=False),
        held("G5", "at Turku (PK-01) is critical and proposed")),
    Row("something critical was open while the packer packed, is verified, and the hold stands", "EU",
        corrects(PAKKAUS, since=EU_PACK, done="VERIFIED"),
        waits("G5", "at Turku (PK-01) was critical and open while the batch was made", "G14")),
    Row("something critical was open while the packer packed, and is verified", "EU",
        both(corrects(PAKKAUS, since=EU_PACK, done="VERIFIED"), lifted(EU_PACK, "priya", "hana")),
        Judged("G5", "at Turku (PK-01) was critical and open while the batch was made")),
    Row("something critical was open while the packer packed, and was effective", "US",
        both(corrects(PAKKAUS, since=US_PACK, done="EFFECTIVE"), lifted(US_PACK, "priya", "hana")),
        Judged("G5", "at Turku (PK-01) was critical and open while the batch was made")),
    Row("something critical was open while the tablets were pressed, and their review waits", "US",
        both(corrects(TAVIRA, since=BULK, done="VERIFIED"), lifted(US_PACK, "priya", "hana")),
        waits("G14", "T-0051 (BAT-3): a review after its release is open", "G5")),
    Row("something critical was open at the mill while the substance was made, and its review waits", "EU",
        both(corrects(MIKRON, since=API, done="EFFECTIVE"), lifted(EU_PACK, "priya", "hana")),
        waits("G14", "A-2204 (BAT-2): a review after its release is open", "G5")),
    Row("something critical was open while the intermediate was made, and its review waits", "EU",
        both(corrects(LARNWICK, since=INTERMEDIATE, done="VERIFIED"), lifted(EU_PACK, "priya", "hana")),
        waits("G14", "I3-0417 (BAT-1): a review after its release is open", "G5")),
    Row("something critical was put right at the packer before it packed", "EU",
        both(corrects(PAKKAUS, since=INTERMEDIATE, done="VERIFIED"), lifted(EU_PACK, "priya", "hana")), Released()),
)  # fmt: skip

ROWS = (*INSPECTED, *KINDS, *STOPPED, *DECLARED, *AUDITS, *CRITICAL)
