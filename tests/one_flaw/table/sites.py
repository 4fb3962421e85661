"""Flaws of the sites: status, agreement, certificates, audits, critical findings (gates G1 to G5)."""

from datetime import timedelta
from typing import Any

from tests.one_flaw.flaws import (
    audited,
    begun_before_the_agreement,
    both,
    excused,
    expired,
    listed,
    nothing,
    otherwise,
    said,
)
from tests.one_flaw.past import Past
from tests.one_flaw.places import LARNWICK, MIKRON, PAKKAUS, TAVIRA
from tests.one_flaw.rows import Barred, Judged, Refused, Released, Row, held, waits
from tests.one_flaw.world import EU_PACK, US_PACK

RELEASE: dict[str, Any] = {"suspension_scope": "NEW_ORDERS_AND_RELEASE"}
FULL: dict[str, Any] = {"suspension_scope": "FULL"}
ORDERS: dict[str, Any] = {"suspension_scope": "NEW_ORDERS"}
NEVER: dict[str, Any] = {"next_audit_due": None, "last_audit_day": None}
LONG_AGO: dict[str, Any] = {"next_audit_due": None, "last_audit_day": "2023-01-10"}
MILL = [{"scope_id": "SC-4", "step": "Sorting"}]

G1 = (
    Row("the packer is suspended with release", "EU", listed(PAKKAUS, "SUSPENDED", **RELEASE),
        Refused("G1", "packaging at Turku (PK-01) is suspended for new orders and release now")),
    Row("the packer is suspended in full", "EU", listed(PAKKAUS, "SUSPENDED", **FULL),
        Refused("G1", "packaging at Turku (PK-01) is suspended in full now")),
    Row("the packer is disqualified", "EU", listed(PAKKAUS, "DISQUALIFIED"),
        Refused("G1", "packaging at Turku (PK-01) is disqualified now")),
    Row("the approval of the packer has expired", "US", listed(PAKKAUS, "EXPIRED"),
        Refused("G1", "packaging at Turku (PK-01) is expired now")),
    Row("a subcontractor that no agreement names", "EU", said(EU_PACK, "request", subcontracted=MILL),
        Barred("rule_broken", "subcontracted.0")),
)  # fmt: skip
G2 = (
    Row("the pack was begun before the agreement", "EU", begun_before_the_agreement(EU_PACK),
        waits("G2", "no quality agreement was in force for packaging at Turku (PK-01) on", "G12")),
)  # fmt: skip
G3 = (
    Row("the certificate of the packer has ended", "EU", expired(PAKKAUS),
        Judged("G3", "no valid certificate of packaging at Turku (PK-01) names the packaging now")),
    Row("the certificate of the packer has ended, for the States", "US", expired(PAKKAUS),
        Judged("G3", "no valid certificate of packaging at Turku (PK-01) names the packaging now")),
    Row("nobody has accepted the certificate of the packer", "EU", otherwise(PAKKAUS, Past(is_verified=False)),
        Judged("G3", "none of packaging at Turku (PK-01) named the packaging on")),
    Row("the authority excuses the certificate of the packer", "EU",
        both(expired(PAKKAUS), excused(EU_PACK, "G3", "EU")), Released()),
)  # fmt: skip
OVERDUE = listed(PAKKAUS, "APPROVED", next_audit_due=None, last_audit_day="2024-12-01")
G4 = (
    Row("the packer was never audited", "EU", listed(PAKKAUS, "APPROVED", **NEVER),
        Refused("G4", "packaging at Turku (PK-01) was never audited")),
    Row("the packer was audited long ago", "US", listed(PAKKAUS, "APPROVED", **LONG_AGO),
        Refused("G4", "the audit of packaging at Turku (PK-01) was due on 2025-01-10")),
    Row("the last audit of the packer is unacceptable", "US", audited(PAKKAUS, recommendation="UNACCEPTABLE"),
        held("G4", "found packaging at Turku (PK-01) unacceptable")),
    Row("the last audit of the packer recommends conditions", "EU", audited(PAKKAUS, recommendation="CONDITIONAL"),
        Judged("G4", "recommends packaging at Turku (PK-01) under conditions")),
    Row("the certifier does not know the audits", "EU", nothing(),
        Refused("G4", "the certifier does not know what the audits recommend"), {"audits_known": False}),
    Row("who approves does not know the audits", "US", nothing(),
        Refused("G4", "the certifier does not know what the audits recommend"), {"audits_known": False}),
    Row("the authority excuses that the packer was never audited", "EU",
        both(listed(PAKKAUS, "APPROVED", **NEVER), excused(EU_PACK, "G4", "EU")), Released()),
    Row("the authority excuses the audit for the States", "US",
        both(listed(PAKKAUS, "APPROVED", **NEVER), excused(US_PACK, "G4", "US")), Released()),
    Row("the packer was audited, with a major finding", "EU",
        audited(PAKKAUS, "MAJOR", recommendation="ACCEPTABLE_WITH_CAPA"), Released()),
)  # fmt: skip
G5 = (
    Row("a critical finding at the packer is open", "EU", audited(PAKKAUS, "CRITICAL", recommendation="UNACCEPTABLE"),
        held("G5", "is critical and", "G4")),
)  # fmt: skip
FINE = (
    Row("the packer is on probation", "EU", listed(PAKKAUS, "PROBATION"), Released()),
    Row("the packer takes no new orders", "US", listed(PAKKAUS, "SUSPENDED", **ORDERS), Released()),
    Row("the packer takes no new orders, for the Union", "EU", listed(PAKKAUS, "SUSPENDED", **ORDERS), Released()),
    Row("the packer was suspended after the end, and is reinstated", "US",
        both(listed(PAKKAUS, "SUSPENDED", ago=timedelta(hours=2), **RELEASE), listed(PAKKAUS, "APPROVED")), Released()),
)  # fmt: skip

