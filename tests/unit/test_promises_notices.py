"""The patterns by which the promises recognise notices, held to the sentences of the bridge."""

import itertools
import re

import pytest

from bridge.texts import SENTENCES, Say
from local.promises.notices import (
    PATTERNS,
    Notice,
    files_named,
    is_deletion,
    is_doubt,
    is_marked_as_repeat,
    names_comment,
    notices_in,
    words_of,
)

LANGUAGES = ("ru", "en")
WORDS = ("да", "Ответ «да» отправлен клиенту", "The answer “yes” could not be delivered", "⚠️ Ответ “x” найден позже")
"""What employees may write in an answer: the bridge's own words too."""


def said(say, language, answer="да"):
    """A sentence with its placeholders filled in."""
    sentence = getattr(SENTENCES[say], language)
    return re.sub(r"\{(\w+)\}", lambda name: answer if name[1] == "answer" else f"[{name[1]}]", sentence)


@pytest.mark.parametrize(("notice", "language"), [*itertools.product(Notice, LANGUAGES)])
def test_each_sentence_is_recognised_as_what_it_is(notice, language):
    """A sentence that is changed in texts.py must be changed in PATTERNS too, or no proof would hear it any more."""
    for answer in WORDS:
        assert notices_in(said(Say(notice.value), language, answer)) == [notice]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_other_sentence_is_taken_for_one(language):
    """Every sentence that is none of these is recognised as nothing."""
    others = [say for say in Say if say.value not in set(Notice)]
    taken = [say for say in others if any(notices_in(line) for line in said(say, language).split("\n"))]
    assert taken == []


def test_every_sentence_about_an_answer_is_known():
    """A new notice that names an answer has to be told to the promises."""
    about = {say.value for say, sentence in SENTENCES.items() if "{answer}" in sentence.ru or "{answer}" in sentence.en}
    assert about <= set(Notice)
    assert set(PATTERNS) == set(Notice)


@pytest.mark.parametrize("language", LANGUAGES)
def test_several_lines_are_several_notices(language):
    """One comment may tell of two things."""
    html = "<br>".join(said(say, language) for say in (Say.EDITED, Say.COMMAND_TAKES_NO_FILES, Say.FILES_NOT_SENT))
    assert notices_in(words_of(html)) == [Notice.EDITED, Notice.FILES_NOT_SENT]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_deletion_is_recognised_with_what_it_names(language):
    """It names a comment by its whole number, or counts what the bridge never had."""
    which = getattr(SENTENCES[Say.IN_COMMENT], language).format(message="m", comment=12)
    elsewhere = getattr(SENTENCES[Say.IN_COMMENT_OF_TASK], language).format(message="m", comment=12, task=1)
    answer = getattr(SENTENCES[Say.SENT_ANSWER], language).format(comment=12)
    unknown = getattr(SENTENCES[Say.UNKNOWN_DELETED], language).format(count=2)
    for names in (which, elsewhere, answer):
        told = f"{getattr(SENTENCES[Say.MESSAGES_DELETED], language)}\n• {names}"
        assert is_deletion(told)
        assert names_comment(told, {12})
        assert not names_comment(told, {1})
        assert not names_comment(told, set())
    assert names_comment(unknown, set())


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_that_did_not_come_along_are_counted(language):
    """Each that is named is one; those that are only counted are as many as it says."""
    assert files_named(said(Say.FILE_NOT_CARRIED, language)) == 1
    assert files_named(getattr(SENTENCES[Say.MORE_FILES_NOT_CARRIED], language).format(count=7)) == 7
    assert files_named(said(Say.FILES_NOT_SENT, language)) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_chat_says_of_doubts_is_recognised(language):
    """That a message may be a repeat stands before its words; that somebody has to look is a message of its own."""
    repeat, doubt = (getattr(SENTENCES[say], language) for say in (Say.PERHAPS_A_REPEAT, Say.INCOMING_UNKNOWN))
    assert is_marked_as_repeat(f"{repeat}\nwords")
    assert not is_marked_as_repeat(f"words\n{repeat}")
    assert is_doubt(doubt)
    assert not is_doubt(repeat)
