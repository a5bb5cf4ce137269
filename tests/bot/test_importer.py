"""Our importer gives Rasa the same messages as Rasa's own reader."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

from rasa.shared.importers.rasa import RasaFileImporter

from bot.nlu.importer import UtteranceImporter
from knowledge.settings import UTTERANCES


def test_the_messages_are_those_of_rasa_s_own_reader() -> None:
    files = [str(UTTERANCES / "dialogue.yml"), *map(str, sorted(Path(UTTERANCES / "chat").glob("*.yml"))[:3])]
    files.append(str(UTTERANCES / "patent-law" / "patent-abuse.yml"))
    assert "elliptical: true" in Path(files[-1]).read_text(encoding="utf-8")
    ours, theirs = (kind(training_data_paths=files).get_nlu_data() for kind in (UtteranceImporter, RasaFileImporter))
    assert [m.data for m in ours.training_examples] == [m.data for m in theirs.training_examples]


def test_a_copied_message_is_independent_and_keeps_its_fingerprint() -> None:
    (message, *_) = UtteranceImporter(training_data_paths=[str(UTTERANCES / "dialogue.yml")]).get_nlu_data().training_examples
    mark = message.fingerprint()
    twin = deepcopy(message)
    assert twin == message and twin.fingerprint() == mark
    twin.set("text", "别的")
    assert message.get("text") != "别的" and twin.fingerprint() != mark
