"""Dialogue acts that are known by their form."""

from __future__ import annotations

import pytest

from bot.nlu.acts import dialogue_act
from knowledge.normalise import normalise


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("专利法第十一条", "look_up"),
        ("《著作权法》第十条第一款第（五）项规定了什么？", "look_up"),
        ("地标保护办法倒数第三条", "look_up"),
        ("专利法30到33条都写了啥", "look_up"),
        ("强国纲要（五）讲什么", "look_up"),
        ("第四十条", "look_up"),
        ("反垄断法第三条", "look_up"),
        ("上一条呢", "neighbour"),
        ("下一条", "neighbour"),
        ("第三款呢", "lower"),
        ("第（二）项是什么", "lower"),
        ("著作权法同号的那条", "same_number"),
        ("原文给我看看", "verbatim"),
        ("专利法的", "which_law"),
        ("第二个", "choose"),
        ("3", "choose"),
        ("我选第一个", "choose"),
        ("重新开始", "restart"),
        ("专利法第五十条的开放许可要交多少钱", None),
        ("按著作权法第二十四条，我在课上放电影行不行", None),
        ("我的专利被人仿了怎么办", None),
        ("你好", None),
    ],
)
def test_the_form_of_a_message_tells_its_act(text: str, act: str | None) -> None:
    assert dialogue_act(normalise(text)) == act
