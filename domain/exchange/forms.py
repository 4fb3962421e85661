"""Process D: every form of a technical exchange (domain specification, section 7)."""

from domain.core.forms import Forms
from domain.exchange.concern import Concern, ConcernSettlement
from domain.exchange.exchange import ExchangeCancellation, ExchangeRequest
from domain.exchange.parameter_filing import FilingStatement
from domain.exchange.parameter_forms import (
    ParameterDraft,
    QualityApproval,
    QualityApprovalForSite,
    TechnicalSignature,
    TechnicalSignatureForSite,
)
from domain.exchange.round import RoundOpening, RoundResponse, RoundReview
from domain.exchange.steering import SteeringDecision, SteeringDecisionForSite

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
