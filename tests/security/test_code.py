"""What the code must not do, looked for in every file; and how Rasa and the environment are started."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
import tomli
from rasa.__main__ import create_argument_parser

from bot import serve
from bot.settings import ROOT

FOLDERS = ("actions", "bot", "deploy", "experiments", "knowledge")
_SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|DROP|CREATE|ALTER|PRAGMA|WITH|UNION|ATTACH|TRUNCATE|GRANT|WHERE)\s", re.I)


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """Every file of code by its name."""
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))}


def constants(tree: ast.Module) -> set[str]:
    """Names that the module gives a plain value and that nothing gives another."""
    given: dict[str, list[ast.expr | None]] = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    given.setdefault(target.id, []).append(node.value if isinstance(node, ast.Assign) else None)
    return {name for name, values in given.items() if len(values) == 1 and isinstance(values[0], ast.Constant) and name.strip("_").isupper()}


def fixed(node: ast.AST, known: set[str]) -> bool:
    """Is what is put in written in the code itself?"""
    if isinstance(node, ast.IfExp):
        return fixed(node.body, known) and fixed(node.orelse, known)
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id in known)


def formatted_sql(source: str) -> list[int]:
    """Lines where a value is written into a text that begins as SQL does: f"", %, + or format; or into `text(…)` and `execute(…)` at all."""
    tree = ast.parse(source)
    known = constants(tree)
    return sorted({line for node in ast.walk(tree) for line in _suspicious(node, known)})


def _suspicious(node: ast.AST, known: set[str]) -> Iterator[int]:
    if isinstance(node, ast.JoinedStr):
        parts = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        first = node.values[0] if node.values else None
        if isinstance(first, ast.Constant) and _SQL.match(first.value) and not all(fixed(part, known) for part in parts):
            yield node.lineno
    elif isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
        if _SQL.match(node.left.value) and not fixed(node.right, known):
            yield node.lineno
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        of, name = node.func.value, node.func.attr
        if name in ("format", "format_map", "join") and isinstance(of, ast.Constant) and isinstance(of.value, str) and _SQL.match(of.value):
            yield node.lineno
        if name in ("text", "execute", "executemany", "executescript", "exec_driver_sql") and node.args:
            given = node.args[0]
            if isinstance(given, ast.JoinedStr) and not all(fixed(p.value, known) for p in given.values if isinstance(p, ast.FormattedValue)):
                yield node.lineno
            if isinstance(given, ast.BinOp) and isinstance(given.op, (ast.Mod, ast.Add)):
                yield node.lineno


@pytest.mark.parametrize(
    "bad",
    [
        "db.execute(f\"SELECT * FROM events WHERE sender_id = '{sender}'\")",
        "db.execute(\"SELECT * FROM events WHERE sender_id = '%s'\" % sender)",
        'db.execute("DELETE FROM jobs WHERE id = " + number)',
        'db.execute("DELETE FROM jobs WHERE id = {}".format(number))',
        'query = f"select * from {table}"\ndb.execute(query)',
        "sa.text(f'{column} = 1')",
        'connection.exec_driver_sql(f"{words}")',
    ],
)
def test_the_search_for_formatted_sql_finds_it(bad: str) -> None:
    assert formatted_sql(bad)


def test_the_search_lets_bound_values_and_fixed_words_be() -> None:
    good = "_LOCK = 5\ndb.execute(\"SELECT 1 WHERE a = ?\", (a,))\ndb.execute(f\"PRAGMA synchronous={'FULL' if a else 'NORMAL'}\")\n"
    assert formatted_sql(good + 'db.execute(f"SELECT lock({_LOCK})")\nsa.select(t).where(t.c.a == f"{a}")\nlog("Select {}".format(a))') == [6]
    assert formatted_sql(good) == []


def test_no_value_is_written_into_sql(sources: dict[str, str]) -> None:
    found = {name: formatted_sql(source) for name, source in sources.items()}
    assert len(found) > 150
    assert {name: lines for name, lines in found.items() if lines} == {}


_UNSAFE_MODULES = {"pickle", "cPickle", "dill", "joblib", "marshal", "shelve", "cloudpickle", "xml.etree", "xml.dom", "xml.sax"}
_SAFE_NAMES = {"joblib": {"Parallel", "delayed"}}  # processes of our own, no files
_UNSAFE_BUILTINS = {"eval", "exec", "__import__"}
_SAFE_LOADERS = {"SafeLoader", "CSafeLoader", "_Numbered"}
_UNPACKS = {"bot/desk/archive.py"}  # after require_genuine; see test_model.py


def unsafe(source: str, unpacks: bool = False) -> list[str]:
    """What runs or unpacks whatever it is given: `line what`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = _imported(node)
        found += [f"{node.lineno} {name}" for name in names if any(name == bad or name.startswith(f"{bad}.") for bad in _UNSAFE_MODULES)]
        if not isinstance(node, ast.Call):
            continue
        options = {option.arg: option.value for option in node.keywords}
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
        owner = node.func.value.id if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) else ""
        loader = options.get("Loader")
        safe = loader is not None and (loader.attr if isinstance(loader, ast.Attribute) else getattr(loader, "id", "")) in _SAFE_LOADERS
        wrong = {
            "builtin": isinstance(node.func, ast.Name) and name in _UNSAFE_BUILTINS,
            "yaml": owner == "yaml" and (name in ("unsafe_load", "full_load", "load_all") or (name == "load" and not safe)),
            "shell": (owner, name) in (("os", "system"), ("os", "popen")) or _true(options.get("shell")),
            "pickled array": _true(options.get("allow_pickle")),
            "archive": name == "extractall" and not unpacks,
            "no certificate": any(
                isinstance(v, ast.Constant) and v.value is False and k in ("verify", "ssl", "verify_ssl") for k, v in options.items()
            ),
        }
        found += [f"{node.lineno} {what}" for what, is_so in wrong.items() if is_so]
    return found


