"""Flaws of the sites: status, agreement, certificates, audits, critical findings (gates G1 to G5)."""

from datetime import timedelta
from typing import Any

from tests.one_flaw.flaws import listed
from tests.one_flaw.places import PAKKAUS
from tests.one_flaw.rows import Refused, Row

STOPPED: dict[str, Any] = {"suspension_scope": "NEW_ORDERS_AND_RELEASE"}
YEAR = timedelta(days=365)

G1 = (
    Row(
        "the packer is suspended with release",
        "EU",
        listed(PAKKAUS, "SUSPENDED", **STOPPED),
        Refused("G1", "SC-6 at PK-01 is SUSPENDED(NEW_ORDERS_AND_RELEASE) now"),
    ),
    Row(
        "the packer is suspended with release, for the quality unit as well",
        "US",
        listed(PAKKAUS, "SUSPENDED", **STOPPED),
        Refused("G1", "SC-6 at PK-01 is SUSPENDED(NEW_ORDERS_AND_RELEASE) now"),
    ),
    Row(
        "the packer is disqualified",
        "EU",
        listed(PAKKAUS, "DISQUALIFIED"),
        Refused("G1", "SC-6 at PK-01 is DISQUALIFIED now"),
    ),
)

ROWS = (*G1,)
