"""Names: files say what they hold, and the glossary holds every term of the contract."""

import re

from tests.architecture.sources import ROOT, python_files

VAGUE = re.compile(r"^(utils?|helpers?|common|managers?|misc|base(_\w+)?|tools)$")
EVERYTHING = ("chassis", "pricing", "services", "tools", "tests")


def glossary() -> dict[str, str]:
    """Chinese term -> English term, from the tables of docs/glossary.md."""
    rows = re.findall(
        r"^\| ([^|]*[\u4e00-\u9fff][^|]*) \| ([^|]+) \|",
        (ROOT / "docs" / "glossary.md").read_text(),
        re.MULTILINE,
    )
    return {chinese.strip(): english.strip() for chinese, english in rows}


class TestFileNames:
    def test_say_what_the_file_holds(self) -> None:
        assert [
            str(path.relative_to(ROOT))
            for path in python_files(*EVERYTHING)
            if VAGUE.match(path.stem) and path.stem != "__init__"
        ] == []

    def test_need_no_package_files(self) -> None:
        # services/ and tests/ are namespace packages; the one __init__ holds the chassis docstring.
        assert [
            str(path.relative_to(ROOT))
            for path in python_files("services", "tests", "tools")
            if path.name == "__init__.py"
        ] == []


class TestModuleDocstrings:
    def test_stand_at_the_top_of_every_file(self) -> None:
        assert [
            str(path.relative_to(ROOT))
            for path in python_files("chassis", "pricing", "services", "tools")
            if "migrations" not in path.parts
            and path.read_text().strip()
            and not re.match(r'(#.*\n)*"""', path.read_text())
        ] == []


class TestGlossary:
    def test_has_no_term_twice(self) -> None:
        terms = glossary()
        assert len(terms) > 30
        assert len(set(terms.values())) == len(terms)

    def test_holds_every_chinese_term_of_the_contract(self) -> None:
        terms = glossary()
        missing = {}
        for proto in sorted((ROOT / "protos" / "yika").rglob("*.proto")):
            for term in re.findall(r"\(([\u4e00-\u9fff]+)\)", proto.read_text()):
                if term not in terms:
                    missing[term] = proto.name
        assert missing == {}

    def test_agrees_with_the_contract_on_the_english_word(self) -> None:
        terms = glossary()
        wrong = []
        for proto in sorted((ROOT / "protos" / "yika").rglob("*.proto")):
            text = proto.read_text()
            for match in re.finditer(r"([^\n]*)\(([\u4e00-\u9fff]+)\)([^\n]*\n[^\n]*)", text):
                around = "".join(match.groups()).lower().replace("_", " ")
                english = re.split(r"[,;(]", terms.get(match[2], ""))[0].strip().lower()
                if english.rstrip("s") not in around:
                    wrong.append(
                        f"{proto.name}: {match[2]} is {english!r}: {match[0].strip()[:80]}"
                    )
        assert wrong == []
