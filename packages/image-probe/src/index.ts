export { probe } from './probe.ts';
export { type ImageType, imageTypes, type Orientation, type ProbedImage, sideMax } from './probed-image.ts';
export { uprightSize } from './upright-size.ts';
