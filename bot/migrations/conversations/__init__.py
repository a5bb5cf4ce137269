"""Revisions of the conversations store, oldest first."""
