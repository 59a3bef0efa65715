"""What follows from the events: states, the graphs between subjects, search. Dropped and rebuilt at will."""
