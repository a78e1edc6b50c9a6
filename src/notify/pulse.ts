// A wait that can be cut short. A wake while nobody waits ends the next wait, so none is lost.

export interface Pulse {
  wait(ms: number): Promise<void>;
  wake(): void;
}

export function createPulse(): Pulse {
  let awake = false;
  let end: (() => void) | undefined;

  return {
    wait(ms) {
      if (awake) {
        awake = false;
        return new Promise((resolve) => setImmediate(resolve));
      }
      return new Promise((resolve) => {
        const timer = setTimeout(finish, ms);
        function finish(): void {
          clearTimeout(timer);
          end = undefined;
          resolve();
        }
        end = finish;
      });
    },
    wake() {
      if (end === undefined) awake = true;
      else end();
    },
  };
}
