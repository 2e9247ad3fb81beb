"""Tests of the project itself: what is promised in words is there, and what is there is tested and described.

Every list of exemptions gives a reason for each, must be needed as it stands, and may only get shorter.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.urls import Resolver404, resolve
from rest_framework.test import APIClient

from accounts.tests.factories import UserFactory
from movies.tests.factories import MovieFactory
from watchly.env import BASE_DIR

APPS = ("watchly", "accounts", "movies", "social", "analytics")
LONGEST_FILE = 400
READERS = {"text", "flag", "integer", "number", "words", "choice"}  # of watchly.env
README = (BASE_DIR / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*BASE_DIR.glob("*.md"), *(BASE_DIR / "docs").rglob("*.md")])

# Read, and not for operators to set.
INTERNAL_VARIABLES = {
    "DJANGO_SETTINGS_MODULE": "Django's own; there is one settings module",
    "PYTEST_XDIST_WORKER": "set by pytest-xdist in the processes of a parallel run",
    "WATCHLY_HEARTBEAT_PORT": "handed by the supervisor to the web processes that it watches",
    "WATCHLY_TEST_CACHES": "handed by the first process of a test run to the others",
}
# Where variables are read whose names the code does not spell out.
READS_BY_NAME = {
    "watchly/env.py": "the readers themselves",
    "watchly/processes/embedded.py": "DATABASE_URL and REDIS_URL, which the settings spell out",
    "watchly/processes/pytest_servers.py": "the same two, for the tests",
}
MODELS_WITHOUT_TEST: dict[str, str] = {}
COMMANDS_WITHOUT_TEST: dict[str, str] = {}
FILES_TOO_LONG: dict[str, str] = {}


def sources(*, tests: bool) -> Iterator[tuple[str, Path]]:
    """Our Python files by their path in the checkout, migrations left out."""
    for folder in (*(BASE_DIR / app for app in APPS), BASE_DIR / "benchmarks"):
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(BASE_DIR).parts
            if "migrations" not in parts and ("tests" in parts) == tests:
                yield "/".join(parts), path
    if not tests:
        yield "manage.py", BASE_DIR / "manage.py"


def text_of_tests(app: str = "") -> str:
    """What the tests say, all of them or one app's; this file does not count."""
    return "\n".join(
        path.read_text(encoding="utf-8")
        for name, path in sources(tests=True)
        if name.startswith(app) and path != Path(__file__)
    )


def check(found: set[str], exempt: dict[str, str], what: str) -> None:
    """Nothing is found but what is exempt, and nothing is exempt any more that is not found."""
    assert all(exempt.values()), f"An exemption without a reason among {what}."
    assert found - set(exempt) == set(), what
    assert set(exempt) - found == set(), f"No longer needed among the exemptions of {what}: take it out."


# --- words -----------------------------------------------------------------------------------------------------------


def make_targets() -> set[str]:
    files = [BASE_DIR / "Makefile", *(BASE_DIR / "tools").glob("*.mk")]
    found = re.findall(r"^([a-z][a-z0-9-]*(?: [a-z][a-z0-9-]*)*):(?!=)", "\n".join(f.read_text() for f in files), re.M)
    return {target for line in found for target in line.split()}


def test_readmes_two_commands_come_first_and_are_the_makefiles() -> None:
    first_block = README.split("```sh\n", 1)[1].split("```", 1)[0]
    assert re.findall(r"^make \S+", first_block, re.M) == ["make run", "make test"]
    makefile = (BASE_DIR / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^run:.*\n\t@exec \$\(VENV_PYTHON\) manage\.py up$", makefile, re.M)
    assert re.search(r"^test:.*\n\t@exec \$\(VENV_PYTHON\) -m pytest -n auto .*--cov", makefile, re.M)
    assert re.search(r"^gate .* make test$", (BASE_DIR / ".ci/run").read_text(encoding="utf-8"), re.M)


def test_every_make_target_that_is_named_exists() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (*DOCUMENTS, BASE_DIR / ".pre-commit-config.yaml")]
    named = {name for text in texts for name in re.findall(r"(?:`|^|entry: )make ([a-z][a-z-]*)", text, re.M)}
    named |= set(re.findall(r"^gate .* make ([a-z-]+)$", (BASE_DIR / ".ci/run").read_text(encoding="utf-8"), re.M))
    assert named - make_targets() == set()


