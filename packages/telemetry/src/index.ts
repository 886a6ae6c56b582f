export { Counter, Gauge, Histogram, type Registry } from 'prom-client';
export { addDependencyGauge } from './dependency-gauge.ts';
export { createLogger, type Logger, type LogLevel } from './logger.ts';
export { mayReadMetrics } from './may-read-metrics.ts';
export { createRegistry, gaugeOf } from './metrics.ts';
export { continueTrace, readTraceId, type Trace } from './trace.ts';
