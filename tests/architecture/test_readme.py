"""What the documents name is there: make targets, paths, links; and both READMEs say the same."""

import ast
import re

import pytest

from tests.architecture.sources import ROOT, SERVICES, python_files, syntax_tree

READMES = ("README.md", "README.zh-CN.md")
FRONT_PAGES = (*READMES, "CONTRIBUTING.md")
DOCUMENTS = sorted(
    str(path.relative_to(ROOT))
    for pattern in ("*.md", "docs/**/*.md", "services/*/*.md", "charts/**/*.md", "pricing/*.md")
    for path in ROOT.glob(pattern)
)


def text_of(document: str) -> str:
    """The text of a document."""
    return (ROOT / document).read_text()


def make_targets() -> set[str]:
    """Targets of the Makefile that have a word of help."""
    return set(re.findall(r"^([a-z-]+):.*?## ", text_of("Makefile"), re.MULTILINE))


def named_targets(text: str) -> set[str]:
    """Targets that a text tells people to make."""
    return set(re.findall(r"`(?:[A-Z_]+=\S+ )*make ([a-z-]+)", text))


def named_paths(text: str) -> set[str]:
    """Paths of the repository in backticks, placeholders left out."""
    ours = r"(?:chassis|pricing|protos|services|charts|tools|tests|docs|\.ci)/[\w./-]*"
    files = (
        r"(?:Makefile|Dockerfile|LICENSE|pyproject\.toml|requirements\.lock|[A-Z]+(?:\.zh-CN)?\.md)"
    )
    return set(re.findall(rf"`({ours}|{files})`", text))


@pytest.mark.parametrize("document", DOCUMENTS)
class TestDocuments:
    def test_name_make_targets_that_exist(self, document: str) -> None:
        assert named_targets(text_of(document)) <= make_targets()

    def test_name_paths_that_exist(self, document: str) -> None:
        beside = (ROOT / document).parent
        assert [
            path
            for path in sorted(named_paths(text_of(document)))
            if not (ROOT / path).exists() and not (beside / path).exists()
        ] == []

    def test_link_to_pages_that_exist(self, document: str) -> None:
        links = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", text_of(document))
        assert [
            link for link in links if not (ROOT / document).parent.joinpath(link).exists()
        ] == []


class TestReadme:
    def test_shows_the_three_commands(self) -> None:
        for readme in READMES:
            assert {"run", "replay", "test"} <= named_targets(text_of(readme))

    def test_lists_every_service_with_every_rpc_and_event(self) -> None:
        for readme in READMES:
            listed = dict(
                re.findall(r"^\| \[(\w+)\]\(\S+\) (\|.*)$", text_of(readme), re.MULTILINE)
            )
            assert sorted(listed) == SERVICES
            for service, row in listed.items():
                protos = ROOT / "protos" / "yika" / service
                named = set(re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", row))
                offered = {
                    rpc
                    for path in protos.rglob("*_service.proto")
                    for rpc in re.findall(r"^  rpc (\w+)", path.read_text(), re.MULTILINE)
                }
                assert offered <= named, f"{readme} leaves out {offered - named}"
                published = {
                    event
                    for path in protos.rglob("*events.proto")
                    for event in re.findall(r"^message (\w+)", path.read_text(), re.MULTILINE)
                }
                assert named - offered <= published, f"{readme}: {service} has no {named - offered}"

    def test_is_mirrored_in_chinese(self) -> None:
        english, chinese = (text_of(readme) for readme in READMES)
        assert named_targets(english) == named_targets(chinese)
        assert named_paths(english) == named_paths(chinese)
        for mark in (r"^#+ ", r"^\| ", r"^- ", r"^```"):
            count = [len(re.findall(mark, text, re.MULTILINE)) for text in (english, chinese)]
            assert count[0] == count[1], f"lines that match {mark}: {count}"


class TestMakefile:
    def test_has_the_targets_that_people_are_told_of(self) -> None:
        assert make_targets() >= {
            *("help", "setup", "run", "stop", "reset", "test", "test-fast", "check", "fmt", "lint"),
            *("types", "protos", "protos-check", "migration", "replay", "test-nightly"),
            *("bench-ledger", "images", "chart"),
        }

    def test_starts_only_programs_that_exist(self) -> None:
        modules = set(re.findall(r"python -m (tools(?:\.\w+)+)", text_of("Makefile")))
        scripts = set(re.findall(r"(tools/\w+\.py)", text_of("Makefile")))
        assert modules
        assert [
            module
            for module in sorted(modules)
            if not (ROOT / f"{module.replace('.', '/')}.py").is_file()
            and not (ROOT / module.replace(".", "/") / "__main__.py").is_file()
        ] == []
        assert [script for script in sorted(scripts) if not (ROOT / script).is_file()] == []


class TestContinuousIntegration:
    def test_runs_the_test_command_of_the_readme_and_the_checks(self) -> None:
        steps = re.findall(r"^step make (\S+)$", text_of(".ci/run"), re.MULTILINE)
        assert steps[0] == "setup"
        assert steps[-1] == "test"
        assert {"lint", "types", "protos-check"} <= set(steps)


class TestArchitecture:
    def test_lists_every_event_with_those_who_consume_it(self) -> None:
        rows = re.findall(
            r"^\| ([A-Z]\w+) \| (\w+) \| ([\w, ]+) \| [^|]+ \|$",
            text_of("docs/architecture.md"),
            re.MULTILINE,
        )
        listed = {
            event: set() if consumers == "none yet" else set(consumers.split(", "))
            for event, _, consumers in rows
        }
        published = {
            (event, path.parent.parent.name)
            for path in (ROOT / "protos" / "yika").rglob("*events.proto")
            for event in re.findall(r"^message (\w+)", path.read_text(), re.MULTILINE)
        }
        consumed: dict[str, set[str]] = {event: set() for event in listed}
        for service in SERVICES:
            for path in python_files(f"services/{service}"):
                for node in ast.walk(syntax_tree(path)):
                    if isinstance(node, ast.Call) and ast.unparse(node.func) == "Subscription":
                        event = ast.unparse(node.args[0]).rsplit(".", 1)[-1]
                        consumed.setdefault(event, set()).add(service)
        # Messages of one fact, such as MemberRegistered, stand inside an event and not alone.
        assert {(event, producer) for event, producer, _ in rows} <= published
        assert consumed == listed


class TestDecisions:
    def test_are_numbered_and_have_their_sections(self) -> None:
        records = sorted((ROOT / "docs" / "adr").glob("*.md"))
        assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
        for path in records:
            text = path.read_text()
            assert text.startswith(f"# {path.name[:4]}: "), path.name
            assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
                "Context",
                "Decision",
                "Consequences",
                "Alternatives",
                "Enforced by",
            ], path.name
            assert len(text.splitlines()) <= 60, f"{path.name} is longer than a page"

    def test_are_enforced_by_what_exists(self) -> None:
        for path in sorted((ROOT / "docs" / "adr").glob("*.md")):
            enforced = path.read_text().split("## Enforced by")[1]
            assert named_paths(enforced), path.name
