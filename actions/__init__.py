"""The action server: thin modules that read the tracker, ask the library, build one Answer and send it."""
