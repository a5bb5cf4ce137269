"""The documented limits of what is sent; a stand-in that were milder than WeCom would hide faults."""

from __future__ import annotations

import re
from typing import Any


def problems(message: dict[str, Any]) -> list[str]:
    """Everything about a message to a member that WeCom would refuse or cut."""
    kind = message.get("msgtype")
    if kind in ("text", "markdown"):
        return _content(message[kind].get("content"), 2048)
    if kind == "template_card":
        return _card(message["template_card"])
    return [f"unexpected msgtype {kind}"]


def kf_problems(message: dict[str, Any]) -> list[str]:
    """Everything about a message to a customer that WeCom would refuse."""
    found = []
    if not re.fullmatch(r"[0-9a-zA-Z_-]{0,32}", message.get("msgid", "")):
        found.append("msgid")
    if message.get("msgtype") == "text":
        return found + _content(message["text"].get("content"), 2048)
    if message.get("msgtype") == "msgmenu":
        menu = message["msgmenu"]
        found += _content(menu.get("head_content"), 1024)
        if not 0 < len(menu["list"]) <= 10:
            found.append("menu length")
        for item in menu["list"]:
            found += _content(item["click"]["content"], 128) + _content(item["click"]["id"], 128)
        return found
    return [*found, f"unexpected msgtype {message.get('msgtype')}"]


def _content(content: object, limit: int) -> list[str]:
    if not isinstance(content, str) or not content.strip():
        return ["empty content"]
    found = [] if len(content.encode()) <= limit else [f"{len(content.encode())} bytes"]
    if "\ufffd" in content:
        found.append("a broken character")
    if re.search(r"\]\([^)]*$", content) or re.search(r"\[[^\]]*$", content):
        found.append("a cut link")
    return found


def _card(card: dict[str, Any]) -> list[str]:
    found = []
    buttons = card.get("button_list", [])
    if card.get("card_type") != "button_interaction" or not 0 < len(buttons) <= 6:
        found.append("buttons")
    if not re.fullmatch(r"[0-9A-Za-z_\-@]{1,128}", card.get("task_id", "")):
        found.append("task_id")
    if not 0 < len(card["main_title"]["title"]) <= 36 or len(card.get("sub_title_text", "")) > 160:
        found.append("title")
    for button in buttons:
        if not 0 < len(button["text"]) <= 10 or not 0 < len(button["key"].encode()) <= 1024:
            found.append(f"button {button['text']}")
    return found
