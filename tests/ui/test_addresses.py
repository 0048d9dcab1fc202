"""Addresses of a list's rows are those that a look-up of each would give."""

from uuid import UUID

import pytest
from django.urls import reverse

from ui.addresses import Addresses


HOSPITAL = UUID("698a9e32-fb8b-499c-81b6-0df88fdc24d0")


@pytest.mark.parametrize("slug", ["ssi", "model", "measures", "c"])
def test_every_row_has_its_own_address(slug: str) -> None:
    address = Addresses("feedback:model-detail", "measures", HOSPITAL)

    assert [address(each) for each in ("first", slug)] == [
        reverse("feedback:model-detail", args=["measures", HOSPITAL, each]) for each in ("first", slug)
    ]


def test_keys_of_hospitals_are_parts_too() -> None:
    address = Addresses("feedback:release-preview", "c", UUID(int=1))

    assert address(HOSPITAL) == reverse("feedback:release-preview", args=["c", UUID(int=1), HOSPITAL])


def test_what_does_not_belong_into_an_address_is_quoted() -> None:
    assert Addresses("cases:case-detail", "c")("a/b?c").endswith("/cases/a%2Fb%3Fc/")
