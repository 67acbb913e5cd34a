import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { readConfig } from '../../src/config.js';
import { createS3Storage } from '../../src/storage/s3.js';
import { removalContract } from './removal.js';

const { s3 } = readConfig(process.env);

if (s3?.endpoint && s3.credentials) {
  const { endpoint, region, credentials } = s3;
  const bucket = `removal-${randomUUID()}`;
  const client = new S3Client({ region, endpoint, forcePathStyle: true, credentials });
  // Sweeping looks at all that is in a bucket: one of its own.
  beforeAll(async () => {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  });
  afterAll(async () => {
    await client.send(new DeleteBucketCommand({ Bucket: bucket }));
    client.destroy();
  });
  removalContract('S3', () => {
    const storage = createS3Storage({ ...s3, bucket });
    return { storage, close: () => storage.close() };
  });
} else {
  it('removal is tried on S3 where AWS_BUCKET_NAME and S3_ENDPOINT name one', () => expect(s3).toBeNull());
}
