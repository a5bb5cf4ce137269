"""The service as docker-compose.yml lays it out, as processes of this machine: `python -m tests.topology --rasa 2 --actions 2`."""
