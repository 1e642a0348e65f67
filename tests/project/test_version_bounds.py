from __future__ import annotations

import pytest
from packaging.version import Version

from awaken.project.version_bounds import lowest_version

BOUNDED = {
    ">=3.2,<5": "3.2",
    ">= 3.2 , < 5": "3.2",
    "<5,>=3.2": "3.2",
    ">=3.2,>=4.0": "4.0",
    "~=4.2.1": "4.2.1",
    "==4.2.*": "4.2",
    "==4.2.7": "4.2.7",
    "===4.2": "4.2",
    ">4.1": "4.1",
    "^4.2": "4.2",
    "~4.2": "4.2",
    "~4": "4",
    "4.2.1": "4.2.1",
    "4.*": "4",
    "=4.2": "4.2",
    "=4.2=py310_0": "4.2",
    "^3.2 || ^4.2": "3.2",
    "^4.2 | ^3.2": "3.2",
    ">=3.2 <5": "3.2",
    "v4.2": "4.2",
    ">=5.0rc1": "5.0rc1",
    ">=3.6,!=3.7.*": "3.6",
}


@pytest.mark.parametrize(("constraint", "lowest"), BOUNDED.items())
def test_the_lowest_allowed_version_is_read(constraint: str, lowest: str) -> None:
    assert lowest_version(constraint) == Version(lowest)


@pytest.mark.parametrize(
    "constraint", ["", "*", "<5", "<=4.2", "!=4.0", "latest", ">=abc", "^4.2 || *", "<3 || >=4"]
)
def test_what_has_no_lower_bound_has_no_lowest_version(constraint: str) -> None:
    assert lowest_version(constraint) is None
