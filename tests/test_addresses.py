"""Hosts and addresses: which may be connected to, which are fit to be kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from asking import FAST, SOURCE, run
from server import Server, answer

from model import (
    CollectFailed,
    SourceRefused,
)
from scraper.addresses import AddressRefused, canonical, check_host, choose, permitted, personal
from scraper.client import Client, ClientSettings


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("64:ff9b::5db8:d70e", True),  # NAT64 of a public address
        ("::ffff:93.184.215.14", True),
        ("127.0.0.1", False),
        ("127.8.8.8", False),
        ("0.0.0.0", False),  # noqa: S104
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("100.100.100.200", False),
        ("192.0.0.192", False),
        ("192.88.99.1", False),
        ("168.63.129.16", False),
        ("198.18.0.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::7f00:1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b:1::7f00:1", False),
        ("2002:7f00:1::", False),
        ("2001:0:7f00:1::", False),
        ("2001:db8::1", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("2606:2800::5efe:7f00:1", False),  # ISATAP
        ("not an address", False),
    ],
)
def test_addresses(address: str, allowed: bool) -> None:
    assert permitted(address, allow_loopback=False) is allowed


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_loopback_by_setting_only(address: str) -> None:
    assert permitted(address, allow_loopback=True)
    for other in ("127.0.0.2", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "10.0.0.1"):
        assert not permitted(other, allow_loopback=True)


HOSTS = [
    "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.0.1.", "1.2.3",
    "fe80::1%25eth0", "[fe80::1%eth0]", "a b", "", "0x7f.0x0.0x0.0x1", "017700000001",
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_hosts_in_disguise(host: str) -> None:
    with pytest.raises(AddressRefused):
        check_host(host)


@pytest.mark.parametrize("host", ["t.me", "xn--e1afmkfd.xn--p1ai", "1tv.ru", "8.8.8.8", "[::1]"])
def test_hosts_as_they_are(host: str) -> None:
    check_host(host)


def test_one_private_address_refuses_the_host() -> None:
    with pytest.raises(AddressRefused):
        choose(["93.184.215.14", "10.0.0.1"], allow_loopback=False)


def test_a_name_is_resolved_once_and_rebinding_is_of_no_use() -> None:
    looked: list[str] = []
    with Server({"/a": answer(b"inside")}) as server:

        async def rebinding(host: str, port: int) -> list[str]:
            looked.append(host)
            return ["93.184.215.14"] if len(looked) > 1 else ["127.0.0.1"]

        async def go(settings: ClientSettings) -> bytes:
            async with Client(settings) as client:
                url = f"http://pretty.example:{server.port}/a"
                return (await client.fetcher(SOURCE).get(url, robots=False)).content

        open_ = replace(FAST, resolve=rebinding, contact="mail@site.example", attempts=1)
        assert asyncio.run(go(open_)) == b"inside"  # connected to the address it had checked
        assert looked == ["pretty.example"]
        looked.clear()
        with pytest.raises(SourceRefused, match="private or reserved"):
            asyncio.run(go(replace(open_, allow_loopback=False)))
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "", "t.me/s/x", "file:///etc/passwd", "ftp://a.example/", "http://", "http://[::1",
        "http://a.example:99999/", "http:///x", "gopher://a.example", "http://\u2100.example/",
    ],
)  # fmt: skip
def test_what_is_no_address(url: str) -> None:
    settings = replace(FAST, contact="mail@site.example")
    with pytest.raises(CollectFailed, match=r"origin: .*address"):
        run({}, lambda fetcher, _: fetcher.get(url), settings)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://u:p@f.example/t?id=5#p", "https://f.example/t?id=5"),
        ("https://f.example/t?sid=0a&id=5", "https://f.example/t?id=5"),
        ("https://f.example/t?PHPSESSID=x", "https://f.example/t"),
        ("https://f.example/t;jsessionid=AB12?id=5", "https://f.example/t?id=5"),
        ("https://f.example/t?s=0123456789abcdef0123456789abcdef", "https://f.example/t"),
        ("https://f.example/t?s=5", "https://f.example/t?s=5"),
        ("https://api.vk.com/m?access_token=x&owner_id=-7", "https://api.vk.com/m?owner_id=-7"),
        ("https://api.vk.com/m?owner_id=7", "https://api.vk.com/m"),
        ("https://f.example/поиск?q=имя", "https://f.example/поиск?q=имя"),
        ("http://[", "(unreadable address)"),
        ("lists/a.csv", "lists/a.csv"),
    ],
)
def test_addresses_fit_to_be_kept(url: str, kept: str) -> None:
    assert canonical(url) == kept


@pytest.mark.parametrize(
    ("url", "is_personal"),
    [
        ("https://vk.com/id123", True),
        ("https://m.vk.com/wall123_4", True),
        ("https://vk.com/wall-123_4", False),
        ("https://ok.ru/profile/5", True),
        ("https://ok.ru/group/5", False),
        ("tel:+70000000000", True),
        ("https://t.me/kanal/5", False),
    ],
)
def test_pages_of_people(url: str, is_personal: bool) -> None:
    assert personal(url) is is_personal
