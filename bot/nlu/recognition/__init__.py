"""Which topic a question is about: features, models, fusion and calibration. Knows nothing of Rasa."""
