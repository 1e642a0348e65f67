"""The README's example is what comes out."""

from __future__ import annotations

import re
from pathlib import Path

from awaken.engine import analyse, groups_of, rewrite
from awaken.project.configuration import Configuration

_README = Path(__file__).parent.parent / "README.md"


def test_the_example_is_what_apply_makes_of_it(tmp_path: Path) -> None:
    before, after = re.findall(r"```python\n(.*?)```", _README.read_text("utf-8"), re.DOTALL)
    (tmp_path / "service.py").write_text(before)
    analysis = analyse([tmp_path], root=tmp_path, configuration=Configuration(), jobs=1)
    (plan,) = analysis.plans
    result = rewrite(analysis, plan, groups_of(plan, unsafe=False))
    assert result is not None
    assert not result.dropped
    assert result.change.after.decode() == after
