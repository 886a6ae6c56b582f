export { assertQueue } from './assert-queue.ts';
export { type QueueConnection, redisOptions } from './backend.ts';
export { migrateQueue } from './migrate-queue.ts';
export { type Consumer, openConsumer } from './open-consumer.ts';
export { openPublisher } from './open-publisher.ts';
export { type Publisher, watchPublisher } from './publisher.ts';
export {
  type Message,
  messageIdFor,
  newMessageIdFor,
  type RenderJobPayload,
  renderJobMessage,
} from './render-job-message.ts';
export { type QueueWatch, watchQueue } from './watch-queue.ts';
