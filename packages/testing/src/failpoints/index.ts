export { type Failpoints, readFailpoints } from './failpoints.ts';
export { shiftClock } from './shift-clock.ts';
export { databaseWithFailpoints, publisherWithFailpoints, storeWithFailpoints } from './with-failpoints.ts';
