import { describeQueue } from './describe-queue.ts';

describeQueue('Postgres', (name) => ({ kind: 'postgres', name }));
