import { type Presets, presetsSchema, shippedPresets } from '@thumbnail-api/thumbnail-spec';
import { z } from 'zod';
import { defineConfig } from './load-config.ts';
import { type AccessConfig, accessVariables, toAccessConfig } from './variables/access-variables.ts';
import { checkDownload, downloadVariables } from './variables/download-variables.ts';
import { toMetricsAccess } from './variables/metrics-variables.ts';
import {
  checkRateLimits,
  type RateLimits,
  rateLimitVariables,
  toRateLimits,
} from './variables/rate-limit-variables.ts';
import { type PartsConfig, partChecks, partVariables, toPartsConfig } from './variables/service-variables.ts';
import { httpUrl, port, wholeNumber } from './variables/variables.ts';

/** The variables of the API alone. */
export const apiVariables = {
  PORT: port().default(8080).meta({ description: 'Port of the API.' }),
  HOST: z
    .string()
    .default('127.0.0.1')
    .meta({ description: 'Address the API listens on; the containers set 0.0.0.0.' }),
  PUBLIC_URL: httpUrl().optional().meta({
    description: 'What every link begins with; left out, links follow the request.',
    example: 'https://thumbnails.example',
  }),
  TRUST_PROXY_HOPS: wholeNumber(0, 10)
    .default(0)
    .meta({ description: 'Proxies in front whose `Forwarded` or `X-Forwarded-*` headers are believed.' }),
  ...accessVariables,
  CORS_ORIGINS: z
    .string()
    .transform((text) => text.split(',').map((origin) => origin.trim()))
    .pipe(z.array(z.string().regex(/^(?:\*|https?:\/\/[^\s/,]+)$/, 'expected origins such as https://a.example, or *')))
    .transform((origins) => origins.map((origin) => (origin === '*' ? origin : (URL.parse(origin)?.origin ?? origin))))
    .optional()
    .meta({
      description: 'Origins whose pages may call the API, separated by commas; `*` for all.',
      example: 'https://app.example,https://admin.example',
    }),
  MAX_UPLOAD_BYTES: wholeNumber(1, 1024 ** 3)
    .default(25 * 1024 ** 2)
    .meta({ description: 'Largest file that is taken, in bytes.' }),
  UPLOAD_DEADLINE_SECONDS: wholeNumber(1, 3_600)
    .default(120)
    .meta({ description: 'How long an upload may take from its first byte to its commit.' }),
  MAX_BATCH_FILES: wholeNumber(1, 1_000).default(200).meta({ description: 'Most files that a batch may have.' }),
  MAX_BATCH_BYTES: wholeNumber(1, 4 * 1024 ** 3)
    .default(256 * 1024 ** 2)
    .meta({ description: 'Largest batch that is taken, over all its files, in bytes.' }),
  UPLOAD_CONCURRENCY: wholeNumber(1, 1_000)
    .default(16)
    .meta({ description: 'Bodies that are read at a time; sixteen times as many wait, more are told to come again.' }),
  ...rateLimitVariables,
  ...downloadVariables,
};

/** The presets that are offered: those that are shipped, and over them those of the configuration. */
export const presetVariables = {
  PRESETS: presetsText().meta({
    description:
      'Named specs as JSON, beside the shipped `avatar`, `card` and `emoji`: a spec, or a list of named ones, by name.',
    example: '{"hero":{"width":1600,"height":900}}',
  }),
};

/** What the API is told at its start. */
export interface ApiConfig extends PartsConfig {
  listen: { host: string; port: number };
  access: AccessConfig;
  links: { publicUrl: string | undefined; trustProxyHops: number };
  corsOrigins: string[];
  upload: { maxBytes: number; deadlineMs: number; concurrency: number };
  batches: { maxFiles: number; maxBytes: number };
  presets: Presets;
  rateLimits: RateLimits;
  downloads: {
    /** Send clients to the bucket instead of sending bytes. */
    redirect: boolean;
    /** The S3 server as clients reach it. */
    publicEndpoint: string | undefined;
  };
}

/** Reads {@link ApiConfig} from an environment. */
export const apiConfig = defineConfig({
  variables: {
    ...apiVariables,
    ...presetVariables,
    ...partVariables,
  },
  checks: [...partChecks, checkRateLimits, checkDownload],
  build: (environment): ApiConfig => ({
    ...toPartsConfig(environment),
    metrics: toMetricsAccess(environment, environment.AUTH === 'none'),
    listen: { host: environment.HOST, port: environment.PORT },
    access: toAccessConfig(environment),
    links: { publicUrl: environment.PUBLIC_URL, trustProxyHops: environment.TRUST_PROXY_HOPS },
    corsOrigins: environment.CORS_ORIGINS ?? [],
    upload: {
      maxBytes: environment.MAX_UPLOAD_BYTES,
      deadlineMs: environment.UPLOAD_DEADLINE_SECONDS * 1_000,
      concurrency: environment.UPLOAD_CONCURRENCY,
    },
    batches: { maxFiles: environment.MAX_BATCH_FILES, maxBytes: environment.MAX_BATCH_BYTES },
    presets: { ...shippedPresets, ...environment.PRESETS },
    rateLimits: toRateLimits(environment),
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
