"""The API's description: operations as a table, the OpenAPI document, the reference page."""
