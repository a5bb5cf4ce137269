"""`python -m bot ask`: the answer as text, and with --why the whole way to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from bot.desk.sitting import Sitting
from bot.settings import ROOT
from tests.bot.desk.conftest import Run

FEE = "专利年费从哪年开始交？"


def test_the_answer_is_printed_as_people_read_it(run: Run) -> None:
    code, out, err = run("ask", FEE)
    assert (code, err) == (0, "")
    assert out.startswith(f"> {FEE}\n【")
    assert "从被授予专利权的当年开始交" in out
    assert "《中华人民共和国专利法》第四十三条" in out
    assert "来路" not in out


def test_why_tells_the_whole_way_from_the_words_to_the_provisions(run: Run) -> None:
    _, out, _ = run("ask", "--why", FEE)
    way = out.partition("—— 来路 ——")[2]
    for heading in (
        "归一化",
        "对话动作",
        "词",
        "概念",
        "实体",
        "候选主题",
        "识别结论",
        "界线",
        "意图",
        "规则与动作",
        "回答",
        "读过的条款",
        "用到的事实",
    ):
        assert f"\n{heading}：" in way
    assert "1.000  patent-annual-fee-start" in way
    assert "支持 patent-annual-fee-start 的特征：" in way
    assert "action_answer" in way
    assert "读过的条款：patent-law/43/1" in way
    assert "deadline:patent-law/43/1" in way


def test_why_names_the_form_step_and_the_answers_of_a_guided_check(run: Run) -> None:
    _, out, _ = run("ask", "--why", "帮我核对一下：我上课用别人的作品算不算合理使用", "上课用的")
    assert "A guided check begins：action_start_check → A guided check begins：guided_check" in out
    assert "the form goes on：guided_check" in out
    assert "引导检查：check-" in out


def test_why_names_the_dates_that_were_reckoned_with(run: Run) -> None:
    _, out, _ = run("ask", "--why", "实用新型专利管几年？", "2016年6月30日申请的")
    assert "实体：日期 2016年6月30日" in out
    assert "用到的事实：申请日 2016-06-30" in out
    assert "2026年6月30日" in out


def test_several_questions_are_one_conversation(run: Run) -> None:
    code, out, _ = run("ask", "专利法第六十五条", "上一条")
    assert code == 0
    assert "【《中华人民共和国专利法》第六十四条】" in out


def test_a_refusal_has_an_exit_code_of_its_own(run: Run) -> None:
    code, out, _ = run("ask", "离婚财产怎么分？")
    assert code == 3
    assert "民法典" in out


def test_the_answer_can_be_had_in_the_form_of_the_interface(run: Run) -> None:
    _, out, _ = run("ask", "--json", FEE)
    assert json.loads(out)["schema"] == "ip-law-answer/1"


@pytest.mark.parametrize("message", ["", "？？", "x" * 5000])
def test_what_every_channel_turns_away_is_turned_away_here_too(sitting: Sitting, message: str) -> None:
    said = sitting.say(sitting.conversation(), message)
    assert said.payload["schema"] == "ip-law-answer/1"
    assert said.text


def test_without_a_model_it_is_said_what_to_do() -> None:
    script = "import bot.settings as s; from pathlib import Path; s.MODEL = Path('no/model.tar.gz'); from bot.cli import app; app()"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, "ask", FEE], cwd=ROOT, capture_output=True, check=False, env=dict(os.environ)
    )
    assert done.returncode == 1
    assert "还没有训练好的模型，请先运行：python -m bot train" in done.stderr.decode()
