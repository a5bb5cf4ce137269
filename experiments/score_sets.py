"""Start the assistant and ask it every question of the evaluation sets, with the score.py that lies beside them.

python -m experiments.score_sets SET.jsonl …
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bot import cli, serve
from bot.settings import host, rasa_port


def main() -> None:
    sets = [Path(argument).resolve() for argument in sys.argv[1:]]
    scorer = sets[0].parents[1] / "score.py"
    cli.prepare()
    with serve.running():
        url = f"http://{host()}:{rasa_port()}/webhooks/rest/webhook"
        subprocess.run([sys.executable, str(scorer), "--url", url, "--show", "20", *map(str, sets)], check=True)


if __name__ == "__main__":
    main()
