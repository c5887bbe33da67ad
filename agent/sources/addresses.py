"""Decide which network addresses may be asked for a page, and how an address may be shown."""

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
# Python's flags call these global or let them through (3.11).
CLOSED = (ip_network("192.0.0.0/24"), ip_network("100.64.0.0/10"), ip_network("fec0::/10"))
SECRET = re.compile(
    r"token|secret|passw|api_?key|^key$|^sig|signature|^auth|session|credential", re.IGNORECASE
)


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, in the order to try them; looked up once, then used as is.

    Raises:
        OSError: The name does not resolve.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_public(address: str) -> bool:
    """Whether an address, written in any form, belongs to a host on the open internet."""
    ip = _unwrapped(ip_address(address.partition("%")[0]))
    if any(ip in network for network in CLOSED if network.version == ip.version):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def public_url(url: str) -> str:
    """Return an address without user name, fragment and the values of secret parameters."""
    try:
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return url.partition("?")[0].rpartition("@")[2]
    netloc = parts.netloc.rpartition("@")[2]
    query = parts.query
    if any(SECRET.search(key) for key, _ in pairs):
        query = urlencode([(k, "REMOVED" if SECRET.search(k) else v) for k, v in pairs])
    return urlunsplit((parts.scheme, netloc, parts.path, query, ""))


def _unwrapped(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address inside a mapped, 6to4, Teredo, NAT64 or compatible one."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip.ipv4_mapped or ip.sixtofour:
        return ip.ipv4_mapped or ip.sixtofour or ip
    if ip.teredo:
        return ip.teredo[1]
    is_compatible = int(ip) < 1 << 32 and int(ip) > 1
    if is_compatible or any(ip in network for network in NAT64):
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip
