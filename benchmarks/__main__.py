"""`make bench`: runs the benchmarks and prints what docs/performance.md keeps."""

from benchmarks import csv_rows, tool_batch

for benchmark in (csv_rows, tool_batch):
    print(benchmark.run(), flush=True)
