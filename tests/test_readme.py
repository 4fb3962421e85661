"""The README's table of steps is held against the program."""

import re
from pathlib import Path

import pytest

from domain.forms import Process
from domain.people import Role
from records.registry import FORMS
from workflows.agreement import Negotiation
from workflows.agreement_review import QualityAgreementReview
from workflows.analysis import Analysis
from workflows.assurance import Assurance
from workflows.audit import QualityAudit
from workflows.audit_days import AuditDays
from workflows.audit_team import Auditors
from workflows.authority_answer import AuthorityAnswer
from workflows.batch import BatchDisposition
from workflows.batch_holds import Holds
from workflows.capa import CorrectiveAction
from workflows.certification import Certification
from workflows.common_actions import CommonActions
from workflows.exchange import TechnicalExchange
from workflows.gate_exception import GateExceptions
from workflows.inspection import AuthorityInspection
from workflows.investigations import Investigations
from workflows.oversight import SiteOversight
from workflows.oversight_review import QuarterlyReview
from workflows.parameter_agreement import ParameterAgreement
from workflows.post_release import PostRelease
from workflows.qualification import SupplierQualification
from workflows.qualification_decision import QualificationDecision
from workflows.quarantine import QuarantineArrangement
from workflows.rejection_correction import RejectionCorrection
from workflows.renewal import CertificateRenewal
from workflows.responses import Responses
from workflows.restriction import Restriction
from workflows.risk_review import RiskReview
from workflows.shipment import BatchDelivery
from workflows.site_change import SiteChange
from workflows.site_event import SiteEventTriage
from workflows.status import StatusDecision

README = (Path(__file__).parent.parent / "README.md").read_text()
ROW = re.compile(r"^\| [^|]+ \| `(?P<form>\w+)` \| `POST (?P<route>[^`]+)` \| (?P<line>[^|]+) \|$", re.MULTILINE)
ROWS = {row["form"]: row for row in ROW.finditer(README)}
WORKFLOWS = {
    Process.QUALIFICATION: (SupplierQualification, Assurance, Negotiation, QualificationDecision),
    Process.OVERSIGHT: (SiteOversight,),
    Process.REVIEW: (QuarterlyReview,),
    Process.AUDIT: (QualityAudit, Auditors, AuditDays, Responses),
    Process.CAPA: (CorrectiveAction,),
    Process.RENEWAL: (CertificateRenewal,),
    Process.AGREEMENT: (QualityAgreementReview,),
    Process.EVENT: (SiteEventTriage,),
    Process.RISK: (RiskReview,),
    Process.CHANGE: (SiteChange,),
    Process.INSPECTION: (AuthorityInspection, AuthorityAnswer),
    Process.STATUS: (StatusDecision, Restriction),
    Process.EXCHANGE: (TechnicalExchange, ParameterAgreement),
    Process.BATCH: (
        BatchDisposition,
        Analysis,
        Certification,
        GateExceptions,
        Holds,
        Investigations,
        PostRelease,
        QuarantineArrangement,
        RejectionCorrection,
    ),
    Process.SHIPMENT: (BatchDelivery,),
    None: (CommonActions,),
}


OF_PEOPLE = [form for form in FORMS if form.action.by != {Role.SYSTEM}]
"""What only the program requests has no route."""


@pytest.mark.parametrize("form", OF_PEOPLE, ids=lambda form: form.__name__)
def test_every_form_stands_in_the_table_with_its_route_and_a_step_that_exists(form: type) -> None:
    row = ROWS[form.__name__]
    action = next(known.action for known in FORMS if known is form)
    process = action.process.value if action.process else "{process}"
    assert row["route"] == (f"/v1/{process}" if action.starts else f"/v1/{process}/{{id}}/{action.name}")
    step = row["line"].strip()
    assert step == "*(opens the case)*" or any(hasattr(owner, step.strip("`")) for owner in WORKFLOWS[action.process])


def test_the_table_names_no_form_that_is_gone() -> None:
    assert set(ROWS) == {form.__name__ for form in OF_PEOPLE}


def test_every_dependency_has_a_reason() -> None:
    project = (Path(__file__).parent.parent / "pyproject.toml").read_text()
    declared = re.findall(r'^\s+"([a-z0-9-]+)(?:\[[^\]]*\])?>=', project, re.MULTILINE)
    assert declared
    assert [name for name in declared if name not in README.lower()] == []
