"""Fixtures for all tests."""

pytest_plugins = ["tests.servers", "tests.postgres", "tests.redis_server"]
