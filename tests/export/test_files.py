"""Pictures written beside the document."""

from pathlib import Path

from docparse.document import Asset, Picture
from docparse.export.files import attach_assets, detach_assets

from .documents import document_of, png


def test_pictures_of_equal_or_odd_ids_overwrite_nothing(tmp_path: Path) -> None:
    pictures = {(width, 4): png(width, 4) for width in range(3, 9)}
    document = document_of(
        *(
            Picture(asset=Asset(media_type="image/png", width=width, height=height, data=data))
            for (width, height), data in pictures.items()
        )
    )
    for element, name in zip(document.pages[0].elements, ["", "", "a", "A", "../a", "a-2"], strict=True):
        element.id = name
    detach_assets(document, tmp_path / "x.assets")
    assert len(list((tmp_path / "x.assets").iterdir())) == len(pictures)
    assert [path.name for path in tmp_path.iterdir()] == ["x.assets"]
    assert attach_assets(document, tmp_path) == []
    assets = [element.asset for element in document.pages[0].elements if isinstance(element, Picture)]
    assert [asset.data for asset in assets if asset] == list(pictures.values())
