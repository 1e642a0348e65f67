"""Words of the catalogue that the project is looked through for."""

from __future__ import annotations

from awaken.catalogue.builtin import files_by_root, libraries_of
from awaken.prescan import WORDS


def test_words_that_alter_a_library_are_looked_for() -> None:
    libraries = (each for root in files_by_root() for each in libraries_of(root))
    found = {word for each in libraries for page in each.exchanges for word in page.altered_by}
    assert found
    assert found <= set(WORDS)
