"""What a timeline cannot be."""


class Conflict(Exception):
    """An event cannot stand in the state that it meets. The text says why, without naming the subject or the event."""
