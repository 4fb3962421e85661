"""What the program said of markets before the rows of the policy said it: for stored policies and histories alone.

The Union is known here and nowhere else. A market that a policy has a row for is what its row says; of a key that the
row does not name, it says what it said when the program did.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import JsonValue

_UNION = frozenset({
    "EU", "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI",
    "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
"""The Union, its member states and the EEA."""
_OF_THE_UNION: Mapping[str, JsonValue] = MappingProxyType(
    {"registers": ["EUDRAGMDP"], "declares_substances": True, "bars": ["NON_COMPLIANCE", "NO_AUTHORISATION"]}
)
_OF_ONE: Mapping[str, Mapping[str, JsonValue]] = MappingProxyType(
    {
        "US": MappingProxyType(
            {
                "registers": ["FDA_INSPECTIONS", "FDA_WARNING_LETTERS", "FDA_IMPORT_ALERT"],
                "inspectorates": ["FDA"],
                "audit_standards": ["21CFR211"],
                "starting_materials_at_risk": False,
            }
        )
    }
)
_BY_PHASE: Mapping[str, JsonValue] = MappingProxyType({
    "first": "section 501(a)(2)(B) of the FD&C Act (statutory CGMP), 21 CFR 210.2(c)",
    "later": "21 CFR Part 211",
})  # fmt: skip
"""What a drug for a trial is made under in the US."""


_LISTS = frozenset({"relies_on", "takes_documents", "certified_in"})
"""The keys of a row that said what is relied on."""


def asked_before(market: str) -> Mapping[str, JsonValue]:
    """What was asked for a market, by the keys of its row; what is missing was asked as it is for every other one."""
    return _OF_THE_UNION if market in _UNION else _OF_ONE.get(market, {})


def clinical_before(market: str, *, certifies: bool) -> Mapping[str, JsonValue]:
    """What was asked of clinical supply for a market beside its statement, by the keys of the clinical row.

    No market asked for an importer's test. `certifies` says whether a qualified person certifies there.
    """
    return {"specification_file": certifies} | ({"made_under": {**_BY_PHASE}} if market == "US" else {})


def is_certified_before(market: str) -> bool:
    """Whether a qualified person certified for it."""
    return market in _UNION


def counted_before(market: str) -> str:
    """The market as which it counted."""
    return "EU" if market in _UNION else market


def relied_on_before(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row with what it relies on said by kind of first step, as keys of before said it in lists.

    A row that says it both ways keeps the old keys, which are refused.
    """
    if "first_steps" in row or not (_LISTS & row.keys()):
        return row
    markets, certified_in = row.get("relies_on", ()), row.get("certified_in", ())
    if certified_in and not row.get("takes_documents"):
        return row
    steps: list[Mapping[str, Any]] = []
    if markets:
        steps.append({"kind": "RELEASE", "markets": markets})
    if row.get("takes_documents"):
        signed_as = ("QUALIFIED_PERSON", "RESPONSIBLE_PERSON")
        steps.append({"kind": "CERTIFICATE", "signed_as": signed_as, "licensed_in": certified_in})
    return {**{key: value for key, value in row.items() if key not in _LISTS}, "first_steps": steps}
