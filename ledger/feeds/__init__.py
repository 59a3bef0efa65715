"""Published lists: what each says, and how what changed from one reading to the next becomes events.

`lists` has one file for each; all of them give a `Reading`, and one difference turns two readings into events.
"""
