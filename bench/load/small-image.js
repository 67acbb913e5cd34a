import sharp from 'sharp';
import { photographs } from '../photographs.js';

/** A photograph of some 2 KB. */
export async function smallImage() {
  const [photograph] = await photographs();
  return sharp(photograph).resize(128).jpeg({ quality: 65 }).toBuffer();
}