def test_coverage_is_enforced_at_ninety_percent_of_lines_and_branches() -> None:
    coverage = settings_of_tools()["coverage"]
    assert (coverage["run"]["branch"], coverage["run"]["source"]) == (True, list(APPS))
    assert coverage["report"]["fail_under"] >= 90
    assert coverage["run"]["omit"] == ["*/migrations/*", "*/tests/*"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(BASE_DIR)))
def test_every_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#|mailto:)([^)\s#]+)[^)]*\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_index_of_decisions_lists_each_one_once() -> None:
    folder = BASE_DIR / "docs" / "adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    decisions = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert re.findall(r"^\| \[\d+\]\(([^)]+)\)", index, re.M) == decisions
    for name in decisions:
        heading = (folder / name).read_text(encoding="utf-8").split("\n", 1)[0]
        assert heading.startswith(f"# {int(name[:4])}. "), name


def test_every_path_that_is_named_is_served() -> None:
    missing = []
    for document in (README, (BASE_DIR / "docs" / "api.md").read_text(encoding="utf-8")):
        for path in set(re.findall(r"(?<![\w.])/api/[A-Za-z0-9_{}$/-]+", document)):
            try:
                resolve(re.sub(r"\$\w+|\{id\}", "1", path).rstrip("/"))
            except Resolver404:
                missing.append(path)
    assert missing == []


@pytest.mark.django_db
def test_the_reading_part_of_the_tour_answers(anyone: APIClient) -> None:
    MovieFactory.create(title="Heat", year=1995, slug="heat-1995", imdb_id="tt0113277")
    UserFactory.create(username="admin")
    calls = re.findall(r"^curl 'http://127\.0\.0\.1:8000(/[^']*)'\s*(#.*)?$", README, re.M)
    assert len(calls) >= 8
    for path, comment in calls:
        assert anyone.get(path).status_code == (400 if "refused" in comment else 200), path


# --- configuration ---------------------------------------------------------------------------------------------------


def variables_of(path: Path) -> tuple[set[str], bool]:
    """The environment variables that a file reads, and whether it also reads one without spelling out its name."""
    names: set[str] = set()
    unnamed = False
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        name: ast.expr | None = None
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="env"), attr=reader), args=[name, *_]):
                if reader not in READERS:
                    continue
            case ast.Call(func=ast.Name(id=reader), args=[ast.Constant() as name, *_]):
                if reader not in READERS or path.name != "env.py":
                    continue
            case ast.Call(func=ast.Attribute(value=value, attr="get" | "setdefault"), args=[name, *_]):
                if ast.unparse(value) != "os.environ":
                    continue
            case ast.Call(func=func, args=[name, *_]) if ast.unparse(func) == "os.getenv":
                pass
            case ast.Subscript(value=value, slice=name, ctx=ast.Load()) if ast.unparse(value) == "os.environ":
                pass
            case _:
                continue
        if isinstance(name, ast.Constant):
            names.add(str(name.value))
        else:
            unnamed = True
    return names, unnamed


