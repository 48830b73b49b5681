"""The languages of the screens: English in the source, the others in catalogues.

Only .po files are kept; they are compiled in memory at start-up (a few milliseconds), so that no
binary file can lag behind its source and the file system may be read-only.
"""

import gettext
import io
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent.parent / "locale"
SOURCE_LANGUAGE = "en"
# Code as gettext and Babel write it -> the language's own name.
LANGUAGES = {"zh_CN": "简体中文", "en": "English"}


def load_translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language of LANGUAGES."""
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    path = FOLDER / language / "LC_MESSAGES" / "portal.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
