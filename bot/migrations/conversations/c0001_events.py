"""Rasa's table of events as `SQLTrackerStore.SQLEvent` declares it, and the indexes that `bot.tracker_store` reads by."""

from __future__ import annotations

import sqlalchemy as sa

from bot.migrations import adopting

revision = "c0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create what is missing."""
    adopting.table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sender_id", sa.String(255), nullable=False),
        sa.Column("type_name", sa.String(255), nullable=False),
        sa.Column("timestamp", sa.Float),
        sa.Column("intent_name", sa.String(255)),
        sa.Column("action_name", sa.String(255)),
        sa.Column("data", sa.Text),
    )
    adopting.index("ix_events_sender_id", "events", ["sender_id"])  # Rasa's own
    adopting.index("ix_events_sender_newest", "events", ["sender_id", "id"])  # the newest events of a conversation
    adopting.index("ix_events_carried", "events", ["sender_id", "type_name", "action_name", "id"])  # what older events set; where its session began


def downgrade() -> None:
    """Refused."""
    raise adopting.NoWayBack
