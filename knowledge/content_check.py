"""The checks of a topic against the library: a topic may only state what its provisions say.

Every citation exists; every quoted passage stands in the cited provision letter for letter; every number, period, date
and amount that the topic states is found in the passages quoted for it; every related topic exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from knowledge.problems import Problem, Problems
from knowledge.quantities import unsupported
from knowledge.topics import HEADINGS, Topic

OwnText = Mapping[str, str]
"""Address of every held provision -> its own text (chapeau) without what stands below it."""


def check_topics(topics: Mapping[str, tuple[Topic, Path]], texts: OwnText, problems: Problems) -> None:
    """Report every topic that says more than its provisions do."""
    questions: dict[str, str] = {}
    for topic, path in topics.values():
        report = _Reporter(path, problems)
        other = questions.setdefault(topic.question, topic.id)
        if other != topic.id:
            report(topic.question, f"问题与 {other} 完全相同。", "两者合并，或把问题写得能分开。")
        for related in topic.related:
            if related not in topics:
                report(related, f"related 中的 {related} 不存在。", "改为已有主题的 id，或删去。")
        if topic.kind == "answer":
            _check_answer(topic, report)
        _check_grounds(topic, texts, report)
        _check_numbers(topic, report)


class _Reporter:
    """Adds problems with the line on which a piece of the topic stands."""

    def __init__(self, path: Path, problems: Problems) -> None:
        self.path, self.problems = path, problems
        self.lines: list[str] | None = None

    def __call__(self, piece: str, what: str, remedy: str) -> None:
        if self.lines is None:
            self.lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        start = piece[:12]
        line = next((n for n, text in enumerate(self.lines, 1) if start in text), 1)
        self.problems.add(Problem(self.path, line, what, remedy))


def _check_answer(topic: Topic, report: _Reporter) -> None:
    if not topic.grounds:
        report(topic.id, "没有 grounds。", "写明所依据的条款和原文。")
    if len(topic.golden) < 2:
        report("golden", "golden 少于两个问题。", "补足两个不作训练用的检验问题。")
    for section in topic.sections:
        if section.heading not in HEADINGS:
            report(section.heading, f"不认识的小标题“{section.heading}”。", f"用：{'、'.join(HEADINGS)}。")
        for item in section.items:
            if not item.by:
                report(item.text, f"“{item.text[:20]}”没有 by。", "写明它依据的地址（须在 grounds 中）。")


def _check_grounds(topic: Topic, texts: OwnText, report: _Reporter) -> None:
    held = set()
    for ground in topic.grounds:
        if ground.at not in texts:
            report(ground.at, f"没有 {ground.at} 这一条款。", "核对条、款、项的编号。")
            continue
        held.add(ground.at)
        if ground.quote not in texts[ground.at]:
            where = [address for address, text in texts.items() if address.startswith(ground.at.split("/")[0] + "/") and ground.quote in text]
            remedy = f"它在 {'、'.join(where[:3])} 里，改 at。" if where else "从源文本逐字复制，不要省略号，不要跨款、跨项。"
            report(ground.quote, f"引文不在 {ground.at} 的原文里：“{ground.quote[:30]}”", remedy)
    cited = {ground.at for ground in topic.grounds}
    for section in topic.sections:
        for item in section.items:
            for address in item.by:
                if address not in cited:
                    report(item.text, f"by 中的 {address} 不在 grounds 里。", "先在 grounds 写出这一条款及其引文。")


def _check_numbers(topic: Topic, report: _Reporter) -> None:
    quotes: dict[str, list[str]] = {}
    for ground in topic.grounds:
        quotes.setdefault(ground.at, []).append(ground.quote)
    if topic.kind in ("chat", "check"):
        return
    everything = [quote for passages in quotes.values() for quote in passages]
    if topic.kind == "refuse":
        everything = [*everything, topic.governed_by or "", topic.next or ""]
    statements = [(topic.answer, everything)]
    statements += [(text, everything) for text in topic.unsettled]
    for section in topic.sections:
        for item in section.items:
            statements.append((item.text, [q for at in item.by for q in quotes.get(at, [])]))
    for text, passages in statements:
        for value, unit in sorted(unsupported(text, passages)):
            report(text, f"“{value}{unit}”在所引原文里找不到：“{text[:30]}”", "改正数字，或补上写有它的引文。")
