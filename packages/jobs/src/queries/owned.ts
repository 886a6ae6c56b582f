/** Names a job, an image or a batch together with who asks for it: what belongs to another is not there. */
export interface Owned {
  id: string;
  owner: string;
}
