const ofBody = (operationId: string, pointer = '/id') => ({
  operationId,
  parameters: { id: `$response.body#${pointer}` },
});

/** The actions of a job for the document: OpenAPI gives links no spaces in their names. */
export const jobLinks = {
  ViewDetails: ofBody('getJob'),
  WatchProgress: ofBody('watchJob'),
  Download: ofBody('downloadThumbnail'),
  DownloadNamed: {
    operationId: 'downloadNamedThumbnail',
    parameters: { id: '$response.body#/id', name: '$response.body#/thumbnails/0/name' },
  },
  Share: ofBody('downloadThumbnail'),
  ShareNamed: {
    operationId: 'downloadNamedThumbnail',
    parameters: { id: '$response.body#/id', name: '$response.body#/thumbnails/0/name' },
  },
  Retry: ofBody('retryJob'),
  AddThumbnail: ofBody('addJob', '/image/id'),
  ViewOriginal: ofBody('getOriginal'),
  ViewImage: ofBody('getImage', '/image/id'),
  Delete: ofBody('deleteJob'),
};

/** The actions of an image for the document. */
export const imageLinks = {
  ViewDetails: ofBody('getImage'),
  AddThumbnail: ofBody('addJob'),
  ViewOriginal: ofBody('getImageOriginal'),
  Delete: ofBody('deleteImage'),
};

/** The actions of a batch for the document. */
export const batchLinks = {
  ViewDetails: ofBody('getBatch'),
  WatchProgress: ofBody('watchBatch'),
  DownloadAll: ofBody('downloadBatch'),
};

/** The actions of the entry point for the document. */
export const entryPointLinks = {
  CreateJob: { operationId: 'createJob' },
  ListJobs: { operationId: 'listJobs' },
  CreateBatch: { operationId: 'createBatch' },
};