ANCESTRY = (
    Row("the maker of the tablets is suspended with release", "EU", listed(TAVIRA, "SUSPENDED", **RELEASE),
        Refused("G1", "T-0051 (BAT-3): manufacture of the dosage form at Porto (TB-01) is suspended for new orders "
            "and release now")),
    Row("the mill is suspended with release", "US", listed(MIKRON, "SUSPENDED", **RELEASE),
        Refused("G1", "A-2204 (BAT-2): manufacture of the active substance at Graz (MK-01) is suspended for new "
            "orders and release now")),
    Row("the maker of the intermediate is suspended with release", "EU", listed(LARNWICK, "SUSPENDED", **RELEASE),
        Refused("G1", "I3-0417 (BAT-1): manufacture of intermediates at Cork (LR-01) is suspended for new orders "
            "and release now")),
    Row("the certificate of the maker of the intermediate has ended", "EU", expired(LARNWICK),
        Refused("G3", "I3-0417 (BAT-1): no valid certificate of manufacture of intermediates at Cork (LR-01)")),
    Row("the certificate of the mill has ended", "US", expired(MIKRON),
        Refused("G3", "A-2204 (BAT-2): no valid certificate of manufacture of the active substance at Graz (MK-01)")),
    Row("the certificate of the maker of the tablets has ended", "EU", expired(TAVIRA),
        Judged("G3", "T-0051 (BAT-3): no valid certificate of manufacture of the dosage form at Porto (TB-01)")),
    Row("the maker of the intermediate was never audited", "US", listed(LARNWICK, "APPROVED", **NEVER),
        Refused("G4", "I3-0417 (BAT-1): manufacture of intermediates at Cork (LR-01) was never audited")),
    Row("the mill was never audited", "EU", listed(MIKRON, "APPROVED", **NEVER),
        Refused("G4", "A-2204 (BAT-2): manufacture of the active substance at Graz (MK-01) was never audited")),
    Row("a critical finding at the maker of the intermediate is open", "EU",
        audited(LARNWICK, "CRITICAL", recommendation="UNACCEPTABLE"),
        held("G5", "I3-0417 (BAT-1): ", "G4")),
    Row("a critical finding at the mill is open", "US", audited(MIKRON, "CRITICAL", recommendation="UNACCEPTABLE"),
        held("G5", "at Graz (MK-01) is critical and", "G4")),
    Row("a critical finding at the maker of the tablets is open", "EU",
        audited(TAVIRA, "CRITICAL", recommendation="UNACCEPTABLE"),
        held("G5", "T-0051 (BAT-3): ", "G4")),
)  # fmt: skip

ROWS = (*G1, *G2, *G3, *G4, *G5, *FINE, *ANCESTRY)
