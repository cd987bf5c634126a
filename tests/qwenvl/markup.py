"""A repaired tree as text, to hold it against the grammar."""

from html import escape

from docparse.qwenvl.boxes import format_box
from docparse.qwenvl.tree import Node


def markup(node: Node | str) -> str:
    if isinstance(node, str):
        return escape(node).replace("\n", "<br/>")
    attributes = {**node.attributes, **({"data-bbox": format_box(node.box)} if node.box else {})}
    opening = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{node.tag}{opening}>{''.join(markup(child) for child in node.children)}</{node.tag}>"
