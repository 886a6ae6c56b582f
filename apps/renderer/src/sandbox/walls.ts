/** What keeps a renderer from everything but its own image, on this kernel. */
export interface Walls {
  /** Version of Landlock's interface, which restricts files, TCP and signals; 0 if this kernel has none. */
  landlock: number;
  /** Whether a seccomp filter restricts the system calls. */
  seccomp: boolean;
}

/** Says whether both walls stand. Each covers what the other cannot. */
export const areComplete = ({ landlock, seccomp }: Walls): boolean => landlock > 0 && seccomp;
