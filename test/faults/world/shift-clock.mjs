// Preloaded into one ECS process: its wall clock runs off by FAULT_CLOCK_MS, and everybody else's does not. Timers and
// performance.now() go on as they were, as they do when the clock of a machine is set.
const shiftMs = Number(process.env.FAULT_CLOCK_MS);
const RealDate = Date;
const realNow = RealDate.now;

globalThis.Date = class ShiftedDate extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [realNow() + shiftMs] : given));
  }
  static now() {
    return realNow() + shiftMs;
  }
};
Object.defineProperty(globalThis.Date, 'name', { value: 'Date' });