def test_the_configuration_table_has_every_variable_and_no_other() -> None:
    read: set[str] = set()
    by_name: set[str] = set()
    for name, path in sources(tests=False):
        if not name.startswith("benchmarks/"):
            names, unnamed = variables_of(path)
            read |= names
            by_name |= {name} if unnamed else set()
    check(by_name, READS_BY_NAME, "files that read variables without spelling out their names")
    assert set(INTERNAL_VARIABLES) <= read, "An internal variable is no longer read: take it out of the list."
    table = README.split("## Configuration", 1)[1].split("\n## ", 1)[0]
    assert re.findall(r"^\| `([A-Z][A-Z0-9_]*)` \|", table, re.M) == list(
        dict.fromkeys(re.findall(r"^\| `([A-Z][A-Z0-9_]*)` \|", table, re.M))
    )
    assert set(re.findall(r"^\| `([A-Z][A-Z0-9_]*)` \|", table, re.M)) == read - set(INTERNAL_VARIABLES)


# --- tests -----------------------------------------------------------------------------------------------------------


def test_every_command_has_a_test_and_a_line_in_the_readme() -> None:
    commands = {
        path.stem: name.split("/", 1)[0]
        for name, path in sources(tests=False)
        if path.parent.name == "commands" and path.stem != "__init__"
    }
    assert len(commands) >= 5
    untested = {name for name, app in commands.items() if not re.search(rf"[\"']{name}[\"']", text_of_tests(app))}
    check(untested, COMMANDS_WITHOUT_TEST, "commands without a test in their app")
    table = README.split("## Commands", 1)[1].split("\n## ", 1)[0]
    assert set(re.findall(r"^\| `([a-z_]+)` \|", table, re.M)) == set(commands)


def test_every_model_has_a_factory_or_a_test() -> None:
    ours = [
        model for config in apps.get_app_configs() if config.name.split(".")[0] in APPS for model in config.get_models()
    ]
    assert len(ours) > 15
    said = text_of_tests()

    def named(model: type[Model]) -> bool:
        """By its name, its factory, or the relation that leads to it."""
        relations = [field.remote_field.get_accessor_name() for field in model._meta.fields if field.remote_field]
        words = [model.__name__, f"{model.__name__}Factory", *(word for word in relations if word and word[-1] != "+")]
        return re.search(rf"\b({'|'.join(words)})\b", said) is not None

    check(
        {model.__name__ for model in ours if not named(model)},
        MODELS_WITHOUT_TEST,
        "models that no test names",
    )


# --- fences ----------------------------------------------------------------------------------------------------------


def settings_of_tools() -> dict[str, Any]:
    return tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["tool"]


def test_the_law_of_imports_is_in_force_without_an_exception() -> None:
    law = settings_of_tools()["importlinter"]
    assert law["root_packages"] == list(APPS)
    layers = next(contract for contract in law["contracts"] if contract["type"] == "layers")["layers"]
    assert layers[1:] == ["watchly.entry", "analytics", "social", "movies | accounts", "watchly.api", "watchly.common"]
    assert {"watchly.urls", "watchly.asgi", "watchly.processes"} <= set(layers[0].split(" | "))
    assert [contract["ignore_imports"] for contract in law["contracts"]] == [[]] * len(law["contracts"])


def test_no_file_is_past_four_hundred_lines() -> None:
    lengths = {
        name: len(path.read_text(encoding="utf-8").splitlines())
        for tests in (False, True)
        for name, path in sources(tests=tests)
    }
    check({name for name, lines in lengths.items() if lines > LONGEST_FILE}, FILES_TOO_LONG, "files that are too long")


def test_what_is_silenced_is_named_and_has_its_reason() -> None:
    silent = []
    for tests in (False, True):
        for name, path in sources(tests=tests):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if re.search(r"#\s*type:\s*ignore(?!\[[a-z-]+)", line) or re.search(
                    r"#\s*noqa(?!: [A-Z]+[0-9]+)", line
                ):
                    silent.append(f"{name}:{number} names no rule")
                elif not tests and re.search(r"#\s*noqa: [A-Z0-9, ]+$", line):
                    silent.append(f"{name}:{number} gives no reason")
    assert [line for line in silent if not line.startswith("watchly/tests/test_meta.py")] == []
