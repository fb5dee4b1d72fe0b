"""What leaves the office as a file: the same report as a table for programs and as pages for people."""
