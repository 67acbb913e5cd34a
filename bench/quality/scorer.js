import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const BUILT = fileURLToPath(new URL('scorer/target/release/scorer', import.meta.url));

/** SSIMULACRA2 of pictures against one reference at a time, by the program in `scorer`. */
export function openScorer() {
  const program = process.env.SSIMULACRA2_SCORER ?? BUILT;
  if (!existsSync(program)) {
    const how = 'cargo build --release --manifest-path bench/quality/scorer/Cargo.toml';
    throw new Error(`There is no ${program}. Build it (Rust 1.89 or newer): ${how}`);
  }
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const scores = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const send = (kind, { data, width, height }) => {
    const head = Buffer.alloc(9);
    head.write(kind);
    head.writeUInt32LE(width, 1);
    head.writeUInt32LE(height, 5);
    child.stdin.write(head);
    child.stdin.write(data);
  };
  return {
    async reference(picture) {
      send('R', await opaque(picture));
    },
    async score(picture) {
      send('C', await opaque(picture));
      return Number((await scores.next()).value);
    },
    close: () => child.stdin.end(),
  };
}

/** A picture, or a file of one, on white. */
async function opaque(picture) {
  const image = Buffer.isBuffer(picture) ? sharp(picture) : fromPixels(picture);
  const flat = image.flatten({ background: '#fff' }).toColourspace('srgb');
  const { data, info } = await flat.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** @param picture as the corpus gives it */
export function fromPixels({ data, width, height, channels }) {
  return sharp(data, { raw: { width, height, channels } });
}

/** Butteraugli's 3-norm, where Debian's libjxl-devtools is installed; else null. */
export async function butteraugli(picture, file) {
  const folder = mkdtempSync(join(tmpdir(), 'pixelpress-butteraugli-'));
  try {
    const [original, result] = [join(folder, 'a.png'), join(folder, 'b.png')];
    await fromPixels(picture).flatten({ background: '#fff' }).png({ compressionLevel: 1 }).toFile(original);
    await sharp(file).flatten({ background: '#fff' }).png({ compressionLevel: 1 }).toFile(result);
    const output = execFileSync('butteraugli_main', [original, result], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return Number(/3-norm: ([\d.]+)/.exec(output)?.[1]);
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
