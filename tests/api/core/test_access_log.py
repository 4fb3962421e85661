import logging

import pytest

from api.core.access_log import WithoutSecrets, masked


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/v1/calendar-feed/abc-_1.ics", "/v1/calendar-feed/{token}.ics"),
        ("/v1/calendar-feed/abc.ics?x=1", "/v1/calendar-feed/{token}.ics?x=1"),
        ("/v1/calendar-feed", "/v1/calendar-feed"),
        ("/v1/audits/AUD-1", "/v1/audits/AUD-1"),
    ],
)
def test_a_secret_address_is_not_written_down(path: str, written: str) -> None:
    assert masked(path) == written


def test_the_log_of_the_server_holds_no_secret_and_still_every_request(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("uvicorn.access.of_a_test")
    log.addFilter(WithoutSecrets())
    with caplog.at_level(logging.INFO, logger=log.name):
        log.info('%s - "%s %s HTTP/%s" %d', "127.0.0.1:1", "GET", "/v1/calendar-feed/secret.ics", "1.1", 200)
        log.info("nothing to mask")
    assert "secret" not in caplog.text
    assert len(caplog.records) == 2
