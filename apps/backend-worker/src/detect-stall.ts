/** What tells whether a worker gets on. */
export interface ProgressSigns {
  /** Messages that could be delivered to it; throws while the queue is away. */
  countWaiting: () => Promise<number>;
  /** Messages at work in it. */
  atWork: () => number;
  /** Messages it has done so far. */
  ended: () => number;
}

/** How patient the watch is. */
export interface ProgressPatience {
  everyMs: number;
  /** Looks in a row that must all find work waiting and nobody at it. */
  looks: number;
}

/** Half a minute: longer than any connection takes to be found dead and made anew. */
export const usualProgressPatience: ProgressPatience = { everyMs: 5_000, looks: 6 };

/**
 * Calls `onStuck` once when work waited at every look and the worker neither had any nor did any: its end of the queue is
 * dead, and a fresh process is the cure. A queue that is away is no reason, a fresh process would not reach it either.
 */
export function detectStall(
  signs: ProgressSigns,
  onStuck: () => void,
  { everyMs, looks }: ProgressPatience = usualProgressPatience,
): { stop: () => void } {
  let idleLooks = 0;
  let endedBefore = signs.ended();
  let stopped = false;
  let timer: ReturnType<typeof setTimeout>;
  const look = async () => {
    const waiting = await signs.countWaiting().catch(() => 0);
    const isIdle = waiting > 0 && signs.atWork() === 0 && signs.ended() === endedBefore;
    endedBefore = signs.ended();
    idleLooks = isIdle ? idleLooks + 1 : 0;
    if (stopped) return;
    if (idleLooks >= looks) onStuck();
    else timer = setTimeout(look, everyMs);
  };
  timer = setTimeout(look, everyMs);
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
