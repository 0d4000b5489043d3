"""What is asked, varied: valid and unique names, made of the descriptions' words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.fields import Field, unique
from thresher.adapters.training.asked import Asked, unnamed, vary_asked
from thresher.adapters.training.draw import Draw
from thresher.adapters.training.run_parts import Augmentation

FIELDS = (
    Field(
        name="company",
        type="string",
        description="Name of the shop or company that issued the receipt, as printed",
    ),
    Field(name="first", type="date", description="First day of the flight (the period in which the ads run)"),
    Field(name="last", type="date", description="Last day of the flight"),
    Field(name="kind", type="enum", description="Kind of form", values=("a", "b")),
    Field(name="What was paid?", type="string", description="What was paid?"),
)
NAMES = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=12).filter(
    lambda name: name.strip()
)
ANY_FIELDS = st.lists(
    st.builds(Field, name=NAMES, type=st.just("string"), description=st.text(max_size=40)),
    min_size=1,
    max_size=40,
    unique_by=lambda field: field.name,
)
ALL = Augmentation(drop=0.3, reorder=0.5, rename=0.7, undescribe=0.3, reword=0.5)


@settings(deadline=None)
@given(ANY_FIELDS, st.integers(0, 2**32 - 1))
def test_names_stay_valid_and_unique(fields: list[Field], seed: int) -> None:
    asked = vary_asked("Do.", fields, ALL, Draw(seed))
    made = [Field.model_validate(field.model_dump()) for field in asked.fields.values()]
    assert unique(made, "here") == tuple(asked.fields.values())
    assert asked.fields
    assert set(asked.fields) <= {field.name for field in fields}
    for name, field in asked.fields.items():
        own = next(each for each in fields if each.name == name)
        assert (field.type, field.values) == (own.type, own.values)
    assert asked == vary_asked("Do.", fields, ALL, Draw(seed))


def test_nothing_is_varied_by_default() -> None:
    asked = vary_asked("Do.", FIELDS, Augmentation(), Draw(1))
    assert asked.instructions == "Do."
    assert list(asked.fields.values()) == list(FIELDS)


def test_a_name_is_made_of_the_words_that_tell() -> None:
    names = [
        [field.name for field in vary_asked("", FIELDS, Augmentation(rename=1), Draw(seed)).fields.values()]
        for seed in range(40)
    ]
    assert ["name_shop", "first_day", "last_day", "form", "What was paid?"] in names
    assert any(each[0] in ("Name shop company", "nameShopCompany") for each in names)
    assert {each[4] for each in names} == {"What was paid?"}  # a question says all there is


def test_what_all_fields_share_tells_nothing() -> None:
    fields = [
        Field(name=str(at), type="string", description=f"{what} of the cited work, as written")
        for at, what in enumerate(("Author", "Journal", "Pages"))
    ]
    asked = vary_asked("", fields, Augmentation(rename=1, undescribe=1), Draw(3))
    assert [field.name.casefold() for field in asked.fields.values()] == ["author", "journal", "pages"]
    assert {field.description for field in asked.fields.values()} == {""}


def test_values_go_by_the_names_as_asked() -> None:
    asked = vary_asked("", FIELDS, Augmentation(rename=1, drop=0.5), Draw(5))
    values = asked.values({field.name: field.name for field in FIELDS})
    assert values == {field.name: name for name, field in asked.fields.items()}
    assert 0 < len(values) < len(FIELDS)


@settings(deadline=None)
@given(ANY_FIELDS, st.integers(0, 2**32 - 1))
def test_names_that_say_nothing_are_valid_and_unique(fields: list[Field], seed: int) -> None:
    asked = Asked("Do.", {field.name: field for field in fields})
    made = unnamed(asked, Draw(seed))
    assert list(made.fields) == list(asked.fields)
    named = [Field.model_validate(field.model_dump()) for field in made.fields.values()]
    assert unique(named, "here") == tuple(made.fields.values())
    assert not any(field.description for field in named)
    assert [field.type for field in named] == [field.type for field in fields]
