"""The settings of a running process: `base`, tightened by `prod` when APP_ENV says so."""

from server.settings.base import *
from server.settings.base import APP_ENV

if APP_ENV == "prod":
    from server.settings.prod import *
