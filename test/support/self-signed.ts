import { generateKeyPairSync, sign } from 'node:crypto';

/** A certificate for `name` that nobody vouches for, and its key, in PEM: made anew, so that no key lies in the repository. */
export function selfSigned(name: string): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(objectId('2a8648ce3d040302'));
  const subject = sequence(node(0x31, sequence(objectId('550403'), node(0x0c, Buffer.from(name)))));
  const time = (years: number) => node(0x18, Buffer.from(`${new Date().getUTCFullYear() + years}0101000000Z`));
  const names = sequence(node(0x82, Buffer.from(name)));
  const extensions = node(0xa3, sequence(sequence(objectId('551d11'), node(0x04, names))));
  const tbs = sequence(
    node(0xa0, node(0x02, Buffer.from([2]))),
    node(0x02, Buffer.from([1])),
    algorithm,
    subject,
    sequence(time(-1), time(1)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions,
  );
  const signature = node(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', tbs, privateKey)]));
  const body = sequence(tbs, algorithm, signature)
    .toString('base64')
    .replace(/(.{64})/g, '$1\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** An element of DER. */
function node(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return node(0x30, Buffer.concat(parts));
}

function objectId(hex: string): Buffer {
  return node(0x06, Buffer.from(hex, 'hex'));
}
