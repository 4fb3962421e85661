"""The extract for the product quality review, read from the records: a fixed number of statements."""
