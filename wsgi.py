"""The application for a WSGI server and for the flask command."""

import sys

from workqueue.application import bring_up_to_date, create_app
from workqueue.config import config_or_exit
from workqueue.embedded import attached

config = config_or_exit()
app = create_app(attached(config))
# A command on a new clone finds its tables; `flask db` itself decides what it does to them.
if config.is_embedded and "db" not in sys.argv[1:]:
    bring_up_to_date(app)
