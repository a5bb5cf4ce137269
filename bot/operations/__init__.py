"""What operators need: all settings at a glance, and the data that is kept about people."""
