"""The application for a WSGI server and for the flask command."""

import sys

from workqueue.application import create_app
from workqueue.config import Config, ConfigError
from workqueue.embedded import attached

try:
    app = create_app(attached(Config.from_env()))
except ConfigError as error:
    sys.exit(f"Workqueue does not start. {error}")
