"""Free text is read as what it says, and as no more."""

from __future__ import annotations

import pytest

from knowledge.checks import checks
from knowledge.normalise import normalise
from knowledge.statements import asks, replies_plainly, sounds_unknown, statements, wants_guiding


def read(id_: str, *messages: str) -> tuple[dict[str, str], str]:
    """The answers on the way after these messages, and where they lead."""
    check, answers = checks()[id_], {}
    for message in messages:
        answers = check.read_all(normalise(message), answers)
    path, place = check.walk(answers)
    return {q.id: value for q, value in path}, place.id


@pytest.mark.parametrize(
    ("id_", "messages", "leads"),
    [
        ("check-fair-use", ["文章早就发表了，是给学生上课用的"], "ok_class"),
        ("check-fair-use", ["課文，老師上課講，複印整本發給全班"], "no_bulk"),
        ("check-fair-use", ["书没有公开出版过", "都不是"], "no_unpublished"),
        ("check-fair-use", ["网上公开发布的", "上课", "要印成册子卖给学生"], "no_class_publish"),
        ("check-fair-use", ["早出版了", "论文里引了一段，没注明出处"], "no_name"),
        ("check-fair-use", ["报纸上登过的文章，我们报社想转载，作者没有声明"], "pay_reprint"),
        ("check-fair-use", ["歌是早就发行的，我们想翻唱录成专辑，作者没声明不许"], "pay_cover"),
        ("check-fair-use", ["已发表，自己练字抄一遍，不外传"], "ok_personal"),
        ("check-service-invention", ["我是公司的工程师，下班自己琢磨的，没用公司的设备"], "own"),
        ("check-service-invention", ["我在研究所工作，不是单位任务，是我业余搞的，没用单位的东西"], "own"),
        ("check-service-invention", ["两家一起研发的，没有协议，双方都参与了，我想转让"], "joint_all"),
        ("check-service-invention", ["我退休在家自己琢磨的"], "own"),
        ("check-work-owner", ["我请影楼拍的婚纱照，没有合同"], "silent"),
        ("check-work-owner", ["电影的编剧是我"], "creator"),
        ("check-work-owner", ["我自己一个人写的小说"], "author"),
        ("check-patentable", ["我去年发表了论文"], "no_disclosed"),
        ("check-patentable", ["学术年会上报告的", "超过半年了"], "no_late"),
        ("check-patentable", ["没有公开", "外观", "都不是", "没查到", "有明显区别", "没有"], "ok_design"),
        ("check-infringement", ["他有专利证书，没授权我，我在淘宝店卖，从厂家进货，有发票，不知道侵权"], "unaware"),
        ("check-infringement", ["专利已经授权了，但是我签了许可合同"], "licensed"),
        ("check-infringement", ["专利过期了"], "ended"),
        ("check-infringement", ["有效", "没许可", "为了卖", "自己生产", "申请日以后才做的", "没有证据", "不一样"], "outside"),
        ("check-claim-patent", ["要赔偿，损失20万，故意而且情节严重，律师费2万"], "punitive"),
        ("check-claim-patent", ["侵犯专利", "没有", "查不到", "每年许可费5万", "是", "不清楚"], "fee_punitive"),
        ("check-claim-patent", ["假冒专利", "五万元"], "fine_flat"),
        ("check-claim-patent", ["假冒专利，违法所得8万"], "fine_multiple"),
        ("check-claim-copyright", ["罚款", "破解软件", "没有"], "no_fine"),
        ("check-claim-copyright", ["赔偿", "2000块", "是", "公证费500"], "punitive"),
        ("check-open-licence", ["想用大学的专利，已经公告，发了书面通知，还没付钱"], "need_pay"),
        ("check-open-licence", ["我们公司有一项实用新型，想开放许可，评价报告还没做"], "need_report"),
        ("check-gi", ["国家局通知不合格，三个月前收到的"], "reply"),
        ("check-gi-sign", ["我家在产地范围内种茶，想印在包装上，已经认定了，按标准做的，还缺检测报告"], "need_papers"),
        ("check-gi-challenge", ["公示期，三个月前公告的"], "objection_late"),
        ("check-mark", ["申请证明商标，用地理标志，有政府批文，委托了检测机构，管理规则写好了"], "ready_certification"),
        ("check-mark", ["想用协会的集体商标，我不是会员"], "no_member"),
    ],
)
def test_free_text_leads_where_it_means(id_: str, messages: list[str], leads: str) -> None:
    assert read(id_, *messages)[1] == leads


@pytest.mark.parametrize(
    ("id_", "message", "question", "value"),
    [
        ("check-fair-use", "从没公开发表过", "published", "unpublished"),
        ("check-fair-use", "应该早就出版了吧", "published", "published"),
        ("check-claim-patent", "对方赚了30万", "gain", "300000"),
        ("check-claim-patent", "大概亏了十二万五千元", "loss", "125000"),
        ("check-claim-patent", "损失十几万", "loss", None),
        ("check-claim-patent", "损失10万到20万", "loss", "100000"),
        ("check-infringement", "专利还没授权呢", "valid", None),
        ("check-infringement", "专利还没授权", "valid", "pending"),
        ("check-infringement", "专利快到期了", "valid", None),
    ],
)
def test_a_statement_is_heard_before_its_question_is_asked(id_: str, message: str, question: str, value: str | None) -> None:
    assert checks()[id_].read_all(normalise(message), {}).get(question) == value


