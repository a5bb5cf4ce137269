"""What the desk calls things in front of people: kinds of answers, reasons of refusals, what a message is taken for, what is done."""

from __future__ import annotations

KINDS = {
    "answer": "回答", "provision": "给出条文", "question": "引导核对中提问", "clarify": "请用户选择或说清楚",
    "related": "列出可能有关的条款", "refuse": "拒答", "chat": "闲谈",
}  # fmt: skip
REFUSALS = {
    "not_held": "属于知识产权，但本库没有收录",
    "out_of_scope": "不是知识产权问题",
    "no_such_provision": "没有这一条",
    "harmful": "求助于侵权或规避",
    "unclear": "没有认出来",
}
INTENTS = {
    "ask": "提问",
    "refuse": "不在范围内的问题",
    "chat": "闲谈",
    "look_up": "查条款",
    "follow_up": "接着上一句",
    "feedback": "评价回答",
    "start_check": "开始引导检查",
    "start_again": "重新开始",
    "nlu_fallback": "没有认出来",
}
ACTIONS = {
    "action_answer": "按主题回答或拒答",
    "action_look_up": "给出条款",
    "action_follow_up": "接着上一句回答",
    "action_feedback": "记下评价",
    "action_start_check": "开始引导检查",
    "guided_check": "引导检查的一问",
    "action_conclude_check": "引导检查的结论",
    "action_start_again": "重新开始",
    "action_fallback": "说明没有认出来",
    "action_listen": "等用户说话",
}


def named(words: dict[str, str], name: str | None) -> str:
    """`回答（answer）`: what people read, and what stands in the files."""
    return f"{words[name]}（{name}）" if name in words else name or "无"
