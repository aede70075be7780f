# SPDX-License-Identifier: BSD-2-Clause
"""openapi.py PATH STATUS TYPE <BODY: whether an answer is as openapi.json says."""
import json
import os
import sys

import jsonschema

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src")


def load(name):
    with open(os.path.join(SOURCES, name), encoding="utf-8") as file:
        return json.load(file)


def main():
    path, status, kind = sys.argv[1:4]
    document = load("mapsnapd/openapi.json")
    url = "file:///src/mapsnapd/openapi.json"
    resolver = jsonschema.RefResolver(
        url, document, store={"file:///src/maps-dump/maps-dump.schema.json": load("maps-dump/maps-dump.schema.json")})
    answer = document["paths"][path]["get"]["responses"][status]
    body = sys.stdin.read()
    if "content" not in answer:
        assert body == "", "there is to be no body"
        return
    schema = answer["content"][kind]["schema"]
    validator = jsonschema.Draft202012Validator(schema, resolver=resolver)
    lines = body.splitlines() if kind in ("application/json", "application/jsonl") else [json.dumps(body)]
    assert lines, "there is nothing to check"
    for line in lines:
        validator.validate(json.loads(line))


main()
