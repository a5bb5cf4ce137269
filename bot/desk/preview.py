"""A page that shows a topic as people will see it: the widget's own card, drawn by the widget's own code, and the text of other channels."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any

from rasa_sdk.executor import ActionExecutor

from bot.desk.conversation import Conversation
from bot.desk.page import page, section
from bot.desk.reading import intent_of
from bot.settings import ROOT
from knowledge.topics import Topic

_WEB = ROOT / "bot" / "web"
_PARTS = ("words.js", "dom.js", "check.js", "answer.js")  # each uses only those before it
_IMPORT = re.compile(r'^import [^;]*?from "\./[\w-]+\.js";\n', re.M)
_DRAW = """
const root = document.getElementById("card").attachShadow({ mode: "open" });
const look = document.createElement("style");
look.textContent = STYLE;
const does = { say: () => {}, open: (citation) => document.getElementById(citation.id)?.scrollIntoView({ behavior: "smooth" }) };
const card = h("article", { class: `answer ${PAYLOAD.kind}` }, answerCard(PAYLOAD, does, { latest: true, reply: null }));
root.append(look, h("div", { class: "log" }, card));
"""


class Shown(Conversation):
    """A conversation whose one message is the topic's own question, known to be about it whether the model was trained on it or not."""

    def ask(self, topic: Topic) -> dict[str, Any]:
        """The payload that answers the topic's question."""
        found = {"verdict": "sure", "exact": True, "confidence": 1.0, "candidates": [{"topic": topic.id, "probability": 1.0}]}
        intent = {"name": intent_of(None, topic.kind), "confidence": 1.0}
        return self._take({"text": topic.question, "intent": intent, "entities": [], "act": None, "recognition": found})


def preview(topic: Topic, actions: ActionExecutor) -> str:
    """The page for a topic of the library."""
    talk = Shown(actions, None)
    payload = talk.ask(topic)
    card = '<div id="card" style="height:auto"></div>' + _script(payload)
    grounds = "".join(
        f'<blockquote id="{escape(c["id"])}"><b>{escape(c["label"])}</b><br>{_lines(c["quote"])}</blockquote>' for c in payload["citations"]
    )
    words = f"<pre style='white-space:pre-wrap'>{escape(talk.texts[-1])}</pre>"
    review = "，".join(f"{name} {value}" for name, value in topic.review.items()) or "还没有第二个人对照条文读过"
    about = f"<p>编号 <code>{escape(topic.id)}</code>；复核记录：{escape(review)}。检验问话：{escape('；'.join(topic.golden) or '无')}</p>"
    parts = (
        section("网页组件里", card),
        section("依据的原文", grounds),
        section("文字渠道里（命令行、企业微信等）", words),
        section("这个主题", about),
    )
    return page(f"预览：{topic.question}", *parts, note="用户看到的就是这样；卡片由网页组件自己的程序画出。")


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _script(payload: dict[str, Any]) -> str:
    """The widget's modules as one script of its own scope, and the drawing of one answer."""
    modules = "\n".join(re.sub(r"^export ", "", _IMPORT.sub("", (_WEB / name).read_text(encoding="utf-8")), flags=re.M) for name in _PARTS)
    data = f"const PAYLOAD = {_json(payload)};\nconst STYLE = {_json((_WEB / 'assistant.css').read_text(encoding='utf-8'))};"
    return f'<script type="module">\n{modules}\n{data}\n{_DRAW}</script>'


def _json(value: Any) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
