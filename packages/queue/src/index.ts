export { assertQueue } from './assert-queue.ts';
export type { QueueConnection } from './backend.ts';
export { type Consumer, openConsumer } from './consumer.ts';
export type { Message } from './message.ts';
export { type RenderJobPayload, renderJob, renderJobMessageId } from './messages/render-job.ts';
export { migrateQueue } from './migrate-queue.ts';
export { openPublisher, type Publisher } from './publisher.ts';
