// Calendar months in UTC: the statement periods of ECS. A period is named by its first instant.

export function monthStartOf(timeMs: number): number {
  return addMonths(timeMs, 0);
}

/** The first instant of the month that lies `months` after the one of `timeMs`. */
export function addMonths(timeMs: number, months: number): number {
  const date = new Date(timeMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
}
