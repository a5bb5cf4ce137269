"""Dates reckoned from what people say: the last day of a period, the end of a term, with the working shown."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace

from actions.answer import Answer, Suggestion, cite
from actions.context import article_of, ellipsis
from actions.turn import Turn
from knowledge.amended import amendments
from knowledge.dates import Said, chinese, find_dates
from knowledge.deadlines import Rule, rules, rules_for
from knowledge.library import Library
from knowledge.periods import LAST_DAY_RULE, is_working_day, next_working_day
from knowledge.snapshot import snapshot
from knowledge.statements import asks
from knowledge.topics import Ground

_WHEN = re.compile(
    r"多久|几时|何时|什么时候|啥时候|哪天|哪一天|最晚|最迟|到期|过期|截止|期限|届满|几号|几月|还有多|来得及|算到|几年|大概|保护到|哪年|超期|过了|能不能告|失效|查清|知道|得知"
)
_ASKED = (
    (re.compile(r"到期|过期|届满|失效|保护到|管到|护到|到哪[一]?[天年]|为止"), "term"),
    (re.compile(r"最晚|最迟|截止|来得及|逾期|超期"), "deadline"),
)
_AND_THAT = re.compile(r"呢(?=[？?，,]|$)")
_SUBJECT = re.compile(r"(?:^|[，,])(?!要是|如果|那么?呢)[\u4e00-\u9fff]{2,}呢(?=[，,？?]|$)")
_BREAK = re.compile(r"[，。；、？！,;?!]")
_YEAR = re.compile(r"\d{4}")
_KIND = re.compile(r"实用新型|外观|发明")
_CORRECTS_KIND = re.compile(r"(?:其实|实际上?|应该|错了|更正|改成|换成).{0,8}(?:实用新型|外观|发明|合作|合写|单位|法人)")
_LIKELY = 0.1
_MEANING = {"deadline": "最晚", "term": "届满", "earliest": "最早", "event": "大约"}


def calculate(library: Library, turn: Turn, topic_id: str, today: datetime.date | None = None) -> Answer | None:
    """The date that a topic's period gives for the day said in the turn (or remembered); None when there is nothing to reckon."""
    rule = rule_meant(library, turn, topic_id)
    rule, others = of_kind(library, rule, turn) if rule else (None, [])
    if rule is None or not amendments(library).stands(Ground(rule.at, rule.quote)):
        return None
    topic_id = topic_id if topic_id in rule.topics else rule.topics[0]
    now = today or datetime.date.today()
    dates = find_dates(turn.text, now)
    if not dates:
        return _remembered(library, turn, rule, topic_id, now)
    said, clause = beside(rule, turn.text, dates)
    if said is None:
        return _ask(rule, f"您说了不止一个日子，不知道哪一个是{rule.start}。", topic_id)
    year_alone = ""
    if said.day is None and rule.ends == "year_end" and (year := _YEAR.search(said.written)):
        year_alone = said.written
        said = Said(said.written, datetime.date(int(year[0]), 12, 31), "", said.start)
    if said.day is None and asks_otherwise(turn.text):
        return None
    if said.day is None:
        return _ask(rule, f"{said.problem}。", topic_id, said.written)
    if _is_of_another_event(rule, clause or turn.text):
        return _ask(rule, f"要从{rule.start}算起，您说的好像是别的日子。", topic_id)
    if rule.start_past and said.day > now:
        return _ask(rule, f"{chinese(said.day)}还没有到，{rule.start}不会在将来。", topic_id)
    return _with_others(reckon(library, rule, said.day, topic_id, now, year_alone), others, said.day)


def rule_meant(library: Library, turn: Turn, topic_id: str) -> Rule | None:
    """The period that a day belongs to: one of the topic's own, else one of the topics just offered, of the same article or of an earlier
    subject, whose start the message names."""
    own = rules_for(topic_id)
    best = max(own, key=lambda rule: rule.named_in(turn.text), default=None)  # the first of equals
    before = [rule for rule in rules_for(turn.memory.get("topic") or "") if rule.named_in(turn.text)]
    if best is not None:  # that of the subject before where only that one begins with what is said (发表)
        return before[0] if before and not best.named_in(turn.text) else best
    kept = snapshot(library)
    offered = [kept.by_question[c["payload"]].id for c in turn.memory.get("choices") or () if c["payload"] in kept.by_question]
    subjects = [topic_id, *(step["topic"] for step in turn.memory.get("trail") or ())]
    articles = [article_of(kept.topics[subject]) for subject in subjects if subject in kept.topics]
    near = [rule for topic in offered for rule in rules_for(topic)]
    near += [rule for article in articles for rule in rules() if article and "/".join(rule.at.split("/")[:2]) == article]
    return next((rule for rule in near if rule.named_in(turn.text)), None)


