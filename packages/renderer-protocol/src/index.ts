export type { CheckedResult } from './check-result.ts';
export {
  type RenderedImage,
  type RenderedThumbnail,
  type RendererMessage,
  type RenderFailure,
  type RenderLimits,
  type RenderOrder,
  type RenderResult,
  renderFailureCodes,
} from './messages.ts';
export { parseMessage } from './parse-message.ts';
export { PipeReader } from './pipe-reader.ts';
export { parseWalls, type Walls } from './walls.ts';
export { type PipeEnd, writeMessage } from './write-message.ts';
