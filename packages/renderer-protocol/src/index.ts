export type {
  RenderBudget,
  RenderedThumbnail,
  RendererMessage,
  RenderFailure,
  RenderLimits,
  RenderOrder,
  RenderResult,
  RenderTask,
} from './messages.ts';
export { parseMessage } from './parse-message.ts';
