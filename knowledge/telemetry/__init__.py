"""What the assistant's processes tell of themselves: log lines, metrics, readiness. Knows nothing of Rasa or its action server.

It lies here because both processes need it and neither may import the other's package.
"""
