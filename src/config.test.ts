import { loadConfig } from './config.ts';

const codeOf = (env: Record<string, string>) => {
  try {
    loadConfig(env);
    return null;
  } catch (error) {
    return error as { code: string; message: string };
  }
};

describe('loadConfig', () => {
  test('nothing set: embedded PostgreSQL, no Kafka, loopback', () => {
    expect(loadConfig({})).toMatchObject({
      databaseUrl: null,
      kafka: null,
      host: '127.0.0.1',
      port: 8080,
      portGiven: false,
      partitions: 12,
      defaultPack: 'generic',
    });
  });

  test.each([
    ['DATABASE_URL wins', { DATABASE_URL: 'postgres://a@b/c', PGHOST: 'x' }, 'postgres://a@b/c'],
    [
      'libpq',
      { PGHOST: 'h', PGPORT: '5', PGUSER: 'u', PGPASSWORD: 'p w', PGDATABASE: 'd' },
      'postgres://u:p%20w@h:5/d',
    ],
    ['the brief', { DB_HOST: 'h', DB_USER: 'u', DB_PASSWORD: 'p' }, 'postgres://u:p@h:5432/ecs'],
    ['a socket folder', { PGHOST: '/run/pg', PGUSER: 'u' }, 'postgres://u@localhost:5432/ecs?host=%2Frun%2Fpg'],
    ['empty counts as not set', { DATABASE_URL: '', DB_HOST: '' }, null],
  ])('database: %s', (_name, env, url) => {
    expect(loadConfig(env).databaseUrl).toBe(url);
  });

  test('Kafka by either name, with SASL', () => {
    expect(loadConfig({ KAFKA_BROKER: 'k:9092' }).kafka?.brokers).toEqual(['k:9092']);
    const config = loadConfig({
      KAFKA_BROKERS: 'a:1, b:2',
      KAFKA_SSL: 'true',
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME: 'u',
      KAFKA_SASL_PASSWORD: 'p',
    });
    expect(config.kafka).toMatchObject({ brokers: ['a:1', 'b:2'], ssl: true, sasl: { username: 'u' } });
  });

  test.each([
    ['PORT', { PORT: 'http' }],
    ['ECS_ADMIN_KEY', { ECS_ADMIN_KEY: 'short' }],
    ['KAFKA_BROKERS', { KAFKA_BROKERS: 'nohost' }],
    ['KAFKA_SASL_USERNAME', { KAFKA_BROKERS: 'a:1', KAFKA_SASL_MECHANISM: 'plain' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://x' }],
  ])('a bad %s is named', (name, env) => {
    const error = codeOf(env as unknown as Record<string, string>);
    expect(error?.code).toBe('ECS_CONFIG_INVALID');
    expect(error?.message).toContain(name);
  });

  test('all problems at once', () => {
    const message = codeOf({ PORT: '99999999', ECS_PARTITIONS: '0' })?.message ?? '';
    expect(message).toContain('PORT');
    expect(message).toContain('ECS_PARTITIONS');
  });
});
