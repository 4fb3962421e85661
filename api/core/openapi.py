"""What the OpenAPI document says beside its routes: what the tags mean, and what generators of clients need."""

from typing import Any

from domain.core.forms import Form, Forms, Process

_RECORDS = {
    "tasks": "What waits for a person: your inbox, the form of each task and what happens if nobody acts.",
    "signatures": "The second proof of identity that a signed form needs.",
    "sign in": "Passwords, tokens and who you are.",
    "people": "Persons, their roles, deputies and qualifications.",
    "suppliers and sites": "Suppliers, their sites and the scopes for which a site is used.",
    "approved supplier list": "The status of each site for each scope, today and on any earlier day.",
    "quality agreements": "Agreements in their versions, as they are in force.",
    "questionnaires": "Templates of the questionnaire for sites, and answers that are being drafted.",
    "documents": "Files that are evidence: upload, metadata, download.",
    "registers": "Public registers that sites are looked up in.",
    "certificates": "Certificates of sites and when they end.",
    "scorecards": "How a site has performed, period by period.",
    "audit programme": "Which audits are planned for a year.",
    "QP declarations": "What qualified persons have declared on the GMP of makers of active substances.",
    "appointments": "Who is named on which licence, and in which role and from when to when they may sign under it.",
    "imports": "Consignments that were imported, and what their makers have certified of the batches.",
    "official batch release": "What official control laboratories have said of batches.",
    "confirmations of parts": "What qualified persons of sites have confirmed of batches, along which agreement.",
    "authorisations": "What is registered in each market for each product, version by version.",
    "holds": "What keeps batches from release at present.",
    "product review": "What is on record of a product in a period, as tables and series for the annual review.",
    "facts": "What is true of batches, sites and scopes, why, and what followed from it.",
    "parameter sets": "Agreed process parameters in their versions.",
    "specifications": "Registered specifications against which results are compared.",
    "policy and calendars": "The numbers, clocks and lists that a sponsor sets, and the working days of sites.",
    "calendar feed": "Due dates for a calendar program.",
    "events": "The journal as a feed for other programs, and events at sites that other programs report.",
    "webhooks": "Addresses of other programs that are told of events.",
    "mailbox": "The mails that were sent, on an installation without a mail server.",
    "operations": "Whether the program is alive and ready, and what it measures.",
}
_STREAM = {"type": "string", "contentMediaType": "text/event-stream"}


def tags(forms: Forms, processes: list[Process]) -> list[dict[str, str]]:
    """Every tag that a route may have, in plain words; of a process its actions as well."""
    of_processes = [(process.value, f"{process.about}\n\n{_actions(forms.of(process))}") for process in processes]
    return [{"name": name, "description": text} for name, text in (*of_processes, *_RECORDS.items())]


def _actions(forms: Forms) -> str:
    def starts_first(form: type[Form]) -> bool:
        return not form.action.starts

    return " · ".join(form.action.title for form in sorted(forms, key=starts_first))


def mend(document: dict[str, Any]) -> None:
    """Keep to OpenAPI 3.1, and give every schema a title of its own.

    FastAPI describes a stream by `itemSchema`, which is of OpenAPI 3.2. A model that is written otherwise than it is
    read is two schemas of one title, and generators of clients that name classes by titles would keep one of them.
    Safe to repeat: FastAPI keeps the document.
    """
    for name, schema in document["components"]["schemas"].items():
        schema["title"] = name
    for item in document["paths"].values():
        for operation in item.values():
            for answer in operation["responses"].values():
                for media in answer.get("content", {}).values():
                    if media.pop("itemSchema", None) is not None:
                        media["schema"] = _STREAM
