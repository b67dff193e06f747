"""The keys of what a batch has under `work/` in the stack's own bucket, which is cleared in time."""

from batch_processor.contract import Location, RowRange

# Zero-padded, so that S3 lists parts in input order.
_INDEX_DIGITS = 10


def work_location(bucket: str, batch_key: str) -> Location:
    """The folder of the batch of that key, in the stack's own bucket."""
    return Location(bucket=bucket, prefix=f"work/{batch_key}/")


def source_key(work: Location) -> str:
    """A copy of the CSV, where its own bucket has no versions."""
    return f"{work['prefix']}source.csv"


def config_key(work: Location) -> str:
    """The configuration as it was given."""
    return f"{work['prefix']}config.json"


def header_key(work: Location) -> str:
    """The names of the CSV's columns, which may be more than the plan has room for."""
    return f"{work['prefix']}header.json"


def rows_key(work: Location) -> str:
    """The rows as the Distributed Map reads them, JSON Lines."""
    return f"{work['prefix']}rows.jsonl"


def first_rows_key(work: Location) -> str:
    """The same without the rows that have the input of an earlier one, which are not asked again."""
    return f"{work['prefix']}first-rows.jsonl"


def duplicates_key(work: Location) -> str:
    """For each row the earlier one that has the same input, or 0: unsigned 32-bit little-endian numbers."""
    return f"{work['prefix']}duplicates.index"


def unsettled_key(work: Location, rows: RowRange) -> str:
    """The tally of a row batch that left no part, as rows of its range wait for answers to rows of others."""
    return f"{unsettled_prefix(work)}{_rows_name(rows)}.json"


def unsettled_prefix(work: Location) -> str:
    """The folder of these tallies."""
    return f"{work['prefix']}unsettled/"


def before_unsettled(work: Location, first: int) -> str:
    """What stands in a listing right before those that begin with that row or a later one."""
    return f"{unsettled_prefix(work)}{first:0{_INDEX_DIGITS}}"


def originals_key(work: Location) -> str:
    """All original cells, as one CSV without header."""
    return f"{work['prefix']}originals.csv"


def originals_index_key(work: Location) -> str:
    """Where each row begins in the originals: unsigned 64-bit little-endian offsets, and the end as the last one."""
    return f"{work['prefix']}originals.index"


def manifest_key(work: Location) -> str:
    """The plan and what loading decided, for a batch that resumes this one."""
    return f"{work['prefix']}manifest.json"


def answer_rules_key(work: Location) -> str:
    """The schema and the extraction rules of answers, where they are too large for the plan."""
    return f"{work['prefix']}answer.json"


def successors_key(work: Location, fingerprint: str) -> str:
    """The ARNs of the executions that resumed this batch and make rows of that fingerprint."""
    return f"{work['prefix']}successors/{fingerprint}.json"


def failure_key(work: Location) -> str:
    """Why a row batch ended the batch, where continue_on_error is false."""
    return f"{work['prefix']}failure.json"


def kept_histories_prefix(work: Location) -> str:
    """The folder of empty objects, each named as a row batch's execution whose history has been salvaged."""
    return f"{work['prefix']}kept/"


def answer_key(work: Location, index: int) -> str:
    """One row's cells, where they are too large for the payload or for the row's item in the table."""
    return f"{work['prefix']}answers/{index}.json"


def parts_prefix(work: Location) -> str:
    """The folder of the finished parts of the output."""
    return f"{work['prefix']}parts/"


def part_key(work: Location, rows: RowRange) -> str:
    """A part of the output, named after its rows: the names alone tell what is there and what is missing."""
    return f"{parts_prefix(work)}{_rows_name(rows)}.csv"


def before_parts(work: Location, first: int) -> str:
    """What stands in a listing right before the parts that begin with that row or a later one."""
    return f"{parts_prefix(work)}{first:0{_INDEX_DIGITS}}"


def joined_prefix(work: Location) -> str:
    """The folder of the parts that were joined to larger ones, where the output is too large to be joined at once."""
    return f"{work['prefix']}joined/"


def joined_key(work: Location, rows: RowRange) -> str:
    """A part of the output that was joined of others, named as they are."""
    return f"{joined_prefix(work)}{_rows_name(rows)}.csv"


def unfinished_prefix(work: Location) -> str:
    """The folder of what Express children have left undone."""
    return f"{work['prefix']}unfinished/"


def unfinished_key(work: Location, rows: RowRange) -> str:
    """Which rows of a child's range have no end yet, for the Standard pass: {"rows": [{index, attempt}]}, by index.

    `attempt` is the one to make; an answer of an earlier one may be in the results table all the same.
    """
    return f"{unfinished_prefix(work)}{_rows_name(rows)}.json"


def unstored_key(work: Location, rows: RowRange) -> str:
    """Answers to a child's rows that the results table did not take when they came: [{index, answer, attempt, at, ms}].

    Whether they were read since, and stored, does not show here.
    """
    return f"{unstored_prefix(work)}{_rows_name(rows)}.json"


def unstored_prefix(work: Location) -> str:
    """The folder of these answers."""
    return f"{work['prefix']}unstored/"


def rest_key(work: Location) -> str:
    """The row batches of the Standard pass as the Distributed Map reads them, JSON Lines of {first, last, rows}."""
    return f"{work['prefix']}rest.jsonl"


def tally_key(part: str) -> str:
    """The tally of a part, in an object beside it if the part's metadata has no room for it."""
    return part.removesuffix(".csv") + ".json"


def _rows_name(rows: RowRange) -> str:
    return f"{rows['first']:0{_INDEX_DIGITS}}-{rows['last']:0{_INDEX_DIGITS}}"


def rows_of_part(key: str) -> RowRange:
    """The rows that a part, or what stands in the place of one, is named after."""
    first, _, last = key.rpartition("/")[2].partition(".")[0].partition("-")
    return RowRange(first=int(first), last=int(last))
