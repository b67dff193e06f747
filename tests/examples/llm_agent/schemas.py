"""Parts of schemas, to be put together."""

REFERRING = {"$ref": "#/$defs/line"}
ONE, OTHER = ({"type": "object", "properties": {name: {"type": "string"}}, "required": [name]} for name in "ab")
