"""What only the database knows, asked in the transaction that writes."""

from records.checks import (
    audit_conduct,
    audit_days,
    audit_plan,
    audit_report,
    audit_request,
    audit_response,
    capas,
    case_actions,
    documents,
    master_data,
    people,
    policy,
    qualification_request,
    required_documents,
    risk,
    webhooks,
)
from records.checks.declared import FACT_CHECKS, FORM_CHECKS, REQUEST_CHECKS, SUGGESTIONS

__all__ = [
    "FACT_CHECKS",
    "FORM_CHECKS",
    "REQUEST_CHECKS",
    "SUGGESTIONS",
    "audit_conduct",
    "audit_days",
    "audit_plan",
    "audit_report",
    "audit_request",
    "audit_response",
    "capas",
    "case_actions",
    "documents",
    "master_data",
    "people",
    "policy",
    "qualification_request",
    "required_documents",
    "risk",
    "webhooks",
]
