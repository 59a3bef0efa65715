"""Screening: names that may be somebody's against whom a measure is live, with scores that explain themselves."""
