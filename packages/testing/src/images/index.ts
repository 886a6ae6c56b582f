export { compareImage, type DecodedImage, decodeImage } from './decode-image.ts';
export { heicInDisplayP3, heicWithAlpha, heicWithPreview, turnHeic } from './heic-images.ts';
export {
  colourAt,
  encodeAnimation,
  openImage,
  type Paint,
  paintImage,
  type RawImage,
  toStoredPixels,
} from './paint-images.ts';
export { plainPng, pngChunk, textBomb } from './png-chunks.ts';
export { slowSvg } from './slow-svg.ts';
