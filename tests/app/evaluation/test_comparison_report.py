import json

from thresher.app.evaluation.compare import Comparison, Difference
from thresher.app.evaluation.comparison_report import as_dict, as_table
from thresher.app.evaluation.report import MAX_ROWS

TOTAL = Difference(0.75, 0.5, 0.25, (-0.05, 0.5), 40)
NOTHING = Difference(None, None, None, None, 0)


def test_the_table_names_every_figure() -> None:
    compared = Comparison(TOTAL, {"company": TOTAL, "none": NOTHING}, 10, 12, 3, 1)
    lines = as_table(compared, "tiny with the adapter a", "tiny alone").split("\n")
    assert lines[0] == (
        "tiny with the adapter a beside tiny alone: F1 0.750, other 0.500, difference +0.250 "
        "(-0.050 to +0.500 at 95 %)"
    )
    assert lines[1] == "of 12 records 3 became right (25.0%) and 1 wrong (8.3%)"
    assert lines[2] == (
        "the interval reaches zero: 10 documents do not tell the two apart, about 15 would at this difference"
    )
    assert lines[5].split() == ["company", "0.750", "0.500", "+0.250", "-0.050", "to", "+0.500", "40"]
    assert lines[6].split() == ["none", "–", "–", "–", "–", "0"]
    assert len({len(line) for line in lines[4:]}) == 1


def test_the_table_says_what_it_leaves_out_and_the_json_has_it() -> None:
    names = [f"question {number} " + "?" * 60 for number in range(MAX_ROWS + 5)]
    compared = Comparison(TOTAL, dict.fromkeys(names, TOTAL), 10, 10, 0, 0)
    assert as_table(compared, "a", "b").endswith("… and 5 more fields, which --json lists")
    told = json.loads(json.dumps(as_dict(compared)))
    assert list(told["fields"]) == names
    assert (told["difference"], told["interval"], told["documents_needed"]) == (0.25, [-0.05, 0.5], 15)
