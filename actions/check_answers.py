"""What a guided check says: its next question, its conclusion with the facts that led there, that it was left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.answer import Answer, Suggestion, cite, short_label, suggest_topics
from knowledge.amounts import fill
from knowledge.check_outlook import Turning, finished, settled, turnings
from knowledge.check_parts import UNKNOWN, Outcome, Question
from knowledge.checks import Check
from knowledge.library import Library, Provision
from knowledge.snapshot import snapshot
from knowledge.topics import Ground

UNKNOWN_SAYS, BACK_SAYS, WHY_SAYS, STOP_SAYS, GO_ON_SAYS, AGAIN_SAYS, CONCLUDE_SAYS = (
    "不清楚",
    "改一下上一个",
    "为什么问这个",
    "不核对了",
    "继续核对",
    "重新核对一遍",
    "先给结论",
)
FACTS, TURNS_ON = "您说的情况", "结论还取决于"
DEPENDS = "视情况"
PROGRESS = "进度"
_SETTLED = "到这里已经能确定："
_NOT = ("不可以", "不构成", "不视为")
_MOST_WAYS = 4  # other conclusions that are named one by one
_MOST_WORDS = 2  # answers that are named for one of them
Path = list[tuple[Question, str]]


def question_answer(
    library: Library,
    check: Check,
    answers: dict[str, str],
    question: Question,
    lead: str = "",
    grounds: list[Ground] | None = None,
    recall: bool = False,
) -> Answer:
    """The next question, with its options and the ways out of it as buttons. recall: what is settled already is said first, too."""
    path, _ = check.walk(answers)
    holds = settled(check, answers) if recall else None
    lead += f"{_SETTLED}{holds.says}{_labels(library, [g.at for g in holds.grounds])}\n" if holds else ""
    grounds = [*(holds.grounds if holds else ()), *(grounds or ())]
    left = check.longest(question.id, answers) - 1
    progress = f"第{len(path) + 1}问，" + (f"后面最多还有{left}问" if left else "最后一问")
    says = [*(o.say for o in question.options), UNKNOWN_SAYS, WHY_SAYS, *([BACK_SAYS, CONCLUDE_SAYS] if path else []), STOP_SAYS]
    return Answer(
        "question",
        check.title,
        f"{lead}{question.asks}",
        topic=check.id,
        citations=_cite(library, grounds),
        sections=((PROGRESS, (progress,)),),
        suggestions=tuple(Suggestion(say, say) for say in says),
    )


def interim_answer(library: Library, check: Check, answers: dict[str, str], question: Question, lead: str) -> Answer:
    """The conclusion so far, once the answers settle one or pin down its provision, and the next question behind it."""
    holds, so_far = settled(check, answers), outcome_answer(library, check, answers)
    asked = question_answer(library, check, answers, question)
    summary = f"{_SETTLED}{holds.says}{_labels(library, [g.at for g in holds.grounds])}" if holds else so_far.summary
    return replace(
        so_far,
        title=check.title,
        summary=f"{summary}\n{lead}接着核对：{question.asks}",
        citations=_cite(library, list(holds.grounds)) if holds else so_far.citations,
        sections=(*(section for section in so_far.sections if section[0] in (FACTS, TURNS_ON)), *asked.sections),
        suggestions=asked.suggestions,
    )


def why_answer(library: Library, check: Check, answers: dict[str, str], question: Question) -> Answer:
    """The question again, with what it matters for and the provisions that make it matter."""
    grounds = [*question.grounds, *(g for option in question.options for g in option.grounds)]
    return question_answer(library, check, answers, question, f"{question.why}\n", grounds)


def stopped_answer(library: Library, check: Check, answers: dict[str, str]) -> Answer:
    """The check was left; what is settled already is said."""
    topic, holds = snapshot(library).topics.get(check.id), settled(check, answers)
    others = suggest_topics(library, topic.related) if topic else ()
    grounds = list(holds.grounds) if holds else []
    known = f"按已经说的，能确定的是：{holds.says}{_labels(library, [g.at for g in grounds])}" if holds else ""
    said = f"好的，不再核对“{check.title}”。{known}想再核对，随时告诉我。"
    return Answer("chat", "已停止核对", said, topic=check.id, citations=_cite(library, grounds), suggestions=(*_again(library, check), *others))


def outcome_answer(library: Library, check: Check, answers: dict[str, str]) -> Answer:
    """The conclusion, the facts it rests on with the rule each of them meets, what it still turns on, and the provisions, the main one first."""
    path, outcome = finished(check, answers)
    said, turns = [(q, value) for q, value in path if q.id in answers], turnings(check, answers)
    sums = check.sums({q.id: value for q, value in path})
    text = fill(outcome.answer, sums) or outcome.answer
    summary = _conclusion(check, answers, text, turns)
    loose = f"（有{len(turns)}处没有弄清）" if summary.startswith(DEPENDS) and not text.startswith(DEPENDS) else ""
    others = [end.grounds[0] for turning in turns for _, end in _named(turning)]
    grounds = [*outcome.grounds, *(g for question, value in said for g in _grounds(question, value)), *others]
    sections = [
        (FACTS, tuple(_fact(library, question, value) for question, value in said)),
        (TURNS_ON, tuple(_turning(library, turning) for turning in turns)),
        ("计算过程", tuple(line for template in outcome.working if (line := fill(template, sums)))),
        *((s.heading, tuple(f"{i.text}{_labels(library, i.by)}" for i in s.items)) for s in outcome.sections),
        ("注意", outcome.advice),
    ]
    main = outcome.grounds[0].at
    return Answer(
        "answer",
        f"{check.title}：{outcome.title}{loose}",
        summary,
        topic=check.id,
        citations=_cite(library, grounds),
        sections=tuple(sections),
        suggestions=(*suggest_topics(library, outcome.topics), *_again(library, check)),
        slots={"topic": outcome.topics[0] if outcome.topics else None, "provision": main, "law": main.split("/")[0]},
    )


def noted(check: Check, before: dict[str, str], after: dict[str, str]) -> str:
    """What a message was taken to say, as far as it matters on the way."""
    path, place = check.walk(after)
    ahead = check.ahead(place.id, after) if isinstance(place, Question) else []
    mattering = [q for q, _ in path] + ahead
    new = [q.said(after[q.id]) for q in mattering if q.id in after and before.get(q.id) != after[q.id]]
    return f"记下了：{'；'.join(dict.fromkeys(new))}。\n" if new else ""


def _grounds(question: Question, value: str) -> tuple[Ground, ...]:
    option = question.option(value)
    return option.grounds if option else question.grounds if value != UNKNOWN else ()


def _fact(library: Library, question: Question, value: str) -> str:
    """已经发表：限于已经发表的作品〔第二十四条第一款第六项〕"""
    if value == UNKNOWN:
        return f"{question.asks}——{UNKNOWN_SAYS}"
    option = question.option(value)
    because = option.because if option else question.because
    return f"{question.said(value)}：{because}{_labels(library, [g.at for g in _grounds(question, value)])}"


def _conclusion(check: Check, answers: dict[str, str], text: str, turns: list[Turning]) -> str:
    """The conclusion, and how far it stands while some questions are open: in all but detail, for another reason, as to sums, or not."""
    if not turns or text.startswith(DEPENDS):
        return text
    many = f"{len(turns)}处没有弄清"
    if settled(check, {id_: value for id_, value in answers.items() if value != UNKNOWN}):
        return f"{text}还有{many}，弄清以后可以说得更具体，见“{TURNS_ON}”。"
    if text.startswith(_NOT) and all(end.answer.startswith(_NOT) for turning in turns for _, end in turning.ways):
        return f"{text}还有{many}，弄清以后理由可能不同，见“{TURNS_ON}”。"
    if all(turning.question.asks_sum for turning in turns):
        return f"{text}但有{many}，弄清以后结论可能不同，见“{TURNS_ON}”。"
    return f"{DEPENDS}，有{many}，见“{TURNS_ON}”；如果都不影响，结论是：{text}"


def _turning(library: Library, turning: Turning) -> str:
    """这部作品已经发表了吗？——还没有发表：作品没有发表，不可以〔第十条第一款第一项〕"""
    ways = "；".join(f"{words}：{end.title}{_labels(library, [end.grounds[0].at])}" for words, end in _named(turning))
    return f"{turning.question.asks}——{ways or '回答不同，结论不同'}"


def _named(turning: Turning) -> list[tuple[str, Outcome]]:
    """The other conclusions, each with the answers that lead to it; none where they are too many to be read."""
    by_end: dict[str, list[str]] = {}
    for words, end in turning.ways:
        by_end.setdefault(end.id, []).append(words)
    if len(by_end) > _MOST_WAYS:
        return []
    ends = {end.id: end for _, end in turning.ways}
    return [(f"{said[0]}等{len(said)}种回答" if len(said) > _MOST_WORDS else "，或者".join(said), ends[id_]) for id_, said in by_end.items()]


def _labels(library: Library, addresses: Sequence[str]) -> str:
    labels = [short_label(p) for p in _provisions(library, addresses)]
    return f"〔{'、'.join(labels)}〕" if labels else ""


def _provisions(library: Library, addresses: Sequence[str]) -> list[Provision]:
    return [p for at in dict.fromkeys(addresses) if (p := library.provision(at))]


def _cite(library: Library, grounds: list[Ground]) -> tuple[dict[str, object], ...]:
    passages: dict[str, list[str]] = {}
    for ground in grounds:
        passages.setdefault(ground.at, []).append(ground.quote)
    return tuple(cite(p, passages[p.address]) for p in _provisions(library, list(passages)))


def _again(library: Library, check: Check) -> tuple[Suggestion, ...]:
    topic = snapshot(library).topics.get(check.id)
    return (Suggestion(AGAIN_SAYS, topic.question),) if topic else ()
