"""Names of people: whole for the conversation, hashed for the log."""

from __future__ import annotations

import hashlib
import hmac

from bot.channels.wecom.settings import App


def member(app: App, user: str) -> str:
    """The conversation of a member: one for each corp and user."""
    return f"wecom:{app.corp_id}:{user}"


def customer(app: App, open_kfid: str, external: str) -> str:
    """The conversation of a customer with one account of 微信客服."""
    return f"wecom-kf:{app.corp_id}:{open_kfid}:{external}"


def hashed(app: App, sender: str) -> str:
    """The sender for the log: always the same twelve digits, which cannot be traced back without the application's key."""
    return hmac.new(app.aes_key.encode(), sender.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:12]
