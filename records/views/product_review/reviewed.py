"""The extract for the product quality review (EU GMP 1.10; 21 CFR 211.180(e))."""

from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.people import SPONSOR_QA_ROLES, Actor, Role, refuse_unless_permitted
from domain.core.refusals import Code, Refused
from domain.views.product_review.period import refuse_unless_reviewable
from domain.views.product_review.recurring import recurring
from domain.views.product_review.review import ProductReview
from records.core.queries.visibility import reads_everything
from records.views.product_review import of_batches, of_quality, of_series, of_sites
from records.views.product_review.frame import frame_of

READERS = SPONSOR_QA_ROLES | {Role.QC_REVIEWER, Role.CMC_LEAD, Role.REG_AFFAIRS, Role.INSPECTOR}
"""Who reads a review: the sponsor's quality, its qualified persons, regulatory affairs; and inspectors."""


async def product_review(session: AsyncSession, actor: Actor, product: str, first: date, last: date) -> ProductReview:
    """What is on record of a product in a period, both days included, as tables and series.

    Raises `Refused`: WRONG_ORGANISATION, WRONG_ROLE, FORM_INVALID, NOT_FOUND.
    """
    if not reads_everything(actor):
        raise Refused(Code.WRONG_ORGANISATION, "The review of a product is the sponsor's own.", rule="S6")
    refuse_unless_permitted(actor, by=READERS)
    refuse_unless_reviewable(first, last)
    frame = await frame_of(session, product, first, last)
    made = await of_batches.batches_made(frame)
    decided = await of_batches.decisions(frame)
    outside, departures = await of_quality.results_outside(frame), await of_quality.departures(frame)
    complaints, recall_notices = await of_sites.occurrences(frame, [row.number for row in made])
    sets = await of_series.parameter_sets(frame, actor)
    return ProductReview(
        product=product,
        first_day=first,
        last_day=last,
        scopes=frame.scopes,
        batches=[of_batches.shown(row) for row in made],
        released=await of_batches.released_parts(frame, decided),
        rejected=await of_batches.refusals(frame, decided),
        taken_back=of_batches.taken_back(frame, decided),
        supplied_under_exception=await of_batches.supplied(frame),
        recalls=await of_batches.recalls(frame),
        returns=await of_quality.returned(frame),
        oos=outside,
        deviations=departures,
        recurring=recurring(departures, outside),
        changes=await of_sites.changes(frame),
        made_under_changes=await of_batches.made_under_changes(frame),
        complaints=complaints,
        recall_notices=recall_notices,
        retests=await of_quality.retests(frame),
        learned=await of_quality.learned(frame),
        parameters=await of_series.parameters(frame, sets),
        attributes=await of_series.attributes(frame, sets),
        yields=of_series.yields(made),
        certificates=await of_sites.certificates(frame),
        agreements=await of_sites.agreements(frame),
        audits=await of_sites.audits(frame),
        inspections=await of_sites.inspections(frame),
    )
