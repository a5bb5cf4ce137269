"""What a message says of the answer before it: 有用, 没用，因为看不懂, 答非所问, 👍. Known by its form alone.

Only a message that is nothing but a rating is one. 没用过的专利会怎样 and 这个证明有用吗 are questions, 没用，我问的是期限 says a question
again; all of them are left to the recogniser. The patterns read normalised text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.feedback import MOST_COMMENT, REASONS
from knowledge.statements import asks

_OF_IT = (
    r"(?:(?:你|您)(?:们)?的?|这(?:个|条|些|次|样)?|那(?:个|条)?|刚才的?|刚刚的?|上面的?|以上|感觉|觉得|我觉得)*"
    r"(?:(?:回答|答案|答复|回复|解释|条文|法条|内容|结果|信息)的?|(?:说|讲|答|给|写)的)*(?:对我(?:来说)?)?"
)
_VERY = r"(?:真的?|很|挺|蛮|太|好|非常|特别|十分|超级?|相当|确实|还算|还是|还|比较|的确|都)*"
_NOT_AT_ALL = r"(?:真的?|根本|完全|确实|其实|一点也?|一点都|一点儿也?|一点儿都|好像|还是|太|的确)*"
_THANKS = r"(?:[,，。!;； ]*(?:谢谢|多谢|感谢|谢了|辛苦了?)(?:你|您|啦|了|哈)*)?"
_TAIL = r"(?:了|啦|的|啊|呀|哦|哈|诶|哎|嘛)*"
_END = r"[。.!~～…\s]*"

_THUMB = "[\ufe0f\U0001f3fb-\U0001f3ff]?"
_UP = re.compile(
    rf"(?:👍{_THUMB}|[\[/]:?(?:强|赞|strong)\]?|"
    rf"(?:{_THANKS}[,，。! ]*)?{_OF_IT}{_VERY}(?:有(?:点|些|一点|大|很大)?(?:用(?:处)?|帮助)|管用|顶用|好用|受用|满意|赞|帮(?:到|了)(?:到)?我?(?:个|很|的)?(?:大|不少)?忙?|"
    rf"解决了(?:我的?)?(?:大)?问题|(?:回答|答|说|讲|解释|写)得{_VERY}(?:好|对|清楚|清晰|明白|到位|准确|不错|详细)|点个?赞|给(?:你|您)?(?:点个?赞|个?好评|五星)|好评){_TAIL}{_THANKS}){_END}"
)
_NO_USE = (
    rf"(?:👎{_THUMB}|[\[/]:?(?:弱|踩|weak)\]?|{_OF_IT}{_NOT_AT_ALL}(?:没(?:有|什么|啥|多大|多少|太大|任何)*(?:用(?:处)?|帮助)|(?:不(?:管|顶|中|太有|怎么有|是很有)|无)用|不好用|"
    rf"没(?:有)?帮(?:到|上)(?:我)?(?:什么|啥|任何)?忙?|帮不(?:了|上|到)(?:我)?(?:什么|的|任何)?忙?|没(?:有)?解决(?:我的?)?(?:任何)?问题|"
    rf"(?:很|太|非常)?不(?:太|怎么|是很|大|够)?满意|给(?:你|您)?个?差评|差评){_TAIL})"
)
_BECAUSE = r"(?:因为|由于|主要是?因为|是因为|原因是|理由是|主要是)"
_DOWN = re.compile(rf"{_NO_USE}(?:(?:[,，。!;；:： ]*{_BECAUSE}[,，:： ]*(?P<because>.*?))|(?:[,，。!;；:： ]+(?P<rest>.+?)))?{_END}")
_WHY = re.compile(rf"(?:就|主要|还)?(?:是)?{_BECAUSE}[,，:： ]*(?P<because>.+?){_END}")

_QUESTION = r"(?:我的?|我问的?|这个|我提的)?(?:问题|问的|话)"
_COMPLAINTS = {
    "not_answered": rf"答非所问|所答非所问|文不对题|牛头不对马嘴|没(?:有)?(?:正面|直接)?回答(?:到)?{_QUESTION}|(?:我)?问的(?:可)?不是这个|不是我(?:想)?(?:要|问|知道)的|"
    rf"(?:跟|和|与){_QUESTION}(?:一点)?(?:都)?(?:没(?:有|啥|什么)?关系|无关|不相干|不沾边)|(?:你|您)?(?:没|没有)(?:听|看|读)(?:懂|明白){_QUESTION}?|(?:你|您)答的是另一个问题",
    "wrong_provision": r"(?:条文|法条|条款|依据|出处|法律)(?:引|找|用|给)?(?:得)?(?:不对|错了|有误|不准)|(?:引|找|用|给)错了?(?:条文|法条|条款|法律|法)",
    "hard_to_understand": rf"{_NOT_AT_ALL}(?:看|听|读)(?:不|没)(?:懂|明白|太懂|太明白)(?:你|您)?(?:说的|讲的|写的)?|(?:说|讲|写)得?太(?:难懂|专业|复杂|深奥|绕)|太难懂",
    "not_enough": r"(?:还|说得|讲得|答得|回答得)?(?:不够|不太)(?:具体|详细|全面|完整)|(?:你)?(?:答|说|讲|回答)得(?:太|有点|太过)(?:笼统|简单|简略|泛|粗)|太笼统",
    "outdated": r"(?:内容|条文|法条)(?:已经|都)?(?:过时|过期|不是最新的?|太旧)",
    "": r"(?:你|您|你的?回答|这个?回答|回答|答案)(?:得|说得|讲得|答得|说|讲|答|是|根本|完全)*(?:不对|错误|错|有误|不准确?|不靠谱)",
}
_COMPLAINT = {reason: re.compile(rf"(?:{_OF_IT})(?:{pattern}){_TAIL}{_END}") for reason, pattern in _COMPLAINTS.items()}
_HINTS = {
    "not_answered": r"答非所问|没(?:有)?(?:正面)?(?:回?答|答到)|不是我(?:想)?(?:要|问|知道)|(?:我|想)?问的(?:其实|可)?是|问的不是|(?:没(?:有|啥|什么)?关系|无关|不相干|跑题|偏题|文不对题)|(?:理解|弄|搞)(?:错|偏)",
    "wrong_provision": r"(?:条文|法条|条款|依据|出处|引用|法律).{0,4}(?:不对|错|有误|不准)|(?:引|找|用|给)错",
    "hard_to_understand": r"[看听读](?:不|没)(?:懂|明白|太懂)|难懂|太(?:专业|复杂|深奥|绕)|不好懂|太长",
    "not_enough": r"(?:不够|不太|没(?:有)?说?)(?:具体|详细|全面|完整|清楚|细)|笼统|太(?:简单|简略|少|短|泛|粗)|没(?:有)?(?:说|讲|写)(?:清楚|全|完|具体|明白)|缺(?:少|了)",
    "outdated": r"过时|过期|太旧|旧的|不是最新|已经(?:修改|改|废)|新法|失效",
}
_HINT = {reason: re.compile(pattern) for reason, pattern in _HINTS.items()}
_SHORT = 15  # characters of a bare reason
_ASKED = re.compile(r"(?:我)?(?:其实)?(?:想|要)?(?:问|知道|了解|查)的(?:其实|明明|可)?是(?P<what>.{4,})$")


@dataclass(frozen=True)
class Said:
    """What was said of an answer. verdict and reason as in `knowledge.feedback`; comment: the person's own words where they say more."""

    verdict: str
    reason: str | None = None
    comment: str | None = None


