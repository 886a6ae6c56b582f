export { type Failpoints, readFailpoints } from './failpoints.ts';
export { databaseWithFailpoints, publisherWithFailpoints, storeWithFailpoints } from './with-failpoints.ts';
