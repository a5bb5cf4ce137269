"""An answer as plain text, for channels that show text (the shell, REST) beside the payload."""

from __future__ import annotations

from typing import Any

_STATUS = {
    "in_force": "现行有效",
    "not_yet_in_force": "尚未施行",
    "superseded": "已被修改",
    "repealed": "已废止",
    "policy": "政策文件",
}
_LONG = 400


def render_text(payload: dict[str, Any]) -> str:
    """The payload of the contract as readable Chinese text, conclusion first."""
    blocks = []
    if payload["title"] and payload["kind"] != "chat":
        blocks.append(f"【{payload['title']}】")
    blocks.append(payload["summary"])
    for section in payload["sections"]:
        blocks.append(section["heading"] + "：\n" + "\n".join(f"  · {item}" for item in section["items"]))
    if payload["citations"]:
        blocks.append("依据：\n" + "\n".join(_citation(c) for c in payload["citations"]))
    if payload["suggestions"]:
        head = "请选择：" if payload["kind"] in ("clarify", "question") else "还可以问："
        blocks.append(head + "\n" + "\n".join(f"  {n}. {s['title']}" for n, s in enumerate(payload["suggestions"], 1)))
    return "\n".join(blocks)


def _citation(citation: dict[str, Any]) -> str:
    document = citation["document"]
    quote = citation["quote"]
    if len(quote) > _LONG:
        quote = quote[:_LONG] + "……（全文见链接）"
    quote = quote.replace("\n", "\n    ")
    version = f"{document['version']}文本，{_STATUS[document['status']]}"
    return f"  {citation['label']}（{version}）\n    {quote}"
