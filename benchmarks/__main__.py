"""`make bench`: runs the benchmarks and prints what docs/performance.md keeps."""

from benchmarks import csv_rows, imports, tool_batch

for benchmark in (imports, csv_rows, tool_batch):
    print(benchmark.run(), flush=True)
