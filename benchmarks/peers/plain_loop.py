"""No tool at all: one row after the other."""

from benchmarks.peers import names

if __name__ == "__main__":
    names.run(lambda rows: [names.answer(row) for row in rows])
