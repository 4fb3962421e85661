"""Process of a delivery: every form from its order to the end (domain specification, section 8)."""

from domain.forms import Forms
from domain.shipment import ShipmentCancellation, ShipmentDispatch, ShipmentOrder
from domain.shipment_receipt import GoodsDisposal, ShipmentReceipt, Unblocking
from domain.transport import TransportAssessment, TransportRecord

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
