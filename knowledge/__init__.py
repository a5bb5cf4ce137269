"""The library: official texts, their structure, topics, citations, deadlines and search.

Everything the assistant says about the law is read from here. The package imports neither Rasa nor the rooms
that use it (`bot`, `actions`).
"""
