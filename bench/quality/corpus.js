import { createRequire } from 'node:module';
import { join } from 'node:path';
import sharp from 'sharp';

/** Longest side of the photographs, in pixels: shrunk from larger ones, so that no trace of their own JPEG is left. */
const SIDE = 1_200;
const PHOTOGRAPHS = {
  'startbootstrap-clean-blog': ['about-bg', 'home-bg', 'contact-bg', 'post-bg'],
  'startbootstrap-stylish-portfolio': ['bg-masthead', 'bg-callout', 'portfolio-1', 'portfolio-3'],
  'startbootstrap-landing-page': ['bg-masthead', 'testimonials-1', 'testimonials-3', 'bg-showcase-1'],
};
const FLAT = ['cabin', 'cake', 'circus', 'game', 'safe', 'submarine'];

function imageOf(name, file) {
  return join(createRequire(import.meta.url).resolve(`${name}/package.json`), '../dist/assets/img', file);
}

/** @returns {Promise<{name: string, data: Buffer, width: number, height: number, channels: number}>} */
async function pixels(name, image) {
  const { data, info } = await image.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return { name, data, width: info.width, height: info.height, channels: info.channels };
}

/** Twelve photographs: landscapes, rooms, people, things; bright, dark, blurred and full of leaves. */
export function photographs() {
  return Promise.all(
    Object.entries(PHOTOGRAPHS).flatMap(([name, files]) =>
      files.map((file) => {
        const shrunk = sharp(imageOf(name, `${file}.jpg`)).resize({ width: SIDE, height: SIDE, fit: 'inside' });
        return pixels(file, shrunk.removeAlpha());
      }),
    ),
  );
}

/** Flat drawings, a map with alpha, and what hurts 4:2:0: thin and coarse edges between saturated colours. */
export function graphics() {
  const drawings = FLAT.map((file) =>
    pixels(file, sharp(imageOf('startbootstrap-freelancer', `portfolio/${file}.png`))),
  );
  const map = sharp(imageOf('startbootstrap-agency', 'map-image.png')).resize({ width: SIDE });
  return Promise.all([...drawings, pixels('map', map), pixels('edges', edges()), pixels('label', label())]);
}

function edges() {
  const colours = ['#f00', '#00f', '#0c0', '#f0f', '#ff0', '#0ff'];
  const stripes = colours.flatMap((colour, row) =>
    Array.from({ length: 60 }, (_, column) => {
      const width = 1 + (column % 6);
      return `<rect x="${column * 12}" y="${row * 80}" width="${width}" height="70" fill="${colour}"/>`;
    }),
  );
  return drawn(`<rect width="720" height="480" fill="#00f"/>${stripes.join('')}`);
}

function label() {
  const ring = (at) => `<circle cx="360" cy="240" r="${20 + at * 9}" stroke="hsl(${at * 23} 100% 50%)"/>`;
  const rings = Array.from({ length: 22 }, (_, at) => ring(at)).join('');
  return drawn(`<rect width="720" height="480" fill="#c00"/><g fill="none" stroke-width="4">${rings}</g>`);
}

function drawn(content) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="720" height="480">${content}</svg>`;
  return sharp(Buffer.from(svg)).removeAlpha();
}
