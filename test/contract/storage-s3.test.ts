import { CreateMultipartUploadCommand, ListPartsCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { readConfig } from '../../src/config.js';
import { createS3Storage } from '../../src/storage/s3.js';
import { storageContract } from './storage.js';

const { s3 } = readConfig(process.env);

if (s3) {
  storageContract('S3', async () => {
    const storage = createS3Storage(s3);
    return { storage, close: () => storage.close() };
  });

  describe('object storage on S3', () => {
    it('gives the bearer of a presigned URL the object, with its type and how to show it', async () => {
      const storage = createS3Storage(s3);
      const prefix = `requests/${crypto.randomUUID()}/`;
      await storage.put(`${prefix}i0/compressed-1.jpg`, Buffer.from('picture'));
      await storage.put(`${prefix}i0/compressed-2.svg`, Buffer.from('<svg/>'));
      const picture = await fetch((await storage.presign(`${prefix}i0/compressed-1.jpg`))?.url ?? '');
      expect(await picture.text()).toBe('picture');
      expect(Object.fromEntries(picture.headers)).toMatchObject({
        'content-type': 'image/jpeg',
        'cache-control': 'public, max-age=31536000, immutable',
        'content-disposition': 'inline',
      });
      const drawing = await fetch((await storage.presign(`${prefix}i0/compressed-2.svg`))?.url ?? '');
      expect(drawing.headers.get('content-disposition')).toBe('attachment');
      for await (const page of storage.list(prefix)) await storage.delete(page.map(({ key }) => key));
      await storage.close();
    });

    it('lists and deletes more objects than one page holds', async () => {
      const storage = createS3Storage(s3);
      const prefix = `requests/${crypto.randomUUID()}/`;
      const keys = Array.from({ length: 1_100 }, (_, index) => `${prefix}i${index}/x.jpg`);
      for (let from = 0; from < keys.length; from += 50) {
        await Promise.all(keys.slice(from, from + 50).map((key) => storage.put(key, Buffer.from('x'))));
      }
      const pages: number[] = [];
      for await (const page of storage.list(prefix)) pages.push(page.length);
      expect(pages.length).toBeGreaterThan(1);
      expect(pages.reduce((sum, length) => sum + length)).toBe(keys.length);
      await storage.delete(keys);
      for await (const page of storage.list(prefix)) expect(page).toEqual([]);
      await storage.close();
    });

    it('aborts uploads of parts that a process left which died in the middle of one', async () => {
      const storage = createS3Storage(s3);
      const { bucket: Bucket, region, endpoint, credentials } = s3;
      const client = new S3Client({
        region,
        ...(endpoint && { endpoint, forcePathStyle: true }),
        ...(credentials && { credentials }),
      });
      const Key = `uploads/${crypto.randomUUID()}.csv`;
      const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
      const parts = () => client.send(new ListPartsCommand({ Bucket, Key, UploadId }));
      await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: 'half' }));
      await storage.removeUnfinished(new Date(Date.now() - 60_000));
      expect((await parts()).Parts).toHaveLength(1);
      await storage.removeUnfinished(new Date(Date.now() + 60_000));
      await expect(parts()).rejects.toMatchObject({ name: 'NoSuchUpload' });
      client.destroy();
      await storage.close();
    });

    it('says that it is away where nobody answers', async () => {
      const away = createS3Storage({ ...s3, endpoint: 'http://127.0.0.1:1' });
      await expect(away.put('requests/a/b.jpg', Buffer.from('x'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await away.close();
    });
  });
} else {
  it('the storage contract runs on S3 where AWS_BUCKET_NAME names a bucket', () => expect(s3).toBeNull());
}
