import type { ImageType } from '@thumbnail-api/image-probe';

/** The libvips loader of each input type: its operation, and the format that it reports. */
export const libvipsLoaders: Record<ImageType, { operation: string; format: string }> = {
  'image/jpeg': { operation: 'VipsForeignLoadJpegBuffer', format: 'jpeg' },
  'image/png': { operation: 'VipsForeignLoadPngBuffer', format: 'png' },
  'image/webp': { operation: 'VipsForeignLoadWebpBuffer', format: 'webp' },
  'image/gif': { operation: 'VipsForeignLoadNsgifBuffer', format: 'gif' },
  'image/tiff': { operation: 'VipsForeignLoadTiffBuffer', format: 'tiff' },
  'image/avif': { operation: 'VipsForeignLoadHeifBuffer', format: 'heif' },
  // HEIC is unpacked to a TIFF first; see unpack-heic.ts.
  'image/heic': { operation: 'VipsForeignLoadTiffBuffer', format: 'tiff' },
  'image/svg+xml': { operation: 'VipsForeignLoadSvgBuffer', format: 'svg' },
};
