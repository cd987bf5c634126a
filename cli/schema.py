"""``docparse schema``."""


def schema() -> None:
    """Print the JSON Schema of the JSON output."""
    import json

    from docparse.export.json import document_schema

    print(json.dumps(document_schema(), indent=2, ensure_ascii=False))