def test_a_short_reply_answers_the_open_question_only() -> None:
    assert read("check-claim-patent", "要赔偿", "20万", "是") == ({"what": "infringement", "loss": "200000", "wilful": "both"}, "costs_punitive")
    assert read("check-gi", "还没提交，想先看够不够条件", "县级以上人民政府", "是") == (
        {"stage": "preparing", "applicant": "government", "authentic": "yes"},
        "territory",
    )


def test_what_is_said_too_early_is_kept_and_not_asked_again() -> None:
    check = checks()["check-fair-use"]
    answers = check.read_all("上课放了一段录像", {})
    assert check.walk(answers)[1].id == "published"
    assert check.longest("published", answers) < check.longest("published")
    assert check.walk(check.read_all("已经发表", answers))[1].id == "ok_class"


def test_a_message_that_states_two_things_at_once_is_not_guessed_at() -> None:
    assert read("check-fair-use", "已经发表", "有的自己看，有的拿去卖") == ({"published": "published"}, "purpose")


@pytest.mark.parametrize(
    ("message", "stated"),
    [
        ("文章早就发表了，是给学生上课用的，算不算侵权？", "文章早就发表了,是给学生上课用的"),
        ("专利保护多少年？", ""),
        ("帮我判断算不算合理使用", ""),
        ("我卖的灯有人说侵权，你一步步问我", "我卖的灯有人说侵权"),
        ("合同没写专利归谁", "合同没写专利归谁"),
        ("不知道是什么时候发表的", "不知道是什么时候发表的"),
        ("我怕够不够格", ""),
        ("花了1,200,000.50元,没别的", "花了1,200,000.50元,没别的"),
    ],
)
def test_questions_and_requests_state_nothing(message: str, stated: str) -> None:
    assert statements(normalise(message)) == stated


def test_a_request_for_guiding_is_known() -> None:
    assert wants_guiding("一步步帮我判断")
    assert not wants_guiding("发明专利保护多少年")


def test_a_value_that_a_question_no_longer_has_is_asked_again() -> None:
    check = checks()["check-fair-use"]
    assert check.walk({"published": "gone", "purpose": "teach"})[1].id == "published"


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("有,三年前签的", "有"),
        ("没错", "对"),
        ("是的", "是的"),
        ("对方不同意", ""),
        ("对了", ""),
        ("有人告我", ""),
        ("让我想想", ""),
        ("是我们公司在三年前委托他们做的", ""),
    ],
)
def test_a_reply_is_the_plain_beginning_of_a_message(said: str, reply: str) -> None:
    assert replies_plainly(normalise(said)) == reply


@pytest.mark.parametrize(
    ("said", "unknown"),
    [
        ("不太清楚具体情况", True),
        ("不知道有没有合同", True),
        ("忘了", True),
        ("不一定", True),
        ("不知道是侵权的货", False),
        ("不是", False),
        ("不清楚合同怎么写的", True),
    ],
)
def test_saying_that_one_does_not_know_is_not_saying_no(said: str, unknown: bool) -> None:
    assert sounds_unknown(normalise(said)) is unknown


@pytest.mark.parametrize(("said", "question"), [("他赚多少查不到", False), ("没花什么钱", False), ("能赔多少", True), ("年费没交,专利还在吗", True)])
def test_a_question_word_does_not_make_a_question(said: str, question: bool) -> None:
    assert asks(normalise(said)) is question


@pytest.mark.parametrize(
    ("said", "sum_"),
    [
        ("律师费1万，公证费2000", "12000"),
        ("律师费1万，公证费1万", "20000"),
        ("律师费加公证费一共3万", "30000"),
        ("三千", "3000"),
        ("1万和2000", None),
    ],
)
def test_expenses_with_their_names_are_added_up(said: str, sum_: str | None) -> None:
    question = checks()["check-claim-patent"].questions["costs_basic"]
    assert question.heard(normalise(said), is_open=True) == sum_


@pytest.mark.parametrize(
    ("id_", "question", "said"),
    [
        ("check-claim-patent", "wilful", "故意的"),
        ("check-infringement", "source", "不知道是侵权的货"),
        ("check-infringement", "source", "进货有发票"),
        ("check-infringement", "prior_use", "他申请以前我们就在做了"),
        ("check-work-owner", "resources", "都是用公司的电脑"),
        ("check-work-owner", "entity", "公司主持的"),
        ("check-fair-use", "perform", "在敬老院演出"),
        ("check-fair-use", "language", "译成藏语"),
        ("check-fair-use", "textbook", "小学课本"),
        ("check-mark", "conditions", "我们符合条件"),
        ("check-claim-copyright", "public", "大批卖盗版"),
        ("check-service-invention", "task", "下班以后做的"),
        ("check-gi", "specific", "味道特别好"),
    ],
)
def test_half_of_what_an_option_says_is_not_heard_as_all_of_it(id_: str, question: str, said: str) -> None:
    asked = checks()[id_].questions[question]
    assert asked.heard(normalise(said), is_open=True) is None
