"""All forms of the program, by process. The routes, the updates, the tasks and the events are made from these."""

from domain.agreement.review import AGREEMENT_REVIEW_FORMS
from domain.audit.audit import AUDIT_FORMS
from domain.audit.capa import CAPA_FORMS
from domain.change.decision import CHANGE_FORMS
from domain.core.case_actions import COMMON_FORMS
from domain.core.forms import Form, Forms, Process
from domain.delivery.destruction import DESTRUCTION_FORMS
from domain.delivery.forms import SHIPMENT_FORMS
from domain.delivery.returns import RETURN_FORMS
from domain.exchange.forms import EXCHANGE_FORMS
from domain.inspection.answer import INSPECTION_FORMS
from domain.oversight.oversight import OVERSIGHT_FORMS
from domain.oversight.renewal import RENEWAL_FORMS
from domain.oversight.review import REVIEW_FORMS
from domain.qualification.qualification import QUALIFICATION_FORMS
from domain.qualification.risk_review import RISK_REVIEW_FORMS
from domain.release.batch_forms import BATCH_FORMS
from domain.status.decision import STATUS_FORMS
from domain.triage.triage import SITE_EVENT_FORMS

FORMS = (
    QUALIFICATION_FORMS
    + OVERSIGHT_FORMS
    + AUDIT_FORMS
    + CAPA_FORMS
    + RENEWAL_FORMS
    + AGREEMENT_REVIEW_FORMS
    + SITE_EVENT_FORMS
    + RISK_REVIEW_FORMS
    + STATUS_FORMS
    + CHANGE_FORMS
    + INSPECTION_FORMS
    + REVIEW_FORMS
    + EXCHANGE_FORMS
    + BATCH_FORMS
    + SHIPMENT_FORMS
    + RETURN_FORMS
    + DESTRUCTION_FORMS
    + COMMON_FORMS
)


def forms_of(process: Process) -> Forms:
    """The forms of a process."""
    return FORMS.of(process)


def form_of(process: Process, action: str) -> type[Form]:
    """The form of an action. Raises `Refused(WRONG_FORM)` if the process has no such action."""
    return FORMS.answering(process, action)
