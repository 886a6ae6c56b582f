import { startS3 } from '@thumbnail-api/testing';

// An S3 server in a process of its own, so that its CPU time does not count as that of the bench.
const { endpoint } = await startS3();
process.send?.({ endpoint });
process.on('disconnect', () => process.exit(0));
