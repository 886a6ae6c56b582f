export { makeBucket, type OwnBucket, type S3Access } from './own-bucket.ts';
export { type OwnRedis, startOwnRedis } from './own-redis.ts';
export { type ResourceUse, readUse } from './read-use.ts';
export { type App, type AppStart, spawnApp, startApp } from './start-app.ts';
