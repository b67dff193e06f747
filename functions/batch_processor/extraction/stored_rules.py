"""Hands the schema and the extraction rules of answers on in S3 where they are too large for every payload."""

import json
from functools import lru_cache

from batch_processor.batch.work_folder import answer_rules_key
from batch_processor.contract import AnswerRules, Output, Plan, StoredAnswerRules

# Whatever reads a row's answer imports this module, and few rules are in S3: all else is imported where it is used.

# The plan travels with every row batch, its output with every answer.
_LARGEST_BYTES = 16 * 1024
_DIGEST_CHARACTERS = 16


def hand_over(plan: Plan) -> Plan:
    """The plan, its answer rules moved to S3 if they are too large to travel with it."""
    rules = _rules(plan["output"])
    text = json.dumps(rules, ensure_ascii=False).encode()
    if len(text) <= _LARGEST_BYTES:
        return plan
    from batch_processor.aws import s3

    bucket, key = plan["work"]["bucket"], answer_rules_key(plan["work"])
    s3.write(bucket, key, text, "application/json")
    output: Output = {**plan["output"]}
    output.pop("schema", None)
    output.pop("extraction", None)
    output["answer"] = StoredAnswerRules(uri=f"s3://{bucket}/{key}", extraction_digest=extraction_digest(rules))
    return {**plan, "output": output}


def extraction_digest(rules: AnswerRules) -> str:
    """A digest that differs where extraction rules differ; empty if there are none."""
    import hashlib

    text = json.dumps(rules.get("extraction", []), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_CHARACTERS] if rules.get("extraction") else ""


def with_answer_rules(output: Output) -> Output:
    """A plan's output with its answer rules in it; from S3 a warm function fetches them once."""
    if "answer" not in output:
        return output
    rules = _fetched(output["answer"]["uri"])
    return {**output, **rules}


@lru_cache(maxsize=8)
def _fetched(uri: str) -> AnswerRules:
    from batch_processor.aws import s3
    from batch_processor.document.s3_uri import object_uri

    file = object_uri(uri)
    rules: AnswerRules = json.loads(s3.read(file.bucket, file.key))
    return rules


def _rules(output: Output) -> AnswerRules:
    rules = AnswerRules()
    if "schema" in output:
        rules["schema"] = output["schema"]
    if "extraction" in output:
        rules["extraction"] = output["extraction"]
    return rules
