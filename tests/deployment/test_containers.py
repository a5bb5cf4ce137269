"""docker-compose.yml and the image keep what the documentation promises of them."""

from __future__ import annotations

import fnmatch
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy.engine import make_url

from bot.operations.settings import variables
from bot.settings import ROOT
from tests.topology.front import defaults

ONE_SHOT = {"prepare"}
OURS = ("rasa", "actions", "prepare")
HADOLINT = Path(sys.executable).with_name("hadolint")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The file as YAML reads it, its anchors resolved."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose["services"]
    return found


def test_only_nginx_is_reachable_from_outside(services: dict[str, dict[str, Any]], compose: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]
    assert not any("network_mode" in service or "container_name" in service for service in services.values())
    assert compose["networks"]["inside"]["internal"] is True
    ways_out = {name: set(service["networks"]) - {"inside"} for name, service in services.items()}
    assert {name: ways for name, ways in ways_out.items() if ways} == {"nginx": {"public"}, "rasa": {"outgoing"}}


def test_every_service_is_watched_limited_and_guarded(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert service["healthcheck"] == {"disable": True} if name in ONE_SHOT else service["healthcheck"]["test"], name
        assert service["restart"] == ("no" if name in ONE_SHOT else "unless-stopped"), name
        assert service["mem_limit"] and service["cpus"] and service["pids_limit"], name
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        user = service["user"].split(":")[0]
        assert user.isdecimal() and int(user) > 0, name
        if name not in ONE_SHOT:
            assert int(service["stop_grace_period"].removesuffix("s")) >= 30, name
        assert "privileged" not in service and not any("docker.sock" in str(volume) for volume in service.get("volumes", [])), name


def test_images_have_a_version(services: dict[str, dict[str, Any]]) -> None:
    foreign = [service["image"] for name, service in services.items() if name not in OURS]
    assert all(re.search(r":v?\d+(\.\d+)*(-[a-z]+)?$", image) for image in foreign), foreign


def test_secrets_are_files_and_no_value_stands_in_the_file(compose: dict[str, Any], services: dict[str, dict[str, Any]]) -> None:
    secret = {variable.name for variable in variables() if variable.secret}
    for name, service in services.items():
        environment: dict[str, Any] = service.get("environment", {})
        assert secret & set(environment) == set(), name
        for key, value in environment.items():
            if re.search(r"PASSWORD|SECRET|TOKEN|AES_KEY", key):
                assert value.startswith("/run/secrets/"), (name, key)
        read = {Path(value).name for value in environment.values() if str(value).startswith("/run/secrets/")}
        read |= set(re.findall(r"/run/secrets/(\w+)", str([service.get("command"), service.get("healthcheck")])))
        assert read == set(service.get("secrets", [])), name
    assert {Path(secret["file"]).name for secret in compose["secrets"].values()} == set(compose["secrets"])
    assert not re.search(r"://[^/\s]*:[^/\s]*@", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_every_setting_that_a_container_gets_exists(services: dict[str, dict[str, Any]]) -> None:
    known = {variable.name for variable in variables()}
    for name in OURS:
        assert {key.removesuffix("_FILE") for key in services[name]["environment"]} - known == set(), name
    given = {key for key in services["nginx"]["environment"] if not key.startswith("NGINX_ENVSUBST_")}
    assert given - set(defaults()) == set()


def test_servers_start_after_what_they_need(services: dict[str, dict[str, Any]]) -> None:
    def needs(name: str) -> dict[str, str]:
        return {other: how["condition"] for other, how in services[name].get("depends_on", {}).items()}

    for name in ("rasa", "actions"):
        assert needs(name)["prepare"] == "service_completed_successfully"
    assert needs("prepare") == {"postgres": "service_healthy"}
    assert {"actions", "nginx", "postgres", "redis"} <= set(needs("rasa"))
    assert not needs("nginx")  # it says "restarting" while the others start, and Rasa's way to the actions leads through it
    assert services["rasa"]["environment"]["WEB_PROXIES"] == 1


def test_what_must_outlive_a_container_lies_in_volumes(compose: dict[str, Any], services: dict[str, dict[str, Any]]) -> None:
    mounted = {volume.split(":/")[0] for service in services.values() for volume in service.get("volumes", [])}
    named = {name for name in mounted if not name.startswith((".", "$"))}
    assert named == set(compose["volumes"])
    here = [re.sub(r"\$\{\w+:-(.*)\}", r"\1", name) for name in mounted - named]
    assert all((ROOT / name).exists() for name in here), here
    assert "--appendonly" in str(services["redis"]["command"])


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="not installed (Debian): docker-compose")
def test_docker_compose_takes_the_file() -> None:
    for more in ([], ["--profile", "monitoring"]):
        done = subprocess.run(["docker-compose", *more, "config", "-q"], cwd=ROOT, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_secrets_are_made_once_and_fit_the_services(tmp_path: Path, compose: dict[str, Any]) -> None:
    folder = tmp_path / "secrets"

    def make() -> dict[str, str]:
        subprocess.run(["sh", ROOT / "deploy" / "make-secrets.sh", folder], check=True, capture_output=True)
        return {path.name: path.read_text() for path in folder.iterdir()}

    first = make()
    assert set(first) == set(compose["secrets"])
    assert make() == first
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o444}  # containers are other users
    database = compose["services"]["postgres"]["environment"]
    url = make_url(first["database_url"])
    assert (url.username, url.database, url.host) == (database["POSTGRES_USER"], database["POSTGRES_DB"], "postgres")
    assert url.password == first["postgres_password"]
    assert first["redis_url"] == f"redis://:{first['redis_password']}@redis:6379/0"
    strong = [first[name] for name in ("postgres_password", "redis_password", "web_secret", "grafana_password")]
    assert len(set(strong)) == 4 and all(len(secret) == 48 for secret in strong)


def test_secrets_and_certificates_stay_out_of_git_and_out_of_the_image() -> None:
    for name in ("deploy/secrets/web_secret", "deploy/tls/privkey.pem"):
        assert subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False).returncode == 0, name
    assert not {"deploy", "var", "models", "tests"} & _let_in()


