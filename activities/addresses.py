"""Which addresses webhooks may go to: public ones only, unless the sponsor allows private ones.

A subscriber chooses the address, so it must not lead into the sponsor's own network.
"""

import asyncio
import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from domain.core.refusals import Code, Refused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_CANONICAL_V4 = re.compile(r"^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$")
_NUMERIC_END = re.compile(r"(^|\.)(0x[0-9a-f]*|\d+)\.?$", re.IGNORECASE)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True)
class Target:
    """A host whose name was resolved once: connections go to `addresses`, whatever the name says later."""

    scheme: str
    host: str
    port: int
    addresses: tuple[str, ...]


class AddressGuard:
    """Resolves the address of a webhook and refuses what is not public."""

    def __init__(self, *, allow_private: bool = False) -> None:
        self._allow_private = allow_private

    async def resolve(self, url: str) -> Target:
        """Where a URL leads. Raises `Refused(ADDRESS_REFUSED)`, or `OSError` if the name cannot be resolved."""
        parts = urlsplit(url)
        if parts.scheme not in {"https", "http"} or not parts.hostname:
            raise _refused("must be an https address")
        if parts.username is not None or parts.password is not None or parts.fragment:
            raise _refused("must have neither user, password nor fragment")
        if not self._allow_private:
            if parts.scheme != "https":
                raise _refused("must be an https address")
            refuse_disguised(parts.hostname)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
        addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not self._allow_private and not all(is_public(ipaddress.ip_address(text)) for text in addresses):
            raise _refused("leads to an address that is not public")
        return Target(parts.scheme, parts.hostname, port, addresses)


def refuse_disguised(host: str) -> None:
    """Refuse numbers that are an address in an unusual form: `2130706433`, `0x7f.1`, `0177.0.0.1`."""
    if _NUMERIC_END.search(host) and not _CANONICAL_V4.match(host):
        raise _refused("is a disguised address")


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet, also when it is wrapped in an IPv6 one."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if any(not is_public(wrapped) for wrapped in inner if wrapped is not None):
            return False
        if address.ipv4_mapped is not None:
            return True
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _refused(what: str) -> Refused:
    return Refused(Code.ADDRESS_REFUSED, f"The address of the webhook {what}.", fields={"url": what})
