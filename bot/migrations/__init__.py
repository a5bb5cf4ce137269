"""How the databases that keep what people said came to be: one folder of revisions for each store.

`conversations` holds Rasa's events, `feedback` what people think of answers. Both may lie in one database: each has a table of its own
that names the revision reached (`alembic_conversations`, `alembic_feedback`). A revision never goes back: what it would remove are people's
words. Going back means restoring a backup (docs/deployment.md).

To change a table, add a file `…0002_what_changes.py` beside the newest revision, with `down_revision` naming that one.
"""
