import type { Size, Spec } from '@thumbnail-api/thumbnail-spec';
import type { Paint } from './paint-images.ts';

const edgePx = 2;
const places: Record<string, [across: number, down: number]> = {
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
 * What a pixel of a thumbnail must show of the test picture, worked out from the meaning of the options alone; null in
 * the padding, and beside it.
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
  const [across, down] = places[spec.position] ?? [0.5, 0.5];
  // The whole picture, scaled, hangs over the box or leaves room in it; the position says on which side.
  const left = (made.width - source.width * byX) * across;
  const top = (made.height - source.height * byY) * down;
  const [inX, inY] = [pixel.x + 0.5 - left, pixel.y + 0.5 - top];
  const [scaledWidth, scaledHeight] = [source.width * byX, source.height * byY];
  const [edgeX, edgeY] = [scaledWidth < made.width - 0.5 ? edgePx : 0, scaledHeight < made.height - 0.5 ? edgePx : 0];
  if (inX < edgeX || inX > scaledWidth - edgeX || inY < edgeY || inY > scaledHeight - edgeY) return null;
  return source.paint(amid(inX / scaledWidth, 0.5 / source.width), amid(inY / scaledHeight, 0.5 / source.height));
}

// Nothing is seen beyond the centres of the outermost pixels.
const amid = (place: number, half: number) => Math.min(1 - half, Math.max(half, place));