def of_kind(library: Library, rule: Rule, turn: Turn) -> tuple[Rule, list[Rule]]:
    """The rule for the kind of patent that the message names, or that the conversation was last about, where kinds have periods of their own
    from the same day (我的实用新型2024年3月5日递的); and the rules of the other kinds where nothing tells which is meant."""
    kinds = _kinds(rule)
    if len(kinds) < 2:
        return rule, []
    topics = snapshot(library).topics
    steps = [topics[step["topic"]] for step in turn.memory.get("trail") or () if step["topic"] in topics]
    subjects = [turn.text, *(f"{topic.title} {topic.question}" for topic in steps if rules_for(topic.id))]
    for subject in subjects:
        for kind in _KIND.findall(subject):
            found = [rule] if kind in rule.name else [other for other in kinds if kind in other.name]
            if found:
                return found[0], []
    return rule, [other for other in kinds if other != rule]


def _kinds(rule: Rule) -> list[Rule]:
    """The rules of the same provision that count from the same day."""
    return [other for other in rules() if (other.at, other.start, other.meaning) == (rule.at, rule.start, rule.meaning)]


def beside(rule: Rule, text: str, dates: list[Said]) -> tuple[Said | None, str]:
    """The date that the period counts from, by the words of its clause (2004年拍完、2005年首次公映), and that clause's words; None where dates
    are said and no words tell which is meant."""
    whole = [date for date in dates if date.day or (rule.ends == "year_end" and _YEAR.search(date.written))] or dates[:1]
    clauses = {date.start: _clause(text, date, dates) for date in whole}

    def told(date: Said) -> int:
        before, after = clauses[date.start]
        return 2 * rule.named_in(after) + rule.named_in(before)

    best = max(whole, key=told)
    several = len({date.day or date.written for date in whole}) > 1
    return (None if several and not told(best) else best), "".join(clauses[best.start])


def _clause(text: str, date: Said, dates: list[Said]) -> tuple[str, str]:
    """The words of a date's clause before and after it, as far as the next date."""
    ends = [other.start + len(other.written) for other in dates if other.start < date.start]
    begins = [other.start for other in dates if other.start > date.start]
    end = date.start + len(date.written)
    before, after = text[max(ends, default=0) : date.start], text[end : min(begins, default=len(text))]
    return _BREAK.split(before)[-1], _BREAK.split(after)[0]


def _is_of_another_event(rule: Rule, text: str) -> bool:
    """Does the message give the day of something with which only another period of the same law begins (2019年3月10日授权的, for a term)?"""
    law = rule.at.split("/")[0]
    others = (other for other in rules() if other.at.split("/")[0] == law and other.start != rule.start)
    return not rule.named_in(text) and any(word in text for other in others for word in other.said)


def _with_others(answer: Answer, others: list[Rule], day: datetime.date) -> Answer:
    """The answer with what holds for the other kinds of patent."""
    if answer.kind != "answer" or not others:
        return answer
    notes = tuple(f"{other.name}的话，{_MEANING[other.meaning]}{chinese(other.end(day))}（{other.period}）。" for other in others)
    return replace(answer, sections=(*answer.sections, ("其他种类的专利", notes)))


def which_period(library: Library, turn: Turn, area: str) -> Answer:
    """A day was said, and nothing tells which period it belongs to."""
    topics = snapshot(library).topics
    near = [rule for rule in rules() if rule.at.split("/")[0] == area]
    ranked = sorted(near, key=lambda rule: -rule.named_in(turn.text))
    asked = dict.fromkeys(rule.topics[0] for rule in ranked if rule.topics[0] in topics)
    return Answer(
        "clarify",
        "这一天要算哪个期限？",
        "我记下了日期，但不知道要算的是哪个期限。请选一个，或者说明这一天发生了什么、想知道什么。",
        suggestions=tuple(Suggestion(topics[t].question, topics[t].question) for t in list(asked)[:4]),
    )


def _remembered(library: Library, turn: Turn, rule: Rule, topic_id: str, now: datetime.date) -> Answer | None:
    kept = turn.memory.get("facts") or {}
    day = kept.get(rule.start)
    if not day:
        return None
    return reckon(library, rule, datetime.date.fromisoformat(day), topic_id, now)


