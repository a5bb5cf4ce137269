"""What the Rasa process tells of the messages that it answers, and of its own state: log lines, metrics, health."""
