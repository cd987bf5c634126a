"""``docparse schema``."""


def schema() -> None:
    """Print the JSON Schema of the JSON output."""
    from docparse.export.json import schema_text

    print(schema_text(), end="")
