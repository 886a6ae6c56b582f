import type { AppError } from '@thumbnail-api/errors';
import type { Size } from '@thumbnail-api/thumbnail-spec';
import type { Libheif } from 'libheif-js/libheif-wasm/libheif.js';
import { imageCorrupt, unsupportedImage } from './image-errors.ts';
import { openLibheif } from './open-libheif.ts';
import { type RowPixels, wrapTiff } from './wrap-tiff.ts';

// A HEIC has one or two.
const previewsMax = 4;

/** What the caller decides about a HEIC. Sizes are upright. */
export interface HeicDecisions {
  /** Gets the size of the image before any pixel is decoded, and can throw. */
  assertImage: (image: Size) => void;
  /** Says whether a preview of the image in the file is decoded instead. */
  isEnough: (preview: Size, image: Size) => boolean;
  /** Gets the size of what is decoded, and can throw. */
  assertDecoded: (decoded: Size) => void;
}

/** A decoded HEIC. */
export interface UnpackedHeic {
  /** Upright, with the colour profile of the HEIC; smaller than `size` if it was made from a preview. */
  tiff: Buffer;
  /** The upright size of the image. */
  size: Size;
}

/**
 * Decodes the primary image of a HEIC, or a preview of it that is enough, to an uncompressed TIFF.
 *
 * sharp's libvips has no HEVC decoder, so this uses libheif as WebAssembly.
 *
 * @throws AppError `unsupported_media_type` for a HEIC that libheif does not support, `image_corrupt`, and the errors of
 *   `decisions`
 */
export async function unpackHeic(heic: Buffer, decisions: HeicDecisions): Promise<UnpackedHeic> {
  const libheif = await openLibheif();
  const context = libheif.heif_context_alloc();
  const read = libheif.heif_context_read_from_memory(context, heic);
  if (read.code !== libheif.heif_error_code.heif_error_Ok) throw toError(read);
  const image = libheif.heif_js_context_get_primary_image_handle(context);
  if ('code' in image) throw toError(image);
  const size = sizeOf(libheif, image);
  decisions.assertImage(size);
  const previews = listPreviews(libheif, context, image).sort(
    (one, other) => sizeOf(libheif, one).width - sizeOf(libheif, other).width,
  );
  const chosen = previews.find((preview) => decisions.isEnough(sizeOf(libheif, preview), size)) ?? image;
  decisions.assertDecoded(sizeOf(libheif, chosen));
  return { tiff: wrapTiff(await decodePixels(libheif, chosen), findProfile(heic)), size };
}

type Handle = Exclude<ReturnType<Libheif['heif_js_context_get_primary_image_handle']>, { code: unknown }>;

const sizeOf = (libheif: Libheif, handle: Handle): Size => ({
  width: libheif.heif_image_handle_get_width(handle),
  height: libheif.heif_image_handle_get_height(handle),
});

const hasAlpha = (libheif: Libheif, handle: Handle) => libheif.heif_image_handle_has_alpha_channel(handle) !== 0;

/** Returns the previews of an image that have an alpha channel if it has one. Their memory ends with the instance. */
function listPreviews(libheif: Libheif, context: ReturnType<Libheif['heif_context_alloc']>, image: Handle): Handle[] {
  const count = Math.min(previewsMax, libheif._heif_image_handle_get_number_of_thumbnails(image.$$.ptr));
  const at = libheif._malloc(previewsMax * 4);
  libheif._heif_image_handle_get_list_of_thumbnail_IDs(image.$$.ptr, at, count);
  const handles = Array.from(libheif.HEAPU32.subarray(at / 4, at / 4 + count), (id) =>
    libheif.heif_js_context_get_image_handle(context, id),
  );
  const found = handles.filter((handle): handle is Handle => !('code' in handle));
  return found.filter((handle) => hasAlpha(libheif, handle) === hasAlpha(libheif, image));
}

async function decodePixels(libheif: Libheif, handle: Handle): Promise<RowPixels> {
  const { width, height } = sizeOf(libheif, handle);
  const alpha = hasAlpha(libheif, handle);
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
