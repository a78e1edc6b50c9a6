// The only reader of the environment. One schema, every problem reported at once with the variable's name and what was
// expected; nothing falls back silently from a bad value.
import { resolve } from 'node:path';
import { z } from 'zod';
import { EcsError } from './lib/errors.ts';

export const ROLES = ['api', 'ingest', 'relay'] as const;
export type Role = (typeof ROLES)[number];

export interface KafkaConfig {
  readonly brokers: string[];
  readonly clientId: string;
  readonly consumerGroup: string;
  readonly createTopics: boolean;
  readonly ssl: boolean;
  readonly sasl: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string } | null;
}

export interface Config {
  /** null: ECS runs its own PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | null;
  readonly poolConnections: number;
  readonly dataDir: string;
  /** null: events come in over HTTP only. */
  readonly kafka: KafkaConfig | null;
  readonly partitions: number;
  readonly lateEventHorizonDays: number;
  readonly host: string;
  readonly port: number;
  /** Was the port asked for? Then a taken one is an error and not a reason to take the next. */
  readonly portGiven: boolean;
  readonly adminKey: string | null;
  readonly defaultPack: string;
  readonly modelPath: string | null;
  readonly allowPrivateWebhooks: boolean;
  readonly logLevel: string;
}

const flag = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1');
const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

const environmentSchema = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'a postgres:// URL')
    .optional(),
  DB_HOST: z.string().optional(),
  DB_PORT: count(1, 65_535).optional(),
  DB_USER: z.string().optional(),
  DB_PASSWORD: z.string().optional(),
  DB_NAME: z.string().optional(),
  PGHOST: z.string().optional(),
  PGPORT: count(1, 65_535).optional(),
  PGUSER: z.string().optional(),
  PGPASSWORD: z.string().optional(),
  PGDATABASE: z.string().optional(),
  PGSSLMODE: z.enum(['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify']).optional(),
  ECS_POOL_CONNECTIONS: count(2, 200).default(16),
  ECS_DATA_DIR: z.string().default('.ecs'),
  KAFKA_BROKERS: z.string().optional(),
  KAFKA_BROKER: z.string().optional(),
  KAFKA_CLIENT_ID: z.string().default('ecs'),
  KAFKA_CONSUMER_GROUP: z.string().default('ecs'),
  KAFKA_CREATE_TOPICS: flag.default(true),
  KAFKA_SSL: flag.default(false),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  ECS_PARTITIONS: count(1, 1024).default(12),
  ECS_LATE_EVENT_HORIZON_DAYS: count(1, 365).default(7),
  HOST: z.string().default('127.0.0.1'),
  PORT: count(0, 65_535).optional(),
  ECS_ADMIN_KEY: z.string().min(32, 'at least 32 characters').max(200).optional(),
  ECS_POLICY_PACK: z.enum(['generic', 'br', 'us', 'eu', 'uk']).default('generic'),
  ECS_MODEL: z.string().optional(),
  ECS_WEBHOOK_ALLOW_PRIVATE: flag.default(false),
  ECS_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

type Environment = z.infer<typeof environmentSchema>;

/** The process's own environment; everybody else is handed it. */
export const environment: Readonly<Record<string, string | undefined>> = process.env;

/** Throws ECS_CONFIG_INVALID listing every variable that is wrong. An empty variable counts as not set. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    throw configError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  }
  return {
    databaseUrl: databaseUrlOf(parsed.data),
    poolConnections: parsed.data.ECS_POOL_CONNECTIONS,
    dataDir: resolve(parsed.data.ECS_DATA_DIR),
    kafka: kafkaOf(parsed.data),
    partitions: parsed.data.ECS_PARTITIONS,
    lateEventHorizonDays: parsed.data.ECS_LATE_EVENT_HORIZON_DAYS,
    host: parsed.data.HOST,
    port: parsed.data.PORT ?? 8080,
    portGiven: parsed.data.PORT !== undefined,
    adminKey: parsed.data.ECS_ADMIN_KEY ?? null,
    defaultPack: parsed.data.ECS_POLICY_PACK,
    modelPath: parsed.data.ECS_MODEL ?? null,
    allowPrivateWebhooks: parsed.data.ECS_WEBHOOK_ALLOW_PRIVATE,
    logLevel: parsed.data.ECS_LOG_LEVEL,
  };
}

function configError(problems: readonly string[]): EcsError {
  return new EcsError('ECS_CONFIG_INVALID', `The environment is not valid:\n  ${problems.join('\n  ')}`, {
    facts: { problems },
  });
}

/** DATABASE_URL, else libpq's names, else the names of the original brief; the host decides whether there is a server. */
function databaseUrlOf(env: Environment): string | null {
  if (env.DATABASE_URL !== undefined) return env.DATABASE_URL;
  const host = env.PGHOST ?? env.DB_HOST;
  if (host === undefined) return null;
  const url = new URL('postgres://localhost');
  if (host.startsWith('/')) url.searchParams.set('host', host);
  else url.hostname = host;
  url.port = String(env.PGPORT ?? env.DB_PORT ?? 5432);
  url.username = encodeURIComponent(env.PGUSER ?? env.DB_USER ?? 'postgres');
  url.password = encodeURIComponent(env.PGPASSWORD ?? env.DB_PASSWORD ?? '');
  url.pathname = `/${encodeURIComponent(env.PGDATABASE ?? env.DB_NAME ?? 'ecs')}`;
  if (env.PGSSLMODE !== undefined) url.searchParams.set('sslmode', env.PGSSLMODE);
  return url.toString();
}

function kafkaOf(env: Environment): KafkaConfig | null {
  const list = env.KAFKA_BROKERS ?? env.KAFKA_BROKER;
  if (list === undefined) return null;
  const brokers = list.split(',').map((broker) => broker.trim());
  const wrong = brokers.filter((broker) => !/^[^\s:]+:\d{1,5}$|^\[[^\]]+\]:\d{1,5}$/.test(broker));
  if (wrong.length > 0) throw configError([`KAFKA_BROKERS: expected host:port, got ${JSON.stringify(wrong[0])}`]);
  return {
    brokers,
    clientId: env.KAFKA_CLIENT_ID,
    consumerGroup: env.KAFKA_CONSUMER_GROUP,
    createTopics: env.KAFKA_CREATE_TOPICS,
    ssl: env.KAFKA_SSL,
    sasl: saslOf(env),
  };
}

function saslOf(env: Environment): KafkaConfig['sasl'] {
  if (env.KAFKA_SASL_MECHANISM === undefined) return null;
  if (env.KAFKA_SASL_USERNAME === undefined || env.KAFKA_SASL_PASSWORD === undefined) {
    throw configError(['KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD: both are needed with KAFKA_SASL_MECHANISM']);
  }
  return {
    mechanism: env.KAFKA_SASL_MECHANISM,
    username: env.KAFKA_SASL_USERNAME,
    password: env.KAFKA_SASL_PASSWORD,
  };
}
