/** The log methods that an outage uses. A pino logger has them. */
export interface OutageLogger {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

/** Logs one line when a dependency becomes unavailable and one when it recovers, however many calls fail in between. */
export class OutageLog {
  readonly #log: OutageLogger;
  readonly #lines: { begin: string; end: string };
  #startedAt: number | undefined;

  constructor(log: OutageLogger, lines: { begin: string; end: string }) {
    this.#log = log;
    this.#lines = lines;
  }

  /** Reports a failure. */
  failed(error: unknown): void {
    if (this.#startedAt !== undefined) return;
    this.#startedAt = performance.now();
    this.#log.warn({ error }, this.#lines.begin);
  }

  /** Reports that the dependency works. */
  worked(): void {
    if (this.#startedAt === undefined) return;
    this.#log.info({ seconds: Math.round((performance.now() - this.#startedAt) / 100) / 10 }, this.#lines.end);
    this.#startedAt = undefined;
  }
}
