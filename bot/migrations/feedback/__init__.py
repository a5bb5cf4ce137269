"""Revisions of the feedback store, oldest first."""
