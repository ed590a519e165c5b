"""Tasks: durable records of takes, and what runs, stores and reports them."""
