"""Certificates that their authority stops, as the routes write it."""

from datetime import datetime
from typing import Any

from domain.core.entry import Written
from domain.core.forms import Form
from domain.oversight.certificate_act import CertificateRestoration, CertificateStop
from tests.domain.filling import filled
from tests.records.declaring import signs
from tests.records.seeded import Seeded


async def stops(seeded: Seeded, by: str, certificate_id: str, *, at: datetime, **given: Any) -> Written:
    """It is entered that a certificate is suspended or withdrawn, by default today."""
    form = filled(CertificateStop, {"since": at.date().isoformat(), **given})
    return await _enters(seeded, by, "certificate.stop", certificate_id, form, at)


async def restores(seeded: Seeded, by: str, certificate_id: str, *, at: datetime, **given: Any) -> Written:
    """It is entered that it counts again, by default from today."""
    today = at.date().isoformat()
    form = filled(CertificateRestoration, {"since": today, "register_checked_on": today, **given})
    return await _enters(seeded, by, "certificate.restore", certificate_id, form, at)


async def _enters(seeded: Seeded, by: str, type_: str, certificate_id: str, form: Form, at: datetime) -> Written:
    return await signs(seeded, await seeded.actor(by, at=at), type_, certificate_id, form, at=at)
