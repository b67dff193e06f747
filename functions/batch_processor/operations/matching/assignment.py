"""Gives each field a column and each column a field, so that all of them together are as sure as they can be."""

from collections.abc import Sequence

from batch_processor.operations.matching.scoring import Candidate

_NOTHING = 0.0


def best_pairs(found: Sequence[Candidate]) -> list[Candidate]:
    """Of the candidates those that are best together, no field and no column twice.

    The Hungarian method, after Kuhn and Munkres, on fields as rows and columns as columns; each field may also get nothing.
    """
    fields = list(dict.fromkeys(pair.field.name for pair in found))
    columns = list(dict.fromkeys(pair.column.name for pair in found))
    best: dict[tuple[str, str], Candidate] = {}
    for pair in found:
        key = (pair.field.name, pair.column.name)
        best[key] = max(best.get(key, pair), pair, key=lambda candidate: candidate.confidence)
    # Of two ways of the same sum the one with the surest pair is better; a square makes it so.
    costs = [[-(best[f, c].confidence ** 2) if (f, c) in best else _NOTHING for c in columns] for f in fields]
    costs = [row + [_NOTHING] * len(fields) for row in costs]
    chosen = _least_cost(costs)
    pairs = [(fields[row], columns[column]) for row, column in enumerate(chosen) if column < len(columns)]
    return [best[pair] for pair in pairs if pair in best]


def _least_cost(costs: Sequence[Sequence[float]]) -> list[int]:
    """For each row its column, in the assignment that costs least; there are at least as many columns as rows."""
    rows, columns = len(costs), len(costs[0]) if costs else 0
    of_rows, of_columns = [0.0] * (rows + 1), [0.0] * (columns + 1)
    owner = [0] * (columns + 1)
    for row in range(1, rows + 1):
        owner[0], at = row, 0
        least, way, used = [float("inf")] * (columns + 1), [0] * (columns + 1), [False] * (columns + 1)
        while owner[at]:
            used[at], delta, following = True, float("inf"), 0
            for column in range(1, columns + 1):
                if used[column]:
                    continue
                cost = costs[owner[at] - 1][column - 1] - of_rows[owner[at]] - of_columns[column]
                if cost < least[column]:
                    least[column], way[column] = cost, at
                if least[column] < delta:
                    delta, following = least[column], column
            for column in range(columns + 1):
                if used[column]:
                    of_rows[owner[column]] += delta
                    of_columns[column] -= delta
                else:
                    least[column] -= delta
            at = following
        while at:
            owner[at], at = owner[way[at]], way[at]
    chosen = {owner[column] - 1: column - 1 for column in range(1, columns + 1) if owner[column]}
    return [chosen[row] for row in range(rows)]
