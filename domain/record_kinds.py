"""All kinds of records beside cases, as `domain.processes` has all forms of cases."""

from domain.appointment.appointment import APPOINTMENT
from domain.audit.programme_forms import PROGRAMME
from domain.authorisation.forms import AUTHORISATION
from domain.batch.results.specification_forms import SPECIFICATION
from domain.core.record_kinds import RecordKind
from domain.delivery.official_release import OFFICIAL_RELEASE
from domain.importation.batch_certificate import BATCH_CERTIFICATE
from domain.importation.consignment import CONSIGNMENT
from domain.oversight.certificate_act import CERTIFICATE
from domain.policy.change import THE_POLICY
from domain.release.certification_abroad import CERTIFICATION_ABROAD
from domain.release.part_confirmation import PART_CONFIRMATION
from domain.release.qp_declaration import QP_DECLARATION
from domain.release.raised_grounds import GROUNDS

RECORD_KINDS: tuple[RecordKind, ...] = (
    THE_POLICY,
    PROGRAMME,
    SPECIFICATION,
    GROUNDS,
    CERTIFICATE,
    QP_DECLARATION,
    CONSIGNMENT,
    BATCH_CERTIFICATE,
    APPOINTMENT,
    OFFICIAL_RELEASE,
    AUTHORISATION,
    PART_CONFIRMATION,
    CERTIFICATION_ABROAD,
)


def kind_of(record: str) -> RecordKind | None:
    """The kind of a record, by its number; `None` for a case, and for what there is not."""
    return next((kind for kind in RECORD_KINDS if kind.names(record)), None)
