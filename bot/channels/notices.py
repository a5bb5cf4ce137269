"""What the channels say themselves, in the contract's form: a message that cannot be taken, or a service that does not answer."""

from __future__ import annotations

from typing import Any

MAX_CHARACTERS = 1000


def _notice(kind: str, title: str, summary: str, reason: str | None = None) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "schema": "ip-law-answer/1",
        "kind": kind,
        "topic": None,
        "title": title,
        "summary": summary,
        "citations": [],
        "sections": [],
        "suggestions": [],
        "confidence": 1.0,
    }
    if reason:
        payload["reason"] = reason
    return payload


EMPTY = _notice("refuse", "没有看到文字", "没有看到可以理解的文字。请用一句话说说您的情况，比如：别人卖我有专利的产品，怎么办？", "unclear")
TOO_LONG = _notice("refuse", "消息太长", f"一条消息最多 {MAX_CHARACTERS} 字。请把最想问的一件事用几句话说出来，细节可以接着补充。", "unclear")
UNAVAILABLE = _notice("chat", "暂时无法回答", "系统正忙或正在重启，这个问题还没有得到回答。请过一会儿把问题再发一次，不需要改动。")
