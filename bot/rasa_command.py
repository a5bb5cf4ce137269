"""`python -m bot.rasa_command run …`: Rasa's own command, without the warnings that libraries write about each other as they are imported.

Sanic and pyparsing turn theirs on whatever PYTHONWARNINGS says; before our log handlers stand they would be lines of text among the JSON.
In the shell, Ctrl-D ends the conversation as Ctrl-C does; as Rasa is, it leaves a traceback and a shell that does not listen any more.
"""

from __future__ import annotations

import warnings
from typing import Any

warnings.showwarning = lambda *_, **__: None

from questionary import Question  # noqa: E402
from rasa.__main__ import main  # noqa: E402

_ask = Question.unsafe_ask_async


async def _ask_until_the_end(question: Question, patch_stdout: bool = False) -> Any:
    """What is typed. Raises KeyboardInterrupt, which Question takes for the wish to end, where the input ends."""
    try:
        return await _ask(question, patch_stdout)
    except EOFError:
        raise KeyboardInterrupt from None


if __name__ == "__main__":
    setattr(Question, "unsafe_ask_async", _ask_until_the_end)  # noqa: B010
    main()
