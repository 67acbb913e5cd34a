import { readConfig } from '../../src/config.js';

const real = {
  MONGODB_URI: 'mongodb://db/pixelpress',
  KAFKA_BROKERS: 'a:9092,b:9092',
  AWS_BUCKET_NAME: 'bucket',
  AWS_REGION: 'eu-central-1',
};

describe('the configuration', () => {
  it('needs nothing', () => {
    expect(readConfig({})).toMatchObject({ role: 'all', port: 4000, mongodbUri: null, kafka: null, s3: null });
  });

  it('keeps requests for ever, or for so many days', () => {
    expect(readConfig({}).retentionMs).toBeNull();
    expect(readConfig({ RETENTION_DAYS: '30' }).retentionMs).toBe(30 * 86_400_000);
  });

  it('takes each engine by itself', () => {
    expect(readConfig({ KAFKA_BROKERS: real.KAFKA_BROKERS })).toMatchObject({
      mongodbUri: null,
      kafka: { brokers: ['a:9092', 'b:9092'], credentials: null, prefix: 'pixelpress' },
    });
    expect(readConfig({ AWS_BUCKET_NAME: 'b', S3_ENDPOINT: 'http://s3:9000/' }).s3).toEqual({
      bucket: 'b',
      region: 'us-east-1',
      endpoint: 'http://s3:9000',
      publicEndpoint: null,
      credentials: null,
    });
  });

  it('knows Confluent Cloud by its own names', () => {
    const cloud = {
      CONFLUENT_CLOUD_BOOTSTRAP_SERVERS: 'pkc.example:9092',
      CONFLUENT_CLOUD_API_KEY: 'key',
      CONFLUENT_CLOUD_API_SECRET: 'secret',
    };
    expect(readConfig(cloud).kafka).toMatchObject({
      brokers: ['pkc.example:9092'],
      credentials: { username: 'key', password: 'secret' },
    });
    expect(() => readConfig({ ...cloud, CONFLUENT_CLOUD_API_SECRET: '' })).toThrow(
      /CONFLUENT_CLOUD_API_SECRET must be/,
    );
  });

  it.each([
    [{ ...real, MONGODB_URI: '' }, 'MONGODB_URI'],
    [{ ...real, KAFKA_BROKERS: '' }, 'KAFKA_BROKERS'],
    [{ ...real, AWS_BUCKET_NAME: '' }, 'AWS_BUCKET_NAME'],
  ])('refuses a role of its own beside an embedded engine, and names the variable to set', (env, name) => {
    expect(() => readConfig({ ...env, ROLE: 'api' })).toThrow(new RegExp(`^${name} must be set where ROLE is api`));
  });

  it('wants to know in a worker what stands before the URLs that it writes', () => {
    expect(() => readConfig({ ...real, ROLE: 'worker' })).toThrow(/^PUBLIC_URL must be set/);
    expect(readConfig({ ...real, ROLE: 'worker', HOST: '0.0.0.0', PUBLIC_URL: 'https://x.example' }).role).toBe(
      'worker',
    );
  });

  it.each([
    [{ PORT: '99999' }, 'PORT'],
    [{ ROLE: 'both' }, 'ROLE'],
    [{ KAFKA_BROKERS: 'no-port' }, 'KAFKA_BROKERS'],
    [{ AWS_BUCKET_NAME: 'b' }, 'AWS_REGION'],
    [{ AWS_BUCKET_NAME: 'b', AWS_REGION: 'r', AWS_ACCESS_KEY_ID: 'k' }, 'AWS_SECRET_ACCESS_KEY'],
    [{ FETCH_ALLOW: '10.0.0.0/99' }, 'FETCH_ALLOW'],
    [{ PUBLIC_URL: 'ftp://x' }, 'PUBLIC_URL'],
    [{ HOST: '0.0.0.0' }, 'API_KEYS'],
    [{ ALLOW_ANONYMOUS: 'yes' }, 'ALLOW_ANONYMOUS'],
  ])('ends the start with a sentence that names what is wrong: %j', (env, name) => {
    expect(() => readConfig(env)).toThrow(new RegExp(`^${name} `));
  });
});
