"""The JSON form of all that enters or leaves, used by HTTP and the command line alike."""
