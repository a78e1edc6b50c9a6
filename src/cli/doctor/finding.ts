// One thing `ecs doctor` looked at, and how to mend it where it is not well.
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly message: string;
  /** What to do; null where all is well. */
  readonly mend: string | null;
}

export const ok = (check: string, message: string): Finding => ({ check, state: 'ok', message, mend: null });
export const warning = (check: string, message: string, mend: string): Finding => ({
  check,
  state: 'warning',
  message,
  mend,
});
export const failed = (check: string, message: string, mend: string): Finding => ({
  check,
  state: 'failed',
  message,
  mend,
});
