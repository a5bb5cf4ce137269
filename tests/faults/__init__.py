"""Faults in the running service: after each of them nothing is lost and no answer was wrong."""
