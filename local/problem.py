class LocalProblem(Exception):  # noqa: N818 - its text is a sentence for a person, not a fault of the program
    """The bridge cannot run on this machine; the text says why and what to do."""
