"""The address that a request came from, behind proxies that the service was told of."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from intake.limit import Address

Networks = Sequence[IPv4Network | IPv6Network]


def sender(peer: str, forwarded: str, proxies: Networks) -> Address:
    """Return who sent a request that `peer` handed over with this X-Forwarded-For.

    Each proxy adds at the end whom it had the request from, so the list is believed
    from there, as far as the ones who wrote it are proxies of ours.
    """
    address = _address(peer)
    for name in reversed(forwarded.split(",")):
        if not _trusted(address, proxies):
            break
        try:
            address = _address(name.strip())
        except ValueError:
            break
    return address


def _address(text: str) -> Address:
    address = ip_address(text)
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def _trusted(address: Address, proxies: Networks) -> bool:
    return any(address in network for network in proxies)
