"""Process D: every form of a technical exchange (domain specification, section 7)."""

from domain.exchange import ExchangeCancellation, ExchangeRequest
from domain.exchange_concern import Concern, ConcernSettlement
from domain.exchange_round import RoundOpening, RoundResponse, RoundReview
from domain.exchange_steering import SteeringDecision, SteeringDecisionForSite
from domain.forms import Forms
from domain.parameter_filing import FilingStatement
from domain.parameter_forms import (
    ParameterDraft,
    QualityApproval,
    QualityApprovalForSite,
    TechnicalSignature,
    TechnicalSignatureForSite,
)

EXCHANGE_FORMS = Forms(
    ExchangeRequest,
    RoundOpening,
    RoundResponse,
    RoundReview,
    Concern,
    ConcernSettlement,
    SteeringDecision,
    SteeringDecisionForSite,
    ParameterDraft,
    TechnicalSignature,
    TechnicalSignatureForSite,
    QualityApproval,
    QualityApprovalForSite,
    FilingStatement,
    ExchangeCancellation,
)
