// What the command line's exit code says; part of its contract.
export const EXIT_OK = 0;
/** Something went wrong while running; the message says what and the way out. */
export const EXIT_FAILED = 1;
/** The command's own words are wrong. */
export const EXIT_USAGE = 2;
/** `doctor` found something to mend, `replay` a difference, `import` events that cannot be counted. */
export const EXIT_FINDINGS = 3;
