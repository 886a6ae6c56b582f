import { formats, type Size, type Spec } from '@thumbnail-api/thumbnail-spec';
import { firstFrame, openPixels, type Pixels, toPixels } from './pixels.ts';

/** Crops or pads a scaled image to its box, and puts it on its background if the format has no alpha channel. */
export async function cropOrPad(pixels: Pixels, spec: Spec, { width, height }: Size): Promise<Pixels> {
  const needsFlattening = !formats[spec.format].hasAlpha && pixels.channels === 4;
  const fits = pixels.width === width && pixels.height === height;
  if (fits && !needsFlattening) return pixels;
  const { position } = spec;
  const background = backgroundOf(spec);
  const opened = needsFlattening ? openPixels(pixels).flatten({ background }) : openPixels(pixels);
  if (fits) return toPixels(opened, pixels.frames);
  if (spec.fit === 'contain')
    return toPixels(opened.resize(width, height, { fit: 'contain', position, background }), pixels.frames);
  const isStrategy = position === 'attention' || position === 'entropy';
  const cropped =
    isStrategy && pixels.frames > 1
      ? opened.extract({ ...(await findCrop(firstFrame(pixels), position, { width, height })), width, height })
      : opened.resize(width, height, { fit: 'cover', position });
  return toPixels(cropped, pixels.frames);
}

/** Finds the crop of the first frame, which is used for all frames so that an animation does not move about. */
async function findCrop(frame: Pixels, position: 'attention' | 'entropy', { width, height }: Size) {
  const crop = openPixels(frame).resize(width, height, { fit: 'cover', position }).raw();
  const { info } = await crop.toBuffer({ resolveWithObject: true });
  return { left: Math.abs(info.cropOffsetLeft ?? 0), top: Math.abs(info.cropOffsetTop ?? 0) };
}

/** The colour of the spec, otherwise transparent or white. Always opaque if the format has no alpha channel. */
function backgroundOf({ format, background }: Pick<Spec, 'format' | 'background'>): string {
  if (formats[format].hasAlpha) return background ?? '#00000000';
  return background === null ? '#ffffff' : blendWithWhite(background);
}

function blendWithWhite(colour: string): string {
  const [red = 0, green = 0, blue = 0, alpha = 255] = Buffer.from(colour.slice(1), 'hex');
  const blend = (channel: number) => Math.round((channel * alpha + 255 * (255 - alpha)) / 255);
  return `#${Buffer.from([red, green, blue].map(blend)).toString('hex')}`;
}
