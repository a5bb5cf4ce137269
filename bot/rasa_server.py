"""`python -m bot.rasa_server run …`: Rasa's own command, without the warnings that libraries write about each other as they are imported.

Sanic and pyparsing turn theirs on whatever PYTHONWARNINGS says; before our log handlers stand they would be lines of text among the JSON.
"""

from __future__ import annotations

import warnings

warnings.showwarning = lambda *_, **__: None

from rasa.__main__ import main  # noqa: E402

if __name__ == "__main__":
    main()
