"""Run conversation files through the real recogniser and the real actions, without servers: seconds instead of minutes.

    python -m experiments.dialogues [FILE.yml …]

Without files: those of tests/conversations, and those of experiments/conversations, which are a ruler and not tests (the weights of
actions/context.py were fitted to fitted.yml; held_out.yml was only looked at; the files called new_users are strangers'). Prints every turn that
misses what its file expects, and how many turns and conversations are right.
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from bot.desk.conversation import Conversation, executor
from bot.desk.expected import missing
from bot.desk.reading import Reader
from knowledge.build import is_current
from knowledge.library import Library

HERE = Path(__file__).resolve().parent
FOLDERS = (HERE.parent / "tests" / "conversations", HERE / "conversations")


def main() -> None:
    if not is_current(Library.open().engine):
        sys.exit("知识库不是最新的，请先运行：python -m knowledge build")
    files = [Path(name) for name in sys.argv[1:]] or [path for folder in FOLDERS for path in sorted(folder.glob("*.yml"))]
    reader, actions = Reader.load(), executor()
    for path in files:
        conversations = yaml.safe_load(path.read_text(encoding="utf-8"))
        turns = right_turns = right = 0
        for written in conversations:
            talk, faults = Conversation(actions, reader), []
            for turn in written["turns"]:
                payload = talk.say(turn["user"])
                lacks = missing(turn, payload)
                turns, right_turns = turns + 1, right_turns + (not lacks)
                if lacks:
                    faults.append(f"  “{turn['user']}”：{'；'.join(lacks)} ← {payload['kind']} {payload['topic']}：{payload['summary'][:50]}")
            right += not faults
            if faults:
                print(f"{written['name']}：{' / '.join(t['user'] for t in written['turns'])}", *faults, sep="\n")
        print(f"{path.name}: {right} of {len(conversations)} conversations right, {right_turns} of {turns} turns")


if __name__ == "__main__":
    main()
