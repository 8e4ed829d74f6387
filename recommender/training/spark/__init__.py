"""The fit on Apache Spark: the same model, made by several processes or machines.

Nothing here is imported unless `engine` is ``spark`` or a snapshot is written; `pyspark` and
`pyarrow` are imported here only. `job` is the way through: `snapshot` writes the papers into
parts, `text` and `factors` compute in each part, `cluster` runs their tasks, and `work_folder`
keeps what they make.
"""
