export { heicInDisplayP3, heicWithAlpha, turnHeic } from './heic-images.ts';
export { compareLook, type Look, lookAt } from './look.ts';
export { animate, colourAt, layDown, openImage, type Paint, paintImage, type RawImage } from './paint-images.ts';
export { plainPng, pngChunk, textBomb } from './png-chunks.ts';
export { slowSvg } from './slow-svg.ts';
