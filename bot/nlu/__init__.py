"""Pipeline components: from a person's words to a dialogue act, topics and legal entities."""
