"""Every SQL statement of the project: functions over one connection, run by `Database`.

`accounts` and their units · `keys` · `tasks`: creating and reading them · `transitions`: their
changes of status · `callbacks` to deliver · `elements`, `uploads` · `rows`: between rows and
records.
"""
