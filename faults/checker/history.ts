/** What became of one upload, as its client saw it. */
export interface Upload {
  /** Its file name: no two uploads have the same. */
  name: string;
  /** Is it a picture that can be rendered? */
  good: boolean;
  /** `accepted` on a 201, `refused` on a 4xx, `unknown` where the answer was a 5xx or never came. */
  outcome: 'accepted' | 'refused' | 'unknown';
  /** Of the job, when it was accepted. */
  id: string | null;
  status: number;
  /** When the answer came, in milliseconds since the beginning of the run. */
  atMs: number;
}
