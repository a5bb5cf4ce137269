"""The recogniser learns, is stored small without forgetting, and keeps whole questions from what is said in the middle of a conversation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from bot.nlu.recognition import network
from bot.nlu.recognition.model import Recogniser, TopicInfo

WHOLE = {
    "patent-term": ["专利能保护几年", "专利的期限是多久", "发明专利管多少年", "专利几年到期"],
    "copyright-term": ["著作权能保护几年", "著作权的期限是多久", "小说的版权管多少年", "著作权几年到期"],
    "copyright-damages": ["著作权侵权赔多少", "盗版书要赔多少钱", "版权官司能赔多少", "著作权侵权怎么赔"],
}
ELLIPTICAL = [
    ("算不出来呢", "copyright-damages"),
    ("账上算不清", "copyright-damages"),
    ("算不清楚怎么办", "copyright-damages"),
    ("别的话", "unheard-of"),
]
INFO = {topic: TopicInfo("answer", topic) for topic in WHOLE}


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    examples = [(text, topic) for topic, texts in WHOLE.items() for text in texts]
    settings = network.Settings(hidden=32, input_dropout=0.0, hidden_dropout=0.0, epochs=60, batch=8)
    return Recogniser.fit(examples, ELLIPTICAL, INFO, {"patent-term": "专利权的期限有多长？"}, settings=settings)


def test_every_topic_of_the_whole_questions_is_learnt_and_no_other(recogniser: Recogniser) -> None:
    assert recogniser.topics == sorted(WHOLE)
    for topic, texts in WHOLE.items():
        assert {recogniser.recognise(text).candidates[0].topic for text in texts} == {topic}


def test_a_topics_own_question_is_exact_whatever_its_marks(recogniser: Recogniser) -> None:
    assert recogniser.recognise("专利权的期限有多长").exact


def test_only_the_first_network_hears_what_is_elliptical(recogniser: Recogniser) -> None:
    first, second = recogniser.members
    assert "算不" in "".join(first.vectors.vocabulary)
    assert "算不" not in "".join(second.vectors.vocabulary)
    assert recogniser.recognise("算不清").candidates[0].topic == "copyright-damages"


def test_what_is_stored_scores_as_what_was_trained(recogniser: Recogniser, tmp_path: Path) -> None:
    recogniser.save(tmp_path)
    loaded = Recogniser.load(tmp_path)
    texts = [text for texts in WHOLE.values() for text in texts]
    before, after = recogniser.scores_of(texts), loaded.scores_of(texts)
    assert np.abs(before - after).max() < 0.05 * before.std()
    assert [loaded.recognise(text).candidates[0].topic for text in texts] == [recogniser.recognise(text).candidates[0].topic for text in texts]
    assert loaded.explain("小说的版权管多少年", "copyright-term")[0][1] > 0


def test_a_stored_network_takes_a_byte_a_weight_and_scores_one_as_many(tmp_path: Path) -> None:
    matrix = csr_matrix(np.eye(6, dtype=np.float32))
    net = network.train(matrix, np.arange(6) % 3, 3, network.Settings(hidden=8, epochs=20, batch=6))
    net.save(tmp_path)
    loaded = network.Network.load(tmp_path)
    assert loaded.embed.dtype == np.int8
    one = loaded.scores(np.asarray([2]), np.asarray([1.0], dtype=np.float32))
    assert one == pytest.approx(loaded.scores_of(matrix)[2], abs=1e-5)
