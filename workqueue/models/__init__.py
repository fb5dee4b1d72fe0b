"""Tables: columns and the constraints the database can hold; one noun a file."""
