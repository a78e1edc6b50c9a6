// The types of kafka-launcher.mjs for the tests, which are TypeScript.

export interface RunningKafka {
  readonly brokers: string[];
  readonly port: number;
  readonly dir: string;
  readonly pid: number;
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Lets this process end although the broker runs. */
  unref(): void;
}

/** One more door; who comes in by it is sent to the advertised port. */
export interface KafkaListener {
  readonly name: string;
  readonly port: number;
  readonly advertisedPort: number;
}

export interface StartKafkaOptions {
  readonly dir: string;
  readonly port?: number;
  readonly props?: Readonly<Record<string, string | number | boolean>>;
  readonly listeners?: readonly KafkaListener[];
  readonly diesWith?: number;
  readonly temporary?: boolean;
  readonly log?: (line: string) => void;
}

export function startKafka(options: StartKafkaOptions): Promise<RunningKafka>;
export function findFreePort(reserved?: readonly number[]): Promise<number>;
