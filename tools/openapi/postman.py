"""Makes postman/ from openapi.yaml: the collection, a tour through every operation, and an environment for it.

    python -m tools.openapi.postman [--check]

openapi-to-postmanv2 writes the requests; this adds who calls, values that work, and tests: the status, the documented
shape, and what a later request needs. The same openapi.yaml gives the same bytes. `--check` writes nothing and fails if
what is committed differs.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tools.openapi.node import ROOT, command
from tools.openapi.steps import STEPS, Step

SOURCE, FOLDER = ROOT / "openapi.yaml", ROOT / "postman"
COLLECTION, ENVIRONMENT = FOLDER / "watchly.postman_collection.json", FOLDER / "watchly.postman_environment.json"
_OPTIONS = {
    "folderStrategy": "Tags",
    "requestParametersResolution": "Example",
    "exampleParametersResolution": "Example",
    "includeAuthInfoInExample": "false",
    "enableOptionalParameters": "false",
}
_PRIVATE = ("id", "_postman_id", "uid")

_PREREQUEST = """\
if (!pm.collectionVariables.get("run")) {
    pm.collectionVariables.set("run", pm.variables.replaceIn("{{$guid}}"));
    pm.collectionVariables.set("imdb_id", "tt" + String(Date.now()).slice(-9));
}
"""
_TEST = """\
const said = %s;
pm.test(`${said.operation} is answered ${said.statuses.join(" or ")}`, () => {
    pm.expect(pm.response.code, pm.response.text()).to.be.oneOf(said.statuses);
});
pm.test("the request has its id", () => {
    pm.expect(pm.response.headers.get("X-Request-ID")).to.match(/^[A-Za-z0-9._:\\/+=-]{1,128}$/);
});
const schema = said.schemas[pm.response.code];
if (schema) {
    pm.test("the answer has the documented shape", () => {
        const Ajv = require("ajv");
        const ajv = new Ajv({ allErrors: true, unknownFormats: "ignore", logger: false });
        const components = { schemas: JSON.parse(pm.collectionVariables.get("schemas")) };
        pm.expect(ajv.validate({ ...schema, components }, pm.response.json()), ajv.errorsText()).to.be.true;
    });
}
for (const [name, path] of Object.entries(said.saves)) {
    const value = path.split(".").reduce((found, key) => found[key], pm.response.json());
    pm.collectionVariables.set(name, value);
}
"""


def main() -> int:
    check = "--check" in sys.argv[1:]
    specification = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    made = {COLLECTION: _collection(specification), ENVIRONMENT: _environment()}
    stale = []
    for path, content in made.items():
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        if check and (not path.exists() or path.read_text(encoding="utf-8") != text):
            stale.append(path.name)
        elif not check:
            path.write_text(text, encoding="utf-8")
    if stale:
        sys.stderr.write(f"Not what openapi.yaml gives: {', '.join(stale)}. Run `make postman` and commit.\n")
    return bool(stale)


def _converted() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "collection.json"
        options = ",".join(f"{name}={value}" for name, value in _OPTIONS.items())
        arguments = command("openapi2postmanv2", "-s", str(SOURCE), "-o", str(target), "-O", options)
        # It ends with 0 whatever happens, so its file is the proof.
        done = subprocess.run(arguments, capture_output=True, text=True, check=False)  # noqa: S603  a tool of ours
        if not target.exists():
            raise SystemExit(f"openapi-to-postmanv2 made nothing:\n{done.stdout}{done.stderr}")
        found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
        return found


def _operations(specification: dict[str, Any]) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for path, methods in specification["paths"].items():
        for method, operation in methods.items():
            yield (method.upper(), path), operation


def _collection(specification: dict[str, Any]) -> dict[str, Any]:
    operations = dict(_operations(specification))
    requests = {}
    for item in _requests(_converted()["item"]):
        address = "/" + "/".join(
            f"{{{part[1:]}}}" if part.startswith(":") else part for part in item["request"]["url"]["path"]
        )
        operation = operations[item["request"]["method"], address]
        requests[operation["operationId"]] = (item, operation)
    planned = {name for steps in STEPS.values() for name in steps}
    if planned != set(requests):
        raise SystemExit(f"tools/openapi/steps.py and openapi.yaml differ: {sorted(planned ^ set(requests))}")
    folders = [
        {
            "name": tag,
            "item": [_request(*requests[name], step, specification["components"]) for name, step in steps.items()],
        }
        for tag, steps in STEPS.items()
    ]
    info = specification["info"]
    return {
        "info": {
            "name": info["title"],
            "description": "A tour through every operation. Made from openapi.yaml by `make postman`: edit that.",
            "version": info["version"],
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "auth": {
            "type": "basic",
            "basic": [
                {"key": "username", "value": "{{username}}", "type": "string"},
                {"key": "password", "value": "{{password}}", "type": "string"},
            ],
        },
        "event": [_script("prerequest", _PREREQUEST)],
        "variable": [{"key": "schemas", "value": json.dumps(specification["components"]["schemas"], sort_keys=True)}],
        "item": folders,
    }


def _requests(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        if "item" in item:
            yield from _requests(item["item"])
        else:
            yield item


def _request(item: dict[str, Any], operation: dict[str, Any], step: Step, components: dict[str, Any]) -> dict[str, Any]:
    request, samples = item["request"], _samples(operation, components)
    if {} in operation["security"] or not operation["security"]:
        request["auth"] = {"type": "noauth"}
    else:
        request.pop("auth", None)  # the collection's
    for variable in request["url"].get("variable", ()):
        variable["value"] = step.path[variable["key"]]
    _fill(request["url"].setdefault("query", []), step.query, samples)
    _fill(request.setdefault("header", []), step.headers, samples)
    if step.json is not None:
        request["body"] = {
            "mode": "raw",
            "raw": re.sub(r'"\{\{=(\w+)\}\}"', r"{{\1}}", json.dumps(step.json, indent=2)),
            "options": {"raw": {"language": "json"}},
        }
    elif step.form or step.files:
        texts = [{"key": name, "value": value, "type": "text"} for name, value in step.form.items()]
        files = [{"key": name, "src": name_of, "type": "file"} for name, name_of in step.files.items()]
        request["body"] = {"mode": "formdata", "formdata": [*texts, *files]}
        # Whoever sends a form names its boundary.
        request["header"] = [header for header in request["header"] if header["key"] != "Content-Type"]
    said = {
        "operation": operation["operationId"],
        "statuses": list(step.statuses),
        "schemas": _schemas(operation, step),
        "saves": dict(step.saves),
    }
    test = _TEST % json.dumps(said, sort_keys=True)
    return _without_ids(
        {
            "name": item["name"],
            "request": request,
            "response": _examples(operation, request),
            "event": [_script("test", test)],
        }
    )


def _samples(operation: dict[str, Any], components: dict[str, Any]) -> dict[str, str]:
    """A value for each parameter. The converter rolls dice for them."""
    found = {}
    for each in operation["parameters"]:
        parameter = components["parameters"][each["$ref"].rpartition("/")[2]] if "$ref" in each else each
        schema = parameter["schema"].get("items", parameter["schema"])
        value = parameter.get("example", schema.get("enum", [""])[0])
        found[parameter["name"]] = ",".join(value) if isinstance(value, list) else str(value)
    return found


def _examples(operation: dict[str, Any], request: dict[str, Any]) -> list[dict[str, Any]]:
    """The good answers, as documented."""
    found = []
    for status, answer in operation["responses"].items():
        for media, content in answer.get("content", {}).items() if status.startswith("2") else ():
            found.append(
                {
                    "name": answer["description"],
                    "originalRequest": request,
                    "code": int(status),
                    "header": [{"key": "Content-Type", "value": media}],
                    "body": json.dumps(content["examples"]["answer"]["value"], indent=2),
                }
            )
    return found


def _schemas(operation: dict[str, Any], step: Step) -> dict[str, Any]:
    """The schema of the body of each expected answer, by its status."""
    found: dict[str, Any] = {}
    for status in step.statuses:
        for media in operation["responses"][str(status)].get("content", {}).values():
            found[str(status)] = media["schema"]
    return found


def _fill(pairs: list[dict[str, Any]], values: Mapping[str, str], samples: Mapping[str, str]) -> None:
    """Gives parameters their values. What this step does not need stays there to be ticked."""
    left = dict(values)
    for pair in pairs:
        if pair["key"] in left:
            pair["value"] = left.pop(pair["key"])
            pair.pop("disabled", None)
        elif pair["key"] in samples:
            pair["value"] = samples[pair["key"]]
            pair["disabled"] = True
    if left:
        raise SystemExit(f"A step fills in what openapi.yaml does not know: {sorted(left)}")


def _script(listen: str, text: str) -> dict[str, Any]:
    return {"listen": listen, "script": {"type": "text/javascript", "exec": text.splitlines()}}


def _without_ids(node: Any) -> Any:
    """Without the random ids that the converter gives to everything."""
    if isinstance(node, dict):
        return {
            name: _without_ids(value) for name, value in node.items() if name not in _PRIVATE or isinstance(value, dict)
        }
    return [_without_ids(each) for each in node] if isinstance(node, list) else node


def _environment() -> dict[str, Any]:
    values = {"baseUrl": "http://localhost:8000", "username": "admin", "password": ""}
    return {
        "name": "Watchly on this machine",
        "values": [
            {"key": key, "value": value, "type": "secret" if key == "password" else "default", "enabled": True}
            for key, value in values.items()
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
