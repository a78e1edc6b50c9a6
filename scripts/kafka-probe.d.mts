// The types of kafka-probe.mjs for the tests, which are TypeScript.

export function answers(port: number, host?: string): Promise<boolean>;
