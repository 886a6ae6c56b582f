import { secureHeaders } from 'hono/secure-headers';

const none = ["'none'"];

/**
 * Sets headers that let a browser show a response as its declared type and nothing else. A route that needs more sets its own
 * header.
 *
 * Sends no HSTS header: only the proxy in front knows whether the service is served over TLS, and under which names.
 */
export const securityHeaders = () =>
  secureHeaders({
    overwrite: false,
    strictTransportSecurity: false,
    xFrameOptions: 'DENY',
    contentSecurityPolicy: { defaultSrc: none, frameAncestors: none, baseUri: none, formAction: none },
  });
