import type { AppError } from '@thumbnail-api/errors';
import type { Size } from '@thumbnail-api/thumbnail-spec';
import { imageCorrupt, unsupportedImage } from './image-errors.ts';
import { openLibheif } from './open-libheif.ts';
import { type RowPixels, wrapTiff } from './wrap-tiff.ts';

/**
 * Decodes the primary image of a HEIC to an upright TIFF with the same colour profile.
 *
 * sharp's libvips has no HEVC decoder, so this uses libheif as WebAssembly. `assertSize` gets the upright size before the
 * pixels are decoded, and can throw.
 *
 * @throws AppError `unsupported_media_type` for a HEIC that libheif does not support, `image_corrupt`, and the errors of
 *   `assertSize`
 */
export async function unpackHeic(heic: Buffer, assertSize: (size: Size) => void): Promise<Buffer> {
  // The previous instance holds the memory of a whole image until it is collected.
  Bun.gc(true);
  return wrapTiff(await decodeHeic(heic, assertSize), findProfile(heic));
}

async function decodeHeic(heic: Buffer, assertSize: (size: Size) => void): Promise<RowPixels> {
  const libheif = await openLibheif();
  const context = libheif.heif_context_alloc();
  const read = libheif.heif_context_read_from_memory(context, heic);
  if (read.code !== libheif.heif_error_code.heif_error_Ok) throw toError(read);
  const handle = libheif.heif_js_context_get_primary_image_handle(context);
  if ('code' in handle) throw toError(handle);
  const width = libheif.heif_image_handle_get_width(handle);
  const height = libheif.heif_image_handle_get_height(handle);
  assertSize({ width, height });
  const alpha = libheif.heif_image_handle_has_alpha_channel(handle) !== 0;
  const { heif_chroma_interleaved_RGB: rgb, heif_chroma_interleaved_RGBA: rgba } = libheif.heif_chroma;
  const space = libheif.heif_colorspace.heif_colorspace_RGB;
  const decoded = await libheif.heif_js_decode_image2(handle, space, alpha ? rgba : rgb);
  if ('code' in decoded) throw toError(decoded);
  const [plane] = decoded.channels;
  if (!plane || plane.width !== width || plane.height !== height)
    throw imageCorrupt(new Error('the decoded image has another size'));
  return { width, height, channels: alpha ? 4 : 3, stride: plane.stride, data: plane.data };
}

/** Returns the first ICC profile in the file; an image and its tiles share one. */
function findProfile(heic: Buffer): Buffer | null {
  const at = heic.indexOf('colrprof', 'latin1');
  if (at < 4) return null;
  const profile = heic.subarray(at + 8, at - 4 + heic.readUInt32BE(at - 4));
  return profile.length > 128 && profile.toString('latin1', 36, 40) === 'acsp' ? profile : null;
}

// heif_error.h: 3 is an unsupported file type, 4 an unsupported feature.
function toError({ code, message }: { code: { value: number }; message: string }): AppError {
  const cause = new Error(message);
  if (code.value !== 3 && code.value !== 4) return imageCorrupt(cause);
  return unsupportedImage('Unsupported kind of HEIC; convert the image to JPEG and upload that.', cause);
}
