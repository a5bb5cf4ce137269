"""What a message states, as distinct from what it asks and what it calls for. All of it on normalised text."""

from __future__ import annotations

import re

_UNKNOWN_WORDS = re.compile(
    r"^(?:这个?|那个?|具体)?(?:我?们?)(?:也|都|还|真|确实|就)*(?:不太?清楚|不太?知道|不太?确定|不太?懂|不太?明白|不太?记得|不了解|不晓得|不好说|说不清楚?|说不准|说不上来|搞不清楚?|弄不清楚?|记不清楚?|"
    r"拿不准|没数|没注意|没印象|忘了|跳过|唔知道?|唔清楚|莫得数|下一题|下一个)(?:这个|这一题)?[了啊呀呢吧的]*[。.!~]*$"
)
_CLAUSE = re.compile(r"(?<!\d)[,.](?!\d)|(?<=\d)[,.](?!\d)|(?<!\d)[,.](?=\d)|[，。;；!！、\n ]|(?<=[?？])")
_NO_QUESTION = re.compile(
    r"(?:没有?|不知道?|不清楚|不记得|忘了|不管|无论)(?:是|在|用)?(?:什么|啥|哪|谁|怎么|多少)|(?:没有?|未)(?:写|说|约定|提|讲|定|明确|规定)[^,]{0,8}(?:什么|啥|哪|谁|多少)"
)
_ASKS = re.compile(
    r"[?？]$|(?:吗|呢|么|嘛|不|咩|伐|么子)$|(?:了|过)没有?$|多少|多久|怎么|怎样|咋|如何|什么|啥|哪|几年|谁|点样|"
    r"([\u4e00-\u9fff]{1,2})[不没]\1|有没有|可以不可以|是否|能否|可否|算否|到底|究竟|不知道?该|(?:归|算|是|该|属于?|用|报|注册|申请)[^,]{0,12}还是"
)
_REQUESTS = re.compile(
    r"帮我|帮忙|帮俺|帮咱|引导|带我|带着我|领我|领着|你问|我答|问我|问俺|考我|我来答|一步一?步|步骤走|一条一条|一个一个|一项一项|逐[项条步个]|"
    r"核对|核一下|核实|对照|判断|提问|出题|问答|测一?测|自测|自查|测算|诊断|理一理|捋|过一遍|走一遍|走一下|算一遍|引路|指引|向导|逐步|"
    r"一问一答|一个问题|的问题,?我|列出|问清|盘问|问起|你问|你来问|缺什么|我(?:们|来)?(?:一样样|逐个|照实|替他)?答"
)


def says_unknown(text: str) -> bool:
    """Is the message 不清楚 and nothing else?"""
    return bool(_UNKNOWN_WORDS.match(text))


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
    return ",".join(c for c in clauses(text) if c and not _REQUESTS.search(c) and not _asking(c))
