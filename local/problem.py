class LocalProblem(Exception):
    """The bridge cannot run on this machine; the text says why and what to do."""
