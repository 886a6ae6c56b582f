import { secureHeaders } from 'hono/secure-headers';

const none = ["'none'"];

/**
 * Lets a browser do nothing with an answer but what it says it is; a route that needs more sets its own header.
 *
 * No HSTS: whether the service is reached by TLS, and under which names, the proxy in front knows.
 */
export const securityHeaders = () =>
  secureHeaders({
    overwrite: false,
    strictTransportSecurity: false,
    xFrameOptions: 'DENY',
    contentSecurityPolicy: { defaultSrc: none, frameAncestors: none, baseUri: none, formAction: none },
  });
