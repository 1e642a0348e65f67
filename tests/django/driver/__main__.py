"""`python -m tests.django.driver PROJECT USERS TRANSPORTS`: prints what requests did, as JSON.

`SHOP_DATA` names a folder for files, `SHOP_POSTGRES_PORT` a server to use in place of SQLite.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path

import django


def main(project: str, users: str, transports: str) -> None:
    """Set Django up, which must come before anything that knows models, and make the requests."""
    sys.path.insert(0, project)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    drive = import_module("tests.django.driver.drive").drive
    json.dump(drive(Path(project), users.split(","), transports.split(",")), sys.stdout)


main(*sys.argv[1:])
