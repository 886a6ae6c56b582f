export { type CreatedKey, createKey, type NewKey } from './create-key.ts';
export { type Caller, findCaller } from './find-caller.ts';
export { hasKeys } from './has-keys.ts';
export { type KeyInfo, listKeys } from './list-keys.ts';
export { revokeKey } from './revoke-key.ts';
