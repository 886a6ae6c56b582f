export { Counter, Gauge, Histogram, type Registry } from 'prom-client';
export { addDependencyGauge } from './add-dependency-gauge.ts';
export { createLogger, type Logger, type LogLevel } from './create-logger.ts';
export { addGauge, createRegistry } from './create-registry.ts';
export { mayReadMetrics } from './may-read-metrics.ts';
export { type FaultCount, type ObjectFault, ObjectFaults } from './object-faults.ts';
export { continueTrace, readTraceId, type Trace } from './trace.ts';
export { type DependencyState, type DependencyWatch, watchDependencies } from './watch-dependencies.ts';
