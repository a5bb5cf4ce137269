"""Session tokens cannot be made, changed or used for ever."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.tokens import ExpiredToken, InvalidToken, Signer, load_secret

NOW = 1_700_000_000


def signer(now: float = NOW, secret: bytes = b"secret") -> Signer:
    return Signer(secret, 3600, now=lambda: now)


def test_a_token_names_its_session() -> None:
    token = signer().issue()
    session = signer().read(token)
    assert session.issued == NOW
    assert len(session.id) == 32
    assert session.id not in (session.mark,)
    assert session.sender == f"web-{session.id}"


def test_sessions_are_not_alike() -> None:
    assert len({signer().read(signer().issue()).id for _ in range(100)}) == 100


@given(st.text(max_size=120))
def test_nothing_else_is_a_token(text: str) -> None:
    with pytest.raises(InvalidToken):
        signer().read(text)


@given(st.integers(0, 90), st.characters())
def test_a_changed_token_is_not_taken(place: int, character: str) -> None:
    token = signer().issue("a" * 32)
    changed = token[:place] + character + token[place + 1 :]
    if changed != token:
        with pytest.raises(InvalidToken):
            signer().read(changed)


def test_another_secret_makes_other_tokens() -> None:
    with pytest.raises(InvalidToken):
        signer(secret=b"another").read(signer().issue())


@pytest.mark.parametrize("age", [3601, 10**6, -301])
def test_a_token_grows_old_and_does_not_come_from_the_future(age: int) -> None:
    with pytest.raises(ExpiredToken):
        signer(NOW + age).read(signer().issue())


def test_a_token_is_renewed_for_the_same_session_at_half_its_life() -> None:
    session = signer().read(signer().issue())
    assert signer(NOW + 1000).renewed(session) is None
    fresh = signer(NOW + 2000).renewed(session)
    assert fresh is not None
    assert signer(NOW + 5000).read(fresh).id == session.id


def test_a_secret_is_made_once_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WEB_SECRET", raising=False)
    path = tmp_path / "var" / "web.secret"
    secret = load_secret(path)
    assert len(secret) == 64
    assert load_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    load_secret(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_short_secret_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WEB_SECRET", "short")
    with pytest.raises(ValueError, match="WEB_SECRET"):
        load_secret(tmp_path / "x")
