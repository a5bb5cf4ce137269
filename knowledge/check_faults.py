"""The checks of the guided checks against themselves and the library: every step leads on, and says only what its provisions say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import yaml

from knowledge.amounts import names_in, numbers_of, reckon
from knowledge.check_parts import Option, Outcome, Question, Settled
from knowledge.checks import FOLDER, Check, files, read_check
from knowledge.normalise import normalise
from knowledge.problems import Problem, Problems
from knowledge.quantities import unsupported
from knowledge.topics import HEADINGS, Ground

OPENINGS = ("可以", "不可以", "属于", "不属于", "构成", "不构成", "不视为", "应当", "视情况")
"""A conclusion begins with one of these."""

Fault = tuple[str, str, str]
"""Where (an id or a piece of text to find the line by), what is wrong, what to do."""


def check_checks(texts: Mapping[str, str], topics: Mapping[str, object], problems: Problems) -> None:
    """Report every fault of every check. `texts`: address -> own text; `topics`: the ids that exist."""
    found = set()
    for path in files():
        try:
            check = read_check(path)
        except (KeyError, TypeError, ValueError, AttributeError, yaml.YAMLError) as error:
            problems.add(Problem(path, 1, f"引导检查写法有误：{error!r}", "对照 docs/content.zh.md 的格式改正。"))
            continue
        found.add(check.id)
        lines = path.read_text(encoding="utf-8").splitlines()
        for where, what, remedy in faults(check, path.stem, texts, topics):
            line = next((n for n, text in enumerate(lines, 1) if where in text), 1)
            problems.add(Problem(path, line, what, remedy))
    for id_ in sorted(topics):
        if id_.startswith("check-") and id_ not in found:
            problems.add(Problem(FOLDER, 1, f"主题 {id_} 没有对应的引导检查。", f"写出 knowledge/checks/{id_}.yml，或删去这个主题。"))


def faults(check: Check, stem: str, texts: Mapping[str, str], topics: Mapping[str, object]) -> Iterator[Fault]:
    """Every fault of one check, whose file is named `stem`."""
    if check.id != stem:
        yield "id:", f"id {check.id} 与文件名不同。", f"把文件改名为 {check.id}.yml。"
    if check.id not in topics:
        yield "id:", f"没有叫 {check.id} 的主题。", "在 knowledge/topics/checks 写出这个主题，人们才能说出要做这个检查。"
    broken = list(_ways(check))
    yield from broken
    for question in check.questions.values():
        yield from _question(question, texts)
    for outcome in check.outcomes.values():
        yield from _outcome(outcome, texts, topics)
        if not broken:
            yield from _sums(check, outcome)
    if not broken:
        yield from _settled(check, texts)


# the way through


def _ways(check: Check) -> Iterator[Fault]:
    known = {*check.questions, *check.outcomes}
    for both in check.questions.keys() & check.outcomes.keys():
        yield f"{both}:", f"{both} 既是问题又是结论。", "换一个名字。"
    for where, leads in [("start", check.start), *check.places]:
        if leads not in known:
            yield leads, f"{where} 通向不存在的 {leads}。", "改为已有的问题或结论。"
    reached = _reach(check, set())
    yield from ((f"  {name}:", f"{name} 没有任何一步通向它。", "删去，或从某一步通向它。") for name in sorted(known - reached))
    yield from dict.fromkeys(_circles(check, check.start, ()))


def _circles(check: Check, place: str, trail: tuple[str, ...]) -> Iterator[Fault]:
    if place in trail:
        yield f"  {place}:", f"{place} 绕回到自己。", "每一步都要向前走。"
    elif place in check.questions:
        for leads in check.steps(place):
            yield from _circles(check, leads, (*trail, place))


def _reach(check: Check, without_sum: set[str], start: str = "") -> set[str]:
    """What can be reached from a place, or from the start, without the sums of these questions being given."""
    found = {start or check.start}
    queue = list(found)
    for place in queue:
        question = check.questions.get(place)
        if question is None:
            continue
        leads = {o.leads for o in question.options} | {question.unknown}
        leads |= set() if place in without_sum else {b.leads for b in question.branches}
        queue += leads - found
        found |= leads
    return found


# questions


def _question(question: Question, texts: Mapping[str, str]) -> Iterator[Fault]:
    where = f"  {question.id}:"
    if not question.options and not question.asks_sum:
        yield where, f"{question.id} 没有选项。", "写出 options 或 branches。"
    if question.asks_sum:
        if question.branches[-1].up_to is not None or question.branches[-1].below is not None:
            yield where, f"{question.id} 的最后一个 branches 没有接住其余的数额。", "最后一个不写 up_to、below。"
        yield from _stated(f"{question.id}=元", question.because, question.grounds, texts)
    unreadable = list(_patterns(question))
    yield from unreadable
    for option in question.options:
        yield from _option(question, option, texts)
        other = None if unreadable else question.heard(normalise(option.say))
        if other not in (None, option.value):
            yield option.say[:12], f"{question.id}={option.value} 的按钮文字被读成 {other}。", "改 also 或 unless。"
    everything = [g.quote for g in (*question.grounds, *(g for o in question.options for g in o.grounds))]
    for text in (question.asks, question.why):
        yield from _numbers(question.id, text, everything)
    said = [normalise(o.say) for o in question.options]
    for twice in {s for s in said if said.count(s) > 1}:
        yield twice[:12], f"{question.id} 有两个选项都叫“{twice}”。", "写得能分开。"


def _patterns(question: Question) -> Iterator[Fault]:
    every = [(question.id, question.also)]
    every += [(f"{question.id}={o.value}", (*o.also, *o.unless, *o.replies)) for o in question.options]
    for where, patterns in every:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                yield pattern[:20], f"{where} 的正则表达式有误：{error}", "改正表达式。"


def _option(question: Question, option: Option, texts: Mapping[str, str]) -> Iterator[Fault]:
    yield from _stated(f"{question.id}={option.value}", option.because, option.grounds, texts)


# what is stated


def _stated(where: str, because: str, grounds: tuple[Ground, ...], texts: Mapping[str, str]) -> Iterator[Fault]:
    """A step says why it matters, on a provision."""
    if not because:
        yield where.partition("=")[2], f"{where} 没有 because。", "写明这一答案为什么要紧。"
    if not grounds:
        yield where.partition("=")[2], f"{where} 没有 grounds。", "写明依据的条款和原文。"
    yield from _quotes(where, grounds, texts)
    yield from _numbers(where, because, [g.quote for g in grounds])


def _settled(check: Check, texts: Mapping[str, str]) -> Iterator[Fault]:
    """What an answer settles rests on its quotations, and no conclusion after it says 视情况."""
    for question in check.questions.values():
        said = [(f"{question.id}={o.value}", o.settles, [o.leads]) for o in question.options]
        said.append((f"{question.id}=元", question.settles, [b.leads for b in question.branches]))
        for where, settles, leads in said:
            if settles is not None:
                yield from _settles(check, where, settles, leads, texts)


def _settles(check: Check, where: str, settles: Settled, leads: list[str], texts: Mapping[str, str]) -> Iterator[Fault]:
    line = settles.says[:12]
    if not settles.grounds:
        yield line, f"{where} 的 settles 没有 grounds。", "写明依据的条款和原文。"
    if not settles.says.startswith(OPENINGS) or settles.says.startswith("视情况"):
        yield line, f"{where} 的 settles 没有先说结论：“{line}”。", f"以{'、'.join(OPENINGS[:-1])}之一开头。"
    yield from _quotes(where, settles.grounds, texts)
    yield from _numbers(where, numbers_of(settles.says), [g.quote for g in settles.grounds])
    for name in {name for alternatives in names_in(settles.says) for name in alternatives}:
        if name not in check.questions or not check.questions[name].asks_sum:
            yield line, f"{where} 的 settles 用到的 {name} 不是问数额的问题。", "改为问数额的问题的名字。"
    for outcome in sorted({end for place in leads for end in _reach(check, set(), place)} & check.outcomes.keys()):
        if outcome in leads:
            yield line, f"{where} 直接通向结论 {outcome}，不必写 settles。", "删去 settles。"
        elif _gainsaid(settles.says, check.outcomes[outcome].answer):
            yield line, f"{where} 的 settles 说定了，后面却还会走到相反或者“视情况”的结论 {outcome}。", "改 settles，或改 leads、unknown。"


def _gainsaid(says: str, answer: str) -> bool:
    """Does the conclusion begin with the opposite of what is settled, or leave it open?"""
    first, then = (next((word for word in sorted(OPENINGS, key=len, reverse=True) if text.startswith(word)), "") for text in (says, answer))
    return then == "视情况" or {first, then} in ({"可以", "不可以"}, {"属于", "不属于"}, {"构成", "不构成"}, {"构成", "不视为"})


def _quotes(where: str, grounds: Iterable[Ground], texts: Mapping[str, str]) -> Iterator[Fault]:
    for ground in grounds:
        if ground.at not in texts:
            yield ground.at, f"{where}：没有 {ground.at} 这一条款。", "核对条、款、项的编号。"
        elif ground.quote not in texts[ground.at]:
            yield ground.quote[:12], f"{where} 的引文不在 {ground.at} 里：“{ground.quote[:30]}”。", "从源文本逐字复制，不要跨款、跨项。"


def _numbers(where: str, statement: str, quotes: list[str]) -> Iterator[Fault]:
    for value, unit in sorted(unsupported(statement, quotes)):
        yield statement[:12], f"{where} 里的“{value}{unit}”在引文里找不到：“{statement[:30]}”。", "改正数字，或补上写有它的引文。"


def _outcome(outcome: Outcome, texts: Mapping[str, str], topics: Mapping[str, object]) -> Iterator[Fault]:
    where = f"  {outcome.id}:"
    if not outcome.grounds:
        yield where, f"结论 {outcome.id} 没有 grounds。", "写明依据的条款和原文。"
    if not outcome.answer.startswith(OPENINGS):
        yield where, f"结论 {outcome.id} 没有先说结论：“{outcome.answer[:12]}”。", f"以{'、'.join(OPENINGS)}之一开头。"
    if not outcome.topics:
        yield where, f"结论 {outcome.id} 没有 topics。", "写出可以接着问的主题。"
    for topic in outcome.topics:
        if topic not in topics:
            yield topic, f"结论 {outcome.id} 的主题 {topic} 不存在。", "改为已有主题的 id。"
    yield from _quotes(outcome.id, outcome.grounds, texts)
    quotes = [g.quote for g in outcome.grounds]
    for text in (outcome.answer, *outcome.advice, *outcome.working):
        yield from _numbers(outcome.id, numbers_of(text), quotes)
    by_address: dict[str, list[str]] = {}
    for ground in outcome.grounds:
        by_address.setdefault(ground.at, []).append(ground.quote)
    for section in outcome.sections:
        if section.heading not in HEADINGS:
            yield section.heading, f"不认识的小标题“{section.heading}”。", f"用：{'、'.join(HEADINGS)}。"
        for item in section.items:
            if not item.by or not set(item.by) <= by_address.keys():
                yield item.text[:12], f"“{item.text[:20]}”的 by 没有写，或者不在结论的 grounds 里。", "写明它依据的地址。"
            yield from _numbers(outcome.id, item.text, [q for at in item.by for q in by_address.get(at, [])])


def _sums(check: Check, outcome: Outcome) -> Iterator[Fault]:
    """Sums are of this check's questions; those of the conclusion itself are known on every way to it."""
    for text in (outcome.answer, *outcome.working):
        try:
            names = names_in(text)
            for expression in re.findall(r"\{([^{}]+)\}", text):
                reckon(expression, {})
        except ValueError as error:
            yield text[:12], f"结论 {outcome.id}：{error}", "写成 {fee*5+costs} 的样子。"
            continue
        for alternatives in names:
            strange = [n for n in alternatives if n not in check.questions or not check.questions[n].asks_sum]
            if strange:
                yield text[:12], f"结论 {outcome.id} 用到的 {'、'.join(strange)} 不是问数额的问题。", "改为问数额的问题的名字。"
            elif text == outcome.answer and outcome.id in _reach(check, set(alternatives)):
                yield text[:12], f"不知道 {'、'.join(alternatives)} 也会走到结论 {outcome.id}。", "另设一个不用这个数额的结论。"
