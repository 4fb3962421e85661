"""What G12 looks at: what the batch comes from, and its transport (domain specification, section 8)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from pydantic import AwareDatetime

from domain.batch.batch import Relation
from domain.batch.gate.gate import GateFacts
from domain.batch.making.materials import MaterialPart
from domain.batch.processing_purpose import ProcessingPurpose
from domain.event.site_event import EventType


class MaterialFacts(GateFacts):
    """G12: a lot of a starting material."""

    lot: str
    maker: str
    chain: tuple[str, ...] = ()
    """Its way to the site, as it was stated."""
    certificate: str | None = None
    """Document id of the original manufacturer's certificate."""
    comparator: str | None = None
    """Where it comes from, if it was bought for a trial, in words."""
    unknown: tuple[str, ...] = ()
    """What is not known of it, where something was written that says nothing."""
    is_own: str | None = None
    """The own batch that it is."""
    may_be: tuple[str, ...] = ()
    """Own batches with its number that it may be."""
    name: str = ""
    """Name of the material."""
    part: MaterialPart | None = None
    """What it is, of the substance; `None` where that was not said."""
    site_id: str | None = None
    """The registered site of its maker, where that was named."""


class LotAlikeFacts(GateFacts):
    """G12: a lot of a starting material has the number of a lot that an event names, which another maker has made."""

    lot: str
    event_id: str
    type: EventType
    site: str
    """Name of the site of the event."""


class LotInDoubtFacts(GateFacts):
    """G12: an event has named a lot that a batch was made with, or the batch; whether or not that is closed."""

    lot: str
    event_id: str
    type: EventType
    site: str
    """Name of the site of the event."""
    cleared: str | None = None
    """Who has said that the lot is not concerned, why and on what documents; `None` if nobody has."""

    @property
    def event(self) -> str:
        """Which event it is, for people."""
        return f"{self.event_id} ({self.type.words} at {self.site})"


class TransportFacts(GateFacts):
    """G12: what is known of the transport of one shipment that has arrived or is under way."""

    shipment_id: str
    within_limits: bool | None
    """`None` while the logger data are not there."""
    is_measured: bool = True
    """Whether a condition asks for a logger; where none does no data are waited for."""
    is_in_quarantine: bool = False
    """Whether it was sent before its release, and is a part of what is decided on."""
    dispatched_at: AwareDatetime | None = None
    received_at: AwareDatetime | None = None
    to_site_id: str | None = None
    """The registered site that it goes to; `None` if that was not stated."""
    to_country: str | None = None
    """Where that site stands, of what goes in quarantine; `None` if that is not known, or nobody asks for it."""
    market: str | None = None
    """The market that it goes to; the parts for other markets say nothing of this one."""
    quantity: Decimal | None = None
    """What has left with it, in the unit of the batch."""


class UseFacts(GateFacts):
    """G12: another batch was made of a batch."""

    batch_id: str = ""
    site_ids: frozenset[str]
    """Every site that made a part of it."""
    country: str | None = None
    """Where its own site stands; `None` if that is not on record."""
    quantity: Decimal | None = None
    """What it takes, in the unit of the batch that it takes of; `None` if that was not stated."""
    began_at: AwareDatetime | None = None
    """Start of that manufacture; `None` before it."""
    ended_at: AwareDatetime | None = None
    """Its end, of the day of the end where no instant was told; `None` while it goes on."""

    def may_be_of(self, transport: TransportFacts, others: Iterable[TransportFacts]) -> bool:
        """Whether goods that were sent are what was used there.

        A step may come long after the start, at a subcontractor's or in a campaign: all that was sent before the end
        may have been used. Goods that are under way are not, unless nothing else had arrived there: then the receipt
        was not told.
        """
        began, sent = self.began_at, transport.dispatched_at
        if began is None or not self._goes_there(transport):
            return False
        if sent is not None and self._is_after_the_end(sent):
            return False
        if transport.received_at is not None:
            return True
        came = [each.received_at for each in others if self._goes_there(each) and _may_go_to_the_same(each, transport)]
        if sent is None or sent <= began:
            return not any(at is not None and at <= began for at in came)
        return not any(at is not None and not self._is_after_the_end(at) for at in came)

    def _is_after_the_end(self, at: AwareDatetime) -> bool:
        return self.ended_at is not None and at > self.ended_at

    def _goes_there(self, transport: TransportFacts) -> bool:
        return transport.to_site_id is None or transport.to_site_id in self.site_ids


def _may_go_to_the_same(one: TransportFacts, other: TransportFacts) -> bool:
    """What has arrived at one site is not what another one has used."""
    return None in (one.to_site_id, other.to_site_id) or one.to_site_id == other.to_site_id


class ReleaseFacts(GateFacts):
    """G12: whether a batch may be used for a market by whoever decides for it, and since when."""

    since: AwareDatetime | None = None
    """When it was released or confirmed for this use and market; `None` if it was not."""
    shown_by: str = ""
    """By what: the number of its certificate or of its entry in a register."""
    purposes: tuple[ProcessingPurpose, ...] = ()
    """What a release for further processing is for; nothing where it says none."""
    is_for_this_use: bool = True
    """Whether that is what the use is."""
    purpose_in_words: str | None = None
    """The same in words."""
    is_for_named_sites: bool = False
    """Whether it names the sites that may use it."""
    taken_back_at: AwareDatetime | None = None
    """When that was withdrawn or recalled."""
    cleared: bool = False
    """Whether the plan of the recall says that what was made of it is not concerned. Why is in `elsewhere`."""
    rejected: bool = False
    """Whether it is rejected for this market."""
    elsewhere: tuple[str, ...] = ()
    """Other markets in which it is rejected, or its release taken back, each in words; a recall that is `cleared`."""
    beyond: str | None = None
    """That more was taken of it for this market than is released, with both in words; `None` if it was not."""
    at_risk: str | None = None
    """The approved arrangement under which it may be used before its release."""


class ParentFacts(GateFacts):
    """G12: a batch that another one comes from: how and when it was used, and what was known of it."""

    batch_id: str
    number: str
    relation: Relation
    used_at: AwareDatetime | None = None
    """Start of the manufacture in which it was used; `None` before that."""
    used_over: bool = False
    """Whether its shelf life was over when it was used."""
    over_now: bool = False
    """Whether its shelf life is over now."""
    retest_due: date | None = None
    """The day by which it was to be tested again, if it was used after that."""
    outlasted: tuple[str, ...] = ()
    """Why the dates of what comes from it lie too late for it."""
    other_strength: str | None = None
    """Whose strength is another than that of what comes from it, in words; `None` where it is the same."""
    last_day: date | None = None
    """Last day of its shelf life, as what is made of it counts it."""
    extended_for: str | None = None
    """The trial under whose plan that day is a later one, for what is relabelled."""
    is_starting_material: bool = False
    release: ReleaseFacts = ReleaseFacts()
    site_released_at: AwareDatetime | None = None
    """When its own site has released it, with its certificate of analysis; `None` if it has not."""
    held_at_use: tuple[str, ...] = ()
    """Holds that stood on it when it was used, and were lifted since."""
    is_rejected: bool = False
    """Whether it is rejected as a whole."""

    @property
    def name(self) -> str:
        """As people find it."""
        return f"{self.number} ({self.batch_id})"
