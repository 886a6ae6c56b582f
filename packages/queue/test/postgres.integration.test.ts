import { describeQueue } from './contract.ts';

describeQueue('Postgres', (name) => ({ kind: 'postgres', name }));
