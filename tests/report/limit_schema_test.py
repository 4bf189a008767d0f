"""The limit.json of a synthetic limit fits docs/limit.schema.json, and the schema refuses what is wrong."""

import copy
import json
import sys
from pathlib import Path

import jsonschema

SCHEMA = json.loads(Path(sys.argv[1]).read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def must_refuse(limit, what, change):
    broken = copy.deepcopy(limit)
    change(broken)
    assert not VALIDATOR.is_valid(broken), f"the schema accepts a limit with {what}"


def main():
    VALIDATOR.check_schema(SCHEMA)
    limit = json.loads((Path(sys.argv[2]) / "limit.limit.json").read_text()) | {"result_sha256": "0" * 64, "content_sha256": "1" * 64}
    for error in VALIDATOR.iter_errors(limit):
        sys.exit(f"{error.json_path}: {error.message}")
    must_refuse(limit, "no result", lambda l: l.pop("result_sha256"))
    must_refuse(limit, "an unknown key", lambda l: l.update(more=1))
    must_refuse(limit, "an unknown reason", lambda l: l["cuts"][0].update(no_limit="perhaps"))
    must_refuse(limit, "four expected limits", lambda l: l["cuts"][0]["expected"].pop())
    must_refuse(limit, "an efficiency above one", lambda l: l["cuts"][0]["knots"][0].update(efficiency=1.5))
    must_refuse(limit, "an interval without an end", lambda l: l["cuts"][0]["interval"].pop("high"))


main()
