"""What follows from a delivery for its batch."""

from domain.delivery.facts import GoodsInDoubt, TransportBeyondConditions
from records.batch.reactions.facts import holds_the_batch
from records.core.reactions import reacts

reacts(GoodsInDoubt, TransportBeyondConditions)(holds_the_batch)
