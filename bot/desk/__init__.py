"""The staff's desk: a conversation led in one process, without servers, and what clerks and lawyers do with it.

`bot` and `actions` do not import each other; the desk runs the actions by the package's name through rasa_sdk's executor.
"""
