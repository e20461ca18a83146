from benchmarks.soak_invariants import compared, compared_answers

WRITTEN = ["#a1 раз", "#a2 два", "#a3 три"]


def test_what_came_as_it_was_written_is_well():
    """The same words in the same order are no violation, the same word twice included."""
    assert list(compared("chat", ["да", "#c1", "да"], ["да", "#c1", "да"])) == []


def test_what_is_lost_is_named():
    """A message that did not arrive is a violation that names it; one of two equal ones, too."""
    assert list(compared("chat", WRITTEN, WRITTEN[1:])) == ["chat: lost 1 times: '#a1 раз'"]
    assert list(compared("chat", ["да", "да"], ["да"])) == ["chat: lost 1 times: 'да'"]


def test_what_is_doubled_is_named():
    """A message that arrived twice is a violation."""
    assert list(compared("chat", WRITTEN, [*WRITTEN, "#a1 раз"])) == ["chat: 1 times too often: '#a1 раз'"]


def test_what_is_overtaken_is_named():
    """All messages in another order are a violation that names the first place."""
    [sentence] = compared("chat", WRITTEN, ["#a1 раз", "#a3 три", "#a2 два"])
    assert "out of order: '#a3 три' came instead of '#a2 два'" in sentence


def test_an_answer_may_follow_itself_when_its_reply_was_lost():
    """Policy `resend`: as often again as the reply was lost, at once, and no more often."""
    again = ["#a1 раз", "#a1 раз", "#a2 два", "#a3 три"]
    assert list(compared_answers("chat", WRITTEN, again, {"#a1": 1})) == []
    [sentence] = compared_answers("chat", WRITTEN, again, {"#a2": 1})
    assert "sent 1 times too often, but only 0 replies" in sentence


def test_an_answer_must_not_come_again_after_the_next_one():
    """A lost reply excuses no answer that comes again later."""
    assert list(compared_answers("chat", WRITTEN, [*WRITTEN, "#a1 раз"], {"#a1": 1}))
