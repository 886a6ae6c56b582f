import type { Size, Spec } from '@thumbnail-api/thumbnail-spec';
import type { Paint } from './paint-images.ts';

const edgePx = 2;
const anchors: Record<string, [across: number, down: number]> = {
  centre: [0.5, 0.5],
  top: [0.5, 0],
  'right top': [1, 0],
  right: [1, 0.5],
  'right bottom': [1, 1],
  bottom: [0.5, 1],
  'left bottom': [0, 1],
  left: [0, 0.5],
  'left top': [0, 0],
  north: [0.5, 0],
  northeast: [1, 0],
  southwest: [0, 1],
};

/**
 * Computes the colour that a pixel of a thumbnail of the test image must have, from the meaning of the options alone.
 * Returns null in the padding and next to it.
 */
export function expectedColour(
  spec: Pick<Spec, 'fit' | 'position'>,
  source: Size & { paint: Paint },
  made: Size,
  pixel: { x: number; y: number },
): [number, number, number] | null {
  const [x, y] = [made.width / source.width, made.height / source.height];
  const uniform = spec.fit === 'cover' ? Math.max(x, y) : spec.fit === 'contain' ? Math.min(x, y) : null;
  const [byX, byY] = [uniform ?? x, uniform ?? y];
  const [across, down] = anchors[spec.position] ?? [0.5, 0.5];
  // The scaled image is larger than the box or leaves padding in it; the position says on which side.
  const left = (made.width - source.width * byX) * across;
  const top = (made.height - source.height * byY) * down;
  const [inX, inY] = [pixel.x + 0.5 - left, pixel.y + 0.5 - top];
  const [scaledWidth, scaledHeight] = [source.width * byX, source.height * byY];
  const [edgeX, edgeY] = [scaledWidth < made.width - 0.5 ? edgePx : 0, scaledHeight < made.height - 0.5 ? edgePx : 0];
  if (inX < edgeX || inX > scaledWidth - edgeX || inY < edgeY || inY > scaledHeight - edgeY) return null;
  return source.paint(
    clampToCentres(inX / scaledWidth, 0.5 / source.width),
    clampToCentres(inY / scaledHeight, 0.5 / source.height),
  );
}

// Interpolation never goes beyond the centres of the outermost pixels.
const clampToCentres = (place: number, half: number) => Math.min(1 - half, Math.max(half, place));
