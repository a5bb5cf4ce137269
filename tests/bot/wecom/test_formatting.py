from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.wecom import formatting
from bot.channels.wecom.events import chosen
from bot.channels.wecom.splitting import size, split
from tests.wecom_standin.limits import kf_problems, problems
from tests.wecom_standin.office import answer_for

LINK = "[《专利法》第五十条](https://ip.example.cn/laws/patent-law/50)"
WORDS = st.sampled_from(
    [
        "专利权人",
        "应当",
        "。",
        "；",
        "，",
        "\n",
        "\n\n",
        "> 引文",
        LINK,
        "**期限**",
        "👩‍👩‍👧‍👦",
        "é",
        "🇨🇳",
        "三年",
        "x" * 50,
        "https://a.cn/b?c=1",
        "”",
    ]
)


def _bare(text: str) -> str:
    return re.sub(r"[\s>]", "", text)


@settings(max_examples=400, deadline=None)
@given(st.lists(WORDS, max_size=200).map("".join), st.integers(150, 2048))
def test_parts_are_short_whole_and_in_order(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < size(part) <= limit for part in parts)
    assert _bare("".join(parts)) == _bare(text)
    for whole in (LINK, "👩‍👩‍👧‍👦", "é", "🇨🇳", "**期限**"):
        assert sum(part.count(whole) for part in parts) == text.count(whole)


def test_cuts_fall_at_sentence_ends() -> None:
    text = "申请人应当自收到通知之日起三个月内答复。" * 100
    parts = split(text, 2048)
    assert len(parts) == 3
    assert all(part.endswith("。") for part in parts)


def test_a_quote_goes_on_as_a_quote() -> None:
    parts = split("> " + "任何单位或者个人未经许可不得实施其专利。" * 60, 2048)
    assert len(parts) > 1 and all(part.startswith("> ") for part in parts)


def test_one_endless_word_or_link_is_still_sent() -> None:
    assert "".join(split("专" * 2000, 2048)) == "专" * 2000
    assert split(f"[条文](https://a.cn/{'x' * 3000})", 2048) == ["条文"]
    assert all(size(p) <= 100 for p in split("e" + "\u0301" * 500, 100))
    assert split("", 2048) == split("\n\n", 2048) == []


def test_an_answer_has_heading_links_and_quotes() -> None:
    (message,) = formatting.parts(answer_for("可以要求赔偿。"), "https://ip.example.cn", "t1")
    content = message["markdown"]["content"]
    assert content.startswith("### 专利侵权\n\n答：可以要求赔偿。")
    assert "[《中华人民共和国专利法》第十一条第一款](https://ip.example.cn/laws/patent-law/11)\n> 发明和实用新型专利权" in content
    assert "· 先固定证据。" in content
    assert not problems(message)


def test_without_an_address_citations_are_named_without_a_link() -> None:
    content = formatting.parts(answer_for("好"), "", "t")[0]["markdown"]["content"]
    assert "《中华人民共和国专利法》第十一条第一款\n>" in content and "](" not in content


def test_words_that_the_answer_quotes_already_are_not_quoted_again() -> None:
    answer = answer_for("")
    answer["summary"] = answer["citations"][0]["quote"].replace("，", "，\n")
    content = formatting.parts(answer, "https://ip.example.cn", "t")[0]["markdown"]["content"]
    assert content.count("任何单位或者个人未经专利权人许可") == 1
    assert content.endswith("[《中华人民共和国专利法》第十一条第一款](https://ip.example.cn/laws/patent-law/11)")


def test_few_short_choices_are_buttons_with_the_payload_behind() -> None:
    *_, card = formatting.parts(answer_for("好", ("发明", "实用新型", "外观设计")), "", "t")
    assert [b["text"] for b in card["template_card"]["button_list"]] == ["发明", "实用新型", "外观设计"]
    assert card["template_card"]["button_list"][1]["key"] == "ask:实用新型"
    assert not problems(card)


def test_long_choices_are_listed_on_the_card() -> None:
    *_, card = formatting.parts(answer_for("好", ("别人卖我有专利的产品，怎么办？", "专利权的期限是多久？")), "", "t")
    assert card["template_card"]["sub_title_text"].startswith("1. 别人卖")
    assert not problems(card)


def test_more_than_six_choices_are_numbered_text() -> None:
    offered = tuple(f"选项{n}" for n in range(7))
    *_, last = formatting.parts(answer_for("好", offered), "", "t")
    assert last["msgtype"] == "markdown" and "7. 选项6" in last["markdown"]["content"]


def test_numbers_choose() -> None:
    offered = ["甲", "乙", "丙"]
    for said in ("2", "２", "第二个", "2.", "选2", "第2项", " 2 "):
        assert chosen(said, offered) == "乙"
    for said in ("4", "0", "2024", "第二十四条", "两个人"):
        assert chosen(said, offered) == said
    assert chosen("2", []) == "2"


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=3000),
    st.lists(st.text(min_size=1, max_size=300), max_size=12),
    st.text(max_size=2500),
    st.sampled_from(["", "https://ip.example.cn"]),
)
def test_whatever_the_answer_it_keeps_the_limits(summary: str, offered: list[str], quote: str, base: str) -> None:
    answer = answer_for("答 " + summary, tuple(offered))
    answer["citations"][0]["quote"] = quote
    for message in formatting.parts(answer, base, "t1"):
        assert [p for p in problems(message) if p not in ("a broken character", "a cut link")] == []
    kf = formatting.kf_parts(answer, base)
    assert 0 < len(kf) <= 5
    for message in kf:
        assert [p for p in kf_problems(message) if p not in ("a broken character", "a cut link")] == []
