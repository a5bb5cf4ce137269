"""How often one may ask, and who is counted."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.web.limits import MemoryLimiter, network_address
from bot.channels.web.settings import Rate, WebSettings


def test_a_bucket_is_emptied_and_fills_again() -> None:
    clock = [0.0]
    limiter = MemoryLimiter(now=lambda: clock[0])

    def take(key: str = "a") -> float:
        return asyncio.run(limiter.take(key, Rate(3, 30)))

    assert [take(), take(), take()] == [0, 0, 0]
    assert take() == pytest.approx(10)
    assert take("b") == 0
    clock[0] = 10
    assert take() == 0
    assert take() > 0
    clock[0] = 1000
    assert [take(), take(), take()] == [0, 0, 0]
    assert take() > 0


def test_keys_that_nobody_uses_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.web.limits._MOST_KEYS", 10)
    limiter = MemoryLimiter()
    for n in range(50):
        asyncio.run(limiter.take(str(n), Rate(1, 60)))
    assert len(limiter._buckets) == 10


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "address"),
    [
        ("10.0.0.1", "", 0, "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6", 0, "10.0.0.1"),  # nobody of ours said so
        ("10.0.0.1", "6.6.6.6, 203.0.113.9", 1, "203.0.113.9"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9", 2, "10.0.0.1"),
        ("10.0.0.1", "nonsense", 1, "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "", 0, "2001:db8:1:2::"),
    ],
)
def test_who_is_counted(peer: str, forwarded: str, proxies: int, address: str) -> None:
    assert network_address(peer, forwarded, proxies) == address


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_ORIGINS", "https://a.example/, https://b.example")
    monkeypatch.setenv("WEB_RATE_SESSION", "5/10")
    monkeypatch.setenv("WEB_SESSION_HOURS", "0.5")
    settings = WebSettings.from_environment()
    assert settings.origins == ("https://a.example", "https://b.example")
    assert settings.per_session == Rate(5, 10)
    assert settings.session_seconds == 1800


@pytest.mark.parametrize("text", ["5", "0/10", "a/b", "5/0"])
def test_a_bad_setting_is_named(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("WEB_RATE_SESSION", text)
    with pytest.raises(ValueError, match="WEB_RATE_SESSION"):
        WebSettings.from_environment()
