import sharp from 'sharp';

/** The colours of {@link drawQuarters}: far apart, so that any shift is visible. */
export const quarterColours = {
  topLeft: { r: 220, g: 40, b: 40 },
  topRight: { r: 40, g: 180, b: 60 },
  bottomLeft: { r: 40, g: 70, b: 210 },
  bottomRight: { r: 235, g: 200, b: 40 },
} as const;

/** Encodes an image with four quarters of different colours, which shows any crop, rotation or mirroring. */
export async function drawQuarters(
  width: number,
  height: number,
  format: 'jpeg' | 'png' | 'webp' = 'png',
): Promise<Uint8Array<ArrayBuffer>> {
  const halfWidth = Math.max(1, Math.floor(width / 2));
  const halfHeight = Math.max(1, Math.floor(height / 2));
  const quarter = (background: { r: number; g: number; b: number }, left: number, top: number) => ({
    input: {
      create: {
        width: Math.max(1, left === 0 ? halfWidth : width - halfWidth),
        height: Math.max(1, top === 0 ? halfHeight : height - halfHeight),
        channels: 3 as const,
        background,
      },
    },
    left,
    top,
  });
  const canvas = sharp({ create: { width, height, channels: 3, background: quarterColours.topLeft } });
  const bytes = await canvas
    .composite(
      width > 1 && height > 1
        ? [
            quarter(quarterColours.topRight, halfWidth, 0),
            quarter(quarterColours.bottomLeft, 0, halfHeight),
            quarter(quarterColours.bottomRight, halfWidth, halfHeight),
          ]
        : [],
    )
    .toFormat(format, { quality: 95 })
    .toBuffer();
  return new Uint8Array(bytes);
}
