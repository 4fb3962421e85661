"""Process of a delivery: every form from its order to the end (domain specification, section 8)."""

from domain.core.forms import Forms
from domain.delivery.receipt import GoodsDisposal, ShipmentReceipt, Unblocking
from domain.delivery.shipment import ShipmentCancellation, ShipmentDispatch, ShipmentOrder
from domain.delivery.transport import TransportAssessment, TransportRecord

SHIPMENT_FORMS = Forms(
    ShipmentOrder,
    ShipmentDispatch,
    ShipmentCancellation,
    ShipmentReceipt,
    TransportRecord,
    TransportAssessment,
    Unblocking,
    GoodsDisposal,
)
