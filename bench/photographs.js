import { createRequire } from 'node:module';
import { join } from 'node:path';
import sharp from 'sharp';

/** Photographs of 1,600 × 1,067 pixels, as shops have them, cut from real ones of the demo's packages. */
export async function photographs() {
  const folder = (name) => join(createRequire(import.meta.url).resolve(`${name}/package.json`), '../dist/assets/img');
  const sources = [
    join(folder('startbootstrap-creative'), 'bg-masthead.jpg'),
    join(folder('startbootstrap-agency'), 'header-bg.jpg'),
  ];
  return Promise.all(
    sources.flatMap((source) =>
      [0, 60, 120].map((left) =>
        sharp(source).extract({ left, top: left, width: 1600, height: 1067 }).jpeg({ quality: 90 }).toBuffer(),
      ),
    ),
  );
}
