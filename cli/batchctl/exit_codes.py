"""What the commands end with; a script may rely on these."""

DONE = 0
FAILED = 1
WRONG_USAGE = 2
FAILED_ROWS = 3
STOPPED = 4
INTERRUPTED = 130

MEANINGS: dict[int, str] = {
    DONE: "Done. Of a batch: every row is answered.",
    FAILED: "Failed: the batch, all of its rows, the stack, AWS or the network; stderr says what, and what to do.",
    WRONG_USAGE: "Not to be done as it was typed: an option, file, name or config, or nobody said yes; nothing was started.",
    FAILED_ROWS: "Done, but rows failed or were not run. The output has them all, each with its reason.",
    STOPPED: "Ended early: a batch that was stopped, or failed, after rows were answered. What is answered is kept; resume it.",
    INTERRUPTED: "Interrupted by Ctrl-C or a signal. A batch goes on; the line that watches it again is printed.",
}
