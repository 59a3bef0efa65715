"""The events in a database: tables, connections, and the one way in.

Everything that is written goes through `append`; what is read of events is in `reading`.
"""
