import type { Spec } from '@thumbnail-api/thumbnail-spec';

/** The colour behind a thumbnail: as asked; else transparent where the format can, else white. Never transparent in JPEG. */
export function backgroundFor({ format, background }: Pick<Spec, 'format' | 'background'>): string {
  if (format !== 'jpeg') return background ?? '#00000000';
  return background === null ? '#ffffff' : overWhite(background);
}

function overWhite(colour: string): string {
  const [red = 0, green = 0, blue = 0, alpha = 255] = Buffer.from(colour.slice(1), 'hex');
  const blend = (channel: number) => Math.round((channel * alpha + 255 * (255 - alpha)) / 255);
  return `#${Buffer.from([red, green, blue].map(blend)).toString('hex')}`;
}
