export { findOutputFault, outputPixels } from './find-output-fault.ts';
export { defaultEffort, type Effort, efforts, type Format, formatNames, formats, thumbnailTypes } from './formats.ts';
export { parseJsonOptions, parseOptions, parseOptionsText } from './parse-options.ts';
export { parseStoredSpec, parseStoredSpecs } from './parse-stored-specs.ts';
export { type Presets, presetsSchema, shippedPresets } from './presets.ts';
export { resultSize, type Size } from './result-size.ts';
export { maxSidePx, type Spec, specFields, specSchema, toShownSpec } from './spec.ts';
