"""Dialogue acts that are known by their form: asking for a provision by number, following up, choosing, restarting, rating an answer.

Everything else is a question for the topic recogniser. The patterns read normalised text.
"""

from __future__ import annotations

import re

from knowledge.citation import parse_locator
from knowledge.feedback import REASONS
from knowledge.feedback_words import read_feedback
from knowledge.numerals import NUMERAL, to_int

_LAW = r"[\u4e00-\u9fff、“”《》（）()\-—－\d]{0,24}?(?:法典|法|条例|细则|办法|规定|解释|公约|纲要|规划|方案|计划|指引|令|公告|通知|指南)"
_FILLER = re.compile(
    r"请问|请|你好|您好|帮我|给我|帮忙|麻烦|想知道|想看|我想|看看|看一下|看下|查一下|查下|查询|查看|查|找一下|找|一下|的?(?:具体)?(?:内容|原文|条文|全文|规定|意思|法条)|"
    r"(?:都|又|具体|到底|究竟)?(?:规定|写|讲|说|是|有|列)(?:了|的|着)?(?:什么|啥|些什么|哪些|些啥|哪几|怎么)?|"
    r"什么|啥|哪些|哪几|怎么|如何|里面?|中|那|是|的|呢|吗|呀|啊|嘛|么|条款|条|款|项|目|节|章|有|和|跟|与|及|以及|完整|全部|整个|了|哪|第|告诉我|发我|发给我|来|贴|念"
)
_PUNCTUATION = re.compile(r"[\s，。？！；：、,.?!;:“”\"'‘’《》〈〉（）()\[\]【】…—~～\-]+")
_PLACE = re.compile(
    rf"第?\s*[（(]?\s*{NUMERAL}\s*[）)]?\s*(?:条|款|项|目|章|节|编|部分)(?:\s*之\s*{NUMERAL})?|倒数第?\s*{NUMERAL}\s*条|最后(?:那)?一?条|"
    rf"专栏\s*{NUMERAL}|[（(]\s*{NUMERAL}\s*[）)]|{NUMERAL}\s*(?:至|到|-|—|~)\s*第?{NUMERAL}\s*条|(?:第\s*)?\d+\s*号(?:令|公告)?|{NUMERAL}、"
)
_POLICY_PLACE = re.compile(rf"(?:纲要|规划|方案|计划|指引).{{0,14}}(?:[（(]\s*{NUMERAL}\s*[）)]|专栏\s*{NUMERAL}|第?{NUMERAL}(?:章|节|部分))")
_ONLY_LAW = re.compile(rf"^(?:《?{_LAW}》?)$")

_ASKS = re.compile(
    r"\d+[月日天]|[会能是可要有]不|不[会能是可要]|怎么|什么|多少|几|哪|谁|吗|立法|修法|为什么|可以|应当"
)  # a question that only ends like the name of a law

_NO_LAW = re.compile(
    r"(?:[方做说用写手算疗书想看打玩画拍唱种养治土合违非无设司立执守魔戏语]法|的办法)(?:的|呢|吧|吗|啊|呀|那个|这个)*[。.！!？?]?$"
)  # 培育它的方法呢: a way of doing something, no law

