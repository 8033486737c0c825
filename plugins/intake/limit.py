"""How many comments one address may send, counted without knowing the address."""

from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from secrets import token_bytes
from threading import Lock
from time import monotonic

PERIOD = 600.0  # seconds
MOST = 200_000  # senders counted in a period: some 30 MB of memory
# Who has one IPv6 address has at least 2^64 of them (RFC 6177).
HOUSEHOLD = 64

Address = IPv4Address | IPv6Address


class Limit:
    """Lets each address send `most` comments in ten minutes.

    An address is counted by a hash with a random salt. Every ten minutes there is a new
    salt, and all counts are forgotten; both live in memory alone.
    """

    def __init__(self, most: int, clock: Callable[[], float] = monotonic) -> None:
        self._most = most
        self._clock = clock
        self._lock = Lock()
        self._period = -1
        self._salt = b""
        self._counts: Counter[bytes] = Counter()

    def allows(self, address: Address) -> bool:
        """Count a comment of `address`; return whether it is within the limit."""
        with self._lock:
            period = int(self._clock() // PERIOD)
            if period != self._period:
                self._period = period
                self._salt = token_bytes(16)
                self._counts.clear()
            sender = self._hash(address)
            if self._counts[sender] >= self._most:
                return False
            # Too many to count: rather none of the newcomers than no limit at all.
            if sender not in self._counts and len(self._counts) >= MOST:
                return False
            self._counts[sender] += 1
            return True

    def _hash(self, address: Address) -> bytes:
        if isinstance(address, IPv6Address):
            network = IPv6Network((address, HOUSEHOLD), strict=False)
            address = address.ipv4_mapped or network.network_address
        return blake2b(address.packed, key=self._salt, digest_size=8).digest()
