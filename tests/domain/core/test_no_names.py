"""What stands where there is no name is not taken for one."""

import pytest

from domain.core.names import says_nothing


@pytest.mark.parametrize("text", ["n/a", "N.A.", "N / A", "-", "\u2014", "none", "Unknown", "T.B.D.", "not known", "?"])
def test_words_that_say_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["NA-12", "N1", "0", "Nonesuch AG", "Rheinchem AG", "\u83b1\u8335", "Unknown Pharma"])
def test_names_that_only_look_like_them(text: str) -> None:
    assert not says_nothing(text)
