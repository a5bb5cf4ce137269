"""Which questions are about what no text of the library says: another country's law, prison sentences."""

from __future__ import annotations

import pytest

from actions.never_held import asks_foreign_law, asks_sentence

THEIRS = [
    "韩国的专利法保护几年", "英国国内的法律怎么管", "那加拿大呢", "荷兰也有这样的制度吗", "外国的法律怎么说", "德国当地的版权保护多久", "换成法国怎么规定",
    "欧盟有类似的吗", "韩国的外观设计保护几年", "荷兰的著作权登记怎么办", "去加拿大申请的话要哪些材料", "在英国注册要多少钱",
]  # fmt: skip
OURS = [
    "先在韩国申请，再来中国申请有优先权吗", "外国人的作品受保护吗", "英国公司在中国能申请专利吗", "美国那边已经卖过了，国内还能申请吗", "国外公开过还有没有新颖性",
    "海外法律服务有哪些支持", "日本动画的台词能引用吗", "重庆呢", "进口货要不要许可，德国的专利法不管吧", "国外的地理标志能申请保护吗",
    "先在韩国申请过专利，一年内还能再申请吗", "在韩国展览会上展出过，还有新颖性吗", "从法国进口的专利产品要许可吗",
]  # fmt: skip


@pytest.mark.parametrize("text", THEIRS)
def test_another_countrys_law(text: str) -> None:
    assert asks_foreign_law(text)


@pytest.mark.parametrize("text", OURS)
def test_chinas_law(text: str) -> None:
    assert not asks_foreign_law(text)


@pytest.mark.parametrize("text", ["仿冒的人要判几年", "这种会判三到五年吗", "侵权的刑期多长", "卖多少钱够得上立案标准", "老板要坐几年牢"])
def test_a_sentence(text: str) -> None:
    assert asks_sentence(text)


@pytest.mark.parametrize(
    "text", ["法院会判赔多少钱", "专利保护几年", "构成犯罪的怎么办", "法院几年能判下来", "侵权会不会坐牢", "判决书三年前就生效了"]
)
def test_no_sentence(text: str) -> None:
    assert not asks_sentence(text)
