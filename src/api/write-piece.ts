// Writes a piece of a long answer and waits while the reader is slower than we are, so that memory stays flat.
import type { ServerResponse } from 'node:http';

/** False once the reader has gone. */
export async function writePiece(res: ServerResponse, text: string): Promise<boolean> {
  if (res.destroyed) return false;
  if (res.write(text)) return true;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      res.off('drain', go).off('close', go);
      resolve();
    };
    res.on('drain', go).on('close', go);
  });
  return !res.destroyed;
}
