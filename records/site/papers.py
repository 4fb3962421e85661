"""One paper of a site may be shown for several of its scopes: each time it is a certificate of its own."""

from collections.abc import Sequence

from sqlmodel import col, select

from domain.core.names import name_key
from records.core.writing import Writing
from records.site.tables import CertificateRow


async def copies_of(writing: Writing, row: CertificateRow) -> Sequence[CertificateRow]:
    """A certificate and those of the same paper for other scopes of the site, as they are now, the first first."""
    query = select(CertificateRow).where(
        col(CertificateRow.site_id) == row.site_id, col(CertificateRow.type) == row.type
    )
    query = query.order_by(col(CertificateRow.serial)).execution_options(populate_existing=True)
    found = (await writing.session.exec(query)).all()
    return [each for each in found if name_key(each.number) == name_key(row.number)]


async def lock_paper(writing: Writing, row: CertificateRow) -> None:
    """Lock what becomes of a paper: by the certificate that was shown first, before lists and before batches.

    Who stops it and who enters what stands on it meet there, and one waits for the other.
    """
    first = (await copies_of(writing, row))[0]
    await writing.head(first.certificate_id)
