import { startS3 } from '@thumbnail-api/testing';

// An S3 server in a process of its own, so that what it costs is not counted as the service's.
const { endpoint } = await startS3();
process.send?.({ endpoint });
process.on('disconnect', () => process.exit(0));
