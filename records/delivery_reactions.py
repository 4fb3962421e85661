"""What follows from a delivery for its batch."""

from domain.delivery_facts import GoodsInDoubt, TransportBeyondConditions
from records.batch_reactions import holds_the_batch
from records.reactions import reacts

reacts(GoodsInDoubt, TransportBeyondConditions)(holds_the_batch)