def _let_in() -> set[str]:
    """What .dockerignore lets into the image's build."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines
    return {line[1:] for line in lines if line.startswith("!")}


def test_the_image_is_made_of_what_is_there_and_holds_what_a_server_reads() -> None:
    dockerfile = (ROOT / "deploy" / "docker" / "Dockerfile").read_text(encoding="utf-8")
    copied = [source for line in re.findall(r"^COPY (?!--)(.*) \S+$", dockerfile, re.M) for source in line.split()]
    allowed = _let_in()
    for source in copied:
        assert (ROOT / source).exists(), source
        assert any(source == name or source.startswith(f"{name}/") for name in allowed), source
    final = dockerfile[dockerfile.index(" AS assistant\n") :]
    assert {"actions", "bot", "knowledge", "data", "models", ".venv", "var"} <= set(re.findall(r"\./([\w.]+)$", final, re.M))
    assert re.search(r"^USER 10001:10001$", final, re.M)
    assert not re.search(r"apt-get|pip install|uv ", final)
    bases = set(re.findall(r"^FROM (\S+) AS", dockerfile, re.M)) - {"environment", "model"}
    assert bases == {"python:3.10-slim-bookworm"}


def test_the_stage_that_trains_holds_everything_that_the_model_is_trained_from() -> None:
    """Its files in a folder of their own give the same fingerprint, and every module in them can be imported."""
    from bot.model import _TRAINED_FROM

    dockerfile = (ROOT / "deploy" / "docker" / "Dockerfile").read_text(encoding="utf-8")
    stage = dockerfile[dockerfile.index(" AS environment\n") : dockerfile.index(" AS assistant-files\n")]
    copied = [source for line in re.findall(r"^COPY (?!--)(.*) \S+$", stage, re.M) for source in line.split()]
    for pattern in _TRAINED_FROM:
        for path in ROOT.glob(pattern):
            name = str(path.relative_to(ROOT))
            if "__pycache__" not in name:
                assert any(name == source or name.startswith(f"{source}/") for source in copied), name
    ours = re.compile(r"^\s*(?:from|import) (bot(?:\.\w+)*|actions(?:\.\w+)*)", re.M)
    for path in [ROOT / source for source in copied if source.endswith(".py")] + list((ROOT / "bot" / "nlu").rglob("*.py")):
        for module in ours.findall(path.read_text(encoding="utf-8")):
            place = module.replace(".", "/")
            inside = [f"{place}.py", f"{place}/__init__.py", place]
            assert any(fnmatch.fnmatch(name, f"{source}*") for name in inside for source in copied if source.startswith("bot")), (path.name, module)


def test_the_dockerfile_pleases_its_linter() -> None:
    done = subprocess.run([str(HADOLINT), "deploy/docker/Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
