"""What a message states, as distinct from what it asks and what it calls for. All of it on normalised text."""

from __future__ import annotations

import re

_UNKNOWN_WORDS = re.compile(
    r"^(?:这个?|那个?|具体)?(?:我?们?)(?:也|都|还|真|确实|就)*(?:不太?清楚|不太?知道|不太?确定|不太?懂|不太?明白|不太?记得|不了解|不晓得|不好说|说不清楚?|说不准|说不上来|搞不清楚?|弄不清楚?|记不清楚?|"
    r"拿不准|没数|没注意|没印象|忘了|跳过|唔知道?|唔清楚|莫得数|下一题|下一个)(?:这个|这一题)?[了啊呀呢吧的]*[。.!~]*$"
)
_VAGUE = re.compile(
    r"^(?:这个?|那个?|具体)?(?:我?们?)(?:也|都|还|真|确实|就)*(?:(?:不太?|不是很|不怎么|没|没有|说不太?|记不太?|搞不太?|弄不太?|拿不太?)"
    r"(?:清楚?|知道|确定|准|懂|明白|记得|了解|晓得|好说|注意|印象|上来|把握|数)|不一定|忘了)"
)
_NO_REPLY = re.compile(r"^(?:对方|对了|对于|对面|对家|有人|有的人|有些人|是这样|不过|不管|不论|无论|不但|不仅|不光|不然|没人|没事|没关系|不对劲)")
_OF_WHAT = re.compile(r"具体|情况|细节|怎么|怎样|什么|啥|多少|哪|谁|何时|是不是|是否|有没有|算不算|没有$|几")
_CORRECTION = re.compile(
    r"^(?:不对|不是这个|不是|错了|搞错了?|你?弄错了?)[了啊呀吧]*[,，。.!！\s]*(?:我(?:问|说|指)的是|我是问|我想问的?是?|应该是)(.{2,})$"
)
_PARTICLES = re.compile(r"^[了啊呀呢吧的哦嘛,。.!~]*(?:,|$)")
_HESITATES = re.compile(r"怎么说|让我想|我想想|再想想|想一想|等一?下|等等|稍等")
_HUM = re.compile(r"^(?:嗯|呃|额|唔|哦|噢|啊|这个|那个|就是)+$")
_TRAILS_OFF = re.compile(r"\.{2,}|…")
_YES = re.compile(r"^没错")
_SHORT = 10  # characters of a clause that can still be a plain reply
_CLAUSE = re.compile(r"(?<!\d)[,.](?!\d)|(?<=\d)[,.](?!\d)|(?<!\d)[,.](?=\d)|[，。;；!！、\n ]|(?<=[?？])")
_NO_QUESTION = re.compile(
    r"(?:没有?|不知道?|不清楚|不记得|忘了|不管|无论)(?:是|在|用|花|赚|卖|做|出)?(?:什么|啥|哪|谁|怎么|多少)|"
    r"(?:什么|啥|哪|谁|怎么|多少)[^,]{0,4}(?:查不到|算不(?:出|清)|说不(?:清|准|好|上)|不(?:知道|清楚|好说|好算)|难(?:说|算))|"
    r"(?:没有?|未)(?:写|说|约定|提|讲|定|明确|规定)[^,]{0,8}(?:什么|啥|哪|谁|多少)|(?:查|算|说)不(?:到|出|清)[^,]{0,8}(?:多少|谁|什么)"
)
_ASKS = re.compile(
    r"[?？]$|(?:吗|呢|么|嘛|不|咩|伐|么子)$|(?:了|过)没有?$|多少|多久|多长|多大|怎么|怎样|咋|如何|什么|啥|哪|几年|谁|点样|"
    r"([\u4e00-\u9fff]{1,2})[不没]\1|有没有|可以不可以|是否|能否|可否|算否|到底|究竟|不知道?该|(?:归|算|是|该|属于?|用|报|注册|申请)[^,]{0,12}还是"
)
_REQUESTS = re.compile(
    r"帮我|帮忙|帮俺|帮咱|引导|带我|带着我|领我|领着|你问|我答|问我|问俺|考我|我来答|一步一?步|步骤走|一条一条|一个一个|一项一项|逐[项条步个]|"
    r"核对|核一下|核实|对照|判断|提问|出题|问答|测一?测|自测|自查|测算|诊断|理一理|捋|过一遍|走一遍|走一下|算一遍|引路|指引|向导|逐步|"
    r"一问一答|一个问题|的问题,?我|列出|问清|盘问|问起|你问|你来问|缺什么|我(?:们|来)?(?:一样样|逐个|照实|替他)?答"
)


def corrected(text: str) -> str:
    """What is meant where a normalised message corrects the one before; the message itself where it does not.

    >>> corrected("不对,我问的是小说")
    '小说'
    """
    match = _CORRECTION.match(text)
    return match[1] if match else text


def says_unknown(text: str) -> bool:
    """Is the message 不清楚 and nothing else?"""
    return bool(_UNKNOWN_WORDS.match(text))


def sounds_unknown(text: str) -> bool:
    """Does the message begin by saying that the answer is not known (不太清楚具体情况), and not that something was not (不知道侵权)?"""
    said = _VAGUE.match(text)
    rest = text[said.end() :] if said else ""
    return said is not None and bool(_PARTICLES.match(rest) or _OF_WHAT.search(rest))


def replies_plainly(text: str) -> str:
    """The beginning of a message where it can be a plain reply (是的, 没有); empty where it only looks like one.

    >>> [replies_plainly(t) for t in ("有,三年前签的", "没错", "对方不同意", "嗯...怎么说呢")]
    ['有', '对', '', '']
    """
    first = clauses(_YES.sub("对", text))[0]
    return "" if len(first) > _SHORT or _NO_REPLY.match(text) or _HESITATES.search(text) else first


def clauses(text: str) -> list[str]:
    """The clauses of a message; points and commas within a number do not divide."""
    return [clause.strip() for clause in _CLAUSE.split(text) if clause is not None]


def wants_guiding(text: str) -> bool:
    """Does a normalised message call for being led through questions?"""
    return bool(_REQUESTS.search(text))


def asks(text: str) -> bool:
    """Does a clause of a normalised message ask something?"""
    return any(_asking(c) for c in clauses(text))


def _asking(clause: str) -> bool:
    return bool(_ASKS.search(_NO_QUESTION.sub("", clause)))


def statements(text: str) -> str:
    """The clauses of a normalised message that state something: not those that ask or that call for the check.

    >>> statements("文章早就发表了,是给学生上课用的,算不算侵权?")
    '文章早就发表了,是给学生上课用的'
    """
    every = [c for c in clauses(text) if c]
    hums = len(every) > 1 or _TRAILS_OFF.search(text)
    return ",".join(c for c in every if not _REQUESTS.search(c) and not _asking(c) and not (hums and _HUM.match(c)))
