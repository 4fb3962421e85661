"""What Temporal's visibility knows of a case: codes only, no names of people, no scores, no free text."""

from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from domain.core.case import CaseOrder

PROCESS = SearchAttributeKey.for_keyword("Process")
SUPPLIER = SearchAttributeKey.for_keyword("SupplierId")
SITE = SearchAttributeKey.for_keyword("SiteId")
STAGE = SearchAttributeKey.for_keyword("Stage")
RISK_TIER = SearchAttributeKey.for_keyword("RiskTier")
WAITING_ON = SearchAttributeKey.for_keyword_list("WaitingOn")
NEXT_DUE = SearchAttributeKey.for_datetime("NextDueAt")
OVERDUE = SearchAttributeKey.for_bool("Overdue")
HOLD_REASON = SearchAttributeKey.for_keyword("HoldReason")
POLICY_VERSION = SearchAttributeKey.for_int("PolicyVersion")
OWNER = SearchAttributeKey.for_keyword("CaseOwner")

KEYS = (PROCESS, SUPPLIER, SITE, STAGE, RISK_TIER, WAITING_ON, NEXT_DUE, OVERDUE, HOLD_REASON, POLICY_VERSION, OWNER)
"""All search attributes; registered when a worker starts."""


def starting_attributes(order: CaseOrder) -> TypedSearchAttributes:
    """The attributes that a case is started with and keeps."""
    pairs: list[SearchAttributePair[Any]] = [
        SearchAttributePair(PROCESS, order.process.value),
        SearchAttributePair(SUPPLIER, order.supplier_id),
        SearchAttributePair(SITE, order.site_id),
        SearchAttributePair(POLICY_VERSION, order.policy_version),
        SearchAttributePair(STAGE, "REQUESTED"),
        SearchAttributePair(OVERDUE, False),
    ]
    if order.risk_tier is not None:
        pairs.append(SearchAttributePair(RISK_TIER, order.risk_tier))
    if order.owner is not None:
        pairs.append(SearchAttributePair(OWNER, order.owner))
    return TypedSearchAttributes(pairs)
