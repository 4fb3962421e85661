from dataclasses import replace
from datetime import UTC, datetime

import pytest

from activities.mail import Letter, Mail, Mailbox
from settings import Mode
from tests.api.house import House


async def send(house: House, user: str, number: int) -> None:
    mail = Mail(smtp_url="", sender="vetted@localhost", mailbox=Mailbox(house.settings.mailbox_dir))
    to = f"{user}@aurelia.example"
    subject, text = f"Task {number}", "Prüfung\nDue soon.\n"
    await mail.send([Letter(number, house.company.person(user), to, subject, text, datetime.now(UTC))])


async def test_people_find_their_own_mail_newest_first(house: House) -> None:
    for number, user in enumerate(["ines", "hana", "ines", "ines"], start=8):
        await send(house, user, number)
    items = (await house.as_("ines").get("/v1/mailbox")).json()["items"]
    assert [item["subject"] for item in items] == ["Task 11", "Task 10", "Task 8"]
    assert items[0]["text"] == "Prüfung\nDue soon.\n"
    assert (items[0]["to"], items[0]["message_id"]) == ("ines@aurelia.example", "<outbox-11@localhost>")
    assert [item["subject"] for item in (await house.as_("hana").get("/v1/mailbox")).json()["items"]] == ["Task 9"]
    assert (await house.as_("vito").get("/v1/mailbox")).json()["items"] == []
    assert len((await house.as_("ines").get("/v1/mailbox", limit=2)).json()["items"]) == 2


@pytest.mark.parametrize("change", [{"mode": Mode.PRODUCTION}, {"smtp_url": "smtp://127.0.0.1:25"}])
async def test_there_is_no_mailbox_where_mail_is_sent(house: House, change: dict[str, object]) -> None:
    tools = house.app.state.tools
    house.app.state.tools = replace(tools, settings=tools.settings.model_copy(update=change))
    assert (await house.as_("ines").get("/v1/mailbox")).status_code == 404


async def test_the_mailbox_needs_a_person(house: House) -> None:
    assert (await house.http.get("/v1/mailbox")).status_code == 401
