"""What no text of the library says, known by its form, however much the question sounds like one about ours: what another country's law says
(日本的专利法给几个月, 那美国呢), how many years of prison somebody gets (会判几年)."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.answer import Answer, from_topic
from actions.turn import Turn
from knowledge.library import Library
from knowledge.snapshot import snapshot

_COUNTRY = (
    "美国|老美|日本|韩国|朝鲜|德国|法国|英国|意大利|西班牙|葡萄牙|荷兰|瑞士|瑞典|波兰|欧盟|欧洲|俄罗斯|印度|印尼|越南|泰国|老挝|缅甸|柬埔寨|马来西亚|菲律宾|"
    "新加坡|加拿大|墨西哥|巴西|阿根廷|澳大利亚|澳洲|新西兰|南非|埃及|土耳其|沙特|哈萨克斯坦|乌克兰"
)
_ANY = f"{_COUNTRY}|国外|外国|海外|境外|(?:别的|其他|其它)国家"
_THERE = "那边|那里|那儿|当地|本地"
_RIGHT = "发明|实用新型|外观(?:设计)?|专利|版权|著作权|商标|地理标志|地标"
_LAW = f"法律(?!服务|援助|事务|风险|环境|信息)|(?:{_RIGHT}|知识产权)法|法院|法规|专利局|版权局|商标局"
_ASKS_ITS_LAW = re.compile(
    rf"(?:{_ANY})(?:的|(?:{_THERE})的?|自己的?|本国的?|现行的?)*(?:{_LAW})"
    rf"|(?:{_COUNTRY})的?(?:{_RIGHT})[^，。？?,]{{0,10}}?(?:几年|多久|多少年|多少钱|怎么|如何|咋|要不要|有没有用|什么条件|哪些材料)"
    rf"|[在到去](?:{_COUNTRY})(?:申请|注册|登记|起诉|打官司|维权|转让|授权)(?:的话|怎么|如何|咋|要|得|需要|能不能|可不可以|可以|几|多久|多少|有什么|办)"
    rf"|(?:{_COUNTRY})(?:{_THERE})的?(?:{_RIGHT})?[^，。？?,]{{0,8}}?(?:保护|规定|几年|多久|多少年|怎么[办判罚赔算管]|承认|认不认|管不管)"
    rf"|^(?:那么?|换成|要是|如果是?|放)?[在到]?(?:{_COUNTRY})(?:{_THERE}|的)?(?:呢|也(?:是|有|能|可以|一样|这样)[^，。]{{0,8}}|(?:怎么|咋)(?:规定|办|说|算)[^，。]*|有(?:没有)?(?:这|类似)[^，。]{{0,8}})[？?。！]*$"
)
_WITHIN = re.compile(rf"({_COUNTRY})(?:国内|境内)")
_HOME = re.compile("中国|我国|国内|回国|优先权|来华|在华|进口|新颖|先在|首次|第一次")
_ASKS_SENTENCE = re.compile(
    r"判(?:处|个|上|他|刑)?(?:几|多少|多久|[一二三四五六七八九十]{1,2}到?[一二三四五六七八九十]?)年|判(?:处|他)?多(?:久|重)|[坐蹲](?:几|多少)年|坐多久牢|刑期|有期徒刑|量刑|入罪|立案标准|够不够(?:得上)?判"
)


def asks_foreign_law(text: str) -> bool:
    """Does a normalised message ask what another country's law says, and nothing of China?"""
    text = _WITHIN.sub(r"\1那边", text)
    return bool(_ASKS_ITS_LAW.search(text)) and not _HOME.search(text)


def asks_sentence(text: str) -> bool:
    """Does a normalised message ask how long a prison sentence is, or when a crime is prosecuted? No statute of the library says so."""
    return bool(_ASKS_SENTENCE.search(text))


def never_held(library: Library, turn: Turn) -> Answer | None:
    """The refusal of such a question: the one that the recogniser found, else a general one; None for another question. The conversation
    stays where it was, for what is asked next is mostly about our own law again."""
    wanted = "refuse-foreign-law" if asks_foreign_law(turn.text) else "refuse-ip-crime" if asks_sentence(turn.text) else None
    if turn.exact or wanted is None:
        return None
    topics = snapshot(library).topics
    found = topics.get(turn.candidates[0].topic) if turn.candidates else None
    refused = found if found is not None and found.kind == "refuse" and found.reason != "unclear" else topics.get(wanted)
    return replace(from_topic(library, refused), slots={}) if refused is not None else None
