/** What the numbers of an image's colours mean, by the code points of ITU-T H.273. */
export interface ColourCodes {
  primaries: number;
  transfer: number;
}

const UNSPECIFIED = 2;
/** BT.709, whose primaries sRGB has. */
const SRGB_PRIMARIES = new Set([1, UNSPECIFIED]);
/** sRGB, and the curves of BT.709, BT.601 and BT.2020, which are shown as sRGB is. */
const SRGB_TRANSFERS = new Set([1, UNSPECIFIED, 6, 13, 14, 15]);
/** PQ and HLG. */
const HDR_TRANSFERS = new Set([16, 18]);

export function areOfSrgb({ primaries, transfer }: ColourCodes): boolean {
  return SRGB_PRIMARIES.has(primaries) && SRGB_TRANSFERS.has(transfer);
}

export function areOfHdr({ transfer }: ColourCodes): boolean {
  return HDR_TRANSFERS.has(transfer);
}
