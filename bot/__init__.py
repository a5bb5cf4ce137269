"""The assistant: domain, pipeline components, channels and the web widget."""
