export { describeUnsupportedType, type ImageType, imageMediaTypes, imageTypes } from './image-types.ts';
export { probe } from './probe.ts';
export type { Orientation, ProbedImage } from './probed-image.ts';
export { uprightSize } from './upright-size.ts';
