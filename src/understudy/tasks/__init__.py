"""Tasks: durable records of takes, and what runs, keeps and tells of them."""