def _imported(node: ast.AST) -> list[str]:
    """The modules that a statement imports; none where it takes only safe names from one."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not {alias.name for alias in node.names} <= _SAFE_NAMES.get(node.module or "", set()):
        return [node.module or ""]
    return []


def _true(option: ast.expr | None) -> bool:
    return option is not None and not (isinstance(option, ast.Constant) and not option.value)


@pytest.mark.parametrize(
    "bad",
    [
        "import pickle",
        "from joblib import load",
        "from joblib import Parallel, load",
        "import joblib",
        "import xml.etree.ElementTree as etree",
        "eval(text)",
        "yaml.load(text)",
        "yaml.load(text, Loader=yaml.Loader)",
        "subprocess.run(command, shell=True)",
        "os.system(command)",
        "np.load(path, allow_pickle=True)",
        "archive.extractall(folder)",
        "session.get(url, ssl=False)",
    ],
)
def test_the_search_for_what_runs_anything_finds_it(bad: str) -> None:
    assert unsafe(bad)


def test_nothing_runs_or_unpacks_whatever_it_is_given(sources: dict[str, str]) -> None:
    found = {name: unsafe(source, unpacks=name in _UNPACKS) for name, source in sources.items()}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_rasa_is_started_without_its_own_interface(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Rasa itself reads the commands: an open /model would load any file (CVE-2024-49375)."""
    monkeypatch.delenv("RASA_HOST", raising=False)
    parser = create_argument_parser()
    _, rasa = serve.services()
    for command in (rasa.command, serve.shell()):
        assert command[1:3] == ["-m", "bot.rasa_command"]
        read = parser.parse_args(command[3:])
        assert (read.enable_api, read.cors, read.remote_storage, read.interface) == (False, None, None, "127.0.0.1")


def test_nobody_switches_rasas_own_interface_on() -> None:
    for name in ("Makefile", "docker-compose.yml", "deploy/docker/Dockerfile", "endpoints.yml", "credentials.yml"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "enable-api" not in text, name
        assert not re.search(r"^\s*(models|event_broker|url: http)", text.replace("${ACTION_SERVER_URL}", ""), re.M) or name not in (
            "endpoints.yml",
        ), name


def test_every_package_is_locked_with_a_hash_and_comes_from_the_index() -> None:
    for package in tomli.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]:
        if package["source"] == {"virtual": "."}:
            continue
        assert set(package["source"]) == {"registry"}, package["name"]
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        assert files and all(re.fullmatch(r"sha256:[0-9a-f]{64}", file["hash"]) for file in files), package["name"]


def test_the_environment_is_installed_from_the_lock() -> None:
    for name in ("Makefile", "deploy/docker/Dockerfile"):
        synced = re.findall(r"(?:\$\(UV\)|uv) sync.*", (ROOT / name).read_text(encoding="utf-8"))
        assert synced and all("--frozen" in command for command in synced), name
