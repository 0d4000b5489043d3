"""docs/models.md says what the catalogue says."""

from pathlib import Path

from thresher.app.models.catalogue import catalogue, recommend

GB = 10**9


def test_the_table_of_bases_is_the_catalogues(repository: Path) -> None:
    text = (repository / "docs" / "models.md").read_text("utf-8")
    for base in catalogue():
        line = next(line for line in text.splitlines() if line.startswith(f"| `{base.name}` |"))
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert cells[1] == f"{base.download / GB:.2f} GB"
        assert cells[2] == f"{base.memory / GB:.1f} GB"
        assert cells[5] == base.licence
        for cell, accelerated in ((cells[3], True), (cells[4], False)):
            if cell == "no":
                assert recommend(10**13, accelerated=accelerated).memory < base.memory
                continue
            advised_from = int(cell.removesuffix(" GB")) * GB
            assert recommend(advised_from, accelerated=accelerated) == base
            if base.name != "starter":
                assert recommend(advised_from - GB, accelerated=accelerated) != base
