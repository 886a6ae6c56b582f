export { assertQueue } from './assert-queue.ts';
export { type QueueConnection, redisOptions } from './backend.ts';
export { type Consumer, type MessageContext, openConsumer } from './consumer.ts';
export type { Message } from './message.ts';
export { messageIdFor, type RenderJobPayload, renderJobMessage } from './messages/render-job.ts';
export { migrateQueue } from './migrate-queue.ts';
export { openPublisher, type Publisher } from './publisher.ts';
export { tracePublisher } from './trace-publisher.ts';
export { watchPublisher } from './watch-publisher.ts';
