import { type Action, getAction, type Links, sendAction } from '../http/actions.ts';

/** Lists what the caller can start with. The documentation is open to every caller. */
export const entryPointActions = (links: Links): Action[] => [
  ...links.allowed([
    sendAction('Create Job', 'POST', links.href('jobs'), 'multipart/form-data'),
    getAction('List Jobs', links.href('jobs')),
    sendAction('Create Batch', 'POST', links.href('batches'), 'multipart/form-data'),
  ]),
  getAction('API Documentation', links.href('documentation'), 'text/html'),
];

/** The actions of the entry point as OpenAPI links. */
export const entryPointLinks = {
  CreateJob: { operationId: 'createJob' },
  ListJobs: { operationId: 'listJobs' },
  CreateBatch: { operationId: 'createBatch' },
};
