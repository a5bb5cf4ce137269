"""The table of `knowledge.feedback`: what people think of an answer."""

from __future__ import annotations

import sqlalchemy as sa

from bot.migrations import adopting

revision = "f0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create what is missing."""
    adopting.table(
        "feedback",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("written", sa.DateTime, nullable=False),
        sa.Column("session", sa.String(12), nullable=False),
        sa.Column("message", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("comment", sa.Text),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("topic", sa.String(100)),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("citations", sa.JSON, nullable=False),
        sa.Column("ranking", sa.JSON),
        sa.Column("model", sa.String(64)),
        sa.UniqueConstraint("session", "message"),
    )


def downgrade() -> None:
    """Refused."""
    raise adopting.NoWayBack
