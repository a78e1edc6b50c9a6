import { createPulse } from './pulse.ts';

const NEVER_MS = 1_000_000;

it('waits until it is woken', async () => {
  const pulse = createPulse();
  const waiting = pulse.wait(NEVER_MS);
  pulse.wake();
  await waiting;
});

it('loses no wake that comes while nobody waits, and keeps just one', async () => {
  const pulse = createPulse();
  pulse.wake();
  pulse.wake();
  await pulse.wait(NEVER_MS);
  let over = false;
  const second = pulse.wait(NEVER_MS).then(() => {
    over = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(over).toBe(false);
  pulse.wake();
  await second;
});

it('ends by itself', async () => {
  await createPulse().wait(1);
});
