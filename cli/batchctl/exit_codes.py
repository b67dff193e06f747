"""What the commands end with; a script may rely on these."""

DONE = 0
FAILED = 1
WRONG_USAGE = 2
FAILED_ROWS = 3
STOPPED = 4
INTERRUPTED = 130

MEANINGS: dict[int, str] = {
    DONE: "Done. Of a batch: every row is answered.",
    FAILED: "Failed: the batch, the stack, AWS or the network; stderr says what, and what to do. No row is answered.",
    WRONG_USAGE: "Not to be done as it was typed: an option, a file, a name or a configuration. Nothing was started.",
    FAILED_ROWS: "Done, but rows failed or were not run. The output has them all, each with its reason.",
    STOPPED: "Stopped: a batch that somebody stopped or that a cap ended, or what nobody said yes to. It can be gone on with.",
    INTERRUPTED: "Interrupted by Ctrl-C or a signal. A batch goes on; the line that watches it again is printed.",
}