def read_feedback(text: str, wanted: bool = False) -> Said | None:
    """What a normalised message says of the answer before it; None where it says something else.

    wanted: the reason was just asked for, so that 因为…, one of the reasons offered or a few words of why are the reply to that.

    >>> read_feedback("没用,因为条文引错了")
    Said(verdict='down', reason='wrong_provision', comment='条文引错了')
    """
    bare = text.strip()
    if _UP.fullmatch(bare):
        return Said("up")
    if match := _DOWN.fullmatch(bare):
        because, rest = match["because"], match["rest"]
        if because or rest:
            return _reasoned(because, any_words=True) if because else _reasoned(rest)
        return Said("down")
    for reason, pattern in _COMPLAINT.items():
        if pattern.fullmatch(bare):
            return Said("down", reason or None, None if bare in REASONS.values() else bare)
    return _reply(bare) if wanted else None


def asked_instead(said: Said) -> str | None:
    """What the person says they had asked (因为我问的是外观设计保护几年); None where they do not."""
    match = _ASKED.search(said.comment or "")
    return match["what"].strip() if match else None


def _reply(bare: str) -> Said | None:
    """The reply to our question why."""
    match = _WHY.fullmatch(bare)
    return _reasoned(match["because"], any_words=True) if match else _reasoned(bare.rstrip("。.!~ "))


def _reasoned(words: str, any_words: bool = False) -> Said | None:
    """A reason in the words offered or in a person's own. any_words: whatever is said is the reason, unless it asks us something."""
    offered = next((reason for reason, says in REASONS.items() if words == says), None)
    if offered:
        return Said("down", offered)
    hinted = next((reason for reason, pattern in _HINT.items() if pattern.search(words)), None)
    if any_words:
        questions = words.endswith(("?", "吗")) and not _ASKED.search(words)
        return None if questions else Said("down", hinted or "other", words[:MOST_COMMENT])
    return Said("down", hinted, words[:MOST_COMMENT]) if hinted and len(words) <= _SHORT and not asks(words) else None