_RESTART = re.compile(r"^(?:重新开始|重来|从头(?:开始|来)|清空|重置|restart|reset|/restart)[。！!]?$", re.I)
_CHOICE = re.compile(rf"^(?:我?(?:选|要|看|问的是)?)?(?:第)?({NUMERAL})(?:个|项|条路|种)?(?:吧|的|呢)?[。.！!]?$")
_SAYS = r"(?:(?:的?(?:内容|原文))|(?:又|都)?(?:是|讲|说|写)(?:的|了)?(?:是)?(?:什么|啥)?|怎么(?:说|写)的?)?(?:呢|啊|嘛)?[？?。]?"
_SHOW = r"(?:也|都|单独|单拎出来|拎出来|另外)*(?:给我|让我|我)?(?:拿来看看|拿来|看看|看一下|看|是什么|怎么写的?|念一?下|发我看看|发我|发给我|贴给我|贴出来|念一遍|念给我听|呢)?[？?。]?"
_THIS = r"(?:这|那|本|该|此)一?(?:条|款|段|节|项)"
_BOX = re.compile(rf"^(?:那|再|看看?|请看)*(?:它的?)?专栏\s*{NUMERAL}{_SAYS}$")
_NEIGHBOUR = re.compile(
    rf"^(?:那|再|看看?|请看|回|回到|有没有|{_THIS}的?)*(?:它的?)?往?(?:上+|下+|前|后)(?:面|边)?的?那?一?个?(?:条|款|项|段|节|章|部分|专栏){_SAYS}(?:吗[？?]?)?$"
)
_LOWER = re.compile(
    rf"^(?:那|再|看看?)*(?:它的?|{_THIS}(?:的|里)?)?(?:第\s*[（(]?{NUMERAL}[）)]?\s*[款段])?(?:第?\s*[（(]?{NUMERAL}[）)]?\s*项)?(?:{_SAYS}|的?(?:原文|全文)?{_SHOW})$"
)
_VERBATIM = re.compile(
    rf"^(?:给我|请)?(?:看看|看一下|看|念|贴|发|要|把)?(?:一下)?(?:你?(?:刚才|刚刚|上面)?(?:说|讲|提|引|提到|引用)的)?(?:{_THIS}(?:法律)?)?的?"
    rf"(?:(?:法条|条文)?(?:原文|原话|全文|完整内容)|法条|条文|原条文|(?<=[条款段节项])完整)(?:地|的)?{_SHOW}$|^(?:看看?)?{_THIS}{_SAYS}$"
    r"|^(?:这个?|那)?(?:是|在)?(?:(?:依据|根据)(?:的?是)?)?(?:哪部法律?)?的?(?:哪一?|第几)条(?:写|规定|说|讲)?(?:的|了)?(?:这个?|的)?[吗呢啊？?]*$"
)
_SAME_NUMBER = re.compile(r"同(?:一)?(?:个)?(?:号|条号|序号|样号码?)(?:的)?(?:那|这)?(?:一)?条")
_WHICH = re.compile(
    rf"^(?:是|我问的是|问的是|说的是|指的是|就是|那)?(?:《?{_LAW}》?|版权|专利|地标|地理标志)(?:的|里的?|那部|这部|那个|呢|吧)*[。.！!？?]?$"
)


def rest_of(text: str) -> str:
    """What a message says beyond law names, places and filler; empty for a plain look-up."""
    text = re.sub(rf"《?{_LAW}》?(?=\s*[的里中]?\s*(?:第|倒数|最后|专栏|[（(]|{NUMERAL}))", "", text)
    text = _PLACE.sub("", text)
    text = re.sub(rf"《{_LAW}》|^{_LAW}|[\u4e00-\u9fff]{{2,}}(?:法|办法|条例|规定)的?$", "", text)
    return _PUNCTUATION.sub("", _FILLER.sub("", text))


def names_place(text: str) -> bool:
    """Does the text name a place in a document (an article, a chapter, a box)?"""
    return bool(parse_locator(text)) or bool(_POLICY_PLACE.search(text))


def _gives_reason(bare: str) -> bool:
    """Is it the number of one of the reasons that were just offered?"""
    match = _CHOICE.match(bare)
    return match is not None and len(bare) <= 8 and 0 < to_int(match[1]) <= len(REASONS)


def dialogue_act(text: str, reason_wanted: bool = False) -> str | None:
    """The act of a normalised message: look_up, neighbour, lower, same_number, verbatim, which_law, choose, restart, feedback; None for a
    question. reason_wanted: we have just asked why the last answer was of no use."""
    bare = text.strip()
    if _RESTART.match(bare):
        return "restart"
    if read_feedback(bare, reason_wanted) or (reason_wanted and _gives_reason(bare)):
        return "feedback"
    if _CHOICE.match(bare) and len(bare) <= 8:
        return "choose"
    if _NEIGHBOUR.match(bare):
        return "neighbour"
    if _SAME_NUMBER.search(bare):
        return "same_number"
    if _VERBATIM.match(bare):
        return "verbatim"
    if bare and _LOWER.match(bare) and re.search(r"[款项段]", bare):
        return "lower"
    if _BOX.match(bare) or (names_place(bare) and len(rest_of(bare)) <= 3):
        return "look_up"
    if not _ASKS.search(bare) and not _NO_LAW.search(bare) and (_WHICH.match(bare) or (_ONLY_LAW.match(bare) and len(bare) >= 3)):
        return "which_law"
    return None