def _ask(rule: Rule, why: str, topic_id: str, begun: str = "") -> Answer:
    """Ask for the day. begun: the part of a date that was said already."""
    return Answer(
        "question",
        rule.name,
        f"{why}{rule.asks}请说出年、月、日，比如“2024年3月5日”。",
        slots={"topic": topic_id, "pending": {"rule": rule.id, "begun": begun}},
    )


def reckon(library: Library, rule: Rule, start: datetime.date, topic_id: str, now: datetime.date, written: str = "") -> Answer:
    """The answer with the day and how it was reckoned, line by line. written: what was said where that is no day, and its year is enough."""
    begun = written or chinese(start)
    try:
        end = rule.end(start)
    except (OverflowError, ValueError):
        return _ask(rule, "这个日期太远，算不出来。", topic_id)
    provision = library.provision(rule.at)
    topic = snapshot(library).topics.get(topic_id)
    counted = f"加{rule.period}" + ("，到那一年的12月31日" if rule.ends == "year_end" else "，到相应的那一天（起算当天不计入）")
    working = [
        f"依据：{rule.quote}〔{provision.label if provision else rule.at}〕",
        f"起算：{rule.start}，{begun}",
        f"计算：{begun}{counted}，得{chinese(end)}",
    ]
    notes = [rule.note] if rule.note else []
    if rule.meaning == "deadline":
        notes += _working_day(end)
        if end < now:
            notes.append(f"{chinese(end)}已经过去。")
    elif rule.meaning == "term" and end < now:
        notes.append(f"到今天（{chinese(now)}）已经届满。")
    return Answer(
        "answer",
        rule.name,
        f"{rule.name}：{_MEANING[rule.meaning]}{chinese(end)}（从{rule.start}{begun}起{rule.period}）。",
        topic=topic_id,
        citations=(cite(provision, (rule.quote,)),) if provision else (),
        sections=(("计算过程", tuple(working)), ("注意", tuple(notes))),
        suggestions=(Suggestion(topic.question, topic.question),) if topic else (),
        slots={
            "topic": topic_id,
            "provision": rule.at,
            "law": rule.at.split("/")[0],
            "facts": {rule.start: start.isoformat(), "last_date": start.isoformat()},
        },
    )


def _working_day(end: datetime.date) -> list[str]:
    state = is_working_day(end)
    if state is False:
        later = next_working_day(end)
        open_ = "（那一年的放假安排还没有公布，请到时核对）" if is_working_day(later) is None else ""
        return [f"{chinese(end)}是休息日，其后第一个工作日是{chinese(later)}{open_}。{LAST_DAY_RULE}"]
    if state is None:
        return [f"{chinese(end)}所在年份的放假安排还没有公布，是不是工作日请到时核对。{LAST_DAY_RULE}"]
    return []


def asked_for(turn: Turn) -> str | None:
    """The likely topic whose period has the meaning that the message asks for of a day that it names (到期: a term); None when it asks for none."""
    meaning = next((meaning for words, meaning in _ASKED if words.search(turn.text)), None) if find_dates(turn.text) else None
    likely = (c.topic for c in turn.candidates[:4] if c.probability >= _LIKELY)
    return next((topic for topic in likely if any(rule.meaning == meaning for rule in rules_for(topic))), None) if meaning else None


def wants_calculation(turn: Turn, topic_id: str) -> bool:
    """Does the turn name a date or ask when, so that a period of the topic, or of what went before, may be reckoned?"""
    if find_dates(turn.text):
        return bool(rules_for(topic_id)) or not asks_otherwise(turn.text)
    return bool(turn.memory.get("facts")) and bool(_WHEN.search(turn.text) or ellipsis(turn.text) or _CORRECTS_KIND.search(turn.text))


def asks_otherwise(text: str) -> bool:
    """Does a message with a date ask something, and not when a period ends (去年就卖过了，还能申请吗)?"""
    rest = _undated(text)
    return asks(_AND_THAT.sub("", rest)) and not _WHEN.search(rest)


def names_subject(text: str) -> bool:
    """Does a message with a date begin with another subject (单位的作品呢，2001年3月发表的)?"""
    return bool(_SUBJECT.search(_undated(text)))


def _undated(text: str) -> str:
    for said in find_dates(text):
        text = text.replace(said.written, "")
    return text
