import ipaddress

import pytest

from activities.addresses import AddressGuard, is_public, refuse_disguised
from domain.core.refusals import Code, Refused


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1", "192.168.1.1",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "fec0::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe",
        "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:c0a8:101::", "::127.0.0.1",
    ],
)  # fmt: skip
def test_private_and_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host", ["2130706433", "017700000001", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.1.", "1.2.3.08"]
)
def test_addresses_in_disguise_are_refused(host: str) -> None:
    with pytest.raises(Refused):
        refuse_disguised(host)


@pytest.mark.parametrize("host", ["8.8.8.8", "qms.example.com", "4you.example", "2001:db8::1", "10.example.org"])
def test_names_and_plain_addresses_are_no_disguise(host: str) -> None:
    refuse_disguised(host)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://169.254.169.254/latest/meta-data",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://10.0.0.1:8443/",
        "http://8.8.8.8/",
        "https://user:secret@8.8.8.8/",
        "https://8.8.8.8/#part",
        "ftp://8.8.8.8/",
        "https:///nothing",
    ],
)
async def test_addresses_that_are_not_public_https_are_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        await AddressGuard().resolve(url)
    assert refused.value.refusal.code is Code.ADDRESS_REFUSED
    assert list(refused.value.refusal.fields) == ["url"]


async def test_a_public_address_is_resolved_once() -> None:
    target = await AddressGuard().resolve("https://8.8.8.8:8443/hook?x=1")
    assert (target.scheme, target.host, target.port, target.addresses) == ("https", "8.8.8.8", 8443, ("8.8.8.8",))


async def test_private_addresses_go_where_the_sponsor_allows_them() -> None:
    target = await AddressGuard(allow_private=True).resolve("http://127.0.0.1:9/hook")
    assert target.addresses == ("127.0.0.1",)
