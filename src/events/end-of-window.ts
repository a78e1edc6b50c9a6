// The day on which a window of calendar months ends: the same day so many months later, or the month's last where there
// is no such day (31 January and one month: 28 February).

/** Start of that day in UTC, in milliseconds. */
export function endOfWindow(asOfMs: number, windowMonths: number): number {
  const asOf = new Date(asOfMs);
  const month = asOf.getUTCMonth() + windowMonths;
  const lastDay = new Date(Date.UTC(asOf.getUTCFullYear(), month + 1, 0)).getUTCDate();
  return Date.UTC(asOf.getUTCFullYear(), month, Math.min(asOf.getUTCDate(), lastDay));
}
