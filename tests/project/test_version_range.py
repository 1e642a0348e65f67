from __future__ import annotations

import pytest

from awaken.project.version_range import allow_one_version

_SUPPORTED = ">=0.28,<1"


@pytest.mark.parametrize(
    "constraint",
    [
        *("", "*", ">=0.23", "~=0.27", "==0.28.1", "0.28.1", "=0.28.1", "<=0.28", "<0.29,>=0.27"),
        *(">=0.23,!=0.27", "^0.27 || ^0.28", ">0.28", "0.*", "~0", "^0", "0.28.*", "latest"),
    ],
)
def test_a_version_in_common_is_found(constraint: str) -> None:
    assert allow_one_version(constraint, _SUPPORTED)
    assert allow_one_version(_SUPPORTED, constraint)


@pytest.mark.parametrize(
    "constraint",
    [
        *("^0.27", "^0.27.2", "~0.27", "~0.27.1", "~=0.27.0", "==0.27.*", "0.27.2", "<0.28"),
        *(">=1", "1.0.dev6", "==1.*", "^1", "^0.0.28", "<0.28 || >=1", "~=1.0", ">=0.28,<0.28"),
    ],
)
def test_ranges_that_do_not_meet_have_none_in_common(constraint: str) -> None:
    assert not allow_one_version(constraint, _SUPPORTED)
    assert not allow_one_version(_SUPPORTED, constraint)
