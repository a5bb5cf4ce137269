"""`python -m knowledge`."""

from knowledge.cli import app

app(prog_name="python -m knowledge")
