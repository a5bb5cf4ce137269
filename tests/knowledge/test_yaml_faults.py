"""A YAML file that cannot be read is explained in Chinese, at the line where an editor has to look."""

from __future__ import annotations

import pytest
import yaml

from knowledge.yaml_faults import fault

CASES = [
    ("id: a\ntitle： 年费\nkind: answer\n", 2, "全角"),
    ("id: a\nkind: answer\n\ttitle: x\n", 3, "Tab"),
    ("id: a\ngrounds:\n  - at：patent-law/1\n    quote: x\n", 3, "全角"),
    ("exclusions: []\n  - {at: patent-law/43, reason: 无}\n", 1, "一条也没有"),
    ("id: a\ntitle: 注意: 年费\n", 2, "两个冒号"),
    ("id: a\ntitle: '年费\nkind: answer\n", 4, "引号没有成对"),
    ("id: a\nrelated: [甲, 乙\nkind: answer\n", 3, "少了右括号"),
    ("id: a\ntitle: @年费\n", 2, "不能用这个符号开头"),
    ("id: a\ntitle: *年费\n", 2, "开头"),
    ("id: a\n  kind: answer\n", 2, "两个冒号"),
    ("- a\nb: c\n", 2, "写法有误"),
]


@pytest.mark.parametrize(("text", "line", "words"), CASES)
def test_a_fault_is_named_in_chinese_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(yaml.MarkedYAMLError) as raised:
        yaml.load(text, Loader=yaml.CSafeLoader)
    found = fault(raised.value, text)
    assert (found.line, words in found.what) == (line, True), (found, raised.value)
    assert found.remedy.endswith("。")
    assert not any(c.isascii() and c.isalpha() for c in found.what.replace("Tab", ""))
