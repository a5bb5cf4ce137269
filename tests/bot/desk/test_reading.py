"""What the desk makes of a message is what Rasa's pipeline makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.desk.reading import Reader
from bot.desk.rules import rules
from bot.desk.sitting import Sitting

SAID: list[tuple[str, dict[str, Any]]] = [
    ("专利年费从哪年开始交？", {}),
    ("著做权法第二十四条第一款", {}),
    ("那外观设计呢", {"question": "发明专利能保护多少年？"}),
    ("2016年6月30日申请的，罚款五百元", {"question": "发明专利能保护多少年？"}),
    ("离婚财产怎么分", {}),
    ("你好", {}),
    ("上一条", {}),
    ("没用", {}),
    ("2", {"pending": {"reason": True}}),
    ("重新开始", {}),
    ("帮我核对一下是不是职务发明", {}),
    ("啊啊啊", {}),
]


class _Tracker:
    """As much of a conversation as the components look at."""

    def __init__(self, slots: dict[str, Any]) -> None:
        self._slots = slots

    def get_slot(self, name: str) -> Any:
        return self._slots.get(name)


@pytest.mark.parametrize(("text", "slots"), SAID)
def test_a_message_is_read_as_the_pipeline_reads_it(sitting: Sitting, text: str, slots: dict[str, Any]) -> None:
    from rasa.shared.nlu.training_data.message import Message

    from bot.nlu.dialogue_acts import DialogueActClassifier
    from bot.nlu.entities import LegalEntityExtractor
    from bot.nlu.topic_recogniser import TopicRecogniser

    storage: Any = None
    entities = LegalEntityExtractor(storage, storage)
    entities._nlp = sitting.reader._entities
    config = TopicRecogniser.get_default_config()
    message, tracker = Message({"text": text}), _Tracker(slots)
    entities.process([message])
    TopicRecogniser(config, storage, storage, sitting.reader.recogniser).process([message], tracker)
    DialogueActClassifier().process([message], tracker)
    expected = message.as_dict(only_output_properties=True)
    for entity in expected["entities"]:
        entity.pop("extractor")
    read = sitting.reader(text, slots)
    assert {name: read[name] for name in ("intent", "act", "recognition", "entities")} == {
        name: expected.get(name) for name in ("intent", "act", "recognition", "entities")
    }


def test_every_intent_that_the_desk_gives_has_a_rule(sitting: Sitting) -> None:
    intents = {sitting.reader(text, slots)["intent"]["name"] for text, slots in SAID}
    assert {"ask", "refuse", "chat", "look_up", "follow_up", "feedback", "start_again", "start_check"} <= intents
    assert intents <= set(rules())


def test_a_model_without_a_recogniser_is_said_so(tmp_path: Any) -> None:
    with pytest.raises(FileNotFoundError):
        Reader.load(tmp_path / "no.tar.gz")
