import { type Presets, presetsSchema, shippedPresets } from '@thumbnail-api/thumbnail-spec';
import { z } from 'zod';
import { defineConfig } from './load-config.ts';
import { type AccessConfig, accessVariables, toAccessConfig } from './variables/access-variables.ts';
import { type Bounds, boundVariables, checkBounds, toBounds } from './variables/bound-variables.ts';
import { checkDownload, downloadVariables } from './variables/download-variables.ts';
import { checkShippedSecrets, exposureVariables } from './variables/exposure-variables.ts';
import { toMetricsAccess } from './variables/metrics-variables.ts';
import {
  checkRateLimits,
  type RateLimits,
  rateLimitVariables,
  toRateLimits,
} from './variables/rate-limit-variables.ts';
import { type SharedConfig, sharedChecks, sharedVariables, toSharedConfig } from './variables/shared-variables.ts';
import { host, port, wholeNumber } from './variables/variables.ts';

/** The variables that only the API reads. */
export const apiVariables = {
  PORT: port().default(8080).meta({ description: 'Port that the API listens on.' }),
  ...exposureVariables,
  DRAIN_SECONDS: wholeNumber(0, 300).default(5).meta({
    description:
      'Time between the shutdown signal, when readiness turns to 503, and the close of the port, in seconds. Longer than what the load balancer needs to notice; 0 if there is none. `bun start` sets 0.',
  }),
  TRUST_PROXY_HEADER: z.enum(['x-forwarded', 'forwarded']).default('x-forwarded').meta({
    description:
      'The headers that the trusted proxies write: `X-Forwarded-For`, `-Proto` and `-Host`, or `Forwarded` (RFC 7239). Those of the other kind come from clients and are ignored.',
  }),
  ...accessVariables,
  CORS_ORIGINS: z
    .string()
    .transform((text) => text.split(',').map((origin) => origin.trim()))
    .pipe(z.array(z.string().regex(/^(?:\*|https?:\/\/[^\s/,]+)$/, 'expected origins such as https://a.example, or *')))
    .transform((origins) => origins.map((origin) => (origin === '*' ? origin : (URL.parse(origin)?.origin ?? origin))))
    .optional()
    .meta({
      description: 'Origins of web pages that may call the API, separated by commas. `*` allows all.',
      example: 'https://app.example,https://admin.example',
    }),
  ALLOWED_HOSTS: z
    .string()
    .transform((text) => text.split(',').flatMap((name) => name.trim() || []))
    .pipe(z.array(host().transform((name) => URL.parse(`http://${name.replace(/\.$/, '')}`)?.hostname ?? name)))
    .optional()
    .meta({
      description:
        'With `AUTH=none`: host names, separated by commas, under which the API is served besides `localhost`, the host of `PUBLIC_URL` and every IP address. Requests under other names are rejected, because a web page can bind its own name to the address of the API.',
      example: 'thumbnails.lan,api',
    }),
  MAX_UPLOAD_BYTES: wholeNumber(1, 1024 ** 3)
    .default(25 * 1024 ** 2)
    .meta({ description: 'Maximum size of one file, in bytes.' }),
  UPLOAD_DEADLINE_SECONDS: wholeNumber(1, 3_600)
    .default(120)
    .meta({ description: 'Maximum duration of an upload, from its first byte until the job is stored, in seconds.' }),
  MAX_BATCH_FILES: wholeNumber(1, 1_000).default(200).meta({ description: 'Maximum number of files in a batch.' }),
  MAX_BATCH_BYTES: wholeNumber(1, 4 * 1024 ** 3)
    .default(256 * 1024 ** 2)
    .meta({ description: 'Maximum size of a batch, over all its files, in bytes.' }),
  UPLOAD_CONCURRENCY: wholeNumber(1, 1_000).default(16).meta({
    description:
      'Number of request bodies read at the same time. Sixteen times as many requests wait; further ones are rejected with 503.',
  }),
  ...rateLimitVariables,
  ...boundVariables,
  ...downloadVariables,
};

/** The variable that adds presets to the shipped ones or replaces them by name. */
export const presetVariables = {
  PRESETS: presetsText().meta({
    description:
      'Presets as JSON: an object that maps a name to a spec or to a list of named specs. They are added to the shipped presets `avatar`, `card` and `emoji`, and replace one of the same name.',
    example: '{"hero":{"width":1600,"height":900}}',
  }),
};

/** The configuration of the API. */
export interface ApiConfig extends SharedConfig {
  /** `drainMs`: how long the port stays open after the shutdown signal. */
  listen: { host: string; port: number; drainMs: number };
  access: AccessConfig;
  /** `trustProxyHeader`: which headers of the proxies are read. */
  links: {
    publicUrl: string | undefined;
    trustProxyHops: number;
    trustProxyHeader: 'x-forwarded' | 'forwarded';
  };
  corsOrigins: string[];
  /** Host names that the API is served under with `AUTH=none`, besides those of the loopback interface and addresses. */
  allowedHosts: string[];
  upload: { maxBytes: number; deadlineMs: number; concurrency: number };
  batches: { maxFiles: number; maxBytes: number };
  presets: Presets;
  rateLimits: RateLimits;
  bounds: Bounds;
  downloads: {
    /** Redirect clients to the bucket instead of sending the bytes. */
    redirect: boolean;
    /** The URL at which clients reach the S3 server. */
    publicEndpoint: string | undefined;
  };
}

/** Reads {@link ApiConfig} from an environment. */
export const apiConfig = defineConfig({
  variables: {
    ...apiVariables,
    ...presetVariables,
    ...sharedVariables,
  },
  checks: [...sharedChecks, checkRateLimits, checkBounds, checkDownload, checkShippedSecrets],
  build: (environment): ApiConfig => ({
    ...toSharedConfig(environment),
    metrics: toMetricsAccess(environment, environment.AUTH === 'none'),
    listen: { host: environment.HOST, port: environment.PORT, drainMs: environment.DRAIN_SECONDS * 1_000 },
    access: toAccessConfig(environment),
    links: {
      publicUrl: environment.PUBLIC_URL,
      trustProxyHops: environment.TRUST_PROXY_HOPS,
      trustProxyHeader: environment.TRUST_PROXY_HEADER,
    },
    corsOrigins: environment.CORS_ORIGINS ?? [],
    allowedHosts: [
      ...(environment.ALLOWED_HOSTS ?? []),
      ...(environment.PUBLIC_URL ? [new URL(environment.PUBLIC_URL).hostname] : []),
    ],
    upload: {
      maxBytes: environment.MAX_UPLOAD_BYTES,
      deadlineMs: environment.UPLOAD_DEADLINE_SECONDS * 1_000,
      concurrency: environment.UPLOAD_CONCURRENCY,
    },
    batches: { maxFiles: environment.MAX_BATCH_FILES, maxBytes: environment.MAX_BATCH_BYTES },
    presets: { ...shippedPresets, ...environment.PRESETS },
    rateLimits: toRateLimits(environment),
    bounds: toBounds(environment),
    downloads: { redirect: environment.DOWNLOAD === 'redirect', publicEndpoint: environment.S3_PUBLIC_ENDPOINT },
  }),
});

function presetsText() {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'expected JSON' });
        return z.NEVER;
      }
    })
    .pipe(presetsSchema)
    .optional();
}
