"""What runs beside the web: jobs woken through RQ, and the sweeper that needs none."""
