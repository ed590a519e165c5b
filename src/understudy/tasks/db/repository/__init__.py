"""Every SQL statement of the project: functions over one connection, run by `Database`.

`accounts` who owns what, and units · `tasks` making and reading them · `transitions` their changes
of status · `callbacks` what is to be told to clients · `elements`, `uploads` · `rows` from rows to
records and back.
"""
