"""python -m workqueue: the whole office on this machine, until Ctrl-C."""

import sys

from workqueue.office import main

sys.exit(main())
