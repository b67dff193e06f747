"""Names that are legal wherever they are used."""

import keyword
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.factory.names import Names, collisions


@given(st.text(min_size=1, max_size=120))
def test_any_extraction_name_gives_legal_names(text: str) -> None:
    names = Names.of(text)
    assert names.module.isidentifier()
    assert not keyword.iskeyword(names.module)
    assert re.fullmatch(r"[a-z][a-z0-9_]{0,50}", names.module)  # a file name on any system
    assert re.fullmatch(r"[A-Za-z0-9]{1,240}", names.logical)  # with "OutputToolArn" behind it, at most 255
    assert re.fullmatch(r"[a-z][a-z0-9-]{0,50}", names.agent)
    assert len(names.output_tool) <= 64
    assert names.validator.isidentifier()


@given(st.text(min_size=1, max_size=120))
def test_names_are_their_own_names(text: str) -> None:
    names = Names.of(text)
    assert Names.of(names.module) == names


@pytest.mark.parametrize(
    ("text", "module", "agent", "logical"),
    [
        ("broadband_availability_bt_wholesale", "broadband_availability_bt_wholesale",
         "broadband-availability-bt-wholesale", "BroadbandAvailabilityBtWholesale"),
        ("24h pollen & weather: Zürich", "x_24h_pollen_weather_zurich", "x-24h-pollen-weather-zurich",
         "X24hPollenWeatherZurich"),
        ("class", "class_", "class", "Class"),
        ("Straße", "strasse", "strasse", "Strasse"),
        ("../../etc/passwd", "etc_passwd", "etc-passwd", "EtcPasswd"),
        ("花粉", "extraction_b5566942", "extraction-b5566942", "ExtractionB5566942"),
    ],
)  # fmt: skip
def test_name_is_recognised_in_all_its_spellings(text: str, module: str, agent: str, logical: str) -> None:
    assert Names.of(text) == Names(module, agent, logical)


def test_long_names_that_begin_alike_stay_apart() -> None:
    first, second = Names.of("a" * 60 + "1"), Names.of("a" * 60 + "2")
    assert len(first.output_tool) <= 64
    assert first.module != second.module


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [("a-b", "a b", "a_b"), ("Class", "class", "class_"), ("a_1", "a1", "a1-"), ("same", "same", "same")],
)
def test_two_schemas_with_one_name_are_found(first: str, second: str, name: str) -> None:
    assert list(collisions({"one.json": first, "two.json": second})) == [("two.json", "one.json", name)]


def test_different_names_do_not_collide() -> None:
    assert not list(collisions({"one.json": "pollen", "two.json": "pollen_de", "three.json": "24h"}))
