"""Input channels. They let through only what a person may say, and always answer."""
