"""What follows for imports once the authorisation of the importer does not stand."""

from domain.site.facts import CertificateStopped
from records.core.reactions import Consequences, reacts
from records.core.writing import Writing
from records.importation.importers import doubt_imports


@reacts(CertificateStopped, order=25, protects=True)
async def doubts_what_came_under_a_stopped_one(writing: Writing, fact: CertificateStopped) -> Consequences:
    """What was imported under it, and what was made of that, in the markets that ask for the import."""
    return await doubt_imports(writing, (fact.certificate_id,), fact.words)
