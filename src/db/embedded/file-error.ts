// Tells the expected failures of a file operation from the rest, so that only the expected ones are handled.
import { isNativeError } from 'node:util/types';

export function hasErrorCode(error: unknown, ...codes: string[]): boolean {
  return isNativeError(error) && 'code' in error && codes.includes(String(error.code));
}

/** `undefined` instead of an error where the file, or what it points to, is not there. */
export async function ifPresent<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
