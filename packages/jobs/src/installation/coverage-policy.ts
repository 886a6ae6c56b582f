/** How often a process records that the database is the one it was. */
export const heartbeatMs = 5_000;
/** A longer pause between two heartbeats is a gap: only a rollback of the whole machine's memory could hide in it. */
export const pauseMaxSeconds = 60;
/** How often a process measures the clock of the store. */
export const measureMs = 60_000;
/** Without a measurement for this long, no heartbeat is recorded. */
export const measuredMaxMs = 300_000;
/** How far a measurement may be from that at the start of a chain; it can itself be 2 s off. */
export const driftMaxMs = 4_000;
/** What the recorded times may be off in all: the drift, two measurements, and the rounding of S3 to seconds. */
export const marginSeconds = 10;
