"""The tests. What they share: `postgresql` (a real server), `process` (the real command), `client` (the API)."""
